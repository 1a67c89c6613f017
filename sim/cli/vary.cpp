#include "sim/cli/vary.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "sim/base/time.hpp"
#include "sim/cli/options.hpp"

namespace drdrill::cli {
namespace {

constexpr std::size_t most_values = 10'000;

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError("--vary " + text + ": " + why +
                   "; write for example --vary /horizon=1h,2h or --vary /horizon=1h:4h:30m");
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out(1);
  for (const char c : text)
    c == at ? static_cast<void>(out.emplace_back()) : out.back().push_back(c);
  return out;
}

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

/// The values of a range; `spell` writes one. Nothing when a bound does not read.
template <class Number, class Read, class Spell>
std::optional<std::vector<std::string>> range_of(const std::vector<std::string>& bounds,
                                                 const std::string& text, Read read, Spell spell) {
  std::array<std::optional<Number>, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = read(bounds[i]);
    if (!parts[i]) return std::nullopt;
  }
  const Number from = *parts[0], to = *parts[1], step = *parts[2];
  if (!(step > Number{}) || to < from) refuse(text, "a range goes from less to more");
  const auto steps = static_cast<double>((to - from) / step);
  if (steps >= static_cast<double>(most_values)) refuse(text, "these are too many values");
  std::vector<std::string> values;
  constexpr double rounding = 1e-9;
  for (std::size_t i = 0; static_cast<double>(i) <= steps + rounding; ++i)
    values.push_back(spell(from, step, i));
  return values;
}

std::optional<std::vector<std::string>> range(const std::string& values, const std::string& text) {
  const auto bounds = split(values, ':');
  if (bounds.size() != 3) return std::nullopt;
  if (auto numbers =
          range_of<double>(bounds, text, number_of, [](double from, double step, std::size_t i) {
            return spell_number(from + step * static_cast<double>(i));
          }))
    return numbers;
  return range_of<Duration>(
      bounds, text, [](const std::string& bound) { return parse_duration(bound); },
      [](Duration from, Duration step, std::size_t i) {
        return spell_duration(from + step * static_cast<std::int64_t>(i));
      });
}

/// The elements of a JSON array of strings and numbers, as --set takes them.
std::vector<std::string> listed(const std::string& values, const std::string& text) {
  const Value array = value_of({"", values, {}});
  if (array.kind != Value::Kind::array) refuse(text, "this is no JSON array");
  std::vector<std::string> out;
  for (const Value& item : array.items) {
    if (item.kind == Value::Kind::string)
      out.push_back(item.text);
    else if (item.kind == Value::Kind::integer || item.kind == Value::Kind::number)
      out.push_back(spell_number(item.number));
    else
      refuse(text, "an element is neither a string nor a number");
  }
  return out;
}

}  // namespace

std::vector<Setting> settings_of(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) {
    std::optional<Setting> setting = parse_setting(text);
    if (!setting)
      throw UsageError("--set " + text +
                       ": not POINTER=VALUE; write for example --set /horizon=1h");
    settings.push_back(std::move(*setting));
  }
  return settings;
}

std::string spell_number(double number) {
  constexpr int digits = 12;
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::general, digits);
  return {buffer.data(), end.ptr};
}

Axis parse_axis(const std::string& text) {
  const auto setting = parse_setting(text);
  if (!setting) refuse(text, "not POINTER=VALUES");
  Axis axis{setting->pointer, {}};
  if (setting->value.starts_with("["))
    axis.values = listed(setting->value, text);
  else if (auto values = range(setting->value, text))
    axis.values = std::move(*values);
  else
    axis.values = split(setting->value, ',');
  for (const std::string& value : axis.values)
    if (value.empty()) refuse(text, "a value is empty");
  if (axis.values.empty()) refuse(text, "there is no value");
  return axis;
}

std::vector<std::vector<Setting>> grid_of(const std::vector<Axis>& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (axes[i].pointer == axes[k].pointer)
        throw UsageError("--vary " + axes[i].pointer +
                         " is given twice; write its values in one: --vary POINTER=v1,v2,v3");
  std::vector<std::vector<Setting>> grid(1);
  for (const Axis& axis : axes) {
    std::vector<std::vector<Setting>> wider;
    if (grid.size() * axis.values.size() > most_values)
      throw UsageError("--vary: these are more than " + std::to_string(most_values) +
                       " combinations");
    for (const auto& cell : grid)
      for (const std::string& value : axis.values) {
        wider.push_back(cell);
        wider.back().push_back({axis.pointer, value, {}, "--vary"});
      }
    grid = std::move(wider);
  }
  return grid;
}

}  // namespace drdrill::cli
