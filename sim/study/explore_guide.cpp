#include "sim/study/explore_guide.hpp"

#include <algorithm>

namespace drdrill::study {

void Elite::add(double score, const Combination& picks) {
  constexpr std::size_t most_kept = 24;
  const auto place =
      std::find_if(best_.begin(), best_.end(), [&](const auto& e) { return e.first < score; });
  best_.insert(place, {score, picks});
  if (best_.size() > most_kept) best_.pop_back();
}

Combination Elite::changed(RandomStream& random) const {
  Combination picks;
  const std::uint64_t one = random.below(best_.size()), other = random.below(best_.size());
  if (!best_.empty()) picks = best_[std::min(one, other)].second;
  enum { add, replace, move, drop, ways };
  const std::uint64_t way = random.below(ways);
  const auto ingredient = static_cast<std::uint32_t>(random.below(space_.ingredients.size()));
  const Duration instant = space_.instants[random.below(space_.instants.size())];
  const Pick made{ingredient, space_.timed(ingredient) ? instant : Duration::zero()};
  const std::size_t where = random.below(picks.size());
  if (way == add || picks.empty()) {
    picks.push_back(made);
  } else if (way == replace) {
    picks[where] = made;
  } else if (way == move && space_.timed(picks[where].ingredient)) {
    picks[where].after = instant;
  } else {
    picks.erase(picks.begin() + static_cast<std::ptrdiff_t>(where));
  }
  std::sort(picks.begin(), picks.end());
  return is_sound(picks) ? picks : Combination{};
}

bool Elite::is_sound(const Combination& picks) const {
  if (picks.size() > most_) return false;
  for (std::size_t i = 0; i < picks.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const Axis axis = space_.ingredients[picks[i].ingredient].axis;
      if (picks[i].ingredient == picks[j].ingredient ||
          (axis != Axis::fault && axis == space_.ingredients[picks[j].ingredient].axis))
        return false;
    }
  return true;
}

}  // namespace drdrill::study
