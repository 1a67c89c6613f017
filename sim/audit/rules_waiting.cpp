#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Commands that wait for ever, and what is not waited for.
namespace drdrill::audit {

/// What scripts are called that are meant to go on for ever.
static constexpr std::array<std::string_view, 7> services{"watch", "daemon", "exporter",  "sidecar",
                                                          "agent", "poller", "entrypoint"};
void check_endless_loops(Look& look);

namespace {

/// The pods of a Job end, and what follows their output with them.
bool follows_a_job(const Look& look, const Call& call) {
  if (contains(lower(call.line()), "job")) return true;
  const auto& calls = look.of(call.procedure);
  return std::any_of(calls.begin(), calls.end(), [&](const Call* other) {
    const std::string line = other->line();
    return changes(*other, "create") && contains(line, " job");
  });
}

}  // namespace

void check_never_returns(Look& look) {
  check_endless_loops(look);
  for (std::size_t i = 0; i < look.calls.size(); ++i) {
    const Call& call = look.calls[i];
    if (call.background || call.substituted) continue;
    // A script for people has a function that shows them something until they have seen enough.
    if (call.in_function && call.program() != "pg_receivewal") continue;
    const auto program = call.program();
    std::string why;
    // With an option that it does not have it ends at once.
    if (program == "pg_receivewal" && call.option("-E", "--endpos").empty() &&
        !call.has("--create-slot") && !call.has("--drop-slot") && unknown_option(call).empty())
      why = "streams until it is killed";
    if (program == "tail" && (call.has("-f") || call.has("-F"))) why = "follows for ever";
    if (program == "watch") why = "repeats for ever";
    if (program == "kubectl" && call.has("port-forward")) why = "forwards until it is killed";
    if (program == "kubectl" && call.has("logs") && (call.has("-f") || call.has("--follow")))
      why = "follows for ever";
    if (why == "follows for ever" && program == "kubectl" && follows_a_job(look, call)) continue;
    if (program == "kubectl" && call.has("get") && (call.has("-w") || call.has("--watch")))
      why = "watches for ever";
    if (why.empty()) continue;
    const bool more =
        std::any_of(look.calls.begin() + static_cast<std::ptrdiff_t>(i), look.calls.end(),
                    [&](const Call& later) {
                      return later.procedure == call.procedure && later.step > call.step;
                    });
    // Somebody who only looks stops it with Ctrl-C.
    const bool typed = !of_call(look, call).is_script();
    if (!more && typed) continue;
    if (typed && program != "pg_receivewal") {
      look.report_as("waits-for-ctrl-c", call.place,
                     std::string(program) + " " + why +
                         ": whoever pastes these commands stays here until they press Ctrl-C");
      continue;
    }
    look.report(call.place,
                std::string(program) + " " + why + (more ? ": nothing after it is ever run" : ""));
  }
}

void check_endless_loops(Look& look) {
  for (const Look::EndlessLoop& loop : look.endless) {
    const Followed& in = look.procedures[loop.procedure];
    const auto& calls = look.of(loop.procedure);
    const bool more = loop.more_follows || std::any_of(calls.begin(), calls.end(), [&](auto* call) {
                        return call->step > loop.step;
                      });
    // What a container runs may go on for ever.
    const bool job = !in.pod || in.pod->restart_policy != "Always";
    if (!job || (!more && !in.is_script())) continue;
    // "config-watcher.sh" is started to watch, by whoever runs services.
    const std::string script = lower(in.procedure->script);
    const bool service = std::any_of(services.begin(), services.end(),
                                     [&](std::string_view word) { return contains(script, word); });
    if (service && !more) continue;
    // The last thing that a function does may be to watch until it is stopped.
    if (loop.in_function && !loop.more_follows) continue;
    const std::string text =
        std::string("the loop has no end") + (more ? ": nothing behind it is ever run" : "");
    if (in.is_script())
      look.report(loop.place, text);
    else
      look.report_as("waits-for-ctrl-c", loop.place, text + " until somebody presses Ctrl-C");
  }
}

void check_sleep(Look& look) {
  for (std::size_t i = 1; i + 1 < look.calls.size(); ++i) {
    const Call& call = look.calls[i];
    if (call.program() != "sleep" || call.procedure != look.calls[i - 1].procedure ||
        !call.loops.empty() || of_call(look, call).purpose == Followed::Purpose::drill)
      continue;
    const Call& before = look.calls[i - 1];
    const std::string line = before.line();
    const bool starts = before.program() == "kubectl" &&
                        (contains(line, " scale ") || contains(line, " apply") ||
                         contains(line, "rollout restart")) &&
                        !contains(line, "--replicas=0");
    if (starts && look.calls[i + 1].procedure == call.procedure)
      look.report(call.place,
                  call.line() +
                      " stands in for waiting: pods that take longer to start, or to attach "
                      "their volumes, are not there yet when it is over");
  }
}

void check_wait_after_start(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* started = nullptr;
    const Call* applied = nullptr;  // a whole platform, which takes its time
    std::string name;
    std::set<std::string> stopped;
    for (const Call* call : look.of(p)) {
      const auto scaled = scaled_by(*call);
      if (scaled && scaled->replicas == "0") stopped.insert(scaled->name);
      if (scaled && stopped.count(scaled->name) == 0) continue;
      if (scaled && !scaled->name.empty() && scaled->replicas != "0" && !scaled->replicas.empty()) {
        started = call;
        name = scaled->name;
        continue;
      }
      if (call->program() == "sleep" || changes(*call, "wait") ||
          (changes(*call, "rollout") && call->has("status")) || call->program() == "until")
        started = applied = nullptr;
      if (changes(*call, "apply") && !call->context.empty()) applied = call;
      if (changes(*call, "apply") && !call->option("--context", "--context").empty())
        applied = call;
      if (applied && !owner_of(call->pod).empty() && call->program() != "kubectl" &&
          call->step != applied->step) {
        look.report(call->place, "it runs in " + call->pod +
                                     " right after the apply that creates it; nothing " +
                                     "waits until there is such a pod and its server is ready");
        applied = nullptr;
      }
      if (started && owner_of(call->pod) == name && call->step != started->step &&
          call->argv.size() > 1) {
        look.report(call->place, call->pod +
                                     " is used at once after it was scaled up; nothing waits until "
                                     "it is there and ready");
        started = nullptr;
      }
    }
  }
}

void check_rollout_awaited(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::map<std::string, const Call*> restarted;
    bool named = false;  // it looks after one of several
    for (const Call* call : look.of(p)) {
      const bool looks = changes(*call, "wait") ||
                         (changes(*call, "get") &&
                          (call->has("pods") || call->has("pod") || call->has("deployment")));
      if (looks) restarted.clear();
      if (!changes(*call, "rollout")) continue;
      std::string name;
      for (std::size_t i = 3; i < call->argv.size(); ++i) {
        if (call->argv[i] == "-n" || call->argv[i] == "--namespace") {
          ++i;
          continue;
        }
        if (!call->argv[i].starts_with("-")) name += (name.empty() ? "" : "/") + call->argv[i];
      }
      if (call->has("restart")) restarted[name] = call;
      if (call->has("status")) named = restarted.erase(name) > 0 || named;
    }
    if (restarted.empty() || !named) continue;
    std::string names;
    for (const auto& [name, call] : restarted) names += (names.empty() ? "" : ", ") + name;
    look.report(restarted.begin()->second->place,
                "nothing waits for " + names + ": whether they came up again nobody sees");
  }
}

}  // namespace drdrill::audit
