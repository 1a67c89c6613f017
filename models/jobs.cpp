#include "models/jobs.hpp"

#include <algorithm>
#include <utility>

#include "sim/kube/manifest.hpp"
#include "sim/kube/references.hpp"

namespace drdrill::models {
namespace {

constexpr std::int64_t ns_of_minute = 60'000'000'000;

}  // namespace

Jobs::Jobs(Context& context, Kubernetes& kubernetes, Commands& commands)
    : context_(context), kubernetes_(kubernetes), commands_(commands) {}

void Jobs::reset() {
  running_.clear();
  used_ = 0;
  read_schedules();
}

Jobs::Schedule& Jobs::schedule_of(int cluster, int cron_job) {
  for (std::size_t s = 0; s < used_; ++s)
    if (schedules_[s].cluster == cluster && schedules_[s].cron_job == cron_job)
      return schedules_[s];
  if (used_ == schedules_.size()) {
    schedules_.emplace_back();
    schedules_.back().timer = context_.engine.make_group();
  }
  Schedule& schedule = schedules_[used_++];
  schedule.cluster = cluster;
  schedule.cron_job = cron_job;
  schedule.armed = false;
  return schedule;
}

void Jobs::read_schedules() {
  read_at_ = kubernetes_.version();
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
    const int cluster = static_cast<int>(c);
    const auto& cron_jobs = kubernetes_.cluster(cluster).cron_jobs;
    for (std::size_t j = 0; j < cron_jobs.size(); ++j) {
      Schedule& schedule = schedule_of(cluster, static_cast<int>(j));
      const bool same =
          schedule.text == cron_jobs[j].schedule && schedule.zone == cron_jobs[j].time_zone;
      if (same && std::exchange(schedule.armed, true)) continue;
      if (!same) {
        schedule.text = cron_jobs[j].schedule;
        schedule.zone = cron_jobs[j].time_zone;
        schedule.times = kube::CronTimes::parse(schedule.text, schedule.zone);
      }
      schedule.armed = true;
      context_.engine.cancel(schedule.timer);
      arm(static_cast<std::size_t>(&schedule - schedules_.data()),
          (context_.start.utc_ns + context_.now().count()) / ns_of_minute);
    }
  }
}

void Jobs::arm(std::size_t schedule, std::int64_t after_minute) {
  const Schedule& of = schedules_[schedule];
  const auto next = of.times ? of.times->next_after(after_minute) : std::nullopt;
  if (!next) return;
  context_.engine.at(Offset(*next * ns_of_minute - context_.start.utc_ns),
                     {.component = event_owner(Owner::jobs),
                      .kind = static_cast<std::uint16_t>(Kind::fires),
                      .subject = static_cast<std::uint32_t>(schedule)},
                     of.timer);
}

void Jobs::handle(const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::fires:
      fire(schedules_[event.subject]);
      arm(event.subject, (context_.start.utc_ns + context_.now().count()) / ns_of_minute);
      break;
    case Kind::cannot_start: {
      const PodRef ref{static_cast<int>(event.data), static_cast<int>(event.subject)};
      if (kubernetes_.pod(ref).meta.exists && kubernetes_.is_up(ref))
        kubernetes_.job_pod_exited(ref, false);
      break;
    }
  }
}

/// The Job is named after its CronJob and the minute, as the controller names it.
void Jobs::fire(const Schedule& schedule) {
  kube::Cluster& cluster = kubernetes_.clusters().items[static_cast<std::size_t>(schedule.cluster)];
  const kube::CronJob& cron_job = cluster.cron_jobs[static_cast<std::size_t>(schedule.cron_job)];
  if (!cron_job.meta.exists || cron_job.suspended || !cluster.api_available) return;
  const bool active =
      std::any_of(cluster.jobs.begin(), cluster.jobs.end(), [&](const kube::Job& job) {
        return job.meta.exists && job.cron_job == schedule.cron_job &&
               job.succeeded < job.spec.completions && job.failed <= job.spec.backoff_limit;
      });
  if (active && cron_job.concurrency == "Forbid") return;
  const std::int64_t minute = (context_.start.utc_ns + context_.now().count()) / ns_of_minute;
  kube::Job job;
  job.meta.ns = cron_job.meta.ns;
  job.meta.name = cron_job.meta.name + "-" + std::to_string(minute);
  job.meta.created = context_.now();
  job.spec = cron_job.job;
  job.cron_job = schedule.cron_job;
  context_.note(NoteKind::job_started, ComponentId::platform,
                context_.notes.subject(job.meta.name));
  kube::put(cluster, kube::Object(std::move(job)));
  kubernetes_.objects_changed(schedule.cluster);
}

void Jobs::pod_started(PodRef ref) {
  const kube::PodTemplate& pod = *kubernetes_.pod(ref).spec;
  std::vector<std::string> argv;
  if (!pod.containers.empty()) argv = kube::command_line(pod.containers.front());
  if (!argv.empty() && !Backups::is_missing({ref.cluster, {}, &pod, {}}, argv.front())) {
    running_.push_back({ref, commands_.begin_in_pod(ref, argv)});
    return;
  }
  // The runtime finds no such program: the container never runs.
  context_.engine.after(Duration::zero(), {.component = event_owner(Owner::jobs),
                                           .kind = static_cast<std::uint16_t>(Kind::cannot_start),
                                           .subject = static_cast<std::uint32_t>(ref.pod),
                                           .data = static_cast<std::uint64_t>(ref.cluster)});
}

void Jobs::pod_ended(PodRef ref, Ending) {
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Container& each) { return each.pod == ref; });
  if (found == running_.end()) return;
  commands_.cancel(found->action);
  running_.erase(found);
}

void Jobs::poll() {
  if (read_at_ != kubernetes_.version()) read_schedules();
  for (std::size_t i = 0; i < running_.size();) {
    const ActionState state = commands_.state(running_[i].action);
    if (!state.ended) {
      ++i;
      continue;
    }
    const PodRef pod = running_[i].pod;
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    kubernetes_.job_pod_exited(pod, state.exit_status == 0);
  }
}

}  // namespace drdrill::models
