#pragma once

#include <map>
#include <string>

#include "sim/audit/disasters.hpp"
#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// On a busy afternoon, by objectives of the texts and, without a limit, for every other component,
/// so that each is measured. No fault and no steps. `look` has a platform.
Scenario scenario_of(const Look& look, std::string name);

/// The disaster met with the procedure as the runbook.
Scenario scenario_for(const Look& look, const Followed& followed, const Disaster& disaster);

/// The same where no alert calls anybody: somebody sees it after five minutes, and begins.
Scenario unalarmed(Scenario scenario);

/// The same with kinds in the API version that has them, where its here-documents name another.
/// False: there is none.
bool mend_versions(Scenario& scenario);

/// "postgres RTO 36.2 s, RPO 0 s; api RTO …", for what was exercised of these.
std::string figures_of(const Judgement& judgement, ComponentSet components);

/// What a folder of manifests would hold that makes the platform anew, as one file: everything that
/// its first cluster has, in whichever namespace it is applied to.
std::string own_manifests(const PlatformSpec& platform);

}  // namespace drdrill::audit
