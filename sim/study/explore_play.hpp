#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/study/explore.hpp"

/// Plays combinations. Internal to the search.
namespace drdrill::study {

/// All targets of a scenario, in the order of its objectives.
std::vector<TargetId> targets_of(const Scenario& scenario);

/// Something that happened in a run, since the drill's first injection.
struct Happened {
  Duration at{};
  std::uint64_t kind = 0;  ///< equal for events of a kind, whatever their names
  ComponentSet components;
  bool concerns_all = false;  ///< a step, people, nodes
};

/// What a run left behind beside its verdict.
struct Trail {
  std::vector<Happened> events;  ///< ascending
  ComponentSet touched;          ///< by the faults that were added
  bool took = false;             ///< one of those faults was ever in force
  /// Of the order in which things happened, whatever their names and whenever: what two targets
  /// have in common that nothing tells apart.
  std::uint64_t order = 0;
  std::array<ComponentSet, component_count> dependents{};
};

/// What one combination came to: of several replications, the worst of each target.
struct Played {
  std::vector<TargetState> states;         ///< by targets_of()
  std::vector<std::uint64_t> replication;  ///< by target: the one that its state is of
  std::uint64_t fingerprint = 0;           ///< of the first replication
};

/// Plays on several threads. What a combination comes to does not depend on what was played before.
class Players {
 public:
  Players(const Scenario& scenario, const PlatformSpec& platform, const Space& space,
          const ExploreOptions& options);
  ~Players();
  Players(Players&&) = delete;

  /// `told` is called now and then by one thread at a time, with how many are done.
  /// `trails`, when it is not null, gets those of the first replications.
  std::vector<Played> play(const std::vector<Combination>& all,
                           const std::function<void(std::size_t)>& told = {},
                           std::vector<Trail>* trails = nullptr);
  /// Each task may play what it likes, one after the other.
  using Play = std::function<Played(const Combination&, Trail*)>;
  void each(std::size_t tasks, const std::function<void(std::size_t task, const Play&)>& work);

 private:
  class Player;
  std::shared_ptr<Player> borrow();

  const Scenario& scenario_;
  const PlatformSpec& platform_;
  const Space& space_;
  const ExploreOptions& options_;
  std::mutex lending_;
  std::vector<std::unique_ptr<Player>> idle_;
};

/// The smallest combination found that still misses the target: fewer ingredients, then milder
/// ones, then at plainer instants. `runs` counts what was played.
Combination shrink(const Space& space, Combination picks, std::size_t target,
                   const Players::Play& play, std::uint64_t& runs);

}  // namespace drdrill::study
