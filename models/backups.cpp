#include "models/backups.hpp"

#include <algorithm>
#include <memory>

#include "sim/kube/controllers.hpp"
#include "sim/kube/cron_times.hpp"
#include "sim/kube/references.hpp"

/// History: what is on disks when a drill begins.
namespace drdrill::models {
namespace {

constexpr std::int64_t ns_of_minute = 60'000'000'000;
constexpr std::int64_t days_back = 32;
constexpr std::size_t most_firings = 64;

/// Runs a container's command to its end at once, on a clock of its own.
class PastShell final : public shell::Host {
 public:
  PastShell(Backups& backups, Volumes& volumes, Disk disk, Offset now)
      : backups_(backups), volumes_(volumes), disk_(std::move(disk)), now_(now) {}

  shell::Result call(const std::vector<std::string>& argv) {
    const std::string name = argv.front().substr(argv.front().rfind('/') + 1);
    if (name == "sleep") {
      for (std::size_t i = 1; i < argv.size(); ++i)
        now_ += parse_duration(argv[i] + "s").value_or(Duration::zero());
      return {};
    }
    const bool is_shell = name == "sh" || name == "bash";
    if (Backups::is_missing(disk_, argv.front()))
      return {127, "", argv.front() + ": not found\n", true};
    if (is_shell && argv.size() > 2 && argv[1] == "-c") return run(argv[2], argv.front());
    if (const auto script =
            volumes_.script(disk_, is_shell && argv.size() > 1 ? argv[1] : argv[0])) {
      if (!is_shell && !script->executable)
        return {126, "", argv.front() + ": Permission denied\n", true};
      return run(script->text, argv.front());
    }
    auto answer = backups_.run({argv, disk_, no_pod, now_});
    if (!answer) return {0, "", name + ": not known here\n", false};
    now_ += answer->takes;
    return std::move(answer->result);
  }

 private:
  std::optional<shell::Result> start(const shell::Invocation& invocation) override {
    const std::vector<std::string> argv(invocation.argv.begin(), invocation.argv.end());
    shell::Run* run = running_;
    volumes_.store(*run, disk_, now_);
    shell::Result result = call(argv);
    volumes_.load(*run, disk_);
    return result;
  }

  shell::Result run(const std::string& text, const std::string& program) {
    const shell::Parsed parsed = shell::parse(text);
    if (!parsed.list) return {2, "", program + ": " + parsed.error->message + "\n", true};
    shell::Run run(parsed.list, *this);
    run.as_script();
    volumes_.load(run, disk_);
    shell::Run* outer = std::exchange(running_, &run);
    run.resume();
    volumes_.store(run, disk_, now_);
    running_ = outer;
    return {run.exit_status(), run.output(), "", run.understood()};
  }

  Backups& backups_;
  Volumes& volumes_;
  Disk disk_;
  Offset now_;
  shell::Run* running_ = nullptr;
};

struct Firing {
  Offset at{};
  int cluster = 0;
  const kube::CronJob* job = nullptr;
};

/// When the CronJob fired before the drill, oldest first.
std::vector<Firing> firings(const kube::CronJob& job, int cluster, const WallTime& start) {
  std::vector<Firing> out;
  const auto times = kube::CronTimes::parse(job.schedule, job.time_zone);
  if (!times || job.suspended || !job.meta.exists) return out;
  const std::int64_t last = start.utc_ns / ns_of_minute;
  std::optional<std::int64_t> at = times->next_after(last - days_back * 24 * 60);
  for (; at && *at <= last; at = times->next_after(*at))
    out.push_back({Offset(*at * ns_of_minute - start.utc_ns), cluster, &job});
  if (out.size() > most_firings)
    out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most_firings));
  return out;
}

}  // namespace

Backups::Backups(Context& context, Kubernetes& kubernetes, Volumes& volumes, Databases& databases,
                 Sites& sites)
    : context_(context),
      kubernetes_(kubernetes),
      volumes_(volumes),
      databases_(databases),
      sites_(sites),
      dump_rate_(context.draws["postgres.dump_rate"]),
      clone_rate_(context.draws["postgres.clone_rate"]),
      gzip_rate_(context.draws["postgres.gzip_rate"]),
      gunzip_rate_(context.draws["postgres.gunzip_rate"]),
      compression_(context.draws["postgres.compression"]),
      object_rate_(context.draws["storage.object_rate"]),
      restorable_(context.draws["postgres.backup_restorable"]) {}

