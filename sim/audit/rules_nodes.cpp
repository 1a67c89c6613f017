#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What is done about a machine that is gone.
namespace drdrill::audit {
void check_failed_phase(Look& look) {
  for (const Call& call : look.calls)
    if (contains(call.line(), "status.phase=Failed") &&
        contains(look.procedures[call.procedure].about, "node"))
      look.report(call.place,
                  "pods of a node that is gone are not in phase Failed: they stay Running, then "
                  "Terminating, and this finds none");
}

void check_delete_on_dead_node(Look& look) {
  for (const Call& call : look.calls) {
    if (!changes(call, "delete") || !(call.has("pod") || call.has("pods"))) continue;
    // Of a node that is only slow or full, the kubelet answers.
    constexpr std::array<std::string_view, 14> gone{
        "node fail", "node-fail", "node loss",    "node-loss", "lost node",
        "node lost", "node down", "node is down", "dead node", "node crash",
        "notready",  "not ready", "unreachable",  "node gone"};
    const std::string& about = look.procedures[call.procedure].about;
    if (std::none_of(gone.begin(), gone.end(),
                     [&](std::string_view word) { return contains(about, word); }))
      continue;
    if (call.has("--force") || call.has("--wait=false") || contains(call.line(), "--timeout"))
      continue;
    // Of a node that joins, or is upgraded, the kubelet answers; and so it does for a pod that was
    // just made.
    const Followed& in = look.procedures[call.procedure];
    bool lost = in.purpose == Followed::Purpose::recovery;
    for (const std::string_view word :
         {"adding", "join", "upgrade", "maintenance", "update", "new "})
      lost = lost && !contains(in.about, word);
    const auto& calls = look.of(call.procedure);
    const bool made = std::any_of(calls.begin(), calls.end(), [&](const Call* other) {
      return changes(*other, "run") && !call.argv.empty() && other->has(call.argv.back());
    });
    if (!lost || made) continue;
    look.report(call.place,
                "kubectl waits until the kubelet has ended the pod, and the kubelet of a node that "
                "is gone never does: it returns when "
                "the node object is removed or comes back");
  }
}

void check_restart_of_all(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (!contains(look.procedures[p].about, "node failure") &&
        !contains(look.procedures[p].about, "node loss"))
      continue;
    for (const Call* call : look.of(p))
      if (changes(*call, "rollout") && call->has("restart")) {
        look.report(call->place,
                    "a restart replaces every pod, the healthy ones too, while there is a node "
                    "less; pods of the lost node "
                    "are replaced by their controller without it");
        break;
      }
  }
}

}  // namespace drdrill::audit
