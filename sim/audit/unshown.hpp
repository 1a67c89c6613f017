#pragma once

#include <string>
#include <string_view>

#include "sim/audit/look.hpp"

namespace drdrill::audit {

/// What a step of a rehearsal wanted and nobody gave, so that its failure shows nothing of the
/// step: a sentence without its end ("/b/all.yaml is not among the files of x"). Empty: it had all
/// that it needs, or did not fail.
std::string not_given(const Look& look, const Step& step, const StepEnded& end);

/// Has the text a command, beside remarks?
bool says_more_than_remarks(std::string_view run);

/// Was the platform made of manifests? Then it has what was given, and the cluster may have more.
bool is_imported(const Look& look);

/// Does the step do what no model knows, and what may be the repair: a restore, a failover, a
/// script of the user's? Then what does not come back in simulation may come back all the same.
bool may_repair_unseen(const Step& step, const StepEnded& end);

/// Of what a step was answered, the line that says what went wrong.
std::string first_line(std::string_view text);

}  // namespace drdrill::audit