void Backups::make_history() {
  std::vector<Firing> all;
  const auto& clusters = kubernetes_.clusters().items;
  for (std::size_t c = 0; c < clusters.size(); ++c)
    for (const kube::CronJob& job : clusters[c].cron_jobs) {
      const std::vector<Firing> of_job = firings(job, static_cast<int>(c), context_.start);
      all.insert(all.end(), of_job.begin(), of_job.end());
    }
  std::stable_sort(all.begin(), all.end(),
                   [](const Firing& a, const Firing& b) { return a.at < b.at; });
  for (const Firing& firing : all) {
    const kube::PodTemplate& pod = *firing.job->job.pod_template;
    const std::string& ns = firing.job->meta.ns;
    const kube::Cluster& cluster = kubernetes_.cluster(firing.cluster);
    if (pod.containers.empty() || kube::start_refusal(cluster, ns, pod)) continue;
    const std::vector<std::string> argv = kube::command_line(pod.containers.front());
    if (argv.empty()) continue;
    const std::string own = "past/" + firing.job->meta.name;
    PastShell shell(*this, volumes_, {firing.cluster, ns, &pod, own}, firing.at);
    shell.call(argv);
    volumes_.remove_below(own);
  }
  if (restorable_.value() < 1) spoil_history();
  volumes_.keep();
}

/// A drill has shown that what the schedule leaves cannot be restored.
void Backups::spoil_history() {
  const auto spoil = [&](const std::string& key, const File& file) {
    const Content::Kind kind = file.content.kind;
    if (kind != Content::Kind::dump && kind != Content::Kind::base_backup) return;
    File spoilt = file;
    spoilt.content.cut_short = true;
    volumes_.put(key, std::move(spoilt));
  };
  volumes_.each_below("bucket/", spoil);
  volumes_.each_below("claim/", spoil);
}

std::vector<const File*> Backups::artefacts(ComponentId component) const {
  std::vector<const File*> out;
  const auto look = [&](const std::string&, const File& file) {
    const Content::Kind kind = file.content.kind;
    const bool postgres = kind == Content::Kind::dump || kind == Content::Kind::base_backup;
    const bool whole = file.content.complete <= context_.now();
    if (whole && ((component == ComponentId::postgres && postgres) ||
                  (component == ComponentId::redis && kind == Content::Kind::snapshot)))
      out.push_back(&file);
  };
  volumes_.each_below("bucket/", look);
  volumes_.each_below("claim/", look);
  return out;
}

Backups::Freshness Backups::freshness(ComponentId component) const {
  const auto newest = [&](Content::Kind kind, std::string_view database, int installation = 0) {
    Offset at = Offset::min();
    for (const File* file : artefacts(component))
      if (file->content.kind == kind && file->content.database == database &&
          file->content.installation == installation)
        at = std::max(at, file->content.complete);
    return at;
  };
  Freshness all;
  for (const BackupSpec& backup : context_.spec.backups) {
    if (backup.component != component) continue;
    ++all.believed;
    Offset at = Offset::min();
    if (backup.tool == "pg_dump") {
      at = never;
      for (const auto& each : databases_.all())
        for (const DatabaseSpec& database : each->spec().databases)
          at = std::min(at, newest(Content::Kind::dump, database.name, each->number()));
    } else if (backup.tool == "pg_basebackup") {
      at = never;
      for (const auto& each : databases_.all())
        at = std::min(at, newest(Content::Kind::base_backup, "", each->number()));
    } else if (component == ComponentId::redis) {
      at = newest(Content::Kind::snapshot, "");
    }
    const Offset now = context_.now();
    const auto times = kube::CronTimes::parse(backup.schedule, "");
    const std::int64_t minute = (context_.start.utc_ns + now.count()) / ns_of_minute;
    const auto next = times ? times->next_after(minute) : std::nullopt;
    const auto after = next ? times->next_after(*next) : std::nullopt;
    const bool there = at != Offset::min() && at != never;
    if (there && after && now - at < Duration((*after - *next) * ns_of_minute)) {
      ++all.fresh;
    } else if (all.first_without.empty()) {
      all.first_without =
          backup.name +
          (there ? ": the newest is " + format_duration(now - at) + " old" : ": no whole artefact");
    }
  }
  return all;
}

void Backups::add_inventory(Inventory& inventory) const {
  for (ComponentId component : {ComponentId::postgres, ComponentId::redis})
    inventory.push_back({component, "backup artefacts",
                         static_cast<std::int64_t>(artefacts(component).size()),
                         InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
