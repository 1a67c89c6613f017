#include "sim/study/explore_cases.hpp"

#include <algorithm>
#include <array>

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"
#include "sim/drill/journal.hpp"
#include "sim/study/explore_targets.hpp"

namespace drdrill::study {
namespace {

/// Estimates: enough to be felt, not so much that nothing could stand it.
double usual_amount(Primitive primitive) {
  switch (primitive) {
    case Primitive::slow:
      return 10;
    case Primitive::delay:
    case Primitive::drop:
      return 0.2;
    case Primitive::skew:
      return 60;
    default:
      return 0;
  }
}

std::string amount_words(Primitive primitive) {
  switch (primitive) {
    case Primitive::slow:
      return " 10 times";
    case Primitive::delay:
      return " 200 ms";
    case Primitive::drop:
      return " 20 %";
    case Primitive::skew:
      return " 1 minute";
    default:
      return "";
  }
}

bool passes_by_itself(Primitive primitive) {
  constexpr std::array passing{Primitive::pause, Primitive::isolate, Primitive::cut,
                               Primitive::slow,  Primitive::delay,   Primitive::drop,
                               Primitive::refuse};
  return std::find(passing.begin(), passing.end(), primitive) != passing.end();
}

/// Several rows of the catalog do the same to a level ("crash" and "node-loss" to a node): the one
/// that is named after the level, else the first.
const FaultRow* row_for(Primitive primitive, Level level) {
  const FaultRow* found = nullptr;
  for (const FaultRow& row : fault_catalog()) {
    if (row.primitive != primitive ||
        std::find(row.levels.begin(), row.levels.end(), level) == row.levels.end())
      continue;
    const bool named = row.levels.size() == 1 && level != Level::pod;
    if (!found || named) found = &row;
  }
  return found;
}

/// "pause one of 4 pod/api for 2m 00s"
std::string words_of(const FaultSpec& fault, const std::string& how_many) {
  const Effect& effect = fault.effect;
  std::string words = fault.catalog_id + amount_words(effect.primitive);
  if (!how_many.empty()) words += " " + how_many;
  words += " " + to_string(effect.target);
  if (effect.other) words += " from " + to_string(*effect.other);
  if (fault.lasts) words += " for " + format_duration(*fault.lasts);
  return words;
}

class Collector {
 public:
  Collector(const Scenario& scenario, const PlatformSpec& platform, const SpaceOptions& options)
      : scenario_(scenario), platform_(platform), options_(options) {
    constexpr int quarter = 4;
    const Duration most = (scenario.horizon - scenario.steady_for) / quarter;
    transient_ = std::max<Duration>(
        std::chrono::seconds(1),
        std::chrono::floor<std::chrono::seconds>(std::min(options.transient, most)));
  }

  Space collect() {
    SimulatedWorld world(platform_, scenario_.start);
    world.reset(options_.seed, 0);
    const std::vector<TargetClass> targets = target_classes(scenario_, platform_);
    for (std::size_t i = 0; i < primitive_count; ++i) {
      const auto primitive = static_cast<Primitive>(i);
      if (primitive == Primitive::cut)
        add_cuts(targets, world);
      else
        for (const TargetClass& target : targets) add_fault(primitive, target, world);
    }
    DrillRunner runner;
    Journal journal;
    DrillOptions undisturbed;
    undisturbed.seed = options_.seed;
    world.reset(undisturbed.seed, 0);
    runner.run(scenario_, world, undisturbed, journal);
    find_instants(journal);
    if (wanted("load")) add_loads();
    if (wanted("lag")) add_lags();
    if (wanted("start")) add_starts();
    return std::move(space_);
  }

 private:
  bool wanted(std::string_view id) const {
    const auto& only = options_.only;
    return only.empty() || std::find(only.begin(), only.end(), id) != only.end();
  }

