#pragma once

#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// The disaster that a procedure's headings name, met by its platform on a busy afternoon, with the
/// procedure as the runbook. `look` has a platform.
Scenario scenario_for(const Look& look, const Followed& followed);

/// What stands in such a runbook where a place-holder names a pod.
inline constexpr std::string_view placeholder_pod =
    "$(kubectl get pods -A --field-selector=spec.nodeName=$(kubectl get nodes | grep NotReady | "
    "cut "
    "-d' ' -f1) -o jsonpath='{.items[0].metadata.name}')";

/// The same where no alert calls anybody: somebody sees it after five minutes, and begins.
Scenario unalarmed(Scenario scenario);

}  // namespace drdrill::audit
