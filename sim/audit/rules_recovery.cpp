#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// The order and the end of what a recovery does, as far as they are known without running it.
namespace drdrill::audit {
namespace {

bool is_recovery(const Look& look, std::size_t p) {
  return look.procedures[p].purpose == Followed::Purpose::recovery;
}

/// Work that can wait is put aside for an incident, and a selector is no name.
bool may_stay_down(const std::string& name) {
  const std::string low = lower(name);
  for (const std::string_view word :
       {"batch", "worker", "cron", "job", "consumer", "=", "treatment", "canary", "experiment"})
    if (contains(low, word)) return true;
  return false;
}

}  // namespace

void check_kinds(Look& look) {
  // Owners of numbered pods that commands name, by namespace: others may have the same names.
  std::map<std::pair<std::string, std::string>, std::string> pods;
  std::string of;
  for (const Call& call : look.calls) {
    if (call.program() == "kubectl") of = namespace_of(call);
    if (!call.pod.empty() && !owner_of(call.pod).empty())
      pods.emplace(std::pair(of, owner_of(call.pod)), call.pod);
  }
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl") continue;
    const std::string here = namespace_of(call);
    for (const std::string_view verb : {"scale", "patch", "rollout"}) {
      if (!call.has(verb)) continue;
      for (std::size_t i = 1; i < call.argv.size(); ++i) {
        std::string kind = call.argv[i], name = i + 1 < call.argv.size() ? call.argv[i + 1] : "";
        if (const std::size_t slash = kind.find('/'); slash != std::string::npos) {
          name = kind.substr(slash + 1);
          kind.resize(slash);
        }
        kind = full_kind(kind);
        if (kind != "deployment" && kind != "statefulset") continue;
        const auto known = look.kinds.find(name);
        if (known != look.kinds.end() && known->second.count(kind) == 0)
          look.report(call.place, std::string("there is no ")
                                      .append(kind)
                                      .append(" ")
                                      .append(name)
                                      .append(", it is a ")
                                      .append(*known->second.begin())
                                      .append(": NotFound, and nothing is changed"));
        else if (known == look.kinds.end() && kind == "deployment" && pods.count({here, name}) != 0)
          look.report(call.place,
                      name + " is treated as a Deployment here, and its pod is called " +
                          pods[{here, name}] +
                          " elsewhere, as only a StatefulSet's is: one of them is NotFound");
        break;
      }
      break;
    }
  }
}

void check_exec_after_stop(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::map<std::string, bool> stopped;
    std::set<std::string> said;
    for (const Call* call : look.of(p)) {
      const std::string in = context_of(*call) + "/";
      if (const auto scaled = scaled_by(*call); scaled && !scaled->name.empty())
        stopped[in + scaled->name] = scaled->replicas == "0";
      std::string owner = owner_of(call->pod);
      if (owner.empty() && stopped.count(in + call->pod) != 0) owner = call->pod;
      if (owner.empty() || !stopped[in + owner] ||
          !said.insert(owner + std::to_string(call->step)).second)
        continue;
      look.report(call->place, "it runs " + std::string(call->program()) + " in " + call->pod +
                                   ", which an earlier step has scaled away: "
                                   "there is no pod to run it in");
    }
  }
}

/// Do commands that the same document has further down, under another heading, start it again?
static bool scaled_back_below(const Look& look, std::size_t procedure, const std::string& name) {
  const Followed& here = look.procedures[procedure];
  if (here.is_script()) return false;
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    const Followed& there = of_call(look, call);
    const auto scaled = scaled_by(call);
    return scaled && scaled->name == name && scaled->replicas != "0" && !there.is_script() &&
           there.file == here.file && call.procedure > procedure;
  });
}

/// Does a step say in words that something is scaled up again?
static bool scaled_back_by_hand(const Look& look, std::size_t procedure) {
  const auto& steps = look.procedures[procedure].procedure->runbook.steps;
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    const std::string title = lower(step.title);
    return step.run.empty() && contains(title, "scale") &&
           (contains(title, " up") || contains(title, "back"));
  });
}

