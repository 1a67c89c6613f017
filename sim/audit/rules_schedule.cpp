#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/cron_times.hpp"
#include "sim/kube/images.hpp"

/// Jobs that run by the clock: how often, and whether they can.
namespace drdrill::audit {
namespace {

constexpr std::int64_t some_minute = 29'000'000;  // since 1970: of 2025

/// The longest time between two firings, and the hour of the first of a day in UTC minutes.
std::optional<Duration> interval_of(const std::string& schedule, const std::string& zone) {
  const auto times = kube::CronTimes::parse(schedule, zone);
  if (!times) return std::nullopt;
  auto at = times->next_after(some_minute);
  std::int64_t longest = 0;
  for (int i = 0; at && i < 100; ++i) {
    const auto next = times->next_after(*at);
    if (!next) break;
    longest = std::max(longest, *next - *at);
    at = next;
  }
  if (longest == 0) return std::nullopt;
  return std::chrono::minutes(longest);
}

/// What a shell does itself, or what is made by the text.
constexpr std::string_view of_the_shell =
    ". : [ [[ alias bg break case cd command continue declare echo eval exec exit export false fg "
    "function getopts hash help if jobs let local mapfile popd printf pushd pwd read readarray "
    "readonly return set shift shopt source test times trap true type typeset ulimit umask unalias "
    "unset wait while";
bool streams_wal(const Look& look) {
  if (!look.input.platform) return false;
  for (const ClusterSpec& cluster : look.input.platform->clusters)
    for (const kube::Workload& workload : cluster.initial.workloads)
      for (const kube::Container& container : workload.pod_template().containers)
        for (const std::string& word : container.command)
          if (contains(word, "archive_command") || contains(word, "pg_receivewal")) return true;
  return false;
}

}  // namespace

std::optional<Duration> interval_of(const Look::Scheduled& each) {
  return interval_of(each.schedule, each.time_zone);
}

/// A job that cleans up has a schedule, too.
static bool makes_backups(const Look& look, const Look::Scheduled& each) {
  const std::string name = lower(each.job->meta.name + " " + each.script);
  for (const std::string_view word : {"backup", "dump", "snapshot", "archiv", "basebackup", "wal"})
    if (contains(name, word)) return true;
  if (each.procedures.empty()) return true;  // what it runs is not among the texts
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    return each.runs(call.procedure) && (writes_backup(call) || carries_away(call));
  });
}

/// A daily backup beside an hourly one is kept for longer, and need not meet the objective.
static bool another_is_often_enough(const Look& look, ComponentId component, Duration rpo) {
  return std::any_of(
      look.scheduled.begin(), look.scheduled.end(), [&](const Look::Scheduled& other) {
        const auto interval = interval_of(other.schedule, other.time_zone);
        return interval && *interval <= rpo && makes_backups(look, other) &&
               component_of_text(other.job->meta.name + " " + other.script) == component;
      });
}

void check_schedule(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    if (!makes_backups(look, each)) continue;
    const auto component = component_of_text(each.job->meta.name + " " + each.script);
    if (!component) continue;
    const Objective* objective = look.objective_of(*component);
    const auto interval = interval_of(each.schedule, each.time_zone);
    if (!objective || !objective->rpo || !interval || *interval <= *objective->rpo) continue;
    if (*component == ComponentId::postgres && streams_wal(look)) continue;
    if (another_is_often_enough(look, *component, *objective->rpo)) continue;
    look.report(each.place,
                "\"" + each.schedule + "\" leaves up to " + format_duration(*interval) +
                    " between backups; whatever is lost with the data, a restore from them loses "
                    "that much, not " +
                    format_duration(*objective->rpo),
                objective_words(*objective, true));
  }
}

/// "0 3 31 2 *": the thirty-first of February.
void check_never_fires(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    const auto times = kube::CronTimes::parse(each.schedule, each.time_zone);
    if (times && !times->next_after(some_minute))
      look.report(each.place, "\"" + each.schedule + "\" has no day within five years: " +
                                  each.job->meta.name + " never runs");
  }
}

