#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Where backups lie, and whether anything can be made of them.
namespace drdrill::audit {
namespace {

bool says(const Value& value, std::string_view path) {
  return contains(value.text, path) ||
         std::any_of(value.items.begin(), value.items.end(),
                     [&](const Value& item) { return says(item, path); }) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [&](const Value::Member& member) { return says(member.value, path); });
}

/// Is the path named in a manifest, or by a command that brings files from elsewhere?
bool is_brought(const Look& look, std::string_view path) {
  for (const Manifests& file : look.input.manifests)
    for (const Value& document : file.documents)
      if (says(document, path)) return true;
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    const bool brings = (call.program() == "kubectl" && call.has("cp")) ||
                        lists(
                            "aws rclone gsutil mc s3cmd rsync scp curl wget docker gunzip "
                            "gzip gpg openssl tar zstd",
                            call.program());
    return brings && contains(call.line(), path);
  });
}

}  // namespace

void check_restore_source(Look& look) {
  // What backups write, as stems before the first thing that varies.
  std::vector<std::string> made;
  for (const Call& call : look.calls) {
    for (const std::string& word : call.argv)
      for (const std::string_view option : {"--file=", "--directory=", "--pgdata="})
        if (word.starts_with(option)) made.push_back(word.substr(option.size()));
    for (const std::string& option : {call.option("-f", "--file"), call.option("--rdb", "--rdb"),
                                      call.option("-D", "--pgdata")})
      if (!option.empty()) made.push_back(option);
    for (const std::string& target : call.targets) made.push_back(target);
    if ((call.program() == "cp" || call.program() == "mv" || call.program() == "ln") &&
        call.argv.size() > 2)
      made.push_back(call.argv.back());
  }
  if (made.empty()) return;
  const auto exists = [&](const std::string& path) {
    return std::any_of(made.begin(), made.end(), [&](const std::string& file) {
      const std::string stem = file.substr(0, file.find_first_of("?*"));
      return path == file || (stem.size() > 3 && path.starts_with(stem));
    });
  };
  // Of backups that another document speaks of, this one need not.
  std::set<std::string> tell;
  for (const Followed& each : look.procedures)
    if (each.purpose == Followed::Purpose::backup) tell.insert(each.of_manifest ? "" : each.file);
  for (const Call& call : look.calls) {
    if (of_call(look, call).purpose != Followed::Purpose::recovery) continue;
    const bool told = tell.count("") != 0 || tell.count(of_call(look, call).file) != 0;
    if (call.program() == "pg_restore" && call.argv.size() > 1 && told) {
      const std::string& path = call.argv.back();
      if (path.starts_with("/") && !path.starts_with("/dev/") && !contains(path, "?") &&
          !exists(path) && !is_brought(look, path))
        look.report(call.place, "nothing makes " + path + ": no backup has that name",
                    "postgres RTO");
    }
    if (call.program() == "kubectl" || call.program() == "bash" || call.program() == "sh" ||
        only_prints(call))
      continue;
    const std::string line = call.line();
    const std::size_t at = line.find("restore_command");
    const std::size_t copy = at == std::string::npos ? at : line.find("cp ", at);
    if (copy == std::string::npos) continue;
    const std::string path = line.substr(copy + 3, line.find_first_of(" %", copy + 3) - copy - 3);
    if (contains(path, "?")) continue;
    bool inside = false;
    for (const std::string& file : made)
      inside = inside || file.substr(0, file.find_first_of("?*")) == path;
    if (!inside || path.ends_with("_"))
      look.report(call.place,
                  "restore_command looks for segments at " + path +
                      "…; the backups write WAL into a folder of its own for "
                      "each run, compressed, and cp finds none there",
                  "postgres RPO");
  }
}

