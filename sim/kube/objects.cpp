#include "sim/kube/objects.hpp"

#include <algorithm>
#include <charconv>

namespace drdrill::kube {

int IntOrPercent::of(int total, bool round_up) const {
  if (!percent) return value;
  return (value * total + (round_up ? 99 : 0)) / 100;
}

std::optional<IntOrPercent> parse_int_or_percent(std::string_view text) {
  IntOrPercent out;
  if (!text.empty() && text.back() == '%') {
    out.percent = true;
    text.remove_suffix(1);
  }
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out.value);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  if (!whole || out.value < 0 || out.value > 1'000'000) return std::nullopt;
  return out;
}

std::string to_string(IntOrPercent value) {
  return std::to_string(value.value) + (value.percent ? "%" : "");
}

ScalingRules default_scale_up() {
  return {0, false, false, {{true, 100, 15}, {false, 4, 15}}};
}

ScalingRules default_scale_down() {
  return {300, false, false, {{true, 100, 15}}};
}

bool PersistentVolumeClaim::single_node() const {
  const auto shared = [](const std::string& mode) {
    return mode == "ReadWriteMany" || mode == "ReadOnlyMany";
  };
  return std::none_of(access_modes.begin(), access_modes.end(), shared);
}

}  // namespace drdrill::kube