void check_scaled_back(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    // What is cut off on purpose stays so until somebody decides.
    bool isolates = false;
    for (const std::string_view word : {"breach", "isolat", "security", "containment", "shutdown",
                                        "shut down", "decommission", "maintenance"})
      isolates = isolates || contains(look.procedures[p].about, word);
    const auto purpose = look.procedures[p].purpose;
    if (isolates || (purpose != Followed::Purpose::recovery && purpose != Followed::Purpose::drill))
      continue;
    std::map<std::string, const Call*> stopped;
    std::set<std::string> started;
    bool promotes = false;
    for (const Call* call : look.of(p)) {
      promotes = promotes || contains(call->line(), "promote");
      const auto scaled = scaled_by(*call);
      if (!scaled || scaled->name.empty()) continue;
      const std::string name = context_of(*call) + "/" + scaled->name;
      if (scaled->replicas != "0") {
        stopped.erase(name);
        started.insert(name);
      } else if (started.count(name) == 0 && !may_stay_down(scaled->name)) {
        // What it started itself it puts back.
        stopped[name] = call;
      }
    }
    for (const auto& [key, call] : stopped) {
      const std::string name = key.substr(key.find('/') + 1);
      if (!promotes && (scaled_back_below(look, p, name) || scaled_back_by_hand(look, p))) continue;
      // In a cluster of its own that is lost or left, it is fenced.
      if (!key.starts_with('/') && promotes) continue;
      look.report(
          call->place,
          name + " is scaled to 0 and never back" +
              (promotes ? ": after it there is one server fewer, and nothing makes a new standby"
                        : ", so the platform is left without it"));
    }
    // A standby set scaled down to what is the primary now.
    for (const Call* call : look.of(p)) {
      const auto scaled = scaled_by(*call);
      if (promotes && scaled && is_standby(scaled->name) && scaled->replicas == "1" &&
          is_recovery(look, p))
        look.report(call->place, scaled->name +
                                     " with 1 replica is the new primary alone: no standby is left "
                                     "and the next failure loses data");
    }
  }
}

void check_autoscaler(Look& look) {
  if (!look.input.platform) return;
  // While nothing runs the autoscaler rests; who scales up again wakes it.
  std::set<std::pair<std::size_t, std::string>> stopped;
  for (const Call& call : look.calls) {
    const auto scaled = scaled_by(call);
    if (!scaled) continue;
    if (scaled->replicas == "0")  // all of them, where none is named
      stopped.emplace(call.procedure, call.has("--all") ? "" : scaled->name);
    if (scaled->name.empty() || stopped.count({call.procedure, scaled->name}) != 0 ||
        stopped.count({call.procedure, ""}) != 0)
      continue;
    const std::string ns = namespace_of(call);
    bool said = false;
    for (const ClusterSpec& cluster : look.input.platform->clusters)
      for (const kube::HorizontalPodAutoscaler& hpa : cluster.initial.autoscalers) {
        // What it would not go below is what it would set itself.
        const bool least = scaled->replicas == std::to_string(hpa.min_replicas);
        const bool there = ns.empty() || contains(ns, "?") || ns == hpa.meta.ns;
        if (said || least || !there) continue;
        said = hpa.target_name == scaled->name && call.context.empty();
        if (said)
          look.report(call.place, "the HorizontalPodAutoscaler of " + scaled->name + " (" +
                                      std::to_string(hpa.min_replicas) + " to " +
                                      std::to_string(hpa.max_replicas) +
                                      ") sets its own number again within a minute or so");
      }
  }
}

