#include "sim/study/sweep_tally.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace drdrill::study {
namespace {

std::uint64_t microseconds(Duration d) {
  return static_cast<std::uint64_t>(d.count()) / 1000;
}

void add_objective(const ObjectiveOutcome& outcome, ObjectiveTally& tally) {
  if (!outcome.exercised || !outcome.evaluated) return;
  if (outcome.censored) {
    tally.rto.add_infinite();
    tally.known.add_infinite();
  } else {
    tally.rto.add(outcome.rto.count());
    tally.known.add((outcome.rto - outcome.on_estimates).count());
  }
  if (outcome.rto_met) tally.rto_met.add(*outcome.rto_met);
  if (outcome.rpo_known)
    tally.rpo.add(outcome.rpo.count());
  else if (outcome.rpo_met)
    tally.rpo.add_infinite();
  if (outcome.rpo_met) tally.rpo_met.add(*outcome.rpo_met);
}

}  // namespace

CauseInfo info_of(const CauseId& cause, const Scenario& scenario,
                  const ParameterTable& parameters) {
  CauseInfo info;
  info.name = name_of(cause, scenario, parameters);
  if (cause.kind == CauseId::Kind::step) info.place = scenario.runbook.steps[cause.index].place;
  if (cause.kind == CauseId::Kind::fault) info.place = scenario.faults[cause.index].place;
  if (cause.kind != CauseId::Kind::timer) return info;
  const Parameter& parameter = parameters[static_cast<ParameterId>(cause.index)];
  info.value = describe(parameter.value, unit_symbol(parameter.unit));
  info.provenance = provenance_name(parameter.provenance);
  info.place = parameter.place;
  return info;
}

void CellTally::add(const Outcome& outcome, bool with_causes) {
  ++runs;
  ++verdicts.at(static_cast<std::size_t>(outcome.verdict));
  ++severities.at(static_cast<std::size_t>(outcome.severity));
  constexpr double ms_per_minute = 60'000;
  participant_ms.add(std::llround(outcome.participant_minutes * ms_per_minute));
  objectives.resize(outcome.objectives.size());
  for (std::size_t i = 0; i < objectives.size(); ++i)
    add_objective(outcome.objectives[i], objectives[i]);
  if (!with_causes) return;
  for (const ObjectiveCause& cause : outcome.causes) {
    CauseTally& tally = causes[{cause.objective, cause.time.cause}];
    if (!cause.time.on_path) {
      ++tally.beside_runs;
      tally.slack_us += microseconds(cause.time.slack);
      continue;
    }
    const Duration rto = outcome.objectives[cause.objective].rto;
    ++tally.critical_runs;
    tally.critical_us += microseconds(cause.time.critical);
    tally.with.add(rto.count());
    tally.without.add((rto - cause.time.critical).count());
    tally.halved.add((rto - cause.time.critical / 2).count());
  }
}

void CellTally::merge(const CellTally& other) {
  runs += other.runs;
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i] += other.verdicts[i];
  for (std::size_t i = 0; i < severities.size(); ++i) severities[i] += other.severities[i];
  participant_ms.merge(other.participant_ms);
  objectives.resize(std::max(objectives.size(), other.objectives.size()));
  for (std::size_t i = 0; i < other.objectives.size(); ++i) {
    const ObjectiveTally& from = other.objectives[i];
    objectives[i].rto.merge(from.rto);
    objectives[i].known.merge(from.known);
    objectives[i].rpo.merge(from.rpo);
    objectives[i].rto_met.merge(from.rto_met);
    objectives[i].rpo_met.merge(from.rpo_met);
  }
  for (const auto& [key, from] : other.causes) {
    CauseTally& to = causes[key];
    to.critical_runs += from.critical_runs;
    to.critical_us += from.critical_us;
    to.beside_runs += from.beside_runs;
    to.slack_us += from.slack_us;
    to.with.merge(from.with);
    to.without.merge(from.without);
    to.halved.merge(from.halved);
  }
  infos.insert(other.infos.begin(), other.infos.end());
}

std::optional<double> CellTally::estimate_share(std::size_t objective, double p) const {
  const ObjectiveTally& tally = objectives.at(objective);
  const auto whole = tally.rto.quantile(p), known = tally.known.quantile(p);
  if (!whole || !known || *whole <= 0) return std::nullopt;
  return 1 - static_cast<double>(*known) / static_cast<double>(*whole);
}

std::optional<std::int64_t> CellTally::quantile_without(const CauseKey& cause, double p,
                                                        bool half) const {
  const Series& all = objectives.at(cause.first).rto;
  const auto found = causes.find(cause);
  if (found == causes.end()) return all.quantile(p);
  if (all.sketched()) return std::nullopt;
  const auto& whole = all.sorted();
  const auto& with = found->second.with.sorted();
  std::vector<std::int64_t> rest;
  std::set_difference(whole.begin(), whole.end(), with.begin(), with.end(),
                      std::back_inserter(rest));
  Series changed = half ? found->second.halved : found->second.without;
  for (const std::int64_t value : rest) changed.add(value);
  for (std::uint64_t i = 0; i < all.infinite(); ++i) changed.add_infinite();
  return changed.quantile(p);
}

}  // namespace drdrill::study
