#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"

/// What is not drilled, not copied, not held still while it is put back.
namespace drdrill::audit {
namespace {

struct Topic {
  std::string_view name;
  std::array<std::string_view, 4> words;  ///< any of which procedures and drills are about it
};
constexpr std::array<Topic, 6> topics{{
    {"a lost region", {"region", "complete infrastructure", "site failure", "datacenter"}},
    {"a recovery to a point in time", {"point-in-time", "point in time", "pitr", "pitr"}},
    {"a restore of a backup", {"restore", "backup", "restore", "restore"}},
    {"Redis", {"redis", "cache", "valkey", "redis"}},
    {"PostgreSQL", {"postgres", "database", "pg-", "pg_"}},
    {"a lost zone", {"availability zone", "zone-", "zone ", "az failure"}},
}};

bool is_about(const Topic& topic, std::string_view text) {
  return std::any_of(topic.words.begin(), topic.words.end(),
                     [&](std::string_view word) { return contains(text, word); });
}

/// What a procedure is called, and by the heading just above it.
std::string called(const Followed& followed) {
  std::string text = lower(followed.procedure->runbook.name + " " +
                           followed.procedure->runbook.title + " " + followed.procedure->script);
  const auto& headings = followed.procedure->headings;
  for (std::size_t i = headings.size() > 2 ? headings.size() - 2 : 0; i < headings.size(); ++i)
    text += " " + lower(headings[i]);
  return text;
}

/// Everything that a drill does.
std::string done_by(const Followed& followed) {
  std::string text = called(followed);
  for (const Step& step : followed.procedure->runbook.steps) text += " " + lower(step.run);
  return text;
}

bool restores_in_place(const Call& call) {
  const std::string line = lower(call.line() + call.document);
  std::string raw;
  for (const std::string& word : call.raw) raw += lower(word) + " ";
  for (const std::string_view elsewhere : {"/tmp/", "new_", "$new", "scratch", "staging", "temp_"})
    if (contains(line, elsewhere) || contains(raw, elsewhere)) return false;
  if (call.program() == "pg_restore")
    return !call.has("--list") && !call.has("-l") && !call.option("-d", "--dbname").empty();
  if (contains(line, "recovery_target") || contains(line, "recovery.signal")) return true;
  // A file of SQL may be anything, a correction or a question; a copy of the data is called so.
  return call.program() == "psql" && !call.has("-c") && contains(line, ".sql") &&
         (contains(line, "dump") || contains(line, "backup") || contains(line, "restore") ||
          contains(line, "snapshot"));
}

/// Does it keep clients away, or end them?
bool keeps_clients_away(const Call& call) {
  const auto scaled = scaled_by(call);
  const bool store =
      scaled && (contains(scaled->name, "postgres") || contains(scaled->name, "pg") ||
                 contains(scaled->name, "db") || contains(scaled->name, "redis"));
  if (scaled && scaled->replicas == "0" && !store) return true;
  const std::string line = lower(call.line() + call.document);
  for (const std::string_view word :
       {"networkpolicy", "maintenance", "systemctl stop", "compose stop", "docker stop", "pm2 stop",
        "service stop", "allow_connections", "pg_terminate_backend", "read_only", "read-only",
        "revoke connect", "pause", "ingress", "pgbouncer", "pg_hba", "writes_disabled",
        "disable_writes", "disable-writes"})
    if (contains(line, word)) return true;
  return changes(call, "patch") && contains(line, "service");
}

}  // namespace

/// Recoveries that no exercise touches.
void check_undrilled(Look& look) {
  std::set<std::string> files;
  for (const Followed& followed : look.procedures)
    if (followed.purpose == Followed::Purpose::drill && !followed.of_manifest)
      files.insert(followed.file);
  for (const std::string& file : files) {
    SourcePlace place;
    std::string drilled, recovered;
    for (const Followed& followed : look.procedures) {
      if (followed.file != file) continue;
      if (followed.purpose == Followed::Purpose::drill) {
        if (place.line == 0) place = followed.procedure->runbook.place;
        drilled += " " + done_by(followed);
      }
      if (followed.purpose == Followed::Purpose::recovery) recovered += " " + called(followed);
    }
    std::string missing;
    for (const Topic& topic : topics)
      if (is_about(topic, recovered) && !is_about(topic, drilled))
        missing += (missing.empty() ? "" : ", ") + std::string(topic.name);
    if (!missing.empty())
      look.report(place, "there are procedures for " + missing +
                             ", and no exercise of them: whether they work comes out in the "
                             "disaster");
  }
}

/// A restore while clients go on writing.
void check_clients_kept_away(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& followed = look.procedures[p];
    if (followed.purpose != Followed::Purpose::recovery || followed.of_manifest) continue;
    const std::string name = called(followed);
    // A region that is lost has no clients, and a server for the test has none either.
    bool spared = false;
    for (const std::string_view word : {"region", "test", "scratch", "verif", "drill", "complete"})
      spared = spared || contains(name, word);
    if (spared) continue;
    const Call* restore = nullptr;
    bool away = false;
    for (const Call* call : look.of(p)) {
      if (restores_in_place(*call) && !restore) restore = call;
      away = away || keeps_clients_away(*call) ||
             contains(lower(call->option("-d", "--dbname")), "test");
    }
    if (restore && !away)
      look.report(restore->place,
                  "nothing stops the services that write while it restores: what they write in "
                  "between is lost or mixed with what is put back, and the first that connect take "
                  "a half restored database for the whole",
                  "postgres RPO");
  }
}

