#include "sim/study/explore.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "sim/base/ensure.hpp"
#include "sim/base/random.hpp"
#include "sim/study/explore_guide.hpp"
#include "sim/study/explore_known.hpp"
#include "sim/study/explore_pairs.hpp"
#include "sim/study/explore_play.hpp"

namespace drdrill::study {
namespace {

constexpr std::size_t batch_size = 512;      // cases between two looks at what was found
constexpr std::size_t generation_size = 32;  // of the guided part

class Search {
 public:
  Search(const Scenario& scenario, const PlatformSpec& platform, const ExploreOptions& options)
      : scenario_(scenario),
        options_(options),
        targets_(targets_of(scenario)),
        found_(begun(space_of(scenario, platform, space_options(options)))),
        latest_(scenario.horizon - scenario.steady_for),
        players_(scenario, platform, found_.space, options),
        order_(spread(found_.space.instants.size())),
        known_(space().ingredients.size(), targets_.size()),
        near_(space().ingredients.size(), std::vector<double>(targets_.size())),
        instants_(space().ingredients.size()),
        trails_(space().ingredients.size()),
        elite_(found_.space, options.most) {}

  Exploration run() {
    std::vector<Trail> trails;
    const Played plain = players_.play({{}}, {}, &trails).front();
    plain_ = std::move(trails.front());
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
  ComponentId targets_component(std::size_t target) const {
    return scenario_.objectives[targets_[target].objective].component;
  }
  std::uint32_t ingredient_count() const {
    return static_cast<std::uint32_t>(space().ingredients.size());
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
    double promise = 0;
    std::vector<PairCase> cases;
  };

  /// The most promising first: those that came near to a target that neither of them misses alone.
  std::vector<Pair> promising_pairs() {
    for (auto& alone : trails_)
      std::sort(alone.begin(), alone.end(),
                [](const Alone& a, const Alone& b) { return a.after < b.after; });
    PairClasses classes(space(), plain_, std::move(trails_), latest_);
    std::vector<Pair> pairs;
    for (std::uint32_t a = 0; a < ingredient_count(); ++a)
      for (std::uint32_t b = a + 1; b < ingredient_count(); ++b) {
        const Axis axis = space().ingredients[a].axis;
        if (axis != Axis::fault && axis == space().ingredients[b].axis) continue;
        if (!classes.does_something(a) || !classes.does_something(b)) {
          ++found_.pairs_of_nothing;
          continue;
        }
        bool open = false;
        Pair pair;
        for (const std::size_t t : held_) {
          if (known_.alone(a, t) || known_.alone(b, t)) continue;
          const ComponentId component = targets_component(t);
          if (!classes.concerns(a, component) || !classes.concerns(b, component)) continue;
          open = true;
          pair.promise = std::max(pair.promise, near_[a][t] + near_[b][t]);
        }
        if (!open) {
          ++found_.pairs_left_out;
          continue;
        }
        if (!classes.stands_for_others(a, b)) {
          ++found_.pairs_like_others;
          continue;
        }
        pair.cases = classes.cases(a, b);
        pairs.push_back(std::move(pair));
      }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& x, const Pair& y) { return x.promise > y.promise; });
    return pairs;
  }

  static Combination combination_of(const PairCase& one) {
    Combination picks{{one.first, one.first_after}, {one.second, one.second_after}};
    std::sort(picks.begin(), picks.end());
    return picks;
  }

  /// First one case of each pair, then two of each, and so on.
  void look_at_pairs(std::uint64_t budget) {
    // What is alike is known when everything was played alone.
    if (!found_.singles.complete()) return;
    const std::vector<Pair> pairs = promising_pairs();
    std::size_t most = 0;
    for (const Pair& pair : pairs) {
      found_.pairs.all += pair.cases.size();
      most = std::max(most, pair.cases.size());
    }
    found_.pairs_of_ingredients = pairs.size();
    std::vector<Combination> batch;
    for (std::size_t k = 0; k < most; ++k)
      for (const Pair& pair : pairs) {
        if (k >= pair.cases.size()) continue;
        if (found_.pairs.looked_at + batch.size() >= budget) {
          look_at(batch, found_.pairs);
          return;
        }
        batch.push_back(combination_of(pair.cases[k]));
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
    const auto told = [&](std::size_t done) {
      if (options_.watch) options_.watch(before + done, options_.budget, breaks_.size());
    };
    const bool single = !batch.empty() && batch.front().size() == 1;
    std::vector<Trail> trails;
    const auto played = players_.play(batch, told, single ? &trails : nullptr);
    for (std::size_t i = 0; i < trails.size(); ++i)
      if (batch[i].size() == 1)
        trails_[batch[i].front().ingredient].push_back(
            {batch[i].front().after, std::move(trails[i])});
    std::vector<Found> fresh;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      bool missed = false;
      for (const std::size_t t : held_) {
        if (!played[i].states[t].missed) continue;
        missed = true;
        if (known_.explain(batch[i], t)) continue;
        fresh.push_back({&batch[i], t});
        known_.add(batch[i], t);
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
      known_.add(found.shrunk, found.target);
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
      if (state.missed || known_.explain(picks, t)) continue;
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
        made.replication.push_back(played[i].replication[t]);
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
    for (std::size_t k = 0; k < i; ++k)
      if (played[k].states[target].missed && includes(all[i], all[k])) return true;
    return false;
  }

  struct Made {
    std::set<std::size_t> targets;
    Combination found_as;
  };

  const Scenario& scenario_;
  const ExploreOptions& options_;
  std::vector<TargetId> targets_;
  Exploration found_;
  Duration latest_;
  Players players_;
  Trail plain_;
  std::vector<std::size_t> order_;  ///< of the instants
  std::vector<std::size_t> held_;   ///< indexes into targets_
  KnownMisses known_;
  std::vector<std::vector<double>> near_;  ///< by ingredient and target: how near it came alone
  std::vector<std::pair<std::uint64_t, std::uint64_t>> instants_;  ///< missed, looked at
  std::vector<std::vector<Alone>> trails_;  ///< by ingredient, until pairs are looked for
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
