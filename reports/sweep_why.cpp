#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/sweep.hpp"

namespace drdrill::reports {
namespace {

using study::CellTally;
using study::Change;
using study::SweepPart;

constexpr double tail = 0.95;
constexpr double us = 1e-6;

WhyRow& row_of(std::vector<WhyRow>& rows, const study::CauseInfo& info) {
  for (WhyRow& row : rows)
    if (row.info.name == info.name) return row;
  rows.emplace_back().info = info;
  return rows.back();
}

WhyRow counted_row(const CellTally& base, const CellTally::CauseKey& key,
                   const study::CauseTally& cause, std::uint64_t outages) {
  const auto to_time = [](std::optional<std::int64_t> at) {
    return at ? std::optional(to_seconds(Duration(*at))) : std::nullopt;
  };
  WhyRow row;
  row.info = base.infos.at(key.second);
  row.critical = {cause.critical_runs, outages};
  if (cause.critical_runs > 0)
    row.critical_mean =
        static_cast<double>(cause.critical_us) * us / static_cast<double>(cause.critical_runs);
  if (cause.beside_runs > 0)
    row.slack = static_cast<double>(cause.slack_us) * us / static_cast<double>(cause.beside_runs);
  row.without = to_time(base.quantile_without(key, tail, false));
  row.half = to_time(base.quantile_without(key, tail, true));
  return row;
}

/// Of the runs: how many had an outage that ended.
std::uint64_t outages_in(const study::Series& rto) {
  const auto& values = rto.sorted();
  return static_cast<std::uint64_t>(values.end() -
                                    std::upper_bound(values.begin(), values.end(), 0));
}

void add_replayed(const SweepPart& sweep, std::size_t objective, std::vector<WhyRow>& rows) {
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    const study::SweepCell& cell = sweep.head.cells[i];
    if (cell.change == Change::none || cell.change == Change::base) continue;
    WhyRow& row = row_of(rows, cell.what);
    if (objective >= sweep.cells[i].objectives.size()) continue;
    const study::Series& rto = sweep.cells[i].objectives[objective].rto;
    const Replayed p95{rto.count() > 0, seconds_at(rto, tail)};
    (cell.change == Change::less      ? row.replayed_less
     : cell.change == Change::more    ? row.replayed_more
     : cell.change == Change::removed ? row.replayed_without
                                      : row.replayed_early) = p95;
    if (cell.change == Change::less) row.less = cell.to;
    if (cell.change == Change::more) row.more = cell.to;
  }
}

}  // namespace

double WhyRow::weight(std::optional<double> p95) const {
  constexpr double endless = std::numeric_limits<double>::max();
  const auto moved = [&](const std::optional<double>& to) {
    if (to.has_value() != p95.has_value()) return endless;
    return to ? std::abs(*to - *p95) : 0.0;
  };
  // What is shown without it is what was played, where it was.
  double most = replayed_without ? 0 : moved(without);
  for (const auto* replayed : {&replayed_without, &replayed_less, &replayed_more, &replayed_early})
    if (*replayed && (*replayed)->judged) most = std::max(most, moved((*replayed)->p95));
  return most;
}

const CellTally* base_of(const SweepPart& sweep) {
  for (std::size_t i = 0; i < sweep.cells.size(); ++i)
    if (sweep.head.cells[i].change == Change::base) return &sweep.cells[i];
  return nullptr;
}

std::vector<Why> why_of(const SweepPart& sweep) {
  std::vector<Why> out;
  const CellTally* base = base_of(sweep);
  if (!base) return out;
  for (std::size_t i = 0; i < base->objectives.size(); ++i) {
    const study::Series& rto = base->objectives[i].rto;
    Why why;
    why.objective = i;
    why.name = sweep.head.cells.front().objectives.at(i).component;
    why.runs = rto.count();
    why.outages = outages_in(rto);
    why.p95 = seconds_at(rto, tail);
    if (why.outages == 0) continue;
    for (const auto& [key, cause] : base->causes)
      if (key.first == i) why.rows.push_back(counted_row(*base, key, cause, why.outages));
    for (WhyRow& row : why.rows)
      if (row.critical.hits == 0) row.without = row.half = why.p95;
    const std::size_t causes = why.rows.size();
    add_replayed(sweep, i, why.rows);
    for (std::size_t k = causes; k < why.rows.size(); ++k) {
      why.rows[k].critical.of = why.outages;
      why.rows[k].without = why.rows[k].half = why.p95;
    }
    std::stable_sort(why.rows.begin(), why.rows.end(), [&](const WhyRow& a, const WhyRow& b) {
      return a.weight(why.p95) > b.weight(why.p95);
    });
    out.push_back(std::move(why));
  }
  return out;
}

}  // namespace drdrill::reports
