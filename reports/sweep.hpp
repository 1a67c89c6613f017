#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/study_writer.hpp"
#include "sim/study/sweep.hpp"

/// What a whole sweep found, written down. The same sweep gives the same bytes however the work was
/// divided.
namespace drdrill {

StudyWriters<study::SweepPart> sweep_writers();

namespace reports {

// The writers, one for each file.
void write_sweep_text(const study::SweepPart& sweep, std::ostream& out,
                      const WriteOptions& options);
void write_sweep_json(const study::SweepPart& sweep, std::ostream& out,
                      const WriteOptions& options);
void write_sweep_csv(const study::SweepPart& sweep, std::ostream& out, const WriteOptions& options);
void write_why_csv(const study::SweepPart& sweep, std::ostream& out, const WriteOptions& options);

// What they have in common.

/// One objective's times in one cell: an RTO or an RPO.
struct SweepRow {
  const study::SweepCell* cell = nullptr;
  const study::CellTally* tally = nullptr;
  std::string objective;
  bool rpo = false;
  std::optional<Duration> target;
  const study::Series* times = nullptr;
  study::Share met;
  std::optional<double> estimate_share;  ///< of the p95 of an RTO
};

/// Those that were exercised in a run at least, by objective, RTO before RPO, then by cell. Cells
/// of
/// --why are left out.
std::vector<SweepRow> sweep_rows(const study::SweepPart& sweep);
/// Objectives that no run of any cell exercised.
std::vector<std::string> not_exercised(const study::SweepPart& sweep);

/// The p95 of runs that were played with something changed.
struct Replayed {
  bool judged = false;        ///< false: no run could be, such as when the platform was not well
  std::optional<double> p95;  ///< absent: more than one run in twenty does not recover
};

/// What --why says of a cause or a parameter of one objective. Times are in seconds.
struct WhyRow {
  study::CauseInfo info;
  study::Share critical;        ///< of the runs that had an outage and recovered
  double critical_mean = 0;     ///< time on the critical path, in the runs in which it was
  std::optional<double> slack;  ///< mean, in the runs in which it ran beside it
  /// The p95 without it, and with half of it, if everything else stayed; absent: not recovered.
  std::optional<double> without;
  std::optional<double> half;
  /// When there is less or more of the parameter, or when the step is left out, done in half of the
  /// time or begun early, and the runs are played again.
  std::optional<Replayed> replayed_without;
  std::optional<Replayed> replayed_less;
  std::optional<Replayed> replayed_more;
  std::optional<Replayed> replayed_early;
  std::string less, more;  ///< the values that these were played with, in words; a step has none

  /// What moves the p95 most, up or down.
  double weight(std::optional<double> p95) const;
};

struct Why {
  std::size_t objective = 0;
  std::string name;
  std::uint64_t runs = 0;     ///< in which it was exercised
  std::uint64_t outages = 0;  ///< of those: it broke and recovered
  std::optional<double> p95;
  std::vector<WhyRow> rows;  ///< what matters most first
};

/// One for each objective that broke and recovered in some run; empty without --why.
std::vector<Why> why_of(const study::SweepPart& sweep);
/// The tally of the cell that --why is held against; null without.
const study::CellTally* base_of(const study::SweepPart& sweep);

std::optional<double> seconds_at(const study::Series& times, double p);

}  // namespace reports
}  // namespace drdrill
