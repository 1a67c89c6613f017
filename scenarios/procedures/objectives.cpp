#include "scenarios/procedures/objectives.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <sstream>

#include "scenarios/procedures/component_words.hpp"
#include "scenarios/procedures/time_words.hpp"
#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {
namespace {

enum class Target { rto, rpo };

/// Where a text speaks of a target, and of which.
struct Spoken {
  Target target = Target::rto;
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<Spoken> spoken_of(std::string_view lowered_text, std::size_t from) {
  constexpr std::array<std::pair<std::string_view, Target>, 4> names{
      {{"rto", Target::rto},
       {"rpo", Target::rpo},
       {"recovery time objective", Target::rto},
       {"recovery point objective", Target::rpo}}};
  std::optional<Spoken> first;
  for (const auto& [name, target] : names) {
    const std::size_t at = find_word(lowered_text, name, from);
    if (at != std::string_view::npos && (!first || at < first->begin))
      first = Spoken{target, at, at + name.size()};
  }
  if (!first) return first;
  // "RTO (Recovery Time Objective)", "Recovery Time Objective (RTO)" speak of it once.
  const std::size_t open = lowered_text.find_first_not_of(" *`_", first->end);
  if (open != std::string_view::npos && lowered_text[open] == '(') {
    const std::size_t close = lowered_text.find(')', open);
    const std::string_view inside =
        lowered_text.substr(open, std::min(close, lowered_text.size()) - open);
    if (close != std::string_view::npos && (find_word(inside, "rto") != std::string_view::npos ||
                                            find_word(inside, "rpo") != std::string_view::npos ||
                                            inside.find("objective") != std::string_view::npos))
      first->end = close + 1;
  }
  return first;
}

/// What came of it, or what somebody expects, is no target.
bool is_no_target(std::string_view lowered_text) {
  constexpr std::array<std::string_view, 9> words{"actual",   "achieved", "estimated",
                                                  "expected", "measured", "tracking",
                                                  "typical",  "exceed",   "average"};
  return has_any(lowered_text, words);
}

class ObjectiveReader {
 public:
  ObjectiveReader(std::span<const Block> blocks, ProcedureDocument& out)
      : blocks_(blocks), out_(out) {}

  void read() {
    // Tables first: where a document has one, its other figures explain it.
    for (const bool tables : {true, false}) {
      headings_.clear();
      for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const Block& block = blocks_[i];
        if (block.kind == Block::Kind::heading) heading(block, tables);
        if (block.kind == Block::Kind::row) {
          const std::size_t end = table_end(i);
          if (tables) table(blocks_.subspan(i, end - i));
          i = end - 1;
        } else if (!tables && block.kind == Block::Kind::code) {
          settings(block);
        } else if (!tables && block.kind != Block::Kind::heading) {
          sentence(block.text, block.line);
        }
      }
    }
  }

 private:
  void heading(const Block& block, bool tables) {
    while (!headings_.empty() && headings_.back()->level >= block.level) headings_.pop_back();
    headings_.push_back(&block);
    if (!tables) sentence(block.text, block.line);
  }

  /// The one that the nearest heading names; else all of it.
  ComponentId component_here() const {
    for (auto heading = headings_.rbegin(); heading != headings_.rend(); ++heading)
      if (const auto named = component_named((*heading)->text)) return *named;
    return ComponentId::platform;
  }

  void notice(std::string text, int line) {
    out_.notices.push_back({ImportNotice::Kind::not_read, std::move(text), {out_.file, line}});
  }