/// Backups of data, and of nothing that the data needs.
void check_not_backed_up(Look& look) {
  const Call* first = nullptr;
  bool everything = false, secrets = false;
  std::set<std::string> needed;
  for (const Call& call : look.calls) {
    const std::string line = lower(call.line());
    everything = everything || call.program() == "velero" || contains(line, "etcdctl snapshot") ||
                 contains(line, "k8up");
    for (const std::string_view word : {"sealed", "sops", "vault", "external-secrets", "kubeseal"})
      secrets = secrets || contains(line, word);
    const bool kept = !call.targets.empty() || call.piped;
    if (call.program() == "kubectl" && call.has("get") && kept && contains(line, "secret"))
      secrets = true;
    if (writes_backup(call) && of_call(look, call).purpose == Followed::Purpose::backup && !first)
      first = &call;
  }
  const auto uses = [&](const kube::PodTemplate& pod) {
    for (const kube::Container& container : pod.containers)
      for (const kube::EnvVar& variable : container.env)
        if (variable.from.starts_with("secret/"))
          needed.insert(variable.from.substr(7, variable.from.find('/', 7) - 7));
    for (const kube::Volume& volume : pod.volumes)
      if (volume.kind == kube::Volume::Kind::secret) needed.insert(volume.source);
  };
  bool buckets = false;
  for (const Placed& placed : look.objects) {
    if (const auto* workload = std::get_if<kube::Workload>(placed.object))
      uses(workload->pod_template());
    if (const auto* job = std::get_if<kube::CronJob>(placed.object)) uses(*job->job.pod_template);
    if (const auto* ingress = std::get_if<kube::Ingress>(placed.object))
      for (const std::string& secret : *ingress->tls_secrets) needed.insert(secret);
    const std::string kind = kube::kind_of(*placed.object);
    everything = everything || kind == "Schedule" || kind == "Backup";
    secrets = secrets || kind == "SealedSecret" || kind == "ExternalSecret";
  }
  if (look.input.platform)
    for (const ClusterSpec& cluster : look.input.platform->clusters)
      for (const kube::Workload& workload : cluster.initial.workloads)
        for (const kube::Container& container : workload.pod_template().containers)
          buckets = buckets || contains(kube::image_repository(container.image), "minio");
  bool copied = false;
  for (const Call& call : look.calls)
    copied = copied || call.program() == "mc" || call.program() == "rclone";
  if (!first || everything || (secrets && (!buckets || copied)) || needed.empty()) return;
  std::string text = "it copies data alone: with the cluster";
  if (!secrets) text += " the Secrets that pods start with (" + joined(needed) + "), certificates";
  if (buckets && !copied) text += std::string(secrets ? "" : ",") + " what MinIO keeps";
  look.report(first->place, text +
                                " and the objects' own definitions are gone, and nothing given "
                                "here makes a copy of them");
}

}  // namespace drdrill::audit
