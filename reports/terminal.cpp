#include "reports/terminal.hpp"

#include <algorithm>
#include <ostream>

#include "reports/utf8.hpp"

namespace drdrill::reports {
namespace {

std::string_view escape_of(Ink ink) {
  switch (ink) {
    case Ink::bold:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::red:
      return "\x1b[31m";
    case Ink::green:
      return "\x1b[32m";
    case Ink::yellow:
      return "\x1b[33m";
    case Ink::plain:
      break;
  }
  return "";
}

std::size_t missing(std::string_view text, std::size_t width) {
  const std::size_t has = columns(text);
  return has < width ? width - has : 0;
}

}  // namespace

std::string Pen::operator()(Ink ink, std::string_view text) const {
  if (!on_ || ink == Ink::plain || text.empty()) return std::string(text);
  return std::string(escape_of(ink)) + std::string(text) + "\x1b[0m";
}

std::string pad_left(std::string_view text, std::size_t width) {
  return std::string(missing(text, width), ' ') + std::string(text);
}

std::string pad_right(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(missing(text, width), ' ');
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> result(aligns_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      result[i] = std::max(result[i], columns(row[i].text));
  return result;
}

void TextTable::write(std::ostream& out, const Pen& pen, std::size_t indent, std::size_t width,
                      Last last) const {
  const auto wide = widths();
  std::size_t last_at = indent;
  for (std::size_t i = 0; i + 1 < wide.size(); ++i) last_at += wide[i] + 2;
  const std::size_t room = std::max<std::size_t>(width > last_at ? width - last_at : 0, 8);
  for (const auto& row : rows_) {
    std::size_t used = row.size();
    while (used > 0 && row[used - 1].text.empty()) --used;
    std::string line(indent, ' ');
    std::vector<std::string> more;
    for (std::size_t i = 0; i < used; ++i) {
      std::string text = row[i].text;
      if (i + 1 == aligns_.size()) {
        more = last == Last::cut ? std::vector{clip(text, room)} : wrap(text, room);
        if (!more.empty()) text = more.front();
      }
      const std::string gap(missing(text, wide[i]), ' ');
      if (aligns_[i] == Align::right) line += gap;
      line += pen(row[i].ink, text);
      if (i + 1 < used) line += (aligns_[i] == Align::left ? gap : "") + "  ";
    }
    out << line << '\n';
    for (std::size_t i = 1; i < more.size(); ++i)
      out << std::string(last_at, ' ') << pen(row.back().ink, more[i]) << '\n';
  }
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && columns(line) + 1 + columns(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace drdrill::reports
