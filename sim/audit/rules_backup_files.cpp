#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// The files that backups are: what they are called, where they lie, and what they leave out.
namespace drdrill::audit {
namespace {

/// The word of the command that names its file, with variables as "$name ".
std::string output_of(const Call& call) {
  return audit::output_of(call, call.raw);
}

/// Is the file only passing: sent away, packed or removed by a later command?
bool taken_further(const Look& look, const Call& call, const std::string& file) {
  constexpr std::string_view takers =
      "rm shred mv cp tar gzip zstd xz gpg age openssl kubeseal sops aws rclone gsutil gcloud az "
      "mc "
      "s3cmd rsync scp restic";
  bool behind = false;
  for (const Call* other : look.of(call.procedure)) {
    if (other == &call) behind = true;
    if (!behind || other == &call || !lists(takers, other->program())) continue;
    if (std::any_of(other->raw.begin() + 1, other->raw.end(),
                    [&](const std::string& word) { return word == file; }))
      return true;
  }
  return false;
}

/// Does another container of the pod carry away what this one makes?
bool carried_beside(const Look& look, const Call& call) {
  const kube::PodTemplate* pod = of_call(look, call).pod;
  return pod && std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& other) {
           return other.procedure != call.procedure && of_call(look, other).pod == pod &&
                  carries_away(other);
         });
}

/// Does every system have the folder that the file lies in?
bool always_there(const std::string& file) {
  if (file.starts_with("/tmp/") || file.starts_with("/proc/") || file.starts_with("/sys/"))
    return true;
  constexpr std::string_view folders =
      "/ /var /var/tmp /var/lib /var/log /var/run /run /etc /etc/cron.d /etc/profile.d /root /home "
      "/opt /srv /mnt /usr/local/bin /usr/local/etc /etc/systemd/system";
  const std::size_t slash = file.rfind('/');
  return lists(folders, slash == 0 ? "/" : std::string_view(file).substr(0, slash));
}

}  // namespace

void check_async_copy(Look& look) {
  for (std::size_t i = 0; i + 1 < look.calls.size(); ++i) {
    const std::string verb = lower(look.calls[i].line());
    if (look.calls[i].program() != "redis-cli" ||
        !(contains(verb, "bgrewriteaof") || contains(verb, "bgsave")))
      continue;
    const Call& next = look.calls[i + 1];
    // --rdb has the server send a snapshot of that moment, whatever was saved before.
    const auto& calls = look.of(next.procedure);
    const bool sent = std::any_of(calls.begin(), calls.end(), [&](const Call* later) {
      return later->has("--rdb") && later->place.line >= next.place.line;
    });
    if (next.program() == "sleep" && !sent)
      look.report(
          next.place,
          "the server works on in the background and says when it is done (INFO persistence); " +
              next.line() + " does not know, and what is copied may be half written");
  }
}

void check_overwrites(Look& look) {
  for (const Call& call : look.calls) {
    if (!writes_backup(call)) continue;
    const std::string file = output_of(call);
    if (file.empty()) continue;
    if (!call.loops.empty()) {
      const std::string& variable = call.loops.back();
      const bool varies = contains(file, "$" + variable + " ");
      const bool matters = std::any_of(
          call.raw.begin(), call.raw.end(),
          [&](const std::string& word) { return contains(word, "$" + variable + " "); });
      if (!varies && matters)
        look.report(
            call.place,
            "the file's name does not contain the loop's variable (" + variable +
                "), so every round overwrites the one before and only the last one's backup "
                "is left");
    }
    // Without a date the next run overwrites this one's.
    bool dated = contains(file, "$()") || contains(file, "?");
    for (const Assigned& a : look.assigned)
      dated = dated || (a.procedure == call.procedure && contains(file, "$" + a.name + " ") &&
                        contains(a.value, "?"));
    for (const std::string& loop : call.loops)
      if (contains(file, "$" + loop + " ") && !contains(file, "/")) dated = true;
    // What a document shows for doing by hand has a name that whoever types it changes.
    const Followed& in = look.procedures[call.procedure];
    if (!dated && (in.is_script() || in.of_manifest) && !taken_further(look, call, file) &&
        !carried_beside(look, call) && in.purpose == Followed::Purpose::backup)
      look.report_as("one-generation", call.place,
                     "the file's name is the same in every run: a backup of what is broken already "
                     "replaces the last good one");
  }
}

