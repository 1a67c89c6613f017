#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/drill/critical_path.hpp"
#include "sim/study/interval.hpp"
#include "sim/study/replication.hpp"
#include "sim/study/series.hpp"

/// What many replications of one cell of a sweep amount to. Merging is exact: the same replications
/// give equal tallies however they were divided.
namespace drdrill::study {

/// Times are in nanoseconds. Only runs in which the objective was exercised and evaluated count.
struct ObjectiveTally {
  Series rto;  ///< infinite: not recovered within the drill
  /// The RTO less the time that parameters set which are estimates: what is left at least if all of
  /// them took no time.
  Series known;
  Series rpo;  ///< infinite: undefined, because nothing recovered
  Share rto_met;
  Share rpo_met;
};

/// What a cause did to one objective's outage, in the runs that recovered.
struct CauseTally {
  std::uint64_t critical_runs = 0;
  std::uint64_t critical_us = 0;  ///< microseconds in all of these
  std::uint64_t beside_runs = 0;  ///< it ran beside the critical path
  std::uint64_t slack_us = 0;
  /// Of the runs in which it was critical: the RTO, and what were left of it at least if the cause
  /// took no time or half of it.
  Series with;
  Series without;
  Series halved;
};

/// What a report says of a cause.
struct CauseInfo {
  std::string name;
  std::string value;       ///< "lognormal median 3 s, sigma 0.8"; empty: no parameter
  std::string provenance;  ///< empty: no parameter
  SourcePlace place;
  bool operator==(const CauseInfo& other) const {
    return name == other.name && value == other.value && provenance == other.provenance &&
           place.file == other.place.file && place.line == other.place.line;
  }
};
CauseInfo info_of(const CauseId& cause, const Scenario& scenario, const ParameterTable& parameters);

struct CellTally {
  using CauseKey = std::pair<std::uint32_t, CauseId>;  ///< index of the objective

  std::uint64_t runs = 0;
  std::array<std::uint64_t, 5> verdicts{};    ///< by Verdict
  std::array<std::uint64_t, 4> severities{};  ///< by Severity
  Series participant_ms;                      ///< participant-milliseconds lost
  std::vector<ObjectiveTally> objectives;
  std::map<CauseKey, CauseTally> causes;  ///< empty unless asked for
  std::map<CauseId, CauseInfo> infos;

  void add(const Outcome& outcome, bool with_causes);
  void merge(const CellTally& other);

  /// Of a quantile of an objective's RTO, the share that goes when what estimates set takes no
  /// time and everything else stays; nothing when the quantile is 0 or not recovered.
  std::optional<double> estimate_share(std::size_t objective, double p) const;
  /// The quantile of an objective's RTO if the cause took no time (or half of it) and everything
  /// else went on as it did: what is left at least, since something else may then take the time.
  std::optional<std::int64_t> quantile_without(const CauseKey& cause, double p, bool half) const;
};

}  // namespace drdrill::study
