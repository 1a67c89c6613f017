#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/yaml.hpp"

/// A standby takes over.
namespace drdrill::audit {
namespace {

/// Is there another pod of the same set, by what the texts or the platform say?
static bool has_others(const Look& look, const std::string& pod) {
  const std::string owner = owner_of(pod);
  if (owner.empty()) return false;
  if (look.input.platform)
    for (const ClusterSpec& cluster : look.input.platform->clusters)
      for (const kube::Workload& workload : cluster.initial.workloads)
        if (workload.meta.name == owner) return workload.replicas > 1;
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    return contains(call.line(), owner + "-1") || contains(call.line(), owner + "-2") ||
           call.pod == owner + "-1";
  });
}

/// Selectors and labels as "key=value", of JSON.
static std::vector<std::pair<std::string, std::string>> pairs_of(const Value& object) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (const auto& member : object.members) labels.emplace_back(member.key, member.value.text);
  return labels;
}

}  // namespace

void check_standby_view(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> promoted;
    for (const Call* call : look.of(p)) {
      if (contains(call->line(), "promote")) promoted.insert(call->pod);
      if (contains(lower(call->line()), "pg_stat_replication") && is_standby(call->pod) &&
          promoted.count(call->pod) == 0 && call->program() == "psql")
        look.report(call->place, "pg_stat_replication has rows on the primary only; on " +
                                     call->pod + " it is empty whether replication works or not");
    }
  }
}

void check_replica_choice(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> compared;
    for (const Call* call : look.of(p)) {
      const std::string line = lower(call->line());
      if (call->program() == "psql" &&
          (contains(line, "last_wal_receive") || contains(line, "last_wal_replay") ||
           contains(line, "pg_last_wal"))) {
        compared.insert(call->pod);
        // In a loop or a function it is asked of whichever pod comes.
        if (!call->loops.empty() || contains(call->pod, "?")) compared.insert("?");
        if (contains(call->pod, "?")) compared.insert("");
      }
      if (contains(line, "pg_promote") && call->program() == "psql" && compared.size() < 2 &&
          has_others(look, call->pod) && look.procedures[p].purpose != Followed::Purpose::other)
        look.report(call->place,
                    call->pod +
                        " is promoted whichever standby has received most: what another one has "
                        "more of is lost",
                    "postgres RPO");
    }
  }
}

/// After a promotion: what follows the old primary, and what is done to the new one.
void check_after_promotion(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* promoted = nullptr;
    bool follows = false;
    for (const Call* call : look.of(p)) {
      const std::string line = lower(call->line());
      if (contains(line, "pg_promote") && call->program() == "psql" && !promoted) promoted = call;
      follows = follows || contains(line, "primary_conninfo") || contains(line, "pg_rewind") ||
                contains(line, "pg_basebackup") || contains(line, "repmgr") ||
                contains(line, "patroni");
      if (!promoted || call == promoted || call->program() != "kubectl") continue;
      const std::string owner = owner_of(promoted->pod);
      const bool same =
          !owner.empty() && std::any_of(call->argv.begin(), call->argv.end(), [&](const auto& w) {
            return w.substr(w.rfind('/') + 1) == owner;
          });
      const bool replaces = (call->has("patch") && contains(line, "\"template\"")) ||
                            (call->has("rollout") && call->has("restart")) ||
                            (call->has("set") && (call->has("env") || call->has("image")));
      if (same && replaces)
        look.report_as("restarts-new-primary", call->place,
                       "it changes the pods of " + owner + ", so all of them are replaced, " +
                           promoted->pod + " too, which has just become the primary",
                       "postgres RTO");
    }
    if (promoted && !follows && has_others(look, promoted->pod) &&
        look.procedures[p].purpose == Followed::Purpose::recovery)
      look.report(promoted->place,
                  "nothing makes the other standbys follow " + promoted->pod +
                      " (primary_conninfo, pg_rewind or a new base backup), nor a standby of the "
                      "old primary when it is back",
                  "postgres RPO");
  }
}

/// The difference of what a standby received and replayed is its own affair.
void check_lag(Look& look) {
  for (const Call& call : look.calls) {
    const std::string line = lower(call.line());
    if (call.program() == "psql" && contains(line, "last_wal_receive_lsn() -") &&
        contains(line, "last_wal_replay_lsn"))
      look.report(call.place,
                  "what it received less what it replayed is 0 on a standby that the primary has "
                  "long been cut off from: it does not say how much is lost with the primary",
                  "postgres RPO");
  }
}

void check_selector(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::string promoted;
    bool labels = false;
    for (const Call* call : look.of(p)) {
      if (contains(call->line(), "pg_promote") && call->program() == "psql") promoted = call->pod;
      labels = labels || changes(*call, "label");
      if (!changes(*call, "patch") || !(call->has("service") || call->has("svc")) ||
          promoted.empty() || labels)
        continue;
      Problems ignored;
      const auto patch = kube::parse_yaml(call->option("-p", "--patch"), "patch", ignored);
      const Value* spec = patch ? patch->find("spec") : nullptr;
      const Value* selector = spec ? spec->find("selector") : nullptr;
      if (!selector) continue;
      const std::string owner = owner_of(promoted);
      const auto wanted = pairs_of(*selector);
      bool known = false, fits = false;
      std::string missing;
      if (look.input.platform)
        for (const ClusterSpec& cluster : look.input.platform->clusters)
          for (const kube::Workload& workload : cluster.initial.workloads)
            if (workload.meta.name == owner) {
              known = true;
              fits = true;
              for (const auto& [key, value] : wanted) {
                const std::string* has = kube::find_label(workload.pod_template().labels, key);
                if (!has || *has != value)
                  fits = false, missing = std::string(key).append("=").append(value);
              }
            }
      if (!known) {
        const auto role = std::find_if(wanted.begin(), wanted.end(), [](const auto& pair) {
          return pair.second == "primary" || pair.second == "master" || pair.second == "leader";
        });
        if (role == wanted.end()) continue;
        missing = std::string(role->first).append("=").append(role->second);
      }
      if (fits) continue;
      std::string text = "the Service selects ";
      text.append(missing).append(", and nothing gives ").append(promoted);
      text += " that label: it is not reached, and the Service has no endpoint or the old one";
      look.report(call->place, std::move(text), "postgres RTO");
    }
  }
}

/// if psql -c "SELECT pg_is_in_recovery()" | grep -q f; then … promote
void check_inverted_promotion(Look& look) {
  const auto promotes = [](const Call& call) {
    const std::string line = call.line();
    return contains(line, "pg_promote") || (contains(line, "pg_ctl") && contains(line, "promote"));
  };
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const auto& calls = look.of(p);
    for (std::size_t i = 1; i + 1 < calls.size(); ++i) {
      const Call& pattern = *calls[i];
      if (pattern.program() != "grep" || pattern.has("-v") || pattern.argv.back() != "f") continue;
      const bool asked = calls[i - 1]->piped && contains(calls[i - 1]->line(), "pg_is_in_recovery");
      if (asked && promotes(*calls[i + 1]))
        look.report(calls[i + 1]->place,
                    "pg_is_in_recovery() is \"t\" on a standby; behind `grep f` only a primary is "
                    "promoted, which answers with an error, and the standby never is",
                    "postgres RTO");
    }
  }
}

}  // namespace drdrill::audit
