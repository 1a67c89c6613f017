#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Another region takes over.
namespace drdrill::audit {
namespace {

/// What a workload is, as manifests have it; else as its name says. Nothing: neither tells.
std::optional<bool> is_database(const Look& look, const std::string& name) {
  for (const Placed& placed : look.objects)
    if (const auto* workload = std::get_if<kube::Workload>(placed.object);
        workload && workload->meta.name == name)
      return std::any_of(workload->pod_template().containers.begin(),
                         workload->pod_template().containers.end(), [](const auto& container) {
                           return component_of_text(container.image) == ComponentId::postgres ||
                                  contains(container.image, "spilo") ||
                                  contains(container.image, "sql");
                         });
  if (const auto of_name = component_of_text(name)) return of_name == ComponentId::postgres;
  const std::string low = lower(name);
  if (contains(low, "?") || contains(low, "$")) return std::nullopt;
  for (const std::string_view word : {"pg", "db", "sql", "patroni", "timescale", "primary"})
    if (contains(low, word)) return true;
  return false;
}

/// Does it keep the old primary from writing: is that stopped, or cut off, and not something else?
bool fences(const Look& look, const Call& call) {
  const std::string line = lower(call.line());
  const auto scaled = scaled_by(call);
  const bool deletes =
      call.program() == "kubectl" && call.has("delete") &&
      std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& word) {
        return lists("statefulset deployment networkpolicy namespace", full_kind(word));
      });
  if (scaled || deletes) {
    if (scaled && scaled->replicas != "0") return false;
    const std::string name = scaled ? scaled->name : call.argv.back();
    const bool all = name.empty() || call.has("--all") || call.has("-l") ||
                     contains(line, "networkpolic") || contains(line, "namespace");
    return all || (is_database(look, name).value_or(true) && !is_standby(name));
  }
  for (const std::string_view way : {"pg_ctl stop",
                                     "pg_ctlcluster",
                                     "systemctl stop",
                                     "service postgresql stop",
                                     "stop-instances",
                                     "docker stop",
                                     "compose stop",
                                     "compose down",
                                     "instances stop",
                                     "networkpolicy",
                                     "default_transaction_read_only",
                                     "revoke-security-group",
                                     "patronictl",
                                     "repmgr",
                                     "iptables",
                                     "uninstall",
                                     "demote",
                                     "fence",
                                     "poweroff",
                                     "shutdown"})
    if (contains(line, way) || contains(lower(call.document), way)) return true;
  return call.has("cordon") || call.has("drain");
}

/// Does a step by hand say that the old region is stopped or cut off?
bool fences_by_hand(const Followed& followed) {
  const auto& steps = followed.procedure->runbook.steps;
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    if (!step.run.empty() && !step.by_hand) return false;
    const std::string low = lower(step.title);
    for (const std::string_view word :
         {"fence", "isolat", "stop ", "shut", "power", "block", "read-only", "cut off", "demote"})
      if (contains(low, word)) return true;
    return false;
  });
}

constexpr std::array<std::string_view, 7> ways_back{
    "failback",          "fail back",  "fail-back",          "switch back",
    "return to primary", "switchback", "fallback to primary"};

bool speaks_of_way_back(std::string_view text) {
  return std::any_of(ways_back.begin(), ways_back.end(),
                     [&](std::string_view way) { return contains(text, way); });
}

bool has_way_back(const Look& look) {
  return std::any_of(look.input.texts.begin(), look.input.texts.end(),
                     [](const DocumentText& document) {
                       return speaks_of_way_back(lower(document.text));
                     }) ||
         std::any_of(look.procedures.begin(), look.procedures.end(),
                     [](const Followed& f) { return speaks_of_way_back(f.about); });
}

}  // namespace