  void add_fault(Primitive primitive, const TargetClass& target, const SimulatedWorld& world) {
    const FaultRow* row = row_for(primitive, target.target.level);
    // A deployment is of all pods of a workload, whichever of them is named.
    const bool whole = primitive == Primitive::deploy;
    if (!row || !wanted(row->id) || (whole && target.is_member)) return;
    Ingredient made = fault(*row, target.target);
    made.place = target.place;
    if (world.refusal(made.fault.effect)) {
      ++space_.refused;
      return;
    }
    space_.ingredients.push_back(made);
    if (target.count < 2 || whole) return;
    const auto one = static_cast<std::uint32_t>(space_.ingredients.size() - 1);
    made.fault.effect.target.count = target.count;
    made.place.zone = made.place.node = made.place.number = "";
    space_.ingredients[one].words = words_of(made.fault, "one of " + std::to_string(target.count));
    made.words = words_of(made.fault, "all " + std::to_string(target.count));
    made.milder = one;
    space_.ingredients.push_back(std::move(made));
  }

  /// Between two whole classes that have something to say to each other. What passes between nodes
  /// is what passes between their pods.
  void add_cuts(const std::vector<TargetClass>& targets, const SimulatedWorld& world) {
    for (std::size_t a = 0; a < targets.size(); ++a)
      for (std::size_t b = a + 1; b < targets.size(); ++b) {
        const Level level = targets[a].target.level;
        if (targets[b].target.level != level || level == Level::node) continue;
        if (targets[a].is_member || targets[b].is_member) continue;
        const FaultRow* row = row_for(Primitive::cut, level);
        if (!row || !wanted(row->id) ||
            (level == Level::pod && !linked(targets[a].component, targets[b].component)))
          continue;
        Target all = targets[a].target;
        all.count = targets[a].count;  // as those of "from", of which a file means all
        Ingredient made = fault(*row, all);
        made.fault.effect.other = targets[b].target;
        made.fault.effect.other->count = 10'000;
        made.words = words_of(made.fault, "");
        if (world.refusal(made.fault.effect))
          ++space_.refused;
        else
          space_.ingredients.push_back(std::move(made));
      }
  }

  bool linked(std::optional<ComponentId> a, std::optional<ComponentId> b) const {
    if (!a || !b) return false;
    return a == b || std::any_of(platform_.dependencies.begin(), platform_.dependencies.end(),
                                 [&](const DependencySpec& need) {
                                   return (need.from == a && need.on == b) ||
                                          (need.from == b && need.on == a);
                                 });
  }

  Ingredient fault(const FaultRow& row, const Target& target) const {
    Ingredient made;
    made.fault.catalog_id = row.id;
    made.fault.effect.primitive = row.primitive;
    made.fault.effect.target = target;
    made.fault.effect.amount = usual_amount(row.primitive);
    if (passes_by_itself(row.primitive)) made.fault.lasts = transient_;
    made.words = words_of(made.fault, "");
    return made;
  }

  /// In whole seconds, and only where events are more than a second apart.
  void find_instants(const Journal& journal) {
    std::optional<Offset> began;
    std::vector<Offset> events;
    for (const JournalEntry& entry : journal.entries) {
      const auto* stage = std::get_if<StageBegan>(&entry.what);
      if (stage && stage->stage == StageBegan::Stage::drill) began = entry.at;
      if (began) events.push_back(entry.at - *began);
      if (stage) length_ = entry.at;
    }
    std::sort(events.begin(), events.end());
    space_.instants.push_back(Duration::zero());
    const Duration latest = scenario_.horizon - scenario_.steady_for;
    constexpr Duration apart = std::chrono::seconds(1);
    for (std::size_t i = 0; i + 1 < events.size(); ++i) {
      if (events[i + 1] - events[i] <= apart) continue;
      const Duration middle =
          std::chrono::ceil<std::chrono::seconds>(events[i] + (events[i + 1] - events[i]) / 2);
      if (middle < events[i + 1] && middle < latest && middle > space_.instants.back())
        space_.instants.push_back(middle);
    }
  }

  void add_loads() {
    constexpr std::array tenths{12, 20};  // a fifth more; twice as many
    constexpr std::array<std::string_view, 2> words{"a fifth more participants",
                                                    "twice the participants"};
    for (std::size_t i = 0; i < tenths.size(); ++i) {
      Ingredient made;
      made.axis = Axis::load;
      made.participants = platform_.load.participants_per_meeting * tenths.at(i) / 10;
      made.words = words.at(i);
      if (made.participants > platform_.load.participants_per_meeting) add_step(std::move(made));
    }
  }

