#pragma once

#include <string>
#include <vector>

#include "sim/audit/look.hpp"

/// Which disaster a procedure is against, by what its name and its headings say.
namespace drdrill::audit {

struct Disaster {
  std::vector<FaultSpec> faults;
  std::vector<FaultSpec> otherwise;  ///< where the world cannot do those; may be empty
  std::string none;  ///< why there is none: a clause, "no model has a deleted namespace"
};
/// On the platform of `look`. What the words name may be something that no model has, or that the
/// platform does not.
Disaster disaster_of(const Look& look, const Followed& followed);

/// One fault ten seconds after the start; `kind` is that of the workload that it meets. Nothing:
/// the platform has no such workload, or only one that stands in for it.
std::vector<FaultSpec> fault_on(const PlatformSpec& platform, std::string_view fault, Level level,
                                WorkloadModel::Kind kind);

FaultSpec named_fault(std::string_view fault, Level level, std::string name);

}  // namespace drdrill::audit
