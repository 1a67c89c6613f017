#include "sim/study/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "sim/study/parallel.hpp"

namespace drdrill::study {
namespace {

constexpr std::uint64_t scouts = 300;        // replications that say what runs depend on
constexpr std::size_t pilots = 20;           // of these, for each parameter, played again
constexpr std::size_t most_parameters = 12;  // of those, what is looked at
constexpr std::size_t most_steps = 12;

/// What the scouts found.
struct Scouted {
  std::vector<Outcome> outcomes;                                ///< by replication
  std::map<ParameterId, std::vector<std::uint64_t>> dependent;  ///< replications, ascending
  std::map<CauseId, std::uint64_t> steps;  ///< on critical paths, in so many replications
};

Scouted scout(const Scenario& scenario, const PlatformSpec& platform, std::uint64_t seed,
              unsigned threads) {
  constexpr std::uint64_t block = 10;
  Scouted found;
  found.outcomes.resize(scouts);
  std::mutex joining;
  in_parallel(scouts / block, threads, [&]() -> Worker {
    auto replicator = std::make_shared<Replicator>(scenario, platform);
    return [&, replicator](std::size_t task) {
      for (std::uint64_t k = task * block; k < (task + 1) * block; ++k) {
        found.outcomes[k] = replicator->run(seed, k);
        const std::lock_guard lock(joining);
        for (std::size_t p = 0; p < platform.parameters.all().size(); ++p)
          if (const auto id = static_cast<ParameterId>(p); replicator->world().exercised(id))
            found.dependent[id].push_back(k);
      }
    };
  });
  for (auto& [id, runs] : found.dependent) std::sort(runs.begin(), runs.end());
  for (const Outcome& outcome : found.outcomes) {
    std::set<CauseId> here;
    for (const ObjectiveCause& cause : outcome.causes)
      if (cause.time.on_path && cause.time.cause.kind == CauseId::Kind::step)
        here.insert(cause.time.cause);
    for (const CauseId& step : here) ++found.steps[step];
  }
  return found;
}

PlatformSpec with_value(const PlatformSpec& platform, ParameterId id, const Distribution& value) {
  PlatformSpec copy = platform;
  Parameter parameter = platform.parameters[id];
  const double before = mean(parameter.value), after = mean(value);
  for (ValueSince& since : parameter.since)
    since.value = before > 0 ? scaled(since.value, after / before) : value;
  parameter.value = value;
  copy.parameters.put(parameter);
  return copy;
}

Scenario with_early(const Scenario& scenario, std::uint32_t index) {
  Scenario copy = scenario;
  Step& step = copy.runbook.steps[index];
  std::set<std::uint32_t> needs;
  for (const std::uint32_t need : step.needs) {
    const auto& theirs = scenario.runbook.steps[need].needs;
    needs.insert(theirs.begin(), theirs.end());
  }
  step.needs.assign(needs.begin(), needs.end());
  return copy;
}

Scenario with_pace(const Scenario& scenario, std::uint32_t index, double pace) {
  Scenario copy = scenario;
  copy.runbook.steps[index].pace = pace;
  return copy;
}

/// How far recovery times of a run are from those that it had, in seconds; an outage that ends in
/// one of them only is as far as the drill is long.
double distance(const Outcome& a, const Outcome& b, Duration horizon) {
  double sum = 0;
  for (std::size_t i = 0; i < a.objectives.size(); ++i) {
    const ObjectiveOutcome& x = a.objectives[i];
    const ObjectiveOutcome& y = b.objectives[i];
    if (!x.evaluated || !y.evaluated) continue;
    if (x.censored != y.censored)
      sum += to_seconds(horizon);
    else if (!x.censored)
      sum += std::abs(to_seconds(x.rto - y.rto));
  }
  return sum;
}

/// At most `pilots` of the runs, spread over all of them.
std::vector<std::uint64_t> spread(const std::vector<std::uint64_t>& runs) {
  if (runs.size() <= pilots) return runs;
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < pilots; ++i) out.push_back(runs[i * runs.size() / pilots]);
  return out;
}

/// Parameters by how far more of them (else less) moves the runs that depend on them, on average
/// over all runs; those that move none are left out.
std::vector<ParameterId> ranked(const Scenario& scenario, const PlatformSpec& platform,
                                const Scouted& scouted, std::uint64_t seed, unsigned threads) {
  std::vector<std::pair<ParameterId, std::vector<std::uint64_t>>> all(scouted.dependent.begin(),
                                                                      scouted.dependent.end());
  std::vector<double> moved(all.size());
  in_parallel(all.size(), threads, [&]() -> Worker {
    return [&](std::size_t task) {
      const auto& [id, runs] = all[task];
      const Parameter& parameter = platform.parameters[id];
      auto value = altered(parameter, true);
      if (!value) value = altered(parameter, false);
      if (!value) return;
      const PlatformSpec changed = with_value(platform, id, *value);
      Replicator replicator(scenario, changed);
      const auto chosen = spread(runs);
      double sum = 0;
      for (const std::uint64_t k : chosen)
        sum += distance(scouted.outcomes[k], replicator.run(seed, k), scenario.horizon);
      moved[task] = sum / static_cast<double>(chosen.size()) * static_cast<double>(runs.size());
    };
  });
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (moved[i] > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return moved[a] > moved[b]; });
  order.resize(std::min(order.size(), most_parameters));
  std::vector<ParameterId> out;
  out.reserve(order.size());
  for (const std::size_t i : order) out.push_back(all[i].first);
  return out;
}

