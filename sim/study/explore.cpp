#include "sim/study/explore.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "sim/base/ensure.hpp"
#include "sim/base/random.hpp"
#include "sim/study/explore_guide.hpp"
#include "sim/study/explore_play.hpp"

namespace drdrill::study {
namespace {

constexpr std::size_t batch_size = 512;      // cases between two looks at what was found
constexpr std::size_t generation_size = 32;  // of the guided part

using Ingredients = std::vector<std::uint32_t>;

Ingredients ingredients_of(const Combination& picks) {
  Ingredients out;
  for (const Pick& pick : picks) out.push_back(pick.ingredient);
  std::sort(out.begin(), out.end());
  return out;
}

/// The numbers below `count` in an order in which each beginning is spread over all of them.
std::vector<std::size_t> spread(std::size_t count) {
  std::size_t power = 1;
  while (power < count) power *= 2;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < power; ++i) {
    std::size_t reversed = 0;
    for (std::size_t bit = 1, mirror = power / 2; bit < power; bit *= 2, mirror /= 2)
      if ((i & bit) != 0) reversed |= mirror;
    if (reversed < count) out.push_back(reversed);
  }
  return out;
}

class Search {
 public:
  Search(const Scenario& scenario, const PlatformSpec& platform, const ExploreOptions& options)
      : options_(options),
        targets_(targets_of(scenario)),
        found_(begun(space_of(scenario, platform, space_options(options)))),
        players_(scenario, platform, found_.space, options.seed, options.threads),
        order_(spread(found_.space.instants.size())),
        alone_(space().ingredients.size(), std::vector<bool>(targets_.size())),
        near_(space().ingredients.size(), std::vector<double>(targets_.size())),
        instants_(space().ingredients.size()),
        elite_(found_.space, options.most) {}

  Exploration run() {
    const Played plain = players_.play({{}}).front();
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      if (plain.states[t].held) held_.push_back(t);
      if (plain.states[t].held) found_.held.push_back(targets_[t]);
      if (plain.states[t].missed) found_.missed.push_back(targets_[t]);
    }
    left_ = options_.budget;
    look_at_singles();
    if (options_.most > 1) look_at_pairs(options_.most > 2 ? left_ / 2 : left_);
    if (options_.most > 2) look_further();
    conclude();
    return std::move(found_);
  }

 private:
  static SpaceOptions space_options(const ExploreOptions& options) {
    return {options.seed, options.only, options.transient, options.next_firing};
  }

  static Exploration begun(Space space) {
    Exploration made;
    made.space = std::move(space);
    return made;
  }

  const Space& space() const { return found_.space; }
  Pick pick(std::uint32_t ingredient, std::size_t rank) const {
    return {ingredient,
            space().timed(ingredient) ? space().instants[order_[rank]] : Duration::zero()};
  }
  std::uint64_t instants_of(std::uint32_t ingredient) const {
    return space().timed(ingredient) ? space().instants.size() : 1;
  }
  std::uint32_t ingredient_count() const {
    return static_cast<std::uint32_t>(space().ingredients.size());
  }

  /// Is it known that some of these miss the target?
  bool explained(const Combination& picks, std::size_t target) const {
    for (const Pick& pick : picks)
      if (alone_[pick.ingredient][target]) return true;
    const Ingredients all = ingredients_of(picks);
    return std::any_of(known_.begin(), known_.end(), [&](const auto& known) {
      return known.second == target &&
             std::includes(all.begin(), all.end(), known.first.begin(), known.first.end());
    });
  }

  void remember(const Combination& picks, std::size_t target) {
    if (picks.size() == 1)
      alone_[picks.front().ingredient][target] = true;
    else
      known_.emplace_back(ingredients_of(picks), target);
  }

