#pragma once

#include <string>
#include <vector>

#include "sim/base/parameter.hpp"
#include "sim/drill/verdict.hpp"

/// Which steps and timers an outage waited for, one after the other.
///
/// Each part of an outage (detect, decide, act, restore) is walked backwards from its end: the step
/// or timer that ended last was what it waited for; before that one began, whatever had ended last
/// by then, and so on. Those are critical. What ran beside them could have ended later by its
/// slack: until the critical one that was running then had ended.
///
/// A step's time goes to what its commands and the person took, as the world told it, and to the
/// timers that ended while it waited; what is left is the step's own. So the own times of all
/// causes add up to the outage, together with `unexplained` time, in which nothing is known to have
/// been under way.
namespace drdrill {

/// "step promote-replica", "kubernetes.node_monitor_grace_period", "clients-rejoined".
std::string name_of(const CauseId& cause, const Scenario& scenario,
                    const ParameterTable& parameters);

/// Walks outages; keeps its working memory, so that after the first few no call allocates.
class CriticalPath {
 public:
  /// One row for each cause, ordered by cause. Valid until the next call. The outage is of the
  /// journal.
  const std::vector<CauseTime>& walk(const Journal& journal, const Outage& outage);

 private:
  struct Span {
    Offset from{};
    Offset to{};
    CauseId cause;
    const Cause* source = nullptr;  ///< null: unexplained
    bool went_on = false;           ///< past the part that it is looked at in
    bool critical = false;
  };
  void walk_part(const PartOfOutage& part, Offset from, Offset to);
  static bool is_worse(const Span& a, const Span& b, Offset at);
  Span* last_by(Offset at, bool timers_only);
  void add_critical(const Span& span);
  void add_step(const Span& span);
  void add(const CauseTime& row);

  const Journal* journal_ = nullptr;
  std::vector<Span> spans_;
  std::vector<Span> path_;
  std::vector<CauseTime> rows_;
};

/// Of the time of an outage, what parameters set that are estimates. `path` is its critical path.
Duration time_on_estimates(const Journal& journal, const std::vector<CauseTime>& path);

}  // namespace drdrill
