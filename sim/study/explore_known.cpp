#include "sim/study/explore_known.hpp"

#include <algorithm>

namespace drdrill::study {
namespace {

std::vector<std::uint32_t> ingredients_of(const Combination& picks) {
  std::vector<std::uint32_t> out;
  out.reserve(picks.size());
  for (const Pick& pick : picks) out.push_back(pick.ingredient);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

KnownMisses::KnownMisses(std::size_t ingredients, std::size_t targets)
    : alone_(ingredients, std::vector<bool>(targets)) {}

void KnownMisses::add(const Combination& picks, std::size_t target) {
  if (picks.size() == 1)
    alone_[picks.front().ingredient][target] = true;
  else
    together_.emplace_back(ingredients_of(picks), target);
}

bool KnownMisses::explain(const Combination& picks, std::size_t target) const {
  for (const Pick& pick : picks)
    if (alone(pick.ingredient, target)) return true;
  const Ingredients all = ingredients_of(picks);
  return std::any_of(together_.begin(), together_.end(), [&](const auto& known) {
    return known.second == target &&
           std::includes(all.begin(), all.end(), known.first.begin(), known.first.end());
  });
}

bool includes(const Combination& all, const Combination& some) {
  const auto mine = ingredients_of(all), theirs = ingredients_of(some);
  return std::includes(mine.begin(), mine.end(), theirs.begin(), theirs.end());
}

std::vector<std::size_t> spread(std::size_t count) {
  std::size_t power = 1;
  while (power < count) power *= 2;
  std::vector<std::size_t> out;
  out.reserve(count);
  for (std::size_t i = 0; i < power; ++i) {
    std::size_t reversed = 0;
    for (std::size_t bit = 1, mirror = power / 2; bit < power; bit *= 2, mirror /= 2)
      if ((i & bit) != 0) reversed |= mirror;
    if (reversed < count) out.push_back(reversed);
  }
  return out;
}

}  // namespace drdrill::study
