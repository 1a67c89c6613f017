#include "sim/audit/prose.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "sim/audit/call.hpp"

namespace drdrill::audit {
namespace {

struct Unit {
  std::string_view word;  ///< whole, or followed by a letter of its plural
  double seconds;
};
constexpr double minute = 60, hour = 3600, day = 86400;
/// English, Indonesian, German, Spanish, French and Portuguese, as documents write them.
constexpr std::array<Unit, 34> units{{
    {"s", 1},
    {"sec", 1},
    {"second", 1},
    {"seconds", 1},
    {"detik", 1},
    {"sekunden", 1},
    {"segundos", 1},
    {"secondes", 1},
    {"m", minute},
    {"min", minute},
    {"mins", minute},
    {"minute", minute},
    {"minutes", minute},
    {"menit", minute},
    {"minuten", minute},
    {"minutos", minute},
    {"h", hour},
    {"hr", hour},
    {"hrs", hour},
    {"hour", hour},
    {"hours", hour},
    {"jam", hour},
    {"stunden", hour},
    {"horas", hour},
    {"heures", hour},
    {"d", day},
    {"day", day},
    {"days", day},
    {"hari", day},
    {"tage", day},
    {"dias", day},
    {"jours", day},
    {"weeks", 7 * day},
    {"week", 7 * day},
}};

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// The first number that a unit follows, in seconds.
std::optional<double> seconds_in(std::string_view text) {
  const std::string low = lower(text);
  for (std::size_t i = 0; i < low.size();) {
    if (std::isdigit(static_cast<unsigned char>(low[i])) == 0) {
      ++i;
      continue;
    }
    char* end = nullptr;
    const double number = std::strtod(low.c_str() + i, &end);
    std::size_t unit = static_cast<std::size_t>(end - low.c_str());
    i = std::max(unit, i + 1);
    while (unit < low.size() && (low[unit] == ' ' || low[unit] == '-')) ++unit;
    std::size_t behind = unit;
    while (behind < low.size() && is_letter(low[behind])) ++behind;
    const std::string_view word = std::string_view(low).substr(unit, behind - unit);
    for (const Unit& known : units)
      if (word == known.word) return number * known.seconds;
  }
  return std::nullopt;
}

std::string plain(std::string_view line) {
  std::string out;
  for (const char c : line)
    if (c != '*' && c != '`') out += c;
  return out;
}

}  // namespace

std::vector<ProseLine> prose_of(const DocumentText& document) {
  std::vector<ProseLine> out;
  std::string_view rest = document.text;
  std::string fence;
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) continue;
    const std::string_view text = line.substr(begin);
    const std::string_view marks = text.substr(0, text.find_first_not_of(text[0]));
    const bool is_fence = (text[0] == '`' || text[0] == '~') && marks.size() >= 3;
    if (is_fence && fence.empty()) {
      fence = marks;
      continue;
    }
    if (!fence.empty()) {
      if (is_fence && text.starts_with(fence)) fence.clear();
      continue;
    }
    ProseLine made{{document.file, number}, plain(text), 0, text[0] == '|'};
    if (text[0] == '#' && marks.size() <= 6) made.heading = static_cast<int>(marks.size());
    out.push_back(std::move(made));
  }
  return out;
}

std::optional<double> days_in(std::string_view text) {
  const auto seconds = seconds_in(text);
  if (!seconds || *seconds < day) return std::nullopt;
  return *seconds / day;
}

std::optional<Duration> time_in(std::string_view text) {
  const auto seconds = seconds_in(text);
  if (!seconds || *seconds > 1e9) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
}

}  // namespace drdrill::audit
