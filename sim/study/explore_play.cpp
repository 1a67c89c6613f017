#include "sim/study/explore_play.hpp"

#include <algorithm>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/verdict.hpp"
#include "sim/study/parallel.hpp"

namespace drdrill::study {
namespace {

constexpr double not_recovered = 2;

double share_of(Duration achieved, Duration target) {
  if (achieved <= Duration::zero()) return 0;
  if (target <= Duration::zero()) return not_recovered;
  return std::min(not_recovered, to_seconds(achieved) / to_seconds(target));
}

TargetState state_of(const ObjectiveResult& result, bool rpo) {
  const auto met = rpo ? result.rpo.met : result.rto.met;
  const auto achieved = rpo ? result.rpo.achieved : result.rto.achieved;
  const auto target = rpo ? result.rpo.target : result.rto.target;
  TargetState state;
  state.missed = met == false;
  state.held = met == true || (!met && !result.exercised);
  if (met) state.achieved = achieved;
  if (state.missed)
    state.share = achieved ? std::max(1.0, share_of(*achieved, *target)) : not_recovered;
  else if (met && achieved)
    state.share = share_of(*achieved, *target);
  return state;
}

}  // namespace

std::vector<TargetId> targets_of(const Scenario& scenario) {
  std::vector<TargetId> out;
  for (std::uint32_t i = 0; i < scenario.objectives.size(); ++i) {
    if (scenario.objectives[i].rto) out.push_back({i, false});
    if (scenario.objectives[i].rpo) out.push_back({i, true});
  }
  return out;
}

/// Keeps the worlds of the last circumstances, so that most runs build none.
class Players::Player {
 public:
  Player(const Scenario& scenario, const PlatformSpec& platform, const Space& space,
         std::uint64_t seed)
      : scenario_(scenario),
        platform_(platform),
        space_(space),
        seed_(seed),
        targets_(targets_of(scenario)) {
    scenario_.checklist.clear();
    scenario_.checklist_required = false;
  }

  Played play(const Combination& picks) {
    const Scenario scenario = combined(scenario_, space_, picks);
    SimulatedWorld& world = world_for(picks, scenario.start);
    DrillOptions options;
    options.seed = seed_;
    world.reset(seed_, 0);
    runner_.run(scenario, world, options, journal_);
    const Judgement judgement = judge(journal_);
    Played played;
    played.fingerprint = journal_.fingerprint;
    for (const TargetId target : targets_)
      played.states.push_back(state_of(judgement.objectives[target.objective], target.rpo));
    return played;
  }

 private:
  /// Its platform stands still where it is, because the world refers to it.
  struct Circumstances {
    Combination picks;
    PlatformSpec platform;
    std::unique_ptr<SimulatedWorld> world;
  };

  SimulatedWorld& world_for(const Combination& picks, const WallTime& start) {
    Combination around;
    for (const Pick& pick : picks)
      if (space_.ingredients[pick.ingredient].axis != Axis::fault) around.push_back(pick);
    const auto known = std::find_if(worlds_.begin(), worlds_.end(),
                                    [&](const auto& made) { return made->picks == around; });
    if (known != worlds_.end()) return *(*known)->world;
    constexpr std::size_t most = 3;
    // The undisturbed circumstances stay.
    if (worlds_.size() == most)
      worlds_.erase(std::find_if(worlds_.begin(), worlds_.end(),
                                 [](const auto& old) { return !old->picks.empty(); }));
    auto made = std::make_unique<Circumstances>();
    made->picks = around;
    made->platform = combined(platform_, space_, around);
    made->world = std::make_unique<SimulatedWorld>(made->platform, start);
    worlds_.push_back(std::move(made));
    return *worlds_.back()->world;
  }

  Scenario scenario_;
  const PlatformSpec& platform_;
  const Space& space_;
  std::uint64_t seed_;
  std::vector<TargetId> targets_;
  std::vector<std::unique_ptr<Circumstances>> worlds_;
  DrillRunner runner_;
  Journal journal_;
};

Players::Players(const Scenario& scenario, const PlatformSpec& platform, const Space& space,
                 std::uint64_t seed, unsigned threads)
    : scenario_(scenario), platform_(platform), space_(space), seed_(seed), threads_(threads) {}

Players::~Players() = default;

/// Comes back when nobody refers to it any more.
std::shared_ptr<Players::Player> Players::borrow() {
  const std::lock_guard lock(lending_);
  std::unique_ptr<Player> player;
  if (idle_.empty()) {
    player = std::make_unique<Player>(scenario_, platform_, space_, seed_);
  } else {
    player = std::move(idle_.back());
    idle_.pop_back();
  }
  return {player.release(), [this](Player* done) {
            std::unique_ptr<Player> back(done);
            const std::lock_guard returning(lending_);
            idle_.push_back(std::move(back));
          }};
}

void Players::each(std::size_t tasks,
                   const std::function<void(std::size_t task, const Play&)>& work) {
  in_parallel(tasks, threads_, [&]() -> Worker {
    auto player = borrow();
    return [&work, player](std::size_t task) {
      work(task, [&](const Combination& picks) { return player->play(picks); });
    };
  });
}

std::vector<Played> Players::play(const std::vector<Combination>& all,
                                  const std::function<void(std::size_t)>& told) {
  std::vector<Played> out(all.size());
  std::mutex telling;
  std::size_t done = 0;
  each(all.size(), [&](std::size_t task, const Play& play_one) {
    out[task] = play_one(all[task]);
    if (!told) return;
    const std::lock_guard lock(telling);
    told(++done);
  });
  return out;
}

Combination shrink(const Space& space, Combination picks, std::size_t target,
                   const Players::Play& play, std::uint64_t& runs) {
  const auto still = [&](Combination smaller) {
    ++runs;
    std::sort(smaller.begin(), smaller.end());
    return play(smaller).states[target].missed;
  };
  for (std::size_t i = 0; i < picks.size() && picks.size() > 1;) {
    Combination fewer = picks;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (still(fewer)) {
      picks = std::move(fewer);
      i = 0;
    } else {
      ++i;
    }
  }
  const auto replace = [&](std::size_t i, const Pick& by) {
    Combination other = picks;
    other[i] = by;
    const bool twice = std::count_if(other.begin(), other.end(), [&](const Pick& pick) {
                         return pick.ingredient == by.ingredient;
                       }) > 1;
    if (twice || !still(other)) return false;
    picks = std::move(other);
    return true;
  };
  for (std::size_t i = 0; i < picks.size(); ++i) {
    while (const auto milder = space.ingredients[picks[i].ingredient].milder)
      if (!replace(i, {*milder, picks[i].after})) break;
    if (!space.timed(picks[i].ingredient)) continue;
    const Duration after = picks[i].after;
    constexpr std::chrono::minutes minute{1};
    for (const Duration plainer : {Duration::zero(), Duration(after / minute * minute)})
      if (plainer < picks[i].after && replace(i, {picks[i].ingredient, plainer})) break;
  }
  std::sort(picks.begin(), picks.end());
  return picks;
}

}  // namespace drdrill::study
