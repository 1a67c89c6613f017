#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/study/explore_play.hpp"

/// Which pairs of ingredients, at which instants, stand for all of them. Internal to the search.
///
/// What matters of an instant is between which two events it lies. Of these count only events that
/// have to do with the fault: those of components that depend on what it touches or that it depends
/// on, of people and of nodes, and every step. The first fault of a pair is made at one instant for
/// each order of events that came of it alone; the second one at once after it, and then between
/// any two such events, not of one kind, of the run with the first fault: its own consequences are
/// among these.
///
/// Two ingredients are alike when alone, at every instant, the same kinds of things happen in the
/// same order. Two pairs of alike ingredients are the same pair when their targets also have the
/// same to do with each other: whether they are in one zone, on one node, of one workload, of one
/// number within it. The first such pair stands for all.
namespace drdrill::study {

/// One ingredient alone, at one instant.
struct Alone {
  Duration after{};
  Trail trail;
};

/// Two ingredients of which the first is made first.
struct PairCase {
  std::uint32_t first = 0, second = 0;
  Duration first_after{}, second_after{};
};

class PairClasses {
 public:
  /// `alone[i]`: what ingredient i came to at some instants, ascending; every instant of the space
  /// for a fault. `plain`: the scenario itself.
  PairClasses(const Space& space, const Trail& plain, std::vector<std::vector<Alone>> alone,
              Duration latest);

  /// Is the fault ever in force, at any instant? What never is is left out of pairs.
  bool does_something(std::uint32_t ingredient) const { return active_[ingredient]; }
  /// May it have something to do with the component? Circumstances may with any.
  bool concerns(std::uint32_t ingredient, ComponentId component) const;
  /// Is it the first of the pairs that are the same? To be asked of each pair once, in their order.
  bool stands_for_others(std::uint32_t a, std::uint32_t b);
  /// The cases of a pair, spread so that each beginning is spread over all of them; the one that
  /// comes first in the space may be made first or second.
  std::vector<PairCase> cases(std::uint32_t a, std::uint32_t b) const;

 private:
  bool is_fault(std::uint32_t ingredient) const { return space_.timed(ingredient); }
  ComponentSet touched(std::uint32_t ingredient) const { return touched_[ingredient]; }
  std::vector<Duration> instants(const Trail& trail, Duration from, std::uint32_t ingredient) const;
  void add_cases(std::uint32_t first, std::uint32_t second, std::vector<PairCase>& out) const;

  const Space& space_;
  const Trail& plain_;
  std::vector<std::vector<Alone>> alone_;
  Duration latest_;
  std::string relation(std::uint32_t a, std::uint32_t b) const;

  std::vector<bool> active_;
  std::vector<std::uint64_t> alike_;  ///< alike ingredients have the same
  std::set<std::string> seen_;
  std::vector<ComponentSet> touched_;
  std::vector<std::vector<std::size_t>> first_at_;  ///< by ingredient: indexes into alone_
};

}  // namespace drdrill::study
