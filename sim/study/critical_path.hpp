#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/drill/verdict.hpp"

/// Which steps and timers an outage waited for, one after the other.
///
/// Each part of an outage (detect, decide, act, restore) is walked backwards from its end: the step
/// or timer that ended last was what it waited for; before that one began, whatever had ended last
/// by then, and so on. Those are critical, and their times add up to the outage together with
/// `unexplained` time, in which nothing is known to have been under way. What ran beside them could
/// have ended later by its slack: until the critical one that was running then had ended.
namespace drdrill::study {

/// What time goes to. Numbers of parameters hold for one platform, so figures of several platforms
/// are brought together by name (`name_of`).
struct CauseId {
  enum class Kind : std::uint8_t {
    unexplained,
    step,       ///< `index` into scenario.runbook.steps
    timer,      ///< `index` is a ParameterId: whatever takes as long as the parameter says
    mechanism,  ///< `index` is a NoteKind: it has no parameter of its own
  };
  Kind kind = Kind::unexplained;
  std::uint32_t index = 0;

  bool operator==(const CauseId&) const = default;
  bool operator<(const CauseId& other) const {
    return kind != other.kind ? kind < other.kind : index < other.index;
  }
};

/// "step promote-replica", "kubernetes.node_monitor_grace_period", "clients-rejoined".
std::string name_of(const CauseId& cause, const Scenario& scenario,
                    const ParameterTable& parameters);

/// What one outage owes to one cause.
struct CauseTime {
  CauseId cause;
  Duration critical{};  ///< time on the critical path; 0: it only ran beside it
  Duration slack{};     ///< the least that it could have ended later; 0 when critical
};

/// Walks outages; keeps its working memory, so that after the first few no call allocates.
class CriticalPath {
 public:
  /// One row for each cause, ordered by cause. Valid until the next call.
  const std::vector<CauseTime>& walk(const Outage& outage);

 private:
  struct Span {
    Offset from{};
    Offset to{};
    CauseId cause;
    bool critical = false;
  };
  void walk_part(const PartOfOutage& part, Offset from, Offset to);
  void add(const CauseTime& row);

  std::vector<Span> spans_;
  std::vector<Span> path_;
  std::vector<CauseTime> rows_;
};

}  // namespace drdrill::study