  void add_lags() {
    for (const std::string_view id : lag_parameters)
      if (platform_.parameters.find(id) == ParameterId::none) return;
    for (const int seconds : {10, 120}) {
      Ingredient made;
      made.axis = Axis::lag;
      made.lag = std::chrono::seconds(seconds);
      made.words = "replicas " + format_duration(made.lag) + " behind";
      add_step(std::move(made));
    }
  }

  /// So that the drill, as long as the undisturbed one, is over a minute before the next backup.
  void add_starts() {
    if (!options_.next_firing) return;
    std::vector<std::int64_t> known{scenario_.start.utc_ns};
    for (const ClusterSpec& cluster : platform_.clusters)
      for (const kube::CronJob& job : cluster.initial.cron_jobs) {
        const auto start = start_before_firing(job);
        if (!start || std::find(known.begin(), known.end(), start->utc_ns) != known.end()) continue;
        known.push_back(start->utc_ns);
        Ingredient made;
        made.axis = Axis::start;
        made.start = *start;
        made.words = "start at " + format_clock(*start, Offset::zero()) + ", just before " +
                     job.meta.name + " runs again";
        space_.ingredients.push_back(std::move(made));
      }
  }

  /// The latest one at which a drill of this length is over a minute before the job fires next.
  std::optional<WallTime> start_before_firing(const kube::CronJob& job) const {
    constexpr std::int64_t minute = 60'000'000'000;
    const std::int64_t now = scenario_.start.utc_ns / minute;
    if (job.suspended) return std::nullopt;
    const auto next = options_.next_firing(job, now);
    if (!next) return std::nullopt;
    const std::int64_t whole = (length_.count() + minute - 1) / minute;
    std::int64_t at = *next - whole - 1;
    // A job that fires more often than that: at least the first fault comes before it.
    if (options_.next_firing(job, at) != next) at = *next - 1;
    return WallTime{at * minute, scenario_.start.utc_offset_minutes};
  }

  /// Of one axis, the milder before the worse.
  void add_step(Ingredient made) {
    const auto last = static_cast<std::uint32_t>(space_.ingredients.size()) - 1;
    if (!space_.ingredients.empty() && space_.ingredients[last].axis == made.axis)
      made.milder = last;
    space_.ingredients.push_back(std::move(made));
  }

  const Scenario& scenario_;
  const PlatformSpec& platform_;
  const SpaceOptions& options_;
  Space space_;
  Duration transient_{};
  Duration length_{};  ///< of the undisturbed drill
};

}  // namespace

Space space_of(const Scenario& scenario, const PlatformSpec& platform,
               const SpaceOptions& options) {
  return Collector(scenario, platform, options).collect();
}

Scenario combined(const Scenario& scenario, const Space& space, const Combination& picks) {
  Scenario out = scenario;
  int number = 0;
  for (const Pick& pick : picks) {
    const Ingredient& ingredient = space.ingredients[pick.ingredient];
    if (ingredient.axis == Axis::start) out.start = ingredient.start;
    if (ingredient.axis != Axis::fault) continue;
    FaultSpec fault = ingredient.fault;
    fault.after = pick.after;
    fault.effect.id = "explored-" + std::to_string(++number);
    out.faults.push_back(std::move(fault));
  }
  return out;
}

PlatformSpec combined(const PlatformSpec& platform, const Space& space, const Combination& picks) {
  PlatformSpec out = platform;
  for (const Pick& pick : picks) {
    const Ingredient& ingredient = space.ingredients[pick.ingredient];
    if (ingredient.axis == Axis::load) out.load.participants_per_meeting = ingredient.participants;
    if (ingredient.axis != Axis::lag) continue;
    for (const std::string_view id : lag_parameters) {
      Parameter parameter = out.parameters[out.parameters.find(id)];
      parameter.value = constant(to_seconds(ingredient.lag));
      out.parameters.put(std::move(parameter));
    }
  }
  return out;
}

std::string spelled(const Space& space, const Combination& picks) {
  std::string out;
  for (const Pick& pick : picks) {
    if (!out.empty()) out += " and ";
    out += space.ingredients[pick.ingredient].words;
    if (space.timed(pick.ingredient)) out += " at " + format_duration(pick.after);
  }
  return out;
}

}  // namespace drdrill::study
