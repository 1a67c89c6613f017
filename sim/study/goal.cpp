#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sim/study/solve.hpp"

/// Goals and knobs as text.
namespace drdrill::study {

std::vector<double> candidates_between(double low, double high, bool whole, std::size_t count) {
  constexpr double wide = 4;
  const bool by_ratio = low > 0 && high / low > wide;
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    double value =
        by_ratio ? low * std::exp(std::log(high / low) * share) : low + (high - low) * share;
    constexpr double coarse = 10;
    if (whole || value >= coarse) value = std::round(value);
    if (i == 0) value = low;
    if (i + 1 == count) value = high;
    if (out.empty() || value > out.back()) out.push_back(value);
  }
  return out;
}

std::string spelled(const Knob& knob, double value) {
  if (!knob.words.empty()) return knob.words.at(static_cast<std::size_t>(value));
  if (knob.is_duration)
    return spell_duration(std::chrono::round<std::chrono::milliseconds>(from_seconds(value)));
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<Goal> parse_goal(std::string_view text) {
  const auto dot = text.find('.'), less = text.find("<="), at = text.find('@');
  if (dot == std::string_view::npos || less == std::string_view::npos ||
      at == std::string_view::npos || dot > less || less > at || !text.ends_with('%'))
    return std::nullopt;
  Goal goal;
  const auto component = component_of(text.substr(0, dot));
  const auto kind = text.substr(dot + 1, less - dot - 1);
  const auto limit = parse_duration(text.substr(less + 2, at - less - 2));
  const std::string share(text.substr(at + 1, text.size() - at - 2));
  char* end = nullptr;
  const double percent = std::strtod(share.c_str(), &end);
  if (!component || (kind != "rto" && kind != "rpo") || !limit || share.empty() || *end != '\0' ||
      !(percent > 0 && percent < 100))
    return std::nullopt;
  goal.component = *component;
  goal.rpo = kind == "rpo";
  goal.limit = *limit;
  goal.probability = percent / 100;
  return goal;
}

std::string spelled(const Goal& goal) {
  Knob number;
  return std::string(name_of(goal.component)) + (goal.rpo ? ".rpo" : ".rto") +
         "<=" + spell_duration(goal.limit) + "@" + spelled(number, goal.probability * 100) + "%";
}

}  // namespace drdrill::study