namespace {

/// Before anything was done a question is no proof.
bool acts_on_platform(const Call& call) {
  for (const std::string_view verb : {"scale", "patch", "apply", "delete", "rollout"})
    if (changes(call, verb)) return true;
  const std::string line = lower(call.line());
  for (const std::string_view word :
       {"promote", "failover", "pg_restore", "dns_records", "restore"})
    if (contains(line, word)) return true;
  return false;
}

/// The name whose record the request changes; empty: none.
std::string name_moved_by(const Call& call) {
  if (call.program() != "curl") return {};
  const std::string line = call.line();
  const std::size_t name = line.find("\"name\":\"");
  if (name == std::string::npos || !contains(line, "dns_records")) return {};
  const std::string rest = line.substr(name + 8);
  return rest.substr(0, rest.find('"'));
}

void check_proof(Look& look, const Call& call, const std::set<std::string>& moved) {
  const std::string line = lower(call.line());
  if (call.program() == "psql" && (contains(line, "select 1") || contains(line, "select now()")))
    look.report(call.place,
                "it succeeds on any server that runs, a standby or an empty database, too: it "
                "shows neither that data is there nor that writes work");
  const bool url =
      call.program() == "curl" && contains(line, "://") && !contains(line, "dns_records");
  for (const std::string& host : moved)
    if (url && !contains(line, "://" + host))
      look.report(call.place, "clients use " + host +
                                  ", and it asks another name: it succeeds whether that record "
                                  "was moved or not");
  if (call.program() == "redis-cli" && contains(line, "dbsize") &&
      contains(of_call(look, call).about, "cluster"))
    look.report(call.place,
                "DBSIZE counts the keys of one server and says nothing of the others, nor of "
                "what was lost");
}

}  // namespace

void check_weak_proof(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (!is_recovery(look, p)) continue;
    bool acted = false;
    std::set<std::string> moved;
    for (const Call* call : look.of(p)) {
      if (acted) check_proof(look, *call, moved);
      acted = acted || acts_on_platform(*call);
      if (std::string name = name_moved_by(*call); !name.empty()) moved.insert(std::move(name));
    }
  }
}

/// Some workloads of a component are restarted, and others of it are not.
void check_siblings(Look& look) {
  if (!look.input.platform) return;
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (!is_recovery(look, p)) continue;
    std::map<std::string, const Call*> restarted;
    for (const Call* call : look.of(p))
      if (changes(*call, "rollout") && call->has("restart"))
        for (const std::string& word : call->argv)
          restarted.emplace(word.substr(word.rfind('/') + 1), call);
    std::map<WorkloadModel::Kind, std::pair<const Call*, std::set<std::string>>> kinds;
    std::map<WorkloadModel::Kind, int> named;
    for (const WorkloadModel& model : look.input.platform->workloads) {
      if (model.cluster != 0 || model.kind == WorkloadModel::Kind::plain) continue;
      auto& [call, missing] = kinds[model.kind];
      const auto found = restarted.find(model.workload);
      if (found == restarted.end()) {
        missing.insert(model.workload);
      } else {
        if (!call) call = found->second;
        ++named[model.kind];
      }
    }
    for (const auto& [kind, rest] : kinds)
      if (named[kind] > 1 && !rest.second.empty())
        look.report(rest.first->place,
                    joined(rest.second) + (rest.second.size() == 1 ? " is" : " are") +
                        " of the same component, and nothing is done or checked for " +
                        (rest.second.size() == 1 ? "it" : "them"));
  }
}

/// Everything is asked of the one server that the procedure is about.
void check_asks_failed(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const std::string& about = look.procedures[p].procedure->runbook.name;
    const bool master = contains(about, "master") || contains(about, "primary");
    const bool fails =
        contains(about, "fail") || contains(about, "loss") || contains(about, "down");
    if (!is_recovery(look, p) || !master || !fails) continue;
    std::set<std::string> asked;
    const Call* first = nullptr;
    for (const Call* call : look.of(p)) {
      if (call->pod.empty() || contains(call->pod, "?")) continue;
      asked.insert(call->pod);
      if (!first) first = call;
    }
    if (asked.empty()) continue;
    const std::string& pod = first->pod;
    if (!contains(pod, "master") && !contains(pod, "primary")) continue;
    if (asked.size() == 1)
      look.report(first->place, "every command of this goes to " + pod +
                                    ": where that is the one that failed, none is answered");
    else
      look.report(first->place,
                  "it begins with a question to " + pod +
                      ", the one that has failed: no answer, after a timeout, is all that comes, "
                      "and it does not tell a dead server from a lost network (ask from another "
                      "one, through the Service)");
  }
}

}  // namespace drdrill::audit