  void take(Target target, ComponentId component, std::string_view written, int line) {
    const WrittenTime read = written_time(written);
    const char* name = target == Target::rto ? "RTO" : "RPO";
    if (!read.unknown.empty())
      return notice(std::string(name) + " \"" + std::string(written.substr(0, 60)) +
                        "\": " + read.unknown + " is not known here",
                    line);
    if (!read.time) return;
    auto known = std::find_if(out_.objectives.begin(), out_.objectives.end(),
                              [&](const Objective& o) { return o.component == component; });
    if (known == out_.objectives.end()) {
      Objective objective;
      objective.component = component;
      objective.place = {out_.file, line};
      out_.objectives.push_back(std::move(objective));
      known = out_.objectives.end() - 1;
    }
    auto& held = target == Target::rto ? known->rto : known->rpo;
    if (!held) {
      held = read.time;
    } else if (*held != *read.time) {
      notice(std::string("another ") + name + " of " + std::string(name_of(component)) + ", " +
                 format_duration(*read.time) + "; the one at line " +
                 std::to_string(known->place.line) + ", " + format_duration(*held) + ", holds",
             line);
    }
  }

  // ---- tables -------------------------------------------------------------------------------

  std::size_t table_end(std::size_t from) const {
    while (from < blocks_.size() && blocks_[from].kind == Block::Kind::row) ++from;
    return from;
  }

  static std::optional<Target> target_of_cell(std::string_view cell) {
    const std::string text = lowered(cell);
    const auto spoken = spoken_of(text, 0);
    if (!spoken || is_no_target(text)) return std::nullopt;
    return spoken->target;
  }

  void table(std::span<const Block> rows) {
    const auto& head = rows.front().cells;
    // What drills came to is no target.
    if (!head.empty() && find_word(lowered(head[0]), "date*") != std::string::npos) return;
    bool columns = false;
    for (std::size_t c = 1; c < head.size(); ++c)
      if (const auto target = target_of_cell(head[c])) {
        columns = true;
        column(rows.subspan(1), c, *target);
      }
    if (columns) return;
    for (const Block& row : rows)
      if (!row.cells.empty())
        if (const auto target = target_of_cell(row.cells[0])) this->row(head, row, *target);
  }

  /// A column of targets, one for each component; "Production" stands for the platform.
  void column(std::span<const Block> rows, std::size_t at, Target target) {
    for (const Block& row : rows) {
      if (at >= row.cells.size() || row.cells[0].find_first_not_of("-: ") == std::string::npos)
        continue;
      if (const auto component = component_named(row.cells[0])) {
        take(target, *component, row.cells[at], row.line);
      } else if (written_time(row.cells[at]).time && said_.insert(row.line).second) {
        notice("\"" + row.cells[0].substr(0, 60) +
                   "\" is no component that is modelled: its RTO and RPO are not read",
               row.line);
      }
    }
  }

  /// A row of one target, whose columns may be components or environments.
  void row(const std::vector<std::string>& head, const Block& row, Target target) {
    std::optional<std::size_t> first, production;
    bool named = false;
    for (std::size_t c = 1; c < row.cells.size(); ++c) {
      if (!written_time(row.cells[c]).time) continue;
      if (!first) first = c;
      if (c >= head.size() || head == row.cells) continue;
      const std::string above = lowered(head[c]);
      if (find_word(above, "prod*") != std::string::npos) production = c;
      if (const auto component = component_named(head[c]);
          component && component != ComponentId::platform) {
        named = true;
        take(target, *component, row.cells[c], row.line);
      }
    }
    if (named) return;
    const auto chosen = production ? production : first;
    if (chosen) return take(target, component_here(), row.cells[*chosen], row.line);
    for (std::size_t c = 1; c < row.cells.size(); ++c)
      if (const auto read = written_time(row.cells[c]); !read.unknown.empty())
        return take(target, component_here(), row.cells[c], row.line);
  }

  // ---- text ---------------------------------------------------------------------------------