/// On most critical paths first.
std::vector<std::uint32_t> steps_of(const Scouted& scouted) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> counted;
  for (const auto& [cause, runs] : scouted.steps) counted.emplace_back(runs, cause.index);
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  counted.resize(std::min(counted.size(), most_steps));
  std::vector<std::uint32_t> out;
  out.reserve(counted.size());
  for (const auto& [runs, step] : counted) out.push_back(step);
  return out;
}

bool is_whole_number(const Parameter& parameter) {
  return parameter.unit == ParameterUnit::count && parameter.value.shape == Shape::constant &&
         parameter.value.a == std::floor(parameter.value.a);
}

}  // namespace

Distribution scaled(const Distribution& distribution, double factor) {
  Distribution out = distribution;
  out.a *= factor;
  // Spread of a logarithm, number of stages and shape are no values: they stay.
  if (out.shape == Shape::uniform || out.shape == Shape::triangular) out.b *= factor;
  if (out.shape == Shape::triangular) out.c *= factor;
  return out;
}

std::optional<Distribution> altered(const Parameter& parameter, bool more) {
  const double now = mean(parameter.value);
  constexpr double twice = 2;
  switch (parameter.unit) {
    case ParameterUnit::boolean:
      if ((now > 0) == more) return std::nullopt;
      return constant(more ? 1 : 0);
    case ParameterUnit::share: {
      if (now <= 0) return std::nullopt;
      const double factor = more ? std::min(twice, 1 / now) : 1 / twice;
      return factor == 1 ? std::nullopt : std::optional(scaled(parameter.value, factor));
    }
    case ParameterUnit::count:
      if (now == 0) return more ? std::optional(constant(1)) : std::nullopt;
      if (is_whole_number(parameter)) {
        const double to = more ? now * twice : std::max(1.0, std::floor(now / twice));
        return to == now ? std::nullopt : std::optional(constant(to));
      }
      break;
    default:
      break;
  }
  if (now <= 0) return std::nullopt;
  return scaled(parameter.value, more ? twice : 1 / twice);
}

Scenario without_step(const Scenario& scenario, std::uint32_t index) {
  Scenario copy = scenario;
  std::vector<Step>& steps = copy.runbook.steps;
  const std::vector<std::uint32_t> inherited = steps[index].needs;
  steps.erase(steps.begin() + index);
  const auto renumbered = [&](const std::vector<std::uint32_t>& from, bool inherit) {
    std::set<std::uint32_t> out;
    for (const std::uint32_t step : from) {
      if (step != index) out.insert(step > index ? step - 1 : step);
      if (step == index && inherit)
        for (const std::uint32_t need : inherited) out.insert(need > index ? need - 1 : need);
    }
    return std::vector<std::uint32_t>(out.begin(), out.end());
  };
  for (Step& step : steps) {
    step.needs = renumbered(step.needs, true);
    step.rollback = renumbered(step.rollback, false);
  }
  return copy;
}

std::vector<Altered> what_ifs(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint64_t replications, unsigned threads) {
  std::vector<Altered> out;
  const auto same_scenario = std::make_shared<const Scenario>(scenario);
  const auto same_platform = std::make_shared<const PlatformSpec>(platform);
  const auto add = [&](Change change, CauseInfo what, auto altered_scenario,
                       auto altered_platform) -> SweepCell& {
    SweepCell cell;
    cell.replications = replications;
    cell.change = change;
    cell.what = std::move(what);
    out.push_back({std::move(cell), std::move(altered_scenario), std::move(altered_platform)});
    return out.back().cell;
  };
  add(Change::base, {}, same_scenario, same_platform);

  const Scouted scouted = scout(scenario, platform, seed, threads);
  for (const ParameterId id : ranked(scenario, platform, scouted, seed, threads)) {
    const Parameter& parameter = platform.parameters[id];
    const CauseInfo info = info_of({CauseId::Kind::timer, static_cast<std::uint32_t>(id)}, scenario,
                                   platform.parameters);
    for (const auto& [change, more] :
         {std::pair(Change::less, false), std::pair(Change::more, true)})
      if (const auto value = altered(parameter, more))
        add(change, info, same_scenario,
            std::make_shared<const PlatformSpec>(with_value(platform, id, *value)))
            .to = describe(*value, unit_symbol(parameter.unit));
  }
  for (const std::uint32_t index : steps_of(scouted)) {
    const Step& step = scenario.runbook.steps[index];
    const CauseInfo info = info_of({CauseId::Kind::step, index}, scenario, platform.parameters);
    const auto put = [&](Change change, Scenario changed) {
      add(change, info, std::make_shared<const Scenario>(std::move(changed)), same_platform);
    };
    put(Change::removed, without_step(scenario, index));
    if (step.actor != "automation") put(Change::less, with_pace(scenario, index, 0.5));
    if (!step.needs.empty()) put(Change::early, with_early(scenario, index));
  }
  return out;
}

}  // namespace drdrill::study
