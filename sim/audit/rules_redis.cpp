#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Redis clusters that are made anew, and masters that are not where they were.
namespace drdrill::audit {
namespace {

bool makes_cluster(const Call& call) {
  if (call.program() != "redis-cli") return false;
  for (std::size_t i = 1; i + 1 < call.argv.size(); ++i) {
    const std::string word = lower(call.argv[i]), verb = lower(call.argv[i + 1]);
    if (word == "--cluster" && verb == "create") return true;
    // As it is often written, and meant.
    if (word == "cluster" && (verb == "init" || verb == "create")) return true;
  }
  return false;
}

/// Whether slots may be given away is asked whatever else is said: redis-cli.c,
/// clusterManagerFixSlotsCoverage, "we want explicit manual confirmation".
bool fixes_cluster(const Call& call) {
  if (call.program() != "redis-cli") return false;
  const auto word = std::find(call.argv.begin(), call.argv.end(), "--cluster");
  return word != call.argv.end() && word + 1 != call.argv.end() && *(word + 1) == "fix";
}

/// Is what the servers hold taken away, and not only what they know of each other?
bool empties(const Call& call) {
  const std::string line = lower(call.line());
  const bool removes = call.program() == "rm" ||
                       (changes(call, "delete") && contains(line, "pvc")) ||
                       (changes(call, "delete") && contains(line, "persistentvolumeclaim"));
  if (removes &&
      (contains(line, ".rdb") || contains(line, ".aof") || contains(line, "appendonly") ||
       contains(line, "/data/*") || contains(line, "pvc") ||
       contains(line, "persistentvolumeclaim") || line.ends_with("/data")))
    return true;
  return call.program() == "redis-cli" &&
         (contains(line, "flushall") || contains(line, "cluster reset"));
}

}  // namespace

void check_cluster_create(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    bool emptied = false, forgets = false, restarted = false;
    const Call* before = nullptr;
    for (const Call* call : look.of(p)) {
      emptied = emptied || empties(*call);
      forgets = forgets || (call->program() == "rm" && contains(call->line(), "nodes.conf"));
      const auto scaled = scaled_by(*call);
      restarted = restarted || (scaled && contains(scaled->name, "redis"));
      // `echo yes |` before it answers.
      const bool answered = before && before->piped;
      before = call;
      if (fixes_cluster(*call) && !answered && look.procedures[p].is_script())
        look.report_as(
            "asks-for-yes", call->place,
            "redis-cli --cluster fix asks \"type 'yes' to accept\" before it gives slots "
            "an owner, --cluster-yes or not, and a script has nobody to type it");
      if (!makes_cluster(*call)) continue;
      if (!emptied && (forgets || restarted))
        look.report(call->place,
                    "the servers come up with the data of their append-only file or snapshot" +
                        std::string(forgets ? ", for only nodes.conf was removed"
                                            : " and with their nodes.conf") +
                        ": redis-cli --cluster create refuses them (\"Node … is not empty\")",
                    "redis RTO");
      const bool asks =
          std::find(call->argv.begin(), call->argv.end(), "--cluster") != call->argv.end() &&
          !call->has("--cluster-yes");
      if (asks && !answered && look.procedures[p].is_script())
        look.report_as("asks-for-yes", call->place,
                       "redis-cli --cluster create asks \"type 'yes' to accept\" and a script has "
                       "nobody to type it: nothing is made");
    }
  }
}

/// Can another server become master: of a cluster, or by Sentinel? A single one stays what it is.
static bool may_fail_over(const Look& look) {
  const auto says = [](std::string_view text) {
    return contains(text, "cluster-enabled") || contains(text, "sentinel") ||
           contains(text, "--cluster") || contains(text, "redis-cluster");
  };
  for (const Placed& placed : look.objects) {
    if (says(lower(kube::meta_of(*placed.object).name))) return true;
    if (const auto* map = std::get_if<kube::ConfigMap>(placed.object))
      for (const auto& [key, text] : *map->data)
        if (says(text)) return true;
  }
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    const std::string line = lower(call.line());
    const bool many = !owner_of(call.option("-h", "-h")).empty() || !owner_of(call.pod).empty();
    return call.program() == "redis-cli" && (many || says(line) || contains(line, " cluster "));
  });
}

/// "redis-master-0" is a pod's name and no role.
void check_fixed_masters(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].purpose != Followed::Purpose::backup) continue;
    const Call* first = nullptr;
    bool asks = false;
    for (const Call* call : look.of(p)) {
      if (call->program() != "redis-cli") continue;
      const std::string line = lower(call->line());
      // Where the answer is only kept, nobody has looked at it.
      const bool looks = contains(line, "role") || contains(line, "info replication") ||
                         (contains(line, "cluster nodes") && (call->piped || call->substituted));
      asks = asks || looks;
      const std::string host = call->option("-h", "-h");
      if ((contains(host, "master") || contains(call->pod, "master")) && !first) first = call;
    }
    if (first && !asks && may_fail_over(look))
      look.report(first->place,
                  "the masters are written down, and after a failover they are others: the server "
                  "that is down is the one that is asked, and what took over from it is not backed "
                  "up (CLUSTER NODES, or SENTINEL GET-MASTER-ADDR-BY-NAME, say who is a master)",
                  "redis RPO");
  }
}

void check_cluster_join(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Call* replicate = nullptr;
    bool meets = false;
    bool anew = false;
    for (const Call* call : look.of(p)) {
      const std::string line = lower(call->line());
      if (call->program() != "redis-cli" && !contains(line, "nodes.conf")) continue;
      meets = meets || contains(line, "cluster meet") || contains(line, "add-node") ||
              contains(line, "--cluster-replicas");
      anew = anew || contains(line, "nodes.conf") || contains(line, "cluster create") ||
             contains(line, "cluster init") || contains(line, "cluster reset");
      if (contains(line, "cluster replicate") && !replicate) replicate = call;
    }
    if (replicate && anew && !meets)
      look.report(replicate->place,
                  "a server that has met nobody knows no master by that id: CLUSTER REPLICATE "
                  "answers \"ERR Unknown node\" (CLUSTER MEET comes before)");
  }
}

void check_partial_reset(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> reset, all;
    const Call* first = nullptr;
    for (const Call* call : look.of(p)) {
      if (call->program() == "rm" && contains(call->line(), "nodes.conf")) {
        reset.insert(call->pod);
        if (!first) first = call;
      }
      if (!call->pod.empty()) all.insert(owner_of(call->pod));
      if (const auto scaled = scaled_by(*call)) all.insert(scaled->name);
    }
    if (first && reset.size() == 1 && first->loops.empty() && all.size() > 1)
      look.report(
          first->place,
          "nodes.conf is removed on " + *reset.begin() +
              " only; the others keep the old cluster, and a new one cannot be made of them");
  }
}

}  // namespace drdrill::audit
