#include "sim/drill/scenario.hpp"

#include <algorithm>
#include <array>

namespace drdrill {

namespace {

constexpr std::array<std::string_view, 4> phase_names{"inject", "recover", "watch", "end"};
constexpr std::array<std::string_view, 3> on_failure_names{"proceed", "stop", "abort"};

template <typename E, std::size_t N>
std::optional<E> named(const std::array<std::string_view, N>& names, std::string_view name) {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<E>(found - names.begin());
}

}  // namespace

std::string_view phase_name(Phase phase) {
  return phase_names[static_cast<std::size_t>(phase)];
}
std::optional<Phase> phase_of(std::string_view name) {
  return named<Phase>(phase_names, name);
}

std::string_view on_failure_name(OnFailure what) {
  return on_failure_names[static_cast<std::size_t>(what)];
}
std::optional<OnFailure> on_failure_of(std::string_view name) {
  return named<OnFailure>(on_failure_names, name);
}

}  // namespace drdrill