void check_unscheduled(Look& look) {
  for (const Followed& each : look.procedures) {
    if (each.purpose != Followed::Purpose::backup || !each.is_script() || each.of_manifest)
      continue;
    // What stands in a ConfigMap is started by whoever reads that.
    if (each.file.ends_with(".yaml") || each.file.ends_with(".yml")) continue;
    const bool started = each.container != nullptr;
    const bool called = std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
      return contains(call.line(), each.procedure->script);
    });
    // Only a document that says what is scheduled says what is not.
    const bool tells = std::any_of(look.scheduled.begin(), look.scheduled.end(),
                                   [&](const auto& s) { return s.place.file == each.file; });
    // A name that nobody wrote is not the one that a schedule would have.
    const bool named = std::any_of(
        look.input.texts.begin(), look.input.texts.end(), [&](const DocumentText& document) {
          return document.file != each.file || contains(document.text, each.procedure->script);
        });
    if (started || called || !tells || (!look.input.texts.empty() && !named)) continue;
    const auto component = component_of_text(each.procedure->script);
    const Objective* objective = component ? look.objective_of(*component) : nullptr;
    look.report(each.procedure->runbook.place,
                "nothing runs " + each.procedure->script +
                    ": no schedule names it, so its backups are as old as the last "
                    "time that somebody thought of it",
                objective && objective->rpo ? objective_words(*objective, true) : "");
  }
}

void check_cron_images(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    const kube::PodTemplate& pod = *each.job->job.pod_template;
    std::set<std::string> missing;
    std::string by_path;
    for (const kube::Container& container : pod.containers) {
      if (container.command.empty()) continue;
      if (kube::image_has(container.image, container.command.front()) == kube::ImageHas::no) {
        look.report(each.place, "the image " + container.image + " has no " +
                                    container.command.front() +
                                    ": the container never starts, and " + each.job->meta.name +
                                    " makes nothing");
      }
      std::string command;
      for (const auto* words : {&container.command, &container.args})
        for (const std::string& word : *words) command += word + " ";
      const bool through_shell = contains(command, "sh /");
      if (!each.script.empty() && !through_shell) by_path = each.script;
      bool fetched = false;
      std::set<std::string> asked, left_out;  // programs that the script looks for first
      bool carried = false;
      for (const Call& call : look.calls) {
        if (!each.runs(call.procedure) || !call.pod.empty()) continue;
        const std::string program(call.program());
        if (program == "command" || program == "which" || program == "type" || program == "hash")
          asked.insert(call.argv.back());
        const bool there =
            kube::image_has(container.image, call.argv.front()) != kube::ImageHas::no;
        carried = carried || (there && carries_away(call));
        if (!there && asked.count(program) != 0) {
          if (carries_away(call)) left_out.insert(program);
          continue;
        }
        // What a text that is read in defines is a program, too.
        fetched = fetched || installs_programs(call) || program == "source" || program == ".";
        if (!fetched && kube::image_has(container.image, call.argv.front()) == kube::ImageHas::no &&
            !lists(of_the_shell, program) && look.functions.count({call.procedure, program}) == 0 &&
            !installs_programs(call) && !contains(program, "?"))
          missing.insert(program);
      }
      if (!left_out.empty() && !fetched && !carried)
        look.report(each.place, "the image " + container.image + " has no " + joined(left_out) +
                                    ", which " +
                                    (each.script.empty() ? each.job->meta.name : each.script) +
                                    " looks for before it uploads: nothing is ever uploaded");
      if (!missing.empty())
        look.report(each.place,
                    "the image " + container.image + " has no " + joined(missing) + ", which " +
                        (each.script.empty() ? each.job->meta.name : each.script) + " calls");
    }
    if (by_path.empty()) continue;
    for (const kube::Volume& volume : pod.volumes)
      if (volume.kind == kube::Volume::Kind::config_map && (volume.mode & 0111) == 0) {
        const bool holds = std::any_of(
            pod.containers.begin(), pod.containers.end(), [&](const kube::Container& c) {
              return std::any_of(c.mounts.begin(), c.mounts.end(), [&](const kube::VolumeMount& m) {
                std::string all;
                for (const std::string& w : c.command) all += w + " ";
                return m.volume == volume.name && contains(all, m.path + "/" + by_path);
              });
            });
        if (holds)
          look.report_as("script-not-executable", each.place,
                         by_path +
                             " is called by its path, and files of a ConfigMap are not executable "
                             "(defaultMode 0644): "
                             "\"Permission denied\", in every run");
      }
  }
}