void check_backup_unused(Look& look) {
  const auto restores = [&](ComponentId component) {
    return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
      if (of_call(look, call).purpose == Followed::Purpose::backup) return false;
      const std::string line = lower(call.line());
      if (call.program() == "velero" && call.has("restore")) return true;
      switch (component) {
        case ComponentId::postgres:
          // A job or a script that is not among what was given.
          if (contains(line, "restore") && component_of_text(line) == component) return true;
          return call.program() == "pg_restore" || contains(line, "psql <") ||
                 contains(line, "base.tar") || contains(line, "basebackup");
        case ComponentId::redis:
          return contains(line, ".rdb") || contains(line, ".aof") ||
                 contains(line, "appendonlydir");
        default:
          return contains(line, "rooms_") || contains(line, "/backups/livekit") ||
                 contains(line, "backups/livekit");
      }
    });
  };
  const bool recovers =
      std::any_of(look.procedures.begin(), look.procedures.end(),
                  [](const Followed& f) { return f.purpose == Followed::Purpose::recovery; });
  if (!recovers) return;
  for (const Followed& each : look.procedures) {
    if (each.purpose != Followed::Purpose::backup) continue;
    // A container's own shell that only calls the script says nothing new.
    const bool calls_another =
        each.of_manifest &&
        std::any_of(look.procedures.begin(), look.procedures.end(), [&](const Followed& other) {
          return &other != &each && other.pod == each.pod;
        });
    if (calls_another) continue;
    const auto component = component_of_text(each.procedure->runbook.name + each.procedure->script);
    if (component && !restores(*component))
      look.report(each.procedure->runbook.place, "no procedure restores what " +
                                                     each.procedure->runbook.name +
                                                     " backs up; it is work that protects nothing");
  }
}

void check_backup_place(Look& look) {
  const Call* elsewhere = nullptr;
  for (const Call& call : look.calls)
    if (call.program() == "pg_restore" && !call.context.empty() &&
        contains(call.line(), "/backups"))
      elsewhere = &call;
  // What is mounted to be read alone is what is backed up.
  const auto only_read = [](const kube::PodTemplate& pod, const std::string& volume) {
    return std::any_of(pod.containers.begin(), pod.containers.end(), [&](const auto& container) {
      return std::any_of(container.mounts.begin(), container.mounts.end(), [&](const auto& mount) {
        return mount.volume == volume && mount.read_only;
      });
    });
  };
  const auto claim_of = [&](const kube::CronJob& job) {
    for (const kube::Volume& volume : job.job.pod_template->volumes)
      if (volume.kind == kube::Volume::Kind::claim &&
          !only_read(*job.job.pod_template, volume.name))
        return volume.source;
    return std::string();
  };
  // Copied away by the job itself, by another one that mounts the claim, or by somebody's script.
  const auto copied = [&](const std::string& claim) {
    return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
      const Followed& in = of_call(look, call);
      if (!carries_away(call)) return false;
      if (!in.pod) return in.purpose == Followed::Purpose::backup;
      const auto& volumes = in.pod->volumes;
      return std::any_of(volumes.begin(), volumes.end(), [&](const kube::Volume& volume) {
        return volume.kind == kube::Volume::Kind::claim && volume.source == claim;
      });
    });
  };
  bool all_copied = true;
  std::set<const kube::CronJob*> said;
  for (const Look::Scheduled& each : look.scheduled) {
    const std::string claim = claim_of(*each.job);
    const auto component = component_of_text(each.job->meta.name + " " + each.script);
    const bool backs_up = component || contains(each.job->meta.name, "backup") ||
                          contains(each.job->meta.name, "dump");
    if (claim.empty() || !backs_up || copied(claim)) continue;
    all_copied = false;
    if (!said.insert(each.job).second) continue;
    look.report(
        each.place,
        "the backups of " + each.job->meta.name + " lie on the volume claim " + claim +
            " in the cluster that they are backups of, and nothing copies "
            "them away: what takes the region, the cluster or the namespace takes them along",
        component ? std::string(name_of(*component)) + " RPO" : "");
  }
  if (elsewhere && !all_copied)
    look.report_as("backup-out-of-reach", elsewhere->place,
                   "in " + elsewhere->context +
                       " there is nothing to restore: the backups are written to a volume of the "
                       "other cluster, which is the one that is lost",
                   "postgres RTO");
}