  void look_at_singles() {
    for (std::uint32_t i = 0; i < ingredient_count(); ++i) found_.singles.all += instants_of(i);
    std::vector<Combination> batch;
    for (std::size_t rank = 0; rank < order_.size(); ++rank)
      for (std::uint32_t i = 0; i < ingredient_count() && left_ > batch.size(); ++i) {
        if (rank >= instants_of(i)) continue;
        batch.push_back({pick(i, rank)});
        if (batch.size() == batch_size) look_at(batch, found_.singles);
      }
    look_at(batch, found_.singles);
  }

  struct Pair {
    std::uint32_t a = 0, b = 0;
    double promise = 0;
  };

  /// The most promising first: those that came near to a target that neither of them misses alone.
  std::vector<Pair> promising_pairs() {
    std::vector<Pair> pairs;
    for (std::uint32_t a = 0; a < ingredient_count(); ++a)
      for (std::uint32_t b = a + 1; b < ingredient_count(); ++b) {
        const Axis axis = space().ingredients[a].axis;
        if (axis != Axis::fault && axis == space().ingredients[b].axis) continue;
        bool open = false;
        Pair pair{a, b, 0};
        for (const std::size_t t : held_) {
          if (alone_[a][t] || alone_[b][t]) continue;
          open = true;
          pair.promise = std::max(pair.promise, near_[a][t] + near_[b][t]);
        }
        if (open)
          pairs.push_back(pair);
        else
          ++found_.pairs_left_out;
      }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& x, const Pair& y) { return x.promise > y.promise; });
    return pairs;
  }

  void look_at_pairs(std::uint64_t budget) {
    const std::vector<Pair> pairs = promising_pairs();
    for (const Pair& pair : pairs) found_.pairs.all += instants_of(pair.a) * instants_of(pair.b);
    const std::uint64_t before = found_.pairs.looked_at;
    std::vector<Combination> batch;
    // First all pairs at the first instants, then at the first two of each, and so on.
    for (std::size_t wide = 0; wide < order_.size(); ++wide)
      for (std::size_t i = 0; i <= wide; ++i)
        for (std::size_t j = i == wide ? 0 : wide; j <= wide; ++j)
          for (const Pair& pair : pairs) {
            if (found_.pairs.looked_at - before + batch.size() >= budget) {
              look_at(batch, found_.pairs);
              return;
            }
            if (i >= instants_of(pair.a) || j >= instants_of(pair.b)) continue;
            batch.push_back({pick(pair.a, i), pick(pair.b, j)});
            if (batch.size() == batch_size) look_at(batch, found_.pairs);
          }
    look_at(batch, found_.pairs);
  }

  void look_further() {
    RandomStream random(options_.seed, 0, "explore");
    while (left_ > 0 && ingredient_count() > 0) {
      std::vector<Combination> generation;
      constexpr std::size_t patience = 50 * generation_size;
      for (std::size_t k = 0;
           k < patience && generation.size() < generation_size && generation.size() < left_; ++k) {
        Combination child = elite_.changed(random);
        if (child.empty() || seen_.contains(child) ||
            std::find(generation.begin(), generation.end(), child) != generation.end())
          continue;
        generation.push_back(std::move(child));
      }
      if (generation.empty()) return;
      look_at(generation, found_.guided);
    }
  }

  struct Found {
    const Combination* picks = nullptr;
    std::size_t target = 0;
    Combination shrunk{};
    std::uint64_t runs = 0;
  };

  /// Plays the batch and empties it; what misses a target that nobody could expect is shrunk.
  void look_at(std::vector<Combination>& batch, Coverage& coverage) {
    const std::uint64_t before = options_.budget - left_;
    const auto played = players_.play(batch, [&](std::size_t done) {
      if (options_.watch) options_.watch(before + done, options_.budget, breaks_.size());
    });
    std::vector<Found> fresh;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      bool missed = false;
      for (const std::size_t t : held_) {
        if (!played[i].states[t].missed) continue;
        missed = true;
        if (explained(batch[i], t)) continue;
        fresh.push_back({&batch[i], t});
        remember(batch[i], t);
      }
      if (batch[i].size() == 1) {
        auto& [misses, looked_at] = instants_[batch[i].front().ingredient];
        misses += missed ? 1 : 0;
        ++looked_at;
      }
    }
    players_.each(fresh.size(), [&](std::size_t task, const Players::Play& play) {
      Found& found = fresh[task];
      found.shrunk = shrink(space(), *found.picks, found.target, play, found.runs);
    });
    for (const Found& found : fresh) {
      found_.shrinking_runs += found.runs;
      remember(found.shrunk, found.target);
      auto& made = breaks_[found.shrunk];
      if (made.targets.empty()) made.found_as = *found.picks;
      made.targets.insert(found.target);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) rank(batch[i], played[i]);
    coverage.looked_at += batch.size();
    left_ -= batch.size();
    batch.clear();
  }

  /// How near to a target that it did not miss, and that it was not known to miss.
  void rank(const Combination& picks, const Played& played) {
    double score = 0;
    for (const std::size_t t : held_) {
      const TargetState& state = played.states[t];
      if (state.missed || explained(picks, t)) continue;
      score = std::max(score, state.share);
      if (picks.size() != 1) continue;
      double& near = near_[picks.front().ingredient][t];
      near = std::max(near, state.share);
    }
    seen_.insert(picks);
    elite_.add(score, picks);
  }

  void conclude() {
    std::vector<Combination> all;
    for (const auto& [picks, made] : breaks_) all.push_back(picks);
    std::stable_sort(all.begin(), all.end(), [](const Combination& a, const Combination& b) {
      return a.size() < b.size();
    });
    const auto played = players_.play(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Break made;
      made.picks = all[i];
      made.found_as = breaks_[all[i]].found_as;
      made.fingerprint = played[i].fingerprint;
      for (const std::size_t t : breaks_[all[i]].targets) {
        ENSURE(played[i].states[t].missed, "a combination comes to the same whenever it is played");
        if (missed_by_less(all, played, i, t)) continue;
        made.targets.push_back(targets_[t]);
        made.states.push_back(played[i].states[t]);
      }
      if (all[i].size() == 1)
        std::tie(made.instants_missed, made.instants_looked_at) =
            instants_[all[i].front().ingredient];
      if (!made.targets.empty()) found_.breaks.push_back(std::move(made));
    }
  }

  /// Does an earlier one of some of the same ingredients miss it too?
  static bool missed_by_less(const std::vector<Combination>& all, const std::vector<Played>& played,
                             std::size_t i, std::size_t target) {
    const Ingredients mine = ingredients_of(all[i]);
    for (std::size_t k = 0; k < i; ++k) {
      const Ingredients other = ingredients_of(all[k]);
      if (played[k].states[target].missed &&
          std::includes(mine.begin(), mine.end(), other.begin(), other.end()))
        return true;
    }
    return false;
  }

  struct Made {
    std::set<std::size_t> targets;
    Combination found_as;
  };

  const ExploreOptions& options_;
  std::vector<TargetId> targets_;
  Exploration found_;
  Players players_;
  std::vector<std::size_t> order_;         ///< of the instants
  std::vector<std::size_t> held_;          ///< indexes into targets_
  std::vector<std::vector<bool>> alone_;   ///< by ingredient and target: misses it alone
  std::vector<std::vector<double>> near_;  ///< likewise: how near it came alone
  std::vector<std::pair<std::uint64_t, std::uint64_t>> instants_;  ///< missed, looked at
  std::vector<std::pair<Ingredients, std::size_t>> known_;  ///< several that miss a target together
  std::map<Combination, Made> breaks_;
  std::set<Combination> seen_;
  Elite elite_;
  std::uint64_t left_ = 0;  ///< of the budget
};

}  // namespace

Exploration explore(const Scenario& scenario, const PlatformSpec& platform,
                    const ExploreOptions& options) {
  return Search(scenario, platform, options).run();
}

std::string spelled(const Scenario& scenario, TargetId target) {
  return std::string(name_of(scenario.objectives[target.objective].component)) +
         (target.rpo ? ".rpo" : ".rto");
}

}  // namespace drdrill::study
