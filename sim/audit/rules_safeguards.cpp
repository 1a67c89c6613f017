#include <algorithm>
#include <array>
#include <cstdlib>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/manifest.hpp"
#include "sim/kube/yaml.hpp"

/// What keeps a command from the wrong cluster, from more than it is meant for, or from waiting for
/// ever.
namespace drdrill::audit {
namespace {

bool is_drill(const Followed& followed) {
  return followed.purpose == Followed::Purpose::drill;
}

/// Is the cluster looked at, chosen or confirmed before something is done to it?
bool is_guarded(const std::vector<const Call*>& calls) {
  return std::any_of(calls.begin(), calls.end(), [](const Call* call) {
    const std::string line = lower(call->line());
    return !context_of(*call).empty() || call->program() == "read" ||
           contains(line, "current-context") || contains(line, "use-context") ||
           call->program() == "kubectx" || contains(line, "--dry-run") ||
           contains(line, "--kubeconfig") || contains(line, "confirm") ||
           contains(line, "production");
  });
}

bool breaks_something(const Call& call) {
  const auto scaled = scaled_by(call);
  return (scaled && scaled->replicas == "0") || changes(call, "drain") || changes(call, "delete") ||
         (changes(call, "apply") && contains(call.document, "NetworkPolicy"));
}

}  // namespace

void check_drain_timeout(Look& look) {
  for (const Call& call : look.calls)
    if (changes(call, "drain") && call.option("--timeout", "--timeout").empty() &&
        !call.has("--disable-eviction") && !call.has("--help"))
      look.report(
          call.place,
          "kubectl drain waits without end for pods that a PodDisruptionBudget keeps, and for "
          "those that do not stop; without --timeout nobody is told");
}

/// A script has no terminal when it is started by anything but a person.
void check_terminal(Look& look) {
  for (const Call& call : look.calls) {
    if (!of_call(look, call).is_script()) continue;
    // -t of docker build is a name.
    const bool docker = call.program() == "docker" && call.argv.size() > 1 &&
                        lists("exec run container compose", call.argv[1]);
    const bool exec = changes(call, "exec") || docker;
    if (!exec) continue;
    const auto stop = std::find(call.argv.begin(), call.argv.end(), "--");
    const bool terminal = std::any_of(call.argv.begin() + 1, stop, [](const std::string& word) {
      return word == "-it" || word == "-ti" || word == "-t" || word == "--tty" ||
             word == "--tty=true";
    });
    if (!terminal) continue;
    look.report(
        call.place,
        call.program() == "docker"
            ? "\"the input device is not a TTY\": docker refuses -t where no terminal is, and "
              "the step is not done"
            : "-t asks for a terminal, which a script that cron, CI or another script starts "
              "does not have; -i waits for input that never comes");
  }
}

/// Some commands say which cluster, and others of the same procedure do not.
void check_context_left_out(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> contexts;
    std::size_t with = 0;
    std::vector<const Call*> without;
    bool chosen = false;
    for (const Call* call : look.of(p)) {
      const std::string line = call->line();
      chosen = chosen || contains(line, "use-context") || call->program() == "kubectx" ||
               contains(line, "KUBECONFIG");
      if (call->program() != "kubectl" || call->argv.size() < 2 || call->argv[1] == "config" ||
          !call->option("--kubeconfig", "--kubeconfig").empty())
        continue;
      const std::string context = call->option("--context", "--context");
      if (context.empty()) {
        without.push_back(call);
      } else {
        ++with;
        contexts.insert(context);
      }
    }
    for (const Assigned& a : look.assigned)
      chosen = chosen || (a.procedure == p && a.name == "KUBECONFIG");
    // Where both are equally many, the other cluster may be the one that is set.
    if (chosen || with < 2 || contexts.size() > 1 || without.size() >= with) continue;
    for (const Call* call : without)
      look.report(call->place, "the other commands here say --context " + *contexts.begin() +
                                   "; this one goes to whichever cluster is set");
  }
}

void check_safeguard(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& followed = look.procedures[p];
    const auto& calls = look.of(p);
    if (!is_drill(followed) || !followed.is_script() || is_guarded(calls)) continue;
    const auto breaks = std::find_if(calls.begin(), calls.end(),
                                     [](const Call* call) { return breaks_something(*call); });
    if (breaks == calls.end()) continue;
    look.report(
        (*breaks)->place,
        "it breaks something in whichever cluster is set, without --context, a look at "
        "`kubectl config current-context` or a question: started in the wrong terminal, the "
        "exercise is an outage");
  }
}

/// A NetworkPolicy that takes every pod of a component at once.
void check_takes_all(Look& look) {
  for (const Call& call : look.calls) {
    if (!is_drill(of_call(look, call)) || call.document.empty() || !changes(call, "apply"))
      continue;
    Problems ignored;
    std::string text = call.document;
    std::replace(text.begin(), text.end(), '?', 'x');
    for (const Value& document : kube::parse_yaml_documents(text, "-", ignored)) {
      const Value* kind = document.find("kind");
      const Value* spec = document.find("spec");
      const Value* pods = spec ? spec->find("podSelector") : nullptr;
      if (!kind || kind->text != "NetworkPolicy" || !pods) continue;
      const Value* labels = pods->find("matchLabels");
      std::string words;
      bool one = pods->find("matchExpressions") != nullptr;
      if (labels)
        for (const Value::Member& member : labels->members) {
          words += (words.empty() ? "" : ",") + member.key + "=" + member.value.text;
          one = one || contains(member.key, "pod-name") || contains(member.key, "pod-index") ||
                contains(member.key, "drill") || contains(member.key, "chaos");
        }
      if (one) continue;
      // Until the next thing that waits.
      int seconds = 0;
      bool behind = false;
      for (const Call* next : look.of(call.procedure)) {
        behind = behind || next == &call;
        if (behind && next->program() == "sleep" && next->argv.size() > 1)
          seconds = std::max(seconds, std::atoi(next->argv[1].c_str()));
      }
      const auto component = component_of_text(words);
      const Objective* objective = component ? look.objective_of(*component) : nullptr;
      std::string evidence = "it cuts off every pod with " +
                             (words.empty() ? std::string("any labels") : words) + " at once";
      if (seconds > 0) evidence += ", for " + format_duration(std::chrono::seconds(seconds));
      const bool longer = objective && objective->rto && seconds > 0 &&
                          std::chrono::seconds(seconds) > *objective->rto;
      if (longer)
        evidence += ": an outage longer than the objective allows, and not the loss of one";
      else
        evidence += ": that is an outage, and not the loss of one";
      look.report(call.place, std::move(evidence),
                  longer ? objective_words(*objective, false) : std::string());
    }
  }
}

}  // namespace drdrill::audit