/// pgbackrest and wal-g put files into the data directory, where no server may run.
void check_restore_into_running(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& in = look.procedures[p];
    // Somebody may stop it by hand.
    bool stopped = std::any_of(in.procedure->runbook.steps.begin(),
                               in.procedure->runbook.steps.end(), [](const Step& step) {
                                 const std::string title = lower(step.title);
                                 return step.run.empty() &&
                                        (contains(title, "stop") || contains(title, "shut"));
                               });
    for (const Call* call : look.of(p)) {
      const std::string line = lower(call->line());
      const bool database = contains(line, "postgres") || contains(line, "pg") ||
                            contains(line, "database") || contains(line, "db") ||
                            contains(line, "patroni") || contains(line, "sql");
      const auto scaled = scaled_by(*call);
      stopped =
          stopped || (scaled && scaled->replicas == "0" && (database || call->has("--all"))) ||
          (call->program() == "pg_ctl" && call->has("stop")) || (call->has("stop") && database) ||
          call->has("down") || call->program() == "pg_ctlcluster" || contains(line, "patronictl") ||
          (changes(*call, "delete") && database) || contains(line, "initdb") ||
          contains(line, "shutdown");
      // A script of a container that starts for this has no server beside it.
      const bool restores = (call->program() == "pgbackrest" && call->has("restore") &&
                             call->option("--pg1-path", "--pg1-path").empty()) ||
                            (call->program() == "wal-g" && call->has("backup-fetch"));
      if (!restores || stopped || in.container) continue;
      look.report(call->place,
                  std::string(call->program()) +
                      " writes into the data directory, and no step stops the server that runs on "
                      "it" +
                      (call->program() == "pgbackrest"
                           ? ": it refuses (\"unable to restore while PostgreSQL is running\")"
                           : ""),
                  "postgres RTO");
      break;
    }
  }
}

/// A volume claim that is deleted, and then mounted as if it were there.
void check_deleted_claim(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::map<std::string, const Call*> deleted;
    for (const Call* call : look.of(p)) {
      if (changes(*call, "delete") && (call->has("pvc") || call->has("persistentvolumeclaim"))) {
        for (std::size_t i = 1; i < call->argv.size(); ++i)
          if ((call->argv[i - 1] == "pvc" || call->argv[i - 1] == "persistentvolumeclaim") &&
              !contains(call->argv[i], "?"))
            deleted[call->argv[i]] = call;
        continue;
      }
      // Whatever starts a StatefulSet again, or applies files, may make it anew.
      const auto scaled = scaled_by(*call);
      const bool makes = (scaled && scaled->replicas != "0") || contains(call->line(), "helm") ||
                         contains(call->document, "kind: PersistentVolumeClaim") ||
                         (changes(*call, "apply") && call->document.empty() && !call->has("-"));
      if (makes) deleted.clear();
      for (const auto& [claim, first] : deleted)
        if (contains(call->document, "claimName: " + claim + "\n"))
          look.report(call->place,
                      "it mounts the claim " + claim + ", which line " +
                          std::to_string(first->place.line) +
                          " deleted and nothing has made since: the pod stays Pending",
                      "postgres RTO");
    }
  }
}

void check_restore_target(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "pg_restore" || call.has("--list") || call.has("-l") ||
        call.option("-d", "--dbname").empty())
      continue;
    const bool prepares =
        call.has("--clean") || call.has("-c") || call.has("--create") || call.has("-C");
    bool created = false;
    for (const Call* each : look.of(call.procedure))
      created = created || each->program() == "createdb" ||
                contains(lower(each->line()), "create database") ||
                contains(lower(each->line()), "drop database");
    if (!prepares && !created &&
        look.procedures[call.procedure].purpose == Followed::Purpose::recovery)
      look.report(call.place,
                  "pg_restore without --clean or --create puts rows beside those that are there "
                  "(\"already exists\", duplicate keys), "
                  "and where there is no such database it fails");
  }
}

}  // namespace drdrill::audit
