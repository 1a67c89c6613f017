#include "scenarios/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace drdrill {
namespace {

struct Field {
  std::string_view name;
  int low;
  int high;
  std::span<const std::string_view> names;  ///< the first stands for `low`
};

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 7> nicknames{"@hourly",  "@daily",  "@midnight", "@weekly",
                                                    "@monthly", "@yearly", "@annually"};
const std::array<Field, 5> fields{{{"minute", 0, 59, {}},
                                   {"hour", 0, 23, {}},
                                   {"day of month", 1, 31, {}},
                                   {"month", 1, 12, months},
                                   {"day of week", 0, 7, days}}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || parsed.ec != std::errc{} ||
      parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<int> value_in(const Field& field, std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (std::size_t i = 0; i < field.names.size(); ++i)
    if (field.names[i] == lower) return field.low + static_cast<int>(i);
  const auto value = number_of(text);
  if (!value || *value < field.low || *value > field.high) return std::nullopt;
  return value;
}

/// "*", "5", "1-5", each perhaps with "/2".
bool is_range(const Field& field, std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto step = number_of(text.substr(slash + 1));
    if (!step || *step < 1) return false;
    text = text.substr(0, slash);
  }
  if (text == "*" || text == "?") return true;
  const auto ends = split(text, '-');
  if (ends.size() > 2) return false;
  const auto low = value_in(field, ends.front());
  const auto high = value_in(field, ends.back());
  return low && high && *low <= *high;
}

}  // namespace

std::optional<std::string> cron_mistake(std::string_view schedule) {
  if (schedule.starts_with('@')) {
    if (std::find(nicknames.begin(), nicknames.end(), schedule) != nicknames.end())
      return std::nullopt;
    return "no such schedule; known: @hourly, @daily, @weekly, @monthly, @yearly";
  }
  std::vector<std::string_view> parts;
  for (std::string_view part : split(schedule, ' '))
    if (!part.empty()) parts.push_back(part);
  if (parts.size() != fields.size())
    return "expected five fields (minute hour day month weekday), found " +
           std::to_string(parts.size());
  for (std::size_t i = 0; i < fields.size(); ++i)
    for (std::string_view range : split(parts[i], ','))
      if (!is_range(fields[i], range))
        return "\"" + std::string(range.substr(0, 20)) + "\" is no " + std::string(fields[i].name) +
               " from " + std::to_string(fields[i].low) + " to " + std::to_string(fields[i].high);
  return std::nullopt;
}

}  // namespace drdrill