void check_traffic_first(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* dns = nullptr;
    bool made_ready = false;
    for (const Call* call : look.of(p)) {
      const std::string line = call->line();
      const bool moves =
          (call->program() == "curl" && contains(line, "dns_records") &&
           !contains(line, "-X GET")) ||
          (call->program() == "aws" && contains(line, "change-resource-record-sets")) ||
          (call->program() == "gcloud" && contains(line, "record-sets") &&
           !contains(line, " list")) ||
          (call->program() == "az" && contains(line, "network dns record-set")) ||
          (call->program() == "doctl" && contains(line, "records update"));
      if (moves && !dns) dns = call;
      const auto scaled = scaled_by(*call);
      const bool starts =
          changes(*call, "apply") || (scaled && scaled->replicas != "0") ||
          call->program() == "pg_restore" || contains(lower(line), "pg_promote") ||
          (call->program() == "argocd" && (call->has("sync") || call->has("create"))) ||
          (call->program() == "helm" && (call->has("install") || call->has("upgrade"))) ||
          (call->program() == "flux" && (call->has("resume") || call->has("reconcile"))) ||
          (call->program() == "terraform" && call->has("apply")) ||
          (call->program() == "aws" &&
           (contains(line, "promote-read-replica") || contains(line, "failover-db-cluster") ||
            contains(line, "update-nodegroup")));
      // What is started before the move is what clients are sent to.
      if (!dns) made_ready = made_ready || starts;
      if (!dns || !starts || call == dns || made_ready) continue;
      look.report(dns->place,
                  "clients are sent to the other region before anything runs there; what starts it "
                  "comes later (line " +
                      std::to_string(call->place.line) + ")",
                  "platform RTO");
      break;
    }
  }
}

void check_failback(Look& look) {
  const Followed* failover = nullptr;
  std::size_t index = 0;
  for (std::size_t p = 0; p < look.procedures.size() && !failover; ++p) {
    const Followed& f = look.procedures[p];
    const auto& calls = look.of(p);
    const bool moves = std::any_of(calls.begin(), calls.end(), [](const Call* c) {
      return contains(c->line(), "dns_records");
    });
    if (f.purpose == Followed::Purpose::recovery && !speaks_of_way_back(f.about) &&
        (contains(f.about, "region") || moves))
      failover = &f, index = p;
  }
  if (!failover) return;
  if (!has_way_back(look))
    look.report(failover->procedure->runbook.place,
                "nothing says how to go back: when the lost region returns, its database starts "
                "beside the new one");
  const auto& calls = look.of(index);
  const bool data = std::any_of(calls.begin(), calls.end(), [](const Call* c) {
    return c->program() == "pg_restore" || contains(c->line(), "promote");
  });
  const bool redis = std::any_of(calls.begin(), calls.end(), [](const Call* c) {
    return contains(lower(c->line()), "redis") || contains(c->line(), ".rdb");
  });
  if (data && !redis && look.objective_of(ComponentId::redis))
    look.report_as("failover-misses-component", failover->procedure->runbook.place,
                   "it brings back the database and nothing of Redis: what Redis held is lost, and "
                   "nothing makes its cluster",
                   objective_words(*look.objective_of(ComponentId::redis), true));
  const bool fenced = fences_by_hand(*failover) ||
                      std::any_of(calls.begin(), calls.end(),
                                  [&](const Call* call) { return fences(look, *call); });
  if (!fenced && data)
    look.report_as("old-primary-not-fenced", failover->procedure->runbook.place,
                   "nothing stops the old region from writing: where it is only cut off, or comes "
                   "back, both accept writes that cannot be merged");
}

/// A lifetime that is set when the record moves is too late for this move.
void check_dns_lifetime(Look& look) {
  for (const Call& call : look.calls)
    if (call.program() == "curl" && contains(call.line(), "dns_records") &&
        contains(call.line(), "\"ttl\"") && !contains(call.line(), "-X POST"))
      look.report(
          call.place,
          "the ttl of this request counts from now on: resolvers keep the old answer for as "
          "long as the record's ttl was before",
          "load-balancer RTO");
}

}  // namespace drdrill::audit
