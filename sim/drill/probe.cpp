#include "sim/drill/probe.hpp"

namespace drdrill {

std::optional<ProbeKind> probe_of(std::string_view id) {
  for (std::size_t i = 0; i < probe_table.size(); ++i)
    if (probe_table[i].id == id) return static_cast<ProbeKind>(i);
  return std::nullopt;
}

std::optional<ProbeKind> steady_probe_of(ComponentId component) {
  for (std::size_t i = 0; i < probe_table.size(); ++i)
    if (probe_table[i].steady_state && probe_table[i].component == component)
      return static_cast<ProbeKind>(i);
  return std::nullopt;
}

}  // namespace drdrill
