#include <algorithm>

#include "models/kubernetes.hpp"

/// The Job controller: pods until enough have succeeded, or too many tries have failed.
namespace drdrill::models {
namespace {

/// Between pods of a Job that fail: 10 s, doubled each time, at most 6 min (kubernetes.io, Jobs).
Duration back_off(int failed) {
  const Duration wait = std::chrono::seconds(10) * (1 << std::clamp(failed - 1, 0, 6));
  return std::min<Duration>(wait, std::chrono::minutes(6));
}

}  // namespace

void Kubernetes::run_jobs(int cluster) {
  auto& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  auto& waits = runtimes_[static_cast<std::size_t>(cluster)].jobs_wait;
  if (objects.jobs.empty()) return;
  waits.resize(objects.jobs.size(), Offset::zero());
  for (std::size_t j = 0; j < objects.jobs.size(); ++j) {
    const kube::Job& job = objects.jobs[j];
    if (!job.meta.exists || job.suspended || job.failed > job.spec.backoff_limit ||
        waits[j] > context_.now())
      continue;
    const auto active =
        std::count_if(objects.pods.begin(), objects.pods.end(), [&](const kube::Pod& pod) {
          return pod.meta.exists && pod.owner == kube::Pod::Owner::job &&
                 pod.owner_index == static_cast<int>(j) && pod.phase != kube::PodPhase::succeeded &&
                 pod.phase != kube::PodPhase::failed;
        });
    const int wanted = std::min(job.spec.parallelism, job.spec.completions - job.succeeded) -
                       static_cast<int>(active);
    for (int i = 0; i < wanted; ++i) {
      touch();
      const int made = kube::create_job_pod(objects, static_cast<int>(j));
      grow(cluster);
      adopt({cluster, made});
    }
  }
}

/// With restartPolicy OnFailure the kubelet starts the container again; with Never the controller
/// makes another pod. Both count towards backoffLimit.
void Kubernetes::job_pod_exited(PodRef ref, bool succeeded) {
  auto& objects = clusters_.items[static_cast<std::size_t>(ref.cluster)];
  const auto index = static_cast<std::size_t>(pod(ref).owner_index);
  kube::Job& job = objects.jobs[index];
  if (succeeded)
    ++job.succeeded;
  else
    ++job.failed;
  const bool again = job.failed <= job.spec.backoff_limit;
  if (!succeeded && again && job.spec.pod_template->restart_policy == "OnFailure")
    return container_failed(ref);
  end_container(ref, Ending::clean);
  kube::Pod& object = pod_of(ref);
  object.phase = succeeded ? kube::PodPhase::succeeded : kube::PodPhase::failed;
  object.reason = succeeded ? "" : "Error";
  if (succeeded && job.succeeded >= job.spec.completions)
    note(ref.cluster, NoteKind::job_completed, component_of(ref),
         context_.notes.subject(job.meta.name));
  if (!succeeded && !again)
    note(ref.cluster, NoteKind::job_failed, component_of(ref),
         context_.notes.subject(job.meta.name));
  if (!succeeded && again) {
    const Duration wait = back_off(job.failed);
    runtimes_[static_cast<std::size_t>(ref.cluster)].jobs_wait[index] = context_.now() + wait;
    at(wait, Kind::sync, ref.cluster, 0, Group::none);
  }
  objects_changed(ref.cluster);
}

}  // namespace drdrill::models