  /// "**RTO**: < 15 min", "PostgreSQL RTO = 5m, RPO = 0", "the 15-minute RTO".
  void sentence(const std::string& text, int line) {
    const std::string low = lowered(text);
    std::size_t from = 0, tried = 0;
    while (const auto spoken = spoken_of(low, from)) {
      constexpr std::size_t mentions = 16;
      if (++tried > mentions) return;
      const auto next = spoken_of(low, spoken->end);
      const std::size_t limit =
          std::min(next ? next->begin : low.size(), end_of_clause(low, spoken->end));
      from = spoken->end;
      const std::size_t clause =
          std::min(text.find_last_of(".;", spoken->begin) + 1, spoken->begin);
      if (is_no_target(std::string_view(low).substr(clause, limit - clause))) continue;
      const auto component =
          component_named(std::string_view(text).substr(clause, spoken->begin - clause));
      const ComponentId of = component.value_or(component_here());
      const std::string_view behind =
          std::string_view(text).substr(spoken->end, limit - spoken->end);
      if (says_a_value(lowered(behind))) {
        take(spoken->target, of, behind, line);
      } else if (const auto before = value_before(low, spoken->begin); !before.empty()) {
        take(spoken->target, of, before, line);
      }
    }
  }

  static std::size_t end_of_clause(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find_first_of(".;", from); at != std::string_view::npos;
         at = text.find_first_of(".;", at + 1))
      if (at + 1 == text.size() || text[at + 1] == ' ') return at;
    return text.size();
  }

  /// Only signs and small words stand between the name and the number.
  static bool says_a_value(std::string_view behind) {
    const std::size_t number = behind.find_first_of("0123456789");
    std::string_view between = behind.substr(0, number);
    if (number == std::string_view::npos) {
      const std::size_t sign = between.find_first_of(":=");
      return sign != std::string_view::npos && written_time(between.substr(sign)).time.has_value();
    }
    constexpr std::array<std::string_view, 17> small{
        "is", "of",   "target",  "goal", "under", "below", "less",   "than",   "max",
        "at", "most", "maximum", "to",   "must",  "be",    "within", "targets"};
    while (!between.empty()) {
      const std::size_t begin = between.find_first_of("abcdefghijklmnopqrstuvwxyz");
      if (begin == std::string_view::npos) return true;
      between.remove_prefix(begin);
      const std::string_view word =
          between.substr(0, between.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
      if (std::find(small.begin(), small.end(), word) == small.end()) return false;
      between.remove_prefix(word.size());
    }
    return true;
  }

  /// "15-minute " right before the name.
  static std::string value_before(std::string_view text, std::size_t begin) {
    constexpr std::size_t most = 24;
    std::string_view left = text.substr(begin > most ? begin - most : 0, std::min(begin, most));
    const std::size_t end = left.find_last_of("0123456789");
    if (end == std::string_view::npos) return {};
    std::size_t first = end;
    while (first > 0 && (left[first - 1] == '.' ||
                         std::isdigit(static_cast<unsigned char>(left[first - 1])) != 0))
      --first;
    const std::string_view value = left.substr(first);
    // The number, a unit, and nothing else.
    const std::size_t words = static_cast<std::size_t>(
        std::count_if(value.begin(), value.end(), [](char c) { return c == ' '; }));
    return words <= 2 && value.find_first_of(",.;:(") == std::string_view::npos ? std::string(value)
                                                                                : std::string();
  }

  /// "rto: 5_minutes" of a block of settings.
  void settings(const Block& block) {
    if (block.language != "yaml" && block.language != "yml" && block.language != "json" &&
        block.language != "toml" && block.language != "ini")
      return;
    std::istringstream lines(block.text);
    std::string text;
    for (int line = block.line; std::getline(lines, text); ++line) {
      const std::string low = lowered(text.substr(0, text.find('#')));
      const auto spoken = spoken_of(low, 0);
      const std::size_t sign = low.find_first_of(":=");
      if (!spoken || sign == std::string::npos || sign < spoken->end) continue;
      take(spoken->target, component_here(), std::string_view(low).substr(sign + 1), line);
    }
  }

  std::span<const Block> blocks_;
  ProcedureDocument& out_;
  std::vector<const Block*> headings_;
  std::set<int> said_;  ///< rows of which it was said that they are nobody's
};

}  // namespace

void read_objectives(std::span<const Block> blocks, ProcedureDocument& out) {
  ObjectiveReader(blocks, out).read();
}

}  // namespace drdrill::procedures
