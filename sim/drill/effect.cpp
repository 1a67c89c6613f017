#include "sim/drill/effect.hpp"

#include <algorithm>
#include <array>

namespace drdrill {

namespace {

constexpr std::array<std::string_view, primitive_count> primitive_names{
    "crash", "pause", "isolate", "absent", "erase",   "lose",   "deploy", "cut",   "slow",
    "delay", "drop",  "skew",    "fill",   "corrupt", "vanish", "expire", "refuse"};
constexpr std::array<std::string_view, level_count> level_names{
    "process", "pod", "node", "zone", "region", "person", "volume", "name", "provider"};

constexpr std::array<std::string_view, direction_count> direction_names{"both", "in", "out"};

constexpr std::array node_only{Level::node};
constexpr std::array zone_only{Level::zone};
constexpr std::array region_only{Level::region};
constexpr std::array person_only{Level::person};
constexpr std::array pod_only{Level::pod};
constexpr std::array machine_levels{Level::pod, Level::node, Level::zone, Level::region};
constexpr std::array process_levels{Level::process, Level::pod, Level::node, Level::zone,
                                    Level::region};
constexpr std::array disk_levels{Level::pod, Level::node, Level::volume};
constexpr std::array volume_only{Level::volume};
constexpr std::array name_only{Level::name};
constexpr std::array provider_only{Level::provider};

constexpr std::array<FaultRow, 21> catalog{{
    {"crash", Primitive::crash, process_levels, "processes end at once, without clean-up"},
    {"pause", Primitive::pause, process_levels, "processes stand still and keep their sockets"},
    {"partition", Primitive::isolate, machine_levels,
     "no traffic to or from the targets, or in one \"direction\" only", std::nullopt, true},
    {"node-loss", Primitive::crash, node_only, "a node loses power"},
    {"zone-loss", Primitive::crash, zone_only, "every node of a zone loses power"},
    {"region-loss", Primitive::crash, region_only, "every node of a region loses power"},
    {"operator-unavailable", Primitive::absent, person_only, "a person does not answer"},
    {"monitoring-down", Primitive::crash, pod_only,
     "the pods of the monitoring system end: somebody has to notice"},
    {"bad-statement", Primitive::erase, pod_only,
     "a statement deletes every row through the targets; standbys replay it"},
    {"data-loss", Primitive::lose, disk_levels,
     "what the targets keep on their volumes, or what lies on a volume, is gone, and processes "
     "end"},
    {"bad-deployment", Primitive::deploy, pod_only,
     "a new revision of the targets' workload is rolled out, whose containers end as they start"},
    {"partial-partition", Primitive::cut, machine_levels,
     "no connection between the targets and those of \"from\"; one \"direction\" or both is the "
     "same "
     "to TCP",
     std::nullopt, true},
    {"slow", Primitive::slow, process_levels,
     "everything that the targets compute takes \"amount\" times as long", ParameterUnit::count},
    {"latency", Primitive::delay, machine_levels,
     "packets to and from the targets take \"amount\" longer, each way", ParameterUnit::seconds},
    {"packet-loss", Primitive::drop, machine_levels,
     "of the packets to and from the targets the share \"amount\" is lost", ParameterUnit::share},
    {"clock-skew", Primitive::skew, machine_levels, "the targets' clocks are ahead by \"amount\"",
     ParameterUnit::seconds},
    {"disk-full", Primitive::fill, disk_levels,
     "nothing more can be written to the targets' volumes, or to a volume"},
    {"backup-corrupt", Primitive::corrupt, volume_only,
     "the backups that lie there are cut short; their lists of contents still read"},
    {"backup-missing", Primitive::vanish, volume_only, "the backups that lie there are gone"},
    {"certificate-expiry", Primitive::expire, name_only,
     "the certificate of the name is no longer valid: new connections fail, those that stand hold"},
    {"dns-provider-down", Primitive::refuse, provider_only,
     "the provider's API does not answer; names resolve as before"},
}};

}  // namespace

std::string_view primitive_name(Primitive primitive) {
  return primitive_names[static_cast<std::size_t>(primitive)];
}

std::optional<Primitive> primitive_of(std::string_view name) {
  auto found = std::find(primitive_names.begin(), primitive_names.end(), name);
  if (found == primitive_names.end()) return std::nullopt;
  return static_cast<Primitive>(found - primitive_names.begin());
}

std::string_view direction_name(Direction direction) {
  return direction_names[static_cast<std::size_t>(direction)];
}

std::string_view level_name(Level level) {
  return level_names[static_cast<std::size_t>(level)];
}

std::optional<Level> level_of(std::string_view name) {
  auto found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<Level>(found - level_names.begin());
}

std::optional<Target> parse_target(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto level = level_of(text.substr(0, slash));
  auto name = text.substr(slash + 1);
  if (!level || name.empty()) return std::nullopt;
  return Target{*level, std::string(name), 1};
}

std::string to_string(const Target& target) {
  std::string text(level_name(target.level));
  text += '/';
  text += target.name;
  return text;
}

std::span<const FaultRow> fault_catalog() {
  return catalog;
}

const FaultRow* find_fault(std::string_view id) {
  auto found =
      std::find_if(catalog.begin(), catalog.end(), [&](auto& row) { return row.id == id; });
  return found == catalog.end() ? nullptr : &*found;
}

}  // namespace drdrill