void check_cron_overlap(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    if (each.job->concurrency != "Allow" || each.job->job.active_deadline_s) continue;
    // Two runs of what only looks do no harm; two that write one volume do, and so do those that
    // come often.
    const auto& volumes = each.job->job.pod_template->volumes;
    const bool writes = std::any_of(volumes.begin(), volumes.end(), [](const kube::Volume& v) {
      return v.kind == kube::Volume::Kind::claim || v.kind == kube::Volume::Kind::host_path;
    });
    const auto interval = interval_of(each.schedule, each.time_zone);
    if (!writes && !(interval && *interval <= std::chrono::hours(1))) continue;
    const bool endless = std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
      return call.program() == "pg_receivewal" && each.runs(call.procedure) &&
             unknown_option(call).empty();
    });
    look.report(each.place,
                "a run that hangs is joined by the next one (concurrencyPolicy Allow, no "
                "activeDeadlineSeconds)" +
                    std::string(endless ? ", and pg_receivewal in it never ends by itself" : ""));
  }
}

void check_cron_zone(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    const auto interval = interval_of(each.schedule, each.time_zone);
    if (each.time_zone.empty() && interval && *interval >= std::chrono::hours(24))
      look.report(each.place, "\"" + each.schedule +
                                  "\" has no timeZone: it is the hour of the controller manager, "
                                  "UTC as a rule, and not that of "
                                  "the people who use the platform");
  }
}

void check_two_users(Look& look) {
  for (const Look::Scheduled& each : look.scheduled) {
    std::set<std::string> users;
    SourcePlace place;
    for (const Call& call : look.calls)
      if (each.runs(call.procedure)) {
        const std::string user = call.option("-U", "--username");
        if (!user.empty() && users.insert(user).second) place = call.place;
      }
    const auto& containers = each.job->job.pod_template->containers;
    const bool one =
        std::any_of(containers.begin(), containers.end(), [](const kube::Container& c) {
          return std::any_of(c.env.begin(), c.env.end(),
                             [](const kube::EnvVar& e) { return e.name == "PGPASSWORD"; });
        });
    if (one && users.size() > 1)
      look.report(place, "the job has one PGPASSWORD and connects as " + joined(users) +
                             "; unless both have the same password, one is refused");
  }
}

/// A block volume is mounted on one node at a time.
void check_shared_claim(Look& look) {
  const auto many = [&](const std::string& claim) {
    const auto of = [&](const kube::PersistentVolumeClaim& known) {
      return known.meta.name == claim && !known.single_node();
    };
    for (const Manifests& file : look.input.manifests)
      for (const kube::Object& object : file.objects)
        if (const auto* known = std::get_if<kube::PersistentVolumeClaim>(&object);
            known && of(*known))
          return true;
    return look.input.platform &&
           std::any_of(look.input.platform->clusters.begin(), look.input.platform->clusters.end(),
                       [&](const ClusterSpec& cluster) {
                         const auto& claims = cluster.initial.claims;
                         return std::any_of(claims.begin(), claims.end(), of);
                       });
  };
  std::map<std::string, const Look::Scheduled*> users;
  for (const Look::Scheduled& each : look.scheduled)
    for (const kube::Volume& volume : each.job->job.pod_template->volumes) {
      if (volume.kind != kube::Volume::Kind::claim) continue;
      const auto [first, made] = users.emplace(volume.source, &each);
      if (made || first->second->job == each.job || many(volume.source)) continue;
      look.report(each.place, each.job->meta.name + " and " + first->second->job->meta.name +
                                  " write to the one claim " + volume.source +
                                  ": a ReadWriteOnce volume is mounted on one node at a time, so "
                                  "one waits while the other runs elsewhere");
    }
}

}  // namespace drdrill::audit
