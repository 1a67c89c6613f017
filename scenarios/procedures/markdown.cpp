#include "scenarios/procedures/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace drdrill::procedures {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Without ** and __, and without the colon of a label.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = text.substr(i, 2) == "**" || text.substr(i, 2) == "__";
    if (mark)
      ++i;
    else
      out += text[i];
  }
  return std::string(trimmed(out));
}

struct Fence {
  char mark = '`';
  std::size_t size = 0;
  std::size_t indent = 0;
};

std::optional<Fence> fence_of(std::string_view line) {
  Fence fence;
  fence.indent = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(fence.indent);
  if (line.empty() || (line[0] != '`' && line[0] != '~')) return std::nullopt;
  fence.mark = line[0];
  fence.size = std::min(line.find_first_not_of(fence.mark), line.size());
  if (fence.size < 3) return std::nullopt;
  const bool tick_inside =
      fence.mark == '`' && line.find('`', fence.size) != std::string_view::npos;
  return tick_inside ? std::nullopt : std::optional(fence);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::vector<Block> read() {
    while (!rest_.empty()) line(next());
    return std::move(blocks_);
  }

 private:
  std::string_view next() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(rest_.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    return line;
  }

  Block& add(Block::Kind kind, std::string_view text) {
    blocks_.push_back({});
    blocks_.back().kind = kind;
    blocks_.back().line = number_;
    blocks_.back().text = plain(text);
    return blocks_.back();
  }

  void line(std::string_view whole) {
    if (const auto fence = fence_of(whole)) return code(*fence, whole);
    std::string_view line = trimmed(whole);
    // In a quotation everything stands as outside of it.
    while (line.starts_with('>')) line = trimmed(line.substr(1));
    const bool after_blank = std::exchange(blank_, line.empty());
    if (line.empty()) return;
    const auto indent = static_cast<int>(std::min(whole.find_first_not_of(" \t"), whole.size()));
    if (line[0] == '#') {
      const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
      if (level <= 6 && level < line.size() && line[level] == ' ') {
        line = trimmed(line.substr(level));
        while (line.ends_with('#')) line.remove_suffix(1);
        add(Block::Kind::heading, line).level = static_cast<int>(level);
        return;
      }
    }
    if (line[0] == '|') return row(line);
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    if (digits > 0 && digits < 4 && digits + 1 < line.size() &&
        (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ') {
      add(Block::Kind::ordered, line.substr(digits + 1)).indent = indent;
      return;
    }
    if (line.size() > 2 && std::string_view("-*+").find(line[0]) != std::string_view::npos &&
        line[1] == ' ') {
      add(Block::Kind::bullet, line.substr(1)).indent = indent;
      return;
    }
    if (indent > 0 && !after_blank && !blocks_.empty() &&
        (blocks_.back().kind == Block::Kind::ordered ||
         blocks_.back().kind == Block::Kind::bullet) &&
        blocks_.back().text.size() < longest_item) {
      blocks_.back().text += " " + plain(line);
      return;
    }
    const bool bold = line.starts_with("**") && line.find("**", 2) != std::string_view::npos &&
                      line.find("**", 2) + 4 > line.size() - 1;
    add(bold ? Block::Kind::label : Block::Kind::text, line);
  }

  void row(std::string_view line) {
    Block& block = add(Block::Kind::row, line);
    line.remove_prefix(1);
    while (!line.empty()) {
      const std::size_t bar = std::min(line.find('|'), line.size());
      block.cells.push_back(plain(line.substr(0, bar)));
      line.remove_prefix(std::min(line.size(), bar + 1));
    }
  }

  void code(const Fence& opening, std::string_view first) {
    std::string_view info = trimmed(first.substr(opening.indent + opening.size));
    Block block;
    block.kind = Block::Kind::code;
    block.line = number_ + 1;
    block.language = info.substr(0, info.find_first_of(" \t,{:"));
    std::transform(block.language.begin(), block.language.end(), block.language.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    while (!rest_.empty()) {
      std::string_view line = next();
      const auto closing = fence_of(line);
      if (closing && closing->mark == opening.mark && closing->size >= opening.size &&
          trimmed(line).size() == closing->size)
        break;
      const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
      line.remove_prefix(std::min(blanks, opening.indent));
      (block.text += line) += '\n';
    }
    blocks_.push_back(std::move(block));
  }

  static constexpr std::size_t longest_item = 4096;

  std::string_view rest_;
  int number_ = 0;
  bool blank_ = true;  ///< the line before was empty
  std::vector<Block> blocks_;
};

}  // namespace

std::vector<Block> read_markdown(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return Reader(text).read();
}

}  // namespace drdrill::procedures
