#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sim/study/explore_cases.hpp"

/// Who was found to miss which target. What contains some of them misses it for their sake, at
/// whatever instants, and is no discovery.
namespace drdrill::study {

class KnownMisses {
 public:
  KnownMisses(std::size_t ingredients, std::size_t targets);

  void add(const Combination& picks, std::size_t target);
  /// Is it known that some of these miss the target?
  bool explain(const Combination& picks, std::size_t target) const;
  bool alone(std::uint32_t ingredient, std::size_t target) const {
    return alone_[ingredient][target];
  }

 private:
  using Ingredients = std::vector<std::uint32_t>;

  std::vector<std::vector<bool>> alone_;                       ///< by ingredient and target
  std::vector<std::pair<Ingredients, std::size_t>> together_;  ///< several, and their target
};

/// Does the combination have each ingredient of the other one?
bool includes(const Combination& all, const Combination& some);

/// The numbers below `count` in an order in which each beginning is spread over all of them.
std::vector<std::size_t> spread(std::size_t count);

}  // namespace drdrill::study
