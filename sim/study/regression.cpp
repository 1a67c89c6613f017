#include "sim/study/regression.hpp"

#include <algorithm>
#include <array>

namespace drdrill::study {
namespace {

using State = RegressionRow::State;

/// What counts as a miss is what the targets say, which the outcome itself may not have been judged
/// by.
bool misses(const ObjectiveOutcome& row, const Objective& by) {
  if (!row.exercised || !row.evaluated) return false;
  if (by.rto && (row.censored || row.rto > *by.rto)) return true;
  if (!by.rpo || !has_state_to_lose(by.component)) return false;
  return row.rpo_known ? row.rpo > *by.rpo : row.censored;
}

/// One figure of one replication; shares as 0 and 1. What never recovered has lost everything,
/// whether there is a target or not.
std::int64_t value_of(Figure figure, const ObjectiveOutcome& row, const Objective& by) {
  switch (figure) {
    case Figure::rto:
      return row.censored ? infinite_value : row.rto.count();
    case Figure::rpo:
      if (row.rpo_known) return row.rpo.count();
      return row.censored && has_state_to_lose(by.component) ? infinite_value : 0;
    case Figure::missed:
      return misses(row, by) ? 1 : 0;
    default:
      break;
  }
  return row.exercised ? 1 : 0;
}

std::vector<std::int64_t> values_of(Figure figure, std::size_t objective, const Objective& by,
                                    const std::vector<Outcome>& outcomes) {
  std::vector<std::int64_t> values;
  values.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes)
    values.push_back(value_of(figure, outcome.objectives[objective], by));
  return values;
}

Share share_of(const std::vector<std::int64_t>& values) {
  return {static_cast<std::uint64_t>(std::count(values.begin(), values.end(), 1)), values.size()};
}

constexpr double worth_an_interval = 0.05;  // a chance that may still be beyond chance

void test_times(const Pairs& pairs, std::uint64_t seed, std::uint32_t exchanges,
                RegressionRow& row) {
  row.before = quantile_of(pairs.before, held_share);
  row.after = quantile_of(pairs.after, held_share);
  if (!row.differs) return;
  if (row.after > row.before) row.worse_chance = chance_of_rise(pairs, held_share, seed, exchanges);
  if (row.after < row.before)
    row.better_chance = chance_of_rise({pairs.after, pairs.before}, held_share, seed, exchanges);
  if (std::min(row.worse_chance, row.better_chance) <= worth_an_interval)
    row.interval = interval_of_rise(pairs, held_share, seed);
}

void test_shares(const Pairs& pairs, RegressionRow& row) {
  row.share_before = share_of(pairs.before);
  row.share_after = share_of(pairs.after);
  std::uint64_t more = 0, fewer = 0;
  for (std::size_t i = 0; i < pairs.before.size(); ++i) {
    if (pairs.after[i] > pairs.before[i]) ++more;
    if (pairs.after[i] < pairs.before[i]) ++fewer;
  }
  if (row.figure == Figure::exercised) std::swap(more, fewer);  // fewer is worse
  row.worse_chance = more > fewer ? chance_of_signs(more, more + fewer) : 1;
  row.better_chance = fewer > more ? chance_of_signs(fewer, more + fewer) : 1;
}

RegressionRow row_of_figure(const Objective& by, Figure figure, const Pairs& pairs,
                            std::uint64_t seed, std::uint32_t exchanges) {
  RegressionRow row;
  row.component = by.component;
  row.figure = figure;
  row.judged_by = by;
  row.differs = pairs.differ();
  if (figure == Figure::rto) row.target = by.rto;
  if (figure == Figure::rpo) row.target = by.rpo;
  if (row.is_share())
    test_shares(pairs, row);
  else
    test_times(pairs, seed, exchanges, row);
  return row;
}

std::optional<std::size_t> place_of(ComponentId component,
                                    const std::vector<Objective>& objectives) {
  for (std::size_t i = 0; i < objectives.size(); ++i)
    if (objectives[i].component == component) return i;
  return std::nullopt;
}

/// The base's targets, and the head's where the base has none.
Objective judged_by(const Objective& before, const Objective& after) {
  Objective by = before;
  if (!by.rto) by.rto = after.rto;
  if (!by.rpo) by.rpo = after.rpo;
  return by;
}

std::int64_t target_value(const std::optional<Duration>& target) {
  return target ? target->count() : infinite_value;
}

/// What is asked for, before and after; `after` null: the objective is gone.
void add_targets(const Objective& before, const Objective* after, const Objective& by,
                 std::vector<RegressionRow>& rows) {
  const auto add = [&](Figure figure, const std::optional<Duration>& was,
                       const std::optional<Duration>& is) {
    RegressionRow row;
    row.component = before.component;
    row.figure = figure;
    row.judged_by = by;
    row.before = target_value(was);
    row.after = target_value(is);
    if (row.before != row.after) rows.push_back(std::move(row));
  };
  add(Figure::rto_target, before.rto, after ? after->rto : std::nullopt);
  add(Figure::rpo_target, before.rpo, after ? after->rpo : std::nullopt);
}

bool stops_being_met(const RegressionRow& row) {
  if (row.figure == Figure::missed)
    return 1 - row.share_before.value() >= held_share && 1 - row.share_after.value() < held_share;
  return !row.is_share() && row.target && row.before <= row.target->count() &&
         row.after > row.target->count();
}

bool beyond(const RegressionRow& row, const Tolerance& tolerance) {
  if (row.is_share()) return row.rise() > tolerance.share;
  const double allowed =
      tolerance.share * static_cast<double>(row.before) / 1e9 + to_seconds(tolerance.time);
  return row.rise() > allowed;
}

State state_of(const RegressionRow& row, const Regression& regression) {
  if (row.is_target()) return row.after > row.before ? State::worse : State::better;
  if (!row.differs || row.chance > regression.level || row.rise() == 0) return State::same;
  if (row.rise() < 0) return State::better;
  return row.stopped_being_met || beyond(row, regression.tolerance) ? State::worse
                                                                    : State::within_tolerance;
}

std::vector<RegressionRow*> testable_rows(Regression& regression) {
  std::vector<RegressionRow*> rows;
  for (ScenarioRegression& scenario : regression.scenarios)
    for (RegressionRow& row : scenario.rows)
      if (row.differs) rows.push_back(&row);
  return rows;
}

/// Waivers that hold go before those that have expired.
std::optional<std::uint32_t> waiver_for(std::string_view scenario, std::string_view component,
                                        std::vector<Waiver>& waivers) {
  for (std::uint32_t i = 0; i < waivers.size(); ++i) {
    Waiver& waiver = waivers[i];
    if (waiver.expired) continue;
    if (!waiver.scenario.empty() && waiver.scenario != scenario) continue;
    if (!waiver.component.empty() && waiver.component != component) continue;
    waiver.used = true;
    return i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view figure_name(Figure figure) {
  constexpr std::array<std::string_view, 6> names{"RTO p95",   "RPO p95",    "missed",
                                                  "exercised", "RTO target", "RPO target"};
  return names[static_cast<std::size_t>(figure)];
}

double RegressionRow::rise() const {
  if (!is_share()) return static_cast<double>(after - before) / 1e9;
  const double more = share_after.value() - share_before.value();
  return figure == Figure::exercised ? -more : more;
}

std::size_t Regression::count(State state) const {
  std::size_t n = 0;
  for (const ScenarioRegression& scenario : scenarios)
    for (const RegressionRow& row : scenario.rows) n += row.state == state ? 1 : 0;
  return n;
}

bool Regression::holds() const {
  for (const ScenarioRegression& scenario : scenarios) {
    if (scenario.presence == ScenarioRegression::Presence::removed && !scenario.waiver)
      return false;
    for (const RegressionRow& row : scenario.rows)
      if (row.state == State::worse && !row.waiver) return false;
  }
  return std::none_of(waivers.begin(), waivers.end(), [](const Waiver& w) { return w.expired; });
}

std::vector<RegressionRow> compare_variants(const Variant& before, const Variant& after,
                                            std::uint64_t seed, std::uint32_t exchanges) {
  std::vector<RegressionRow> rows;
  for (std::size_t now = 0; now < after.objectives.size(); ++now) {
    const Objective& objective = after.objectives[now];
    const auto old = place_of(objective.component, before.objectives);
    if (!old) continue;
    const Objective by = judged_by(before.objectives[*old], objective);
    add_targets(before.objectives[*old], &objective, by, rows);
    for (const Figure figure : {Figure::rto, Figure::rpo, Figure::missed, Figure::exercised}) {
      const Pairs pairs{values_of(figure, *old, by, before.outcomes),
                        values_of(figure, now, by, after.outcomes)};
      RegressionRow row = row_of_figure(by, figure, pairs, seed + now, exchanges);
      if (figure != Figure::rpo || by.rpo || row.differs) rows.push_back(std::move(row));
    }
  }
  for (const Objective& gone : before.objectives)
    if (!place_of(gone.component, after.objectives)) add_targets(gone, nullptr, gone, rows);
  return rows;
}

double figure_of(const RegressionRow& row, const Variant& variant) {
  const auto place = place_of(row.component, variant.objectives);
  if (row.is_target()) {
    const Objective there = place ? variant.objectives[*place] : Objective{};
    const auto& target = row.figure == Figure::rto_target ? there.rto : there.rpo;
    return static_cast<double>(target_value(target)) / 1e9;
  }
  if (!place || variant.outcomes.empty()) return 0;
  const auto values = values_of(row.figure, *place, row.judged_by, variant.outcomes);
  if (row.is_share()) return share_of(values).value();
  return static_cast<double>(quantile_of(values, held_share)) / 1e9;
}

std::uint32_t exchanges_for(std::size_t tests, double level) {
  constexpr double least = 9'999, most = 999'999;
  return static_cast<std::uint32_t>(
      std::clamp(2 * static_cast<double>(tests) / std::max(level, 1e-6), least, most));
}

void settle(Regression& regression) {
  const auto rows = testable_rows(regression);
  std::vector<double> worse, better;
  for (const RegressionRow* row : rows) {
    worse.push_back(row->worse_chance);
    better.push_back(row->better_chance);
  }
  worse = holm(worse);
  better = holm(better);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i]->chance = rows[i]->rise() > 0 ? worse[i] : better[i];
    rows[i]->stopped_being_met = stops_being_met(*rows[i]);
  }
  for (ScenarioRegression& scenario : regression.scenarios) {
    if (scenario.presence == ScenarioRegression::Presence::removed)
      scenario.waiver = waiver_for(scenario.name, {}, regression.waivers);
    for (RegressionRow& row : scenario.rows) {
      row.state = state_of(row, regression);
      if (row.state == State::worse)
        row.waiver = waiver_for(scenario.name, name_of(row.component), regression.waivers);
    }
  }
}

}  // namespace drdrill::study
