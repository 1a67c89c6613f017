#include "sim/study/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace drdrill::study {
namespace {

constexpr std::uint64_t pilots = 20;         // replications that choose what is worth a closer look
constexpr std::size_t most_parameters = 12;  // of those, what is looked at

/// Times, rates and amounts, of which half and twice are the same kind of thing. Counts, shares and
/// switches are not.
bool can_be_scaled(const Parameter& parameter) {
  switch (parameter.unit) {
    case ParameterUnit::seconds:
    case ParameterUnit::bytes:
    case ParameterUnit::bytes_per_second:
    case ParameterUnit::per_second:
      return mean(parameter.value) > 0;
    case ParameterUnit::count:
    case ParameterUnit::share:
    case ParameterUnit::boolean:
      break;
  }
  return false;
}

PlatformSpec with_scaled(const PlatformSpec& platform, ParameterId id, double factor) {
  PlatformSpec copy = platform;
  Parameter parameter = platform.parameters[id];
  parameter.value = scaled(parameter.value, factor);
  for (ValueSince& since : parameter.since) since.value = scaled(since.value, factor);
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

/// How far recovery times are from those of the same replications as they were, in seconds; an
/// outage that ends in one of them only is as far as the drill is long.
double distance(const std::vector<Outcome>& a, const std::vector<Outcome>& b, Duration horizon) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    for (std::size_t i = 0; i < a[k].objectives.size(); ++i) {
      const ObjectiveOutcome& x = a[k].objectives[i];
      const ObjectiveOutcome& y = b[k].objectives[i];
      if (x.censored != y.censored)
        sum += to_seconds(horizon);
      else if (!x.censored)
        sum += std::abs(to_seconds(x.rto - y.rto));
    }
  return sum;
}

/// Parameters that runs of the scenario depended on.
std::vector<ParameterId> exercised(const Scenario& scenario, const PlatformSpec& platform,
                                   std::uint64_t seed) {
  Replicator replicator(scenario, platform);
  std::set<ParameterId> ids;
  const ParameterTable& table = platform.parameters;
  for (std::uint64_t k = 0; k < pilots; ++k) {
    replicator.run(seed, k);
    for (const Parameter& parameter : table.all())
      if (const ParameterId id = table.find(parameter.id); replicator.world().exercised(id))
        ids.insert(id);
  }
  return {ids.begin(), ids.end()};
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

std::vector<Altered> what_ifs(const Scenario& scenario, const PlatformSpec& platform,
                              std::uint64_t seed, std::uint64_t replications, unsigned threads) {
  std::vector<Altered> out;
  const auto same_scenario = std::make_shared<const Scenario>(scenario);
  const auto same_platform = std::make_shared<const PlatformSpec>(platform);
  const auto add = [&](Change change, CauseInfo what, auto altered_scenario,
                       auto altered_platform) {
    SweepCell cell;
    cell.replications = replications;
    cell.change = change;
    cell.what = std::move(what);
    out.push_back({std::move(cell), std::move(altered_scenario), std::move(altered_platform)});
  };
  add(Change::base, {}, same_scenario, same_platform);

  const auto as_it_is = replicate(scenario, platform, seed, {0, pilots}, threads);
  std::set<CauseId> critical;
  for (const Outcome& outcome : as_it_is)
    for (const ObjectiveCause& cause : outcome.causes)
      if (cause.time.critical > Duration{}) critical.insert(cause.time.cause);

  std::vector<std::pair<double, ParameterId>> ranked;
  for (const ParameterId id : exercised(scenario, platform, seed)) {
    if (!can_be_scaled(platform.parameters[id])) continue;
    const auto doubled =
        replicate(scenario, with_scaled(platform, id, 2), seed, {0, pilots}, threads);
    const double moved = distance(as_it_is, doubled, scenario.horizon);
    if (moved > 0) ranked.emplace_back(moved, id);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  ranked.resize(std::min(ranked.size(), most_parameters));
  for (const auto& [moved, id] : ranked)
    for (const auto& [change, factor] :
         {std::pair(Change::halved, 0.5), std::pair(Change::doubled, 2.0)})
      add(change,
          info_of({CauseId::Kind::timer, static_cast<std::uint32_t>(id)}, scenario,
                  platform.parameters),
          same_scenario, std::make_shared<const PlatformSpec>(with_scaled(platform, id, factor)));
  for (const CauseId& cause : critical) {
    if (cause.kind != CauseId::Kind::step) continue;
    if (scenario.runbook.steps[cause.index].needs.empty()) continue;
    add(Change::early, info_of(cause, scenario, platform.parameters),
        std::make_shared<const Scenario>(with_early(scenario, cause.index)), same_platform);
  }
  return out;
}

}  // namespace drdrill::study
