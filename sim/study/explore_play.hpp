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

/// What one combination came to.
struct Played {
  std::vector<TargetState> states;  ///< by targets_of()
  std::uint64_t fingerprint = 0;
};

/// Plays on several threads. What a combination comes to does not depend on what was played before.
class Players {
 public:
  Players(const Scenario& scenario, const PlatformSpec& platform, const Space& space,
          std::uint64_t seed, unsigned threads);
  ~Players();
  Players(Players&&) = delete;

  /// `told` is called now and then by one thread at a time, with how many are done.
  std::vector<Played> play(const std::vector<Combination>& all,
                           const std::function<void(std::size_t)>& told = {});
  /// Each task may play what it likes, one after the other.
  using Play = std::function<Played(const Combination&)>;
  void each(std::size_t tasks, const std::function<void(std::size_t task, const Play&)>& work);

 private:
  class Player;
  std::shared_ptr<Player> borrow();

  const Scenario& scenario_;
  const PlatformSpec& platform_;
  const Space& space_;
  std::uint64_t seed_;
  unsigned threads_;
  std::mutex lending_;
  std::vector<std::unique_ptr<Player>> idle_;
};

/// The smallest combination found that still misses the target: fewer ingredients, then milder
/// ones, then at plainer instants. `runs` counts what was played.
Combination shrink(const Space& space, Combination picks, std::size_t target,
                   const Players::Play& play, std::uint64_t& runs);

}  // namespace drdrill::study
