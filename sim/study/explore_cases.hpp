#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// What a search may add to a scenario: every fault of the catalog on every class of
/// interchangeable targets, and worse circumstances (more load, standbys further behind, older
/// backups). People who are not there are faults like any other.
namespace drdrill::study {

enum class Axis : std::uint8_t {
  fault,
  load,   ///< participants in a meeting
  lag,    ///< how far the standbys of PostgreSQL and the replicas of Redis are behind
  start,  ///< the wall clock at the start: the newest backup is as old as its schedule lets it be
};

/// Where a target is, as far as that is one place.
struct TargetPlace {
  std::string zone, node, workload;
  std::string number;  ///< of a StatefulSet's pod
};

struct Ingredient {
  Axis axis = Axis::fault;
  std::string words;   ///< "crash pod/postgres-primary-0", "twice the participants"
  FaultSpec fault;     ///< Axis::fault; its `after` says nothing
  int participants{};  ///< Axis::load, of each meeting
  Duration lag{};      ///< Axis::lag
  WallTime start;      ///< Axis::start
  /// The same, only less of it: one target instead of all, a smaller load.
  std::optional<std::uint32_t> milder;
  TargetPlace place{};  ///< Axis::fault
};

/// An ingredient and, for a fault, when: the time since the drill's first injection.
struct Pick {
  std::uint32_t ingredient = 0;
  Duration after{};
  bool operator==(const Pick&) const = default;
  bool operator<(const Pick& other) const {
    return ingredient != other.ingredient ? ingredient < other.ingredient : after < other.after;
  }
};
/// In order of the ingredient, none of them twice, at most one of an axis other than faults.
using Combination = std::vector<Pick>;

/// What the combinations are made of.
struct Space {
  std::vector<Ingredient> ingredients;
  /// One between each two successive events of the undisturbed run, ascending; the first is 0.
  std::vector<Duration> instants;
  std::size_t refused = 0;  ///< faults of the catalog that the simulated world cannot make there

  bool timed(std::uint32_t ingredient) const { return ingredients[ingredient].axis == Axis::fault; }
};

/// When a job fires next after an instant, both in minutes since 1970 UTC; nothing when never.
using NextFiring =
    std::function<std::optional<std::int64_t>(const kube::CronJob& job, std::int64_t after)>;

struct SpaceOptions {
  std::uint64_t seed = 1;
  /// Ids of the fault catalog, and "load", "lag" and "start"; empty: all of them.
  std::vector<std::string> only{};
  /// How long faults last that pass by themselves (partitions, pauses, slowness, latency and loss
  /// of packets, providers that do not answer): at most a quarter of the drill. The others last
  /// until something repairs them.
  Duration transient = std::chrono::minutes(2);
  NextFiring next_firing{};  ///< without one the start stays as it is
};

/// Two targets are in one class when nothing tells them apart: pods of one Deployment; nodes of one
/// pool and zone with pods of the same Deployments on them that nobody names; people of one role.
/// Each pod of a StatefulSet is a class by itself, and so is the node that it runs on.
Space space_of(const Scenario& scenario, const PlatformSpec& platform, const SpaceOptions& options);

/// The scenario with the combination's faults and start.
Scenario combined(const Scenario& scenario, const Space& space, const Combination& picks);
/// The platform with the combination's load and lag.
PlatformSpec combined(const PlatformSpec& platform, const Space& space, const Combination& picks);

/// The parameters that Axis::lag sets.
inline constexpr std::array<std::string_view, 2> lag_parameters{"postgres.replication_lag",
                                                                "redis.replication_lag"};

/// "crash pod/api at 1m 05s and twice the participants"
std::string spelled(const Space& space, const Combination& picks);

}  // namespace drdrill::study
