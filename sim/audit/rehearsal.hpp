#pragma once

#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// The disaster that a procedure's headings name, met by its platform on a busy afternoon, with the
/// procedure as the runbook. `look` has a platform.
Scenario scenario_for(const Look& look, const Followed& followed);

/// The same where no alert calls anybody: somebody sees it after five minutes, and begins.
Scenario unalarmed(Scenario scenario);

}  // namespace drdrill::audit
