#include <algorithm>
#include <array>

#include "models/kubernetes.hpp"

/// Events and metrics, as kubectl shows them.
namespace drdrill::models {
namespace {

/// kube-apiserver --event-ttl.
constexpr Duration remembered = std::chrono::hours(1);

struct EventRow {
  NoteKind note;
  std::string_view kind;
  std::string_view reason;
  bool warning;
  std::string_view message;  ///< {} stands for the object
};

// The reasons are those of the kubelet, the scheduler and the controllers.
constexpr std::array rows{
    EventRow{NoteKind::pod_scheduled, "Pod", "Scheduled", false, "Successfully assigned {}"},
    EventRow{NoteKind::pod_unschedulable, "Pod", "FailedScheduling", true,
             "no nodes are available that match what {} asks for"},
    EventRow{NoteKind::image_pulled, "Pod", "Pulled", false, "Successfully pulled image"},
    EventRow{NoteKind::image_missing, "Pod", "Failed", true, "Failed to pull image: {}"},
    EventRow{NoteKind::container_restarted, "Pod", "Started", false, "Started container again"},
    EventRow{NoteKind::pod_stopping, "Pod", "Killing", false, "Stopping container"},
    EventRow{NoteKind::pod_killed, "Pod", "Killing", false, "Container was killed"},
    EventRow{NoteKind::pod_unready, "Pod", "Unhealthy", true, "Readiness probe failed"},
    EventRow{NoteKind::pod_cannot_start, "Pod", "Failed", true, "{}"},
    EventRow{NoteKind::node_not_ready, "Node", "NodeNotReady", false,
             "Node {} status is now: NodeNotReady"},
    EventRow{NoteKind::node_ready, "Node", "NodeReady", false, "Node {} status is now: NodeReady"},
    EventRow{NoteKind::pods_evicted, "Node", "TaintManagerEviction", false,
             "Marking for deletion the pods of {}"},
    EventRow{NoteKind::scaled_up, "HorizontalPodAutoscaler", "SuccessfulRescale", false,
             "New size: {}"},
    EventRow{NoteKind::scaled_down, "HorizontalPodAutoscaler", "SuccessfulRescale", false,
             "New size: {}"},
    EventRow{NoteKind::job_completed, "Job", "Completed", false, "Job completed"},
    EventRow{NoteKind::job_failed, "Job", "BackoffLimitExceeded", true,
             "Job has reached the specified backoff limit"},
};

}  // namespace

std::vector<kube::Event> Kubernetes::events(std::size_t cluster) const {
  std::vector<kube::Event> out;
  for (const Noted& noted : noted_) {
    if (static_cast<std::size_t>(noted.cluster) != cluster ||
        context_.now() - noted.at > remembered)
      continue;
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const EventRow& each) { return each.note == noted.kind; });
    if (row == rows.end()) continue;
    kube::Event event;
    event.kind = std::string(row->kind);
    // Where a note is a sentence, its first word is the object's name.
    const std::string_view subject = context_.notes.name(noted.subject);
    event.name = std::string(subject.substr(0, subject.find(' ')));
    event.ns = row->kind == "Node" ? "" : context_.spec.clusters[cluster].home_namespace;
    event.reason = std::string(row->reason);
    event.message = std::string(row->message);
    if (const std::size_t at = event.message.find("{}"); at != std::string::npos)
      event.message.replace(at, 2, subject);
    event.warning = row->warning;
    event.at = noted.at;
    out.push_back(std::move(event));
  }
  return out;
}

std::optional<kube::PodUsage> Kubernetes::usage(std::size_t cluster, int pod) const {
  const PodRef ref{static_cast<int>(cluster), pod};
  if (!this->pod(ref).meta.exists || !is_up(ref) || !kubelet_answers(ref)) return std::nullopt;
  const PodModel* model = model_at(ref);
  const auto cpu = model ? model->usage(ref, Usage::cpu) : std::nullopt;
  const auto memory = model ? model->usage(ref, Usage::memory) : std::nullopt;
  if (!cpu || !memory) return std::nullopt;
  return kube::PodUsage{nearest_whole(*cpu * 1000), nearest_whole(*memory)};
}

}  // namespace drdrill::models
