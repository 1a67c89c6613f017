#include "scenarios/import/told.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {

Told::Told(Inventory& from) : inventory(from), overrides(object()) {}

void Told::parameter(std::string_view id, Value value, const std::string& source,
                     const SourcePlace& place) {
  if (overrides.find(id) || inventory.decided("/overrides/" + std::string(id))) return;
  inventory.remark(ImportRemark::Kind::told, place, std::string(id) + ": " + source);
  set(overrides, id,
      object({{"value", std::move(value)},
              {"provenance", text("documented")},
              {"source", text(source)},
              {"origin", text(place.file + ":" + std::to_string(place.line))}}));
}

Value Told::milliseconds(double count) {
  const auto whole = static_cast<std::int64_t>(std::llround(count));
  return whole % 1000 == 0 ? text(std::to_string(whole / 1000) + "s")
                           : text(std::to_string(whole) + "ms");
}

Value Told::up_to(const Value& most) {
  return object({{"uniform", array_value({text("0s"), most})}});
}

double number_of(std::string_view text) {
  double out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc{} && out >= 0 && out < 1e12 ? out : -1;
}

double milliseconds_of(std::string_view text, double unit) {
  double sum = 0;
  bool any = false;
  while (!text.empty()) {
    double count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    if (parsed.ec != std::errc{} || count < 0 || count > 1e12) return -1;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    std::size_t letters = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    double factor = unit;
    if (name == "ms")
      factor = 1;
    else if (name == "s")
      factor = 1000;
    else if (name == "m" || name == "min")
      factor = 60'000;
    else if (name == "h")
      factor = 3'600'000;
    else if (name == "d")
      factor = 86'400'000;
    else if (name == "w")
      factor = 7 * 86'400'000.0;
    else if (name == "y")
      factor = 365 * 86'400'000.0;
    else if (!name.empty())
      return -1;
    sum += count * factor;
    any = true;
  }
  return any ? sum : -1;
}

}  // namespace drdrill::importing