void check_folder(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].purpose != Followed::Purpose::backup) continue;
    // A volume is there from the start, and what is in it nobody knows.
    const auto mounted = [&](const std::string& path) {
      const kube::Container* container = look.procedures[p].container;
      return container && std::any_of(container->mounts.begin(), container->mounts.end(),
                                      [&](const kube::VolumeMount& mount) {
                                        return path.substr(0, path.rfind('/')) == mount.path;
                                      });
    };
    bool made = false;
    for (const Call* call : look.of(p)) {
      made = made || call->program() == "mkdir" || call->program() == "install" ||
             call->program() == "mktemp";
      const std::string wal =
          call->program() == "pg_receivewal" ? call->option("-D", "--directory") : "";
      const auto& calls = look.of(p);
      if (!wal.empty() && std::none_of(calls.begin(), calls.end(), [&](const Call* c) {
            return c->program() == "mkdir" && c->has(wal);
          }))
        look.report(call->place, "pg_receivewal makes no folder, and nothing else makes " + wal +
                                     ": \"could not open directory\"");
      for (const std::string& target : call->targets)
        if (!made && target.starts_with("/") && !always_there(target) && !mounted(target)) {
          look.report(call->place, "nothing makes the folder of " + target +
                                       "; where it is not there, nothing is written");
          made = true;
        }
    }
  }
}

/// `kubectl get all` is what kubectl calls so.
void check_get_all(Look& look) {
  for (const Call& call : look.calls) {
    if (!changes(call, "get") || !call.has("all") || (call.targets.empty() && !call.piped))
      continue;
    const bool whole = call.has("-o") || !call.option("-o", "--output").empty() ||
                       std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& word) {
                         return word.starts_with("-oyaml") || word.starts_with("-ojson");
                       });
    if (whole)
      look.report(call.place,
                  "\"all\" leaves out ConfigMaps, Secrets, volume claims, Ingresses, "
                  "NetworkPolicies, roles and every custom resource: what is made of it again does "
                  "not run");
  }
}

/// pg_basebackup -Ft makes tar files, which no server starts on.
void check_tar_started(Look& look) {
  std::set<std::string> tars;
  for (const Call& call : look.calls) {
    if (call.program() != "pg_basebackup") continue;
    const std::string format = call.option("-F", "--format");
    const bool tar = call.has("-Ft") || call.has("-Ftar") || format == "t" || format == "tar";
    const std::string folder = call.option("-D", "--pgdata");
    if (tar && !folder.empty() && folder != "-") tars.insert(folder);
  }
  for (std::size_t p = 0; p < look.procedures.size() && !tars.empty(); ++p) {
    bool unpacked = false;
    for (const Call* call : look.of(p)) {
      unpacked = unpacked || call->program() == "tar";
      const auto program = call->program();
      const bool starts = (program == "pg_ctl" && call->has("start")) || program == "postgres" ||
                          program == "pg_verifybackup";
      const std::string folder = starts ? call->option("-D", "--pgdata") : "";
      if (folder.empty() || unpacked || program == "pg_verifybackup" || tars.count(folder) == 0)
        continue;
      look.report(call->place,
                  folder +
                      " holds base.tar, as pg_basebackup -Ft writes it, and no data "
                      "directory: the server does not start on it until it is unpacked");
    }
  }
}

/// pg_receivewal that is started now and then.
void check_wal_gaps(Look& look) {
  for (const Call& call : look.calls)
    if (call.program() == "pg_receivewal" && call.option("-S", "--slot").empty() &&
        !call.has("--create-slot") && !call.has("--drop-slot"))
      look.report(call.place,
                  "no replication slot (--slot) keeps WAL while it does not run: what the server "
                  "has recycled by its next start is missing, and nothing after a gap can be "
                  "replayed",
                  "postgres RPO");
}

/// Shards that are dumped one after the other are of different moments.
void check_one_moment(Look& look) {
  std::map<std::size_t, std::pair<const Call*, std::set<std::string>>> dumped;
  for (const Call& call : look.calls) {
    if (call.program() != "pg_dump" || of_call(look, call).purpose != Followed::Purpose::backup)
      continue;
    auto& [first, names] = dumped[call.procedure];
    const std::string name = call.option("-d", "--dbname");
    if (contains(lower(name), "shard") && !first) first = &call;
    names.insert(call.loops.empty() ? name : name + "…");
  }
  for (const auto& [procedure, found] : dumped)
    if (found.first && (found.second.size() > 1 || !found.first->loops.empty()))
      look.report(
          found.first->place,
          "each pg_dump is of the moment it begins: dumps of shards that are made one after "
          "the other do not fit together, and rows that refer across them come back broken",
          "postgres RPO");
}

}  // namespace drdrill::audit
