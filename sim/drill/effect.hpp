#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"

/// Faults: a target selector times a primitive effect. A named fault is a row of the catalog;
/// worlds implement primitives only.
namespace drdrill {

/// What a world can be asked to do to a set of targets.
enum class Primitive : std::uint8_t {
  crash,    ///< processes end at once, without clean-up; a node or zone loses power
  pause,    ///< processes stand still and keep their sockets (gray failure)
  isolate,  ///< no traffic in or out of the targets
  absent,   ///< a person (or a monitoring system) is not there
  erase,    ///< records are deleted through the targets; every copy that follows them loses them
  lose,     ///< what the targets keep on their volumes is gone, and their processes end
  deploy,   ///< a new revision of the targets' workload is rolled out that ends as it starts
  cut,      ///< no traffic between the targets and the other targets
  slow,     ///< what the targets compute takes `amount` times as long
  delay,    ///< packets to and from the targets take `amount` seconds longer, each way
  drop,     ///< of the packets to and from the targets the share `amount` is lost
  skew,     ///< the targets' clocks are `amount` seconds ahead
  fill,     ///< nothing more can be written to the targets' volumes
  corrupt,  ///< the backups on a volume or in a bucket are cut short
  vanish,   ///< the backups on a volume or in a bucket are gone
  expire,   ///< the certificate of a name is no longer valid
  refuse,   ///< a provider takes no changes
};

inline constexpr std::size_t primitive_count = 17;
/// Does it leave its targets up, or concern nothing that runs?
constexpr bool is_impairment(Primitive primitive) {
  return primitive >= Primitive::cut;
}
std::string_view primitive_name(Primitive primitive);
std::optional<Primitive> primitive_of(std::string_view name);

/// The failure domain that a target names.
enum class Level : std::uint8_t {
  process,
  pod,
  node,
  zone,
  region,
  person,
  volume,    ///< a volume claim or a bucket, by its name
  name,      ///< a host name that clients use
  provider,  ///< somebody else's API, by its host
};
inline constexpr std::size_t level_count = 9;

std::string_view level_name(Level level);
std::optional<Level> level_of(std::string_view name);

/// Written "pod/livekit-sfu-0", "node/sfu-1", "zone/singapore-1", "person/on-call"; the name may be
/// a workload ("pod/livekit-sfu": `count` of its pods, the first by name).
struct Target {
  Level level = Level::pod;
  std::string name;
  int count = 1;
};

/// "pod/livekit-sfu", with a count of 1; nothing when it is not of this form.
std::optional<Target> parse_target(std::string_view text);
std::string to_string(const Target& target);  ///< without the count

/// Which packets of a partition are lost.
enum class Direction : std::uint8_t {
  both,
  in,   ///< those to the target; what it sends arrives
  out,  ///< those from the target; what is sent to it arrives
};
inline constexpr std::size_t direction_count = 3;
std::string_view direction_name(Direction direction);

struct FaultRow {
  std::string_view id;
  Primitive primitive;
  std::span<const Level> levels;  ///< where it makes sense
  std::string_view meaning;
  /// The unit of `amount`, for faults that have one.
  std::optional<ParameterUnit> amount = std::nullopt;
  bool directed = false;  ///< may be in one direction only
};

/// The fault catalog: what scenarios may name, `list faults` prints and the schema knows.
std::span<const FaultRow> fault_catalog();
const FaultRow* find_fault(std::string_view id);

/// A fault of a scenario, resolved: what a world is asked for.
struct Effect {
  std::string id;  ///< unique in the scenario
  Primitive primitive = Primitive::crash;
  Target target;
  std::optional<Target> other = std::nullopt;  ///< cut: from whom
  double amount = 0;                           ///< in the unit of the catalog's row
  Direction direction = Direction::both;       ///< isolate, cut
};

enum class EffectId : std::uint32_t {};

struct EffectState {
  bool took_effect = false;
  Offset since = never;  ///< when it took effect
  bool undone = false;
  ComponentSet touched;  ///< components that had a process or an object among the targets
};

}  // namespace drdrill
