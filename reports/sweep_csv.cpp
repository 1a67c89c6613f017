#include <ostream>

#include "reports/csv.hpp"
#include "reports/sweep.hpp"
#include "sim/drill/verdict.hpp"

namespace drdrill::reports {

void write_sweep_csv(const study::SweepPart& sweep, std::ostream& out, const WriteOptions&) {
  CsvRow line;
  for (const std::string& pointer : sweep.head.pointers) line.text(pointer);
  line.texts({"objective", "of", "target_s", "runs", "never", "p50_s", "p90_s", "p95_s", "p99_s",
              "max_s", "met_of", "met", "met_low", "met_high", "participant_minutes_mean",
              "participant_minutes_p50", "participant_minutes_p95", "p95_estimate_share",
              "usd_per_month"});
  for (std::size_t i = 0; i < study::CellTally{}.verdicts.size(); ++i)
    line.text("verdict_" + std::string(verdict_name(static_cast<Verdict>(i))));
  for (std::size_t i = 0; i < study::CellTally{}.severities.size(); ++i)
    line.text("severity_" + std::to_string(i));
  out << line.take();
  constexpr double ms_per_minute = 60'000;
  for (const SweepRow& row : sweep_rows(sweep)) {
    for (const std::string& value : row.cell->values) line.text(value);
    line.text(row.objective).text(row.rpo ? "rpo" : "rto").seconds(row.target);
    line.natural(row.times->count()).natural(row.times->infinite());
    for (const double p : {0.5, 0.9, 0.95, 0.99}) line.number(seconds_at(*row.times, p));
    const auto most = row.times->greatest();
    line.seconds(most ? std::optional(Duration(*most)) : std::nullopt);
    line.natural(row.met.of);
    if (row.met.of > 0) {
      const study::Interval interval = study::wilson(row.met);
      line.number(row.met.value()).number(interval.low).number(interval.high);
    } else {
      line.empty(3);
    }
    line.number(row.tally->participant_ms.mean() / ms_per_minute);
    for (const double p : {0.5, 0.95})
      line.number(static_cast<double>(row.tally->participant_ms.quantile(p).value_or(0)) /
                  ms_per_minute);
    line.number(row.estimate_share).number(row.cell->usd_per_month);
    for (const std::uint64_t count : row.tally->verdicts) line.natural(count);
    for (const std::uint64_t count : row.tally->severities) line.natural(count);
    out << line.take();
  }
}

/// What --why adds: a line for each objective and cause.
void write_why_csv(const study::SweepPart& sweep, std::ostream& out, const WriteOptions&) {
  CsvRow line;
  line.texts({"objective",
              "cause",
              "criticality",
              "critical_runs",
              "outages",
              "critical_mean_s",
              "slack_mean_s",
              "p95_s",
              "p95_without_at_least_s",
              "p95_half_at_least_s",
              "p95_removed_s",
              "p95_less_s",
              "p95_more_s",
              "p95_begun_early_s",
              "less",
              "more",
              "value",
              "provenance",
              "file",
              "line"});
  out << line.take();
  const auto replayed = [&](const std::optional<Replayed>& value) {
    line.number(value ? value->p95 : std::nullopt);
  };
  for (const Why& why : why_of(sweep))
    for (const WhyRow& row : why.rows) {
      line.text(why.name).text(row.info.name).number(row.critical.value());
      line.natural(row.critical.hits).natural(row.critical.of).number(row.critical_mean);
      line.number(row.slack).number(why.p95).number(row.without).number(row.half);
      replayed(row.replayed_without);
      replayed(row.replayed_less);
      replayed(row.replayed_more);
      replayed(row.replayed_early);
      line.text(row.less).text(row.more);
      line.text(row.info.value).text(row.info.provenance).text(row.info.place.file);
      row.info.place.file.empty() ? line.empty()
                                  : line.natural(static_cast<std::uint64_t>(row.info.place.line));
      out << line.take();
    }
}

}  // namespace drdrill::reports
