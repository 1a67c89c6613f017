#pragma once

#include <utility>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/study/explore_cases.hpp"

/// Where the guided part of a search goes on: from the combinations that came nearest to a target.
/// Internal to the search.
namespace drdrill::study {

class Elite {
 public:
  /// Combinations have at most `most` ingredients. The space must outlive it.
  Elite(const Space& space, unsigned most) : space_(space), most_(most) {}

  void add(double score, const Combination& picks);
  /// One of the best with something added, replaced, moved in time or taken away; empty when that
  /// makes no combination.
  Combination changed(RandomStream& random) const;

 private:
  bool is_sound(const Combination& picks) const;

  const Space& space_;
  unsigned most_;
  std::vector<std::pair<double, Combination>> best_;  ///< the nearest first
};

}  // namespace drdrill::study
