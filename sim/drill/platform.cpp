#include "sim/drill/platform.hpp"

namespace drdrill {

namespace {

struct KindRow {
  std::string_view name;
  ComponentId component;
};

/// By WorkloadModel::Kind. A plain workload belongs to the platform as a whole.
constexpr std::array<KindRow, 11> kinds{{
    {"livekit-sfu", ComponentId::livekit_sfu},
    {"api-service", ComponentId::api},
    {"postgres-primary", ComponentId::postgres},
    {"postgres-replica", ComponentId::postgres},
    {"postgres-scratch", ComponentId::postgres},
    {"redis-master", ComponentId::redis},
    {"redis-replica", ComponentId::redis},
    {"ingress", ComponentId::load_balancer},
    {"monitoring", ComponentId::monitoring},
    {"pooler", ComponentId::postgres},
    {"plain", ComponentId::platform},
}};
static_assert(kinds.size() == static_cast<std::size_t>(WorkloadModel::Kind::plain) + 1);

}  // namespace

std::string NodePoolSpec::name_of(int number) const {
  const auto hole = names.find("{}");
  return std::string(names).replace(hole, 2, std::to_string(number));
}

std::string NodePoolSpec::zone_of(int number) const {
  return zones.empty() ? "" : zones[static_cast<std::size_t>(number - 1) % zones.size()];
}

std::string_view model_kind_name(WorkloadModel::Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].name;
}

std::optional<WorkloadModel::Kind> model_kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i].name == name) return static_cast<WorkloadModel::Kind>(i);
  return std::nullopt;
}

ComponentId component_of(WorkloadModel::Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].component;
}

}  // namespace drdrill
