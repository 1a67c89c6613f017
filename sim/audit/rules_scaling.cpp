#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What scaling does not do.
namespace drdrill::audit {

/// Does another procedure of the document scale it? Then scaling takes that back.
static bool scaled_elsewhere(const Look& look, std::size_t procedure, const std::string& name) {
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    const auto scaled = scaled_by(call);
    return scaled && scaled->name == name && call.procedure != procedure &&
           of_call(look, call).file == look.procedures[procedure].file;
  });
}

void check_rollback(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Runbook& runbook = look.procedures[p].procedure->runbook;
    if (!contains(runbook.name, "rollback")) continue;
    const Call* scale = nullptr;
    bool real = false;
    for (const Call* call : look.of(p)) {
      if (const auto scaled = scaled_by(*call)) {
        real = real || scaled_elsewhere(look, p, scaled->name);
        // One down and another up is a switch to the other.
        real = real || (scale && scaled->name != scaled_by(*scale)->name);
        if (!scale) scale = call;
      }
      const std::string line = call->line();
      real = real || contains(line, "rollout undo") || contains(line, "set image") ||
             contains(line, "helm rollback") || contains(line, "git revert") ||
             contains(line, "apply") || contains(line, "restore") || contains(line, "helm") ||
             contains(line, "patch") || contains(line, " set ") || contains(line, "terraform");
    }
    if (scale && !real)
      look.report(scale->place,
                  "scaling rolls nothing back: the pods that are left run the same image and "
                  "configuration, and there are fewer of them");
  }
}

void check_scale_all(Look& look) {
  for (const Call& call : look.calls) {
    const auto scaled = scaled_by(call);
    if (!scaled || !call.has("--all") || scaled->replicas == "0") continue;
    look.report(call.place,
                "--all gives every " + full_kind(scaled->kind) + " the same " + scaled->replicas +
                    " replicas, whatever it carried before" +
                    (full_kind(scaled->kind) == "deployment"
                         ? ", and starts no StatefulSet: databases and caches stay as they are"
                         : ""));
  }
}

}  // namespace drdrill::audit
