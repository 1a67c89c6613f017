#include "sim/study/explore_play.hpp"

#include <algorithm>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/base/random.hpp"
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

/// Reads a journal; the faults from number `own` on were added.
class TrailReader {
 public:
  TrailReader(const Journal& journal, std::size_t own) : own_(own) {
    trail_.dependents = journal.dependents;
    for (const JournalEntry& entry : journal.entries) {
      at_ = entry.at;
      std::visit(*this, entry.what);
    }
  }
  Trail take() { return std::move(trail_); }

  void operator()(const StageBegan& what) {
    if (what.stage == StageBegan::Stage::drill) began_ = at_;
  }
  void operator()(const FaultTook& what) {
    if (what.fault >= own_) {
      trail_.took = true;
      trail_.touched = trail_.touched | what.touched;
    }
    fault(1, what.fault);
  }
  void operator()(const StepEnded& what) {
    sign(2, std::uint64_t{what.step} * 64 + static_cast<std::uint64_t>(what.why) * 8 +
                (what.exit_status == 0 ? 1 : 0));
    happened({}, true);
  }
  void operator()(const Sample& sample) {
    sign(3,
         static_cast<std::uint64_t>(sample.probe) * 8 + static_cast<std::uint64_t>(sample.answer));
    ComponentSet set;
    set.add(row_of(sample.probe).component);
    happened(set, false);
  }
  void operator()(const Note& note) {
    sign(4, static_cast<std::uint64_t>(note.kind) * 8 + index_of(note.component));
    ComponentSet set;
    set.add(note.component);
    happened(set, note.component == ComponentId::platform);
  }
  void operator()(const StepStarted& what) {
    sign(5, what.step);
    happened({}, true);
  }
  void operator()(const FaultInjected& what) { fault(6, what.fault); }
  void operator()(const FaultUndone& what) { fault(7, what.fault); }
  void operator()(const Aborted&) { happened({}, true); }

 private:
  /// Many of a kind in a row are no more than one: pods of a node end in any order.
  void sign(std::uint64_t kind, std::uint64_t what) {
    const std::uint64_t both = kind << 32U | what;
    if (both != last_) trail_.order = mix_bits(trail_.order ^ both) + 1;
    last_ = both;
  }
  /// Those that were added are all the same.
  void fault(std::uint64_t kind, std::size_t number) {
    sign(kind, std::min(number, own_));
    happened({}, true);
  }
  void happened(ComponentSet components, bool all) {
    if (began_) trail_.events.push_back({at_ - *began_, last_, components, all});
  }

  std::size_t own_;
  Offset at_{};
  std::optional<Offset> began_;
  std::uint64_t last_ = 0;
  Trail trail_;
};

Trail trail_of(const Journal& journal, std::size_t own_faults) {
  return TrailReader(journal, own_faults).take();
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
         const ExploreOptions& options)
      : scenario_(scenario),
        platform_(platform),
        space_(space),
        options_(options),
        targets_(targets_of(scenario)) {
    scenario_.checklist.clear();
    scenario_.checklist_required = false;
  }

  Played play(const Combination& picks, Trail* trail = nullptr) {
    const Scenario scenario = combined(scenario_, space_, picks);
    SimulatedWorld& world = world_for(picks, scenario.start);
    Played played;
    for (std::uint64_t k = 0; k < options_.replications; ++k) {
      DrillOptions options;
      options.seed = options_.seed;
      options.replication = k;
      world.reset(options.seed, k);
      runner_.run(scenario, world, options, journal_);
      take(judge(journal_), k, played);
      if (k == 0 && trail) *trail = trail_of(journal_, scenario_.faults.size());
    }
    return played;
  }

 private:
  void take(const Judgement& judgement, std::uint64_t replication, Played& played) const {
    if (replication == 0) played.fingerprint = journal_.fingerprint;
    played.states.resize(targets_.size());
    played.replication.resize(targets_.size());
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      const TargetState state =
          state_of(judgement.objectives[targets_[t].objective], targets_[t].rpo);
      if (replication > 0 && !is_worse(state, played.states[t])) continue;
      played.states[t] = state;
      played.replication[t] = replication;
    }
  }

  /// Missed is worse than not judged, and that worse than held.
  static bool is_worse(const TargetState& a, const TargetState& b) {
    const auto rank = [](const TargetState& s) { return s.missed ? 2 : s.held ? 0 : 1; };
    return rank(a) != rank(b) ? rank(a) > rank(b) : a.share > b.share;
  }

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
  const ExploreOptions& options_;
  std::vector<TargetId> targets_;
  std::vector<std::unique_ptr<Circumstances>> worlds_;
  DrillRunner runner_;
  Journal journal_;
};

Players::Players(const Scenario& scenario, const PlatformSpec& platform, const Space& space,
                 const ExploreOptions& options)
    : scenario_(scenario), platform_(platform), space_(space), options_(options) {}

Players::~Players() = default;

/// Comes back when nobody refers to it any more.
std::shared_ptr<Players::Player> Players::borrow() {
  const std::lock_guard lock(lending_);
  std::unique_ptr<Player> player;
  if (idle_.empty()) {
    player = std::make_unique<Player>(scenario_, platform_, space_, options_);
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
  in_parallel(tasks, options_.threads, [&]() -> Worker {
    auto player = borrow();
    return [&work, player](std::size_t task) {
      work(task,
           [&](const Combination& picks, Trail* trail) { return player->play(picks, trail); });
    };
  });
}

std::vector<Played> Players::play(const std::vector<Combination>& all,
                                  const std::function<void(std::size_t)>& told,
                                  std::vector<Trail>* trails) {
  std::vector<Played> out(all.size());
  if (trails) trails->resize(all.size());
  std::mutex telling;
  std::size_t done = 0;
  each(all.size(), [&](std::size_t task, const Play& play_one) {
    out[task] = play_one(all[task], trails ? &(*trails)[task] : nullptr);
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
    return play(smaller, nullptr).states[target].missed;
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
