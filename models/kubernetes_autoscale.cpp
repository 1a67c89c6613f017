#include <algorithm>

#include "models/kubernetes.hpp"

/// HorizontalPodAutoscalers and the metrics that they look at. metrics-server measures, and the
/// controller looks, at fixed intervals with a phase of their own; neither has an event while
/// nothing that it could see has changed. What is measured is the use at that instant, not the mean
/// since the measurement before.
namespace drdrill::models {
namespace {

bool any_exists(const std::vector<kube::HorizontalPodAutoscaler>& autoscalers) {
  return std::any_of(autoscalers.begin(), autoscalers.end(),
                     [](const auto& hpa) { return hpa.meta.exists; });
}

/// Until the next of the instants phase + k × period after now.
Duration until_next(Offset now, Duration phase, Duration period) {
  period = std::max<Duration>(period, std::chrono::milliseconds(1));
  const Duration since = now - phase;
  const Duration over = Duration(since.count() % period.count());
  return over < Duration::zero() ? -over : period - over;
}

Usage usage_of(const kube::HorizontalPodAutoscaler::Metric& metric) {
  return metric.name == "memory" ? Usage::memory : Usage::cpu;
}

bool is_measured(const kube::HorizontalPodAutoscaler::Metric& metric) {
  return metric.name == "cpu" || metric.name == "memory";
}

int within_bounds(const kube::HorizontalPodAutoscaler& hpa, int replicas) {
  return std::clamp(replicas, std::min(hpa.min_replicas, hpa.max_replicas), hpa.max_replicas);
}

}  // namespace

void Kubernetes::usage_changed(int cluster) {
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  if (context_.engine.pending(rt.scrape) != 0) return;
  if (!any_exists(clusters_.items[static_cast<std::size_t>(cluster)].autoscalers)) return;
  at(until_next(context_.now(), rt.scrape_phase, metrics_resolution_.time()), Kind::scraped,
     cluster, 0, rt.scrape);
}

void Kubernetes::arm_look(int cluster) {
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  if (!any_exists(clusters_.items[static_cast<std::size_t>(cluster)].autoscalers)) return;
  if (context_.engine.pending(rt.look) != 0) return;
  at(until_next(context_.now(), rt.look_phase, autoscaler_sync_.time()), Kind::look, cluster, 0,
     rt.look);
}

/// True when it is another figure than before.
bool Kubernetes::measure(PodRef ref) {
  PodRuntime& rt = runtime(ref);
  std::array<std::optional<double>, 2> now;
  const PodModel* model = model_at(ref);
  if (model && is_up(ref) && kubelet_answers(ref))
    now = {model->usage(ref, Usage::cpu), model->usage(ref, Usage::memory)};
  rt.measured_at = context_.now();
  if (now == rt.measured) return false;
  rt.measured = now;
  return true;
}

void Kubernetes::scrape(int cluster) {
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const Duration window = metrics_resolution_.time();
  bool changed = false;
  bool again = false;
  for (const kube::HorizontalPodAutoscaler& hpa : objects.autoscalers) {
    const int target = hpa.meta.exists ? kube::target_of(objects, hpa) : kube::no_index;
    if (target == kube::no_index) continue;
    kube::pods_of(objects, target, scaled_);
    for (const int pod : scaled_) {
      const PodRef ref{cluster, pod};
      changed = measure(ref) || changed;
      // Measurements count once they cover a whole window in which the pod was ready.
      const Duration ready_for = context_.now() - runtime(ref).ready_changed;
      again = again || ready_for < window;
      changed = changed || ready_for < 2 * window;
    }
  }
  if (changed) arm_look(cluster);
  if (again) usage_changed(cluster);
}

kube::PodLoad Kubernetes::load_of(PodRef ref, Usage usage) const {
  using State = kube::PodLoad::State;
  const kube::Pod& object = pod(ref);
  const PodRuntime& rt = runtime(ref);
  const kube::Resources wanted = object.spec->requests();
  kube::PodLoad out;
  out.requested = usage == Usage::cpu ? wanted.cpu_milli : wanted.memory_bytes;
  const std::optional<double>& used = rt.measured[static_cast<std::size_t>(usage)];
  if (object.phase == kube::PodPhase::pending) {
    out.state = State::unready;
  } else if (!used) {
    out.state = State::missing;
  } else {
    constexpr double milli = 1000;
    out.used = nearest_whole(usage == Usage::cpu ? *used * milli : *used);
    const Duration age = context_.now() - rt.placed;
    const bool young = age < autoscaler_cpu_initialization_.time();
    const bool measured_ready =
        object.ready && rt.measured_at >= rt.ready_changed + metrics_resolution_.time();
    const bool never_ready =
        !object.ready && rt.ready_changed < rt.placed + autoscaler_readiness_delay_.time();
    if (usage == Usage::cpu && (young ? !measured_ready : never_ready)) out.state = State::unready;
  }
  return out;
}

/// The most that any metric wants. Where one of them is not known, nothing is taken away.
std::optional<int> Kubernetes::proposal(int cluster, kube::HorizontalPodAutoscaler& hpa,
                                        int target) {
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const int current = objects.workloads[static_cast<std::size_t>(target)].replicas;
  std::optional<int> most;
  bool all_known = true;
  hpa.seen.assign(hpa.metrics->size(), std::nullopt);
  for (std::size_t m = 0; m < hpa.metrics->size(); ++m) {
    const auto& metric = (*hpa.metrics)[m];
    loads_.clear();
    if (is_measured(metric)) {
      kube::pods_of(objects, target, scaled_);
      for (const int pod : scaled_) {
        const kube::Pod& object = objects.pods[static_cast<std::size_t>(pod)];
        if (object.terminating || object.phase == kube::PodPhase::failed) continue;
        loads_.push_back(load_of({cluster, pod}, usage_of(metric)));
      }
    }
    const auto wanted = kube::propose(loads_, metric, current);
    all_known = all_known && wanted.has_value();
    if (!wanted) continue;
    hpa.seen[m] = wanted->seen;
    most = std::max(most.value_or(0), wanted->replicas);
  }
  if (most && !all_known && *most < current) return std::nullopt;
  return most;
}

/// True when it would act again without anything new.
bool Kubernetes::scale(int cluster, std::size_t autoscaler) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  kube::HorizontalPodAutoscaler& hpa = objects.autoscalers[autoscaler];
  const int target = hpa.meta.exists ? kube::target_of(objects, hpa) : kube::no_index;
  if (target == kube::no_index) return false;
  kube::Workload& workload = objects.workloads[static_cast<std::size_t>(target)];
  kube::ScalingMemory& memory = runtimes_[static_cast<std::size_t>(cluster)].scaling[autoscaler];
  const int current = workload.replicas;
  const std::optional<int> wanted = proposal(cluster, hpa, target);
  const int next =
      kube::decide(hpa, memory, current, wanted, context_.now(), autoscaler_sync_.time());
  if (next != current) {
    memory.changes.push_back({context_.now(), next - current});
    workload.replicas = next;
    const WorkloadModel* model = model_for(cluster, workload.meta);
    note(cluster, next > current ? NoteKind::scaled_up : NoteKind::scaled_down,
         model ? drdrill::component_of(model->kind) : ComponentId::platform,
         context_.notes.subject(workload.meta.name + " from " + std::to_string(current) + " to " +
                                std::to_string(next) + " pods"));
    objects_changed(cluster);
  }
  if (!wanted || current == 0) return false;
  const int goal = within_bounds(hpa, *wanted);
  const bool forbidden = goal > next ? hpa.scale_up->disabled : hpa.scale_down->disabled;
  return goal != next && !forbidden;
}

void Kubernetes::look(int cluster) {
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  if (!objects.api_available) return;
  runtimes_[static_cast<std::size_t>(cluster)].scaling.resize(objects.autoscalers.size());
  bool again = false;
  for (std::size_t h = 0; h < objects.autoscalers.size(); ++h) again = scale(cluster, h) || again;
  if (again) arm_look(cluster);
}

bool Kubernetes::settle_autoscalers() {
  bool changed = false;
  for (std::size_t c = 0; c < runtimes_.size(); ++c) {
    const int cluster = static_cast<int>(c);
    kube::Cluster& objects = clusters_.items[c];
    bool of_cluster = false;
    for (std::size_t h = 0; h < objects.autoscalers.size(); ++h) {
      kube::HorizontalPodAutoscaler& hpa = objects.autoscalers[h];
      const int target = hpa.meta.exists ? kube::target_of(objects, hpa) : kube::no_index;
      if (target == kube::no_index) continue;
      for (const int pod : kube::pods_of(objects, target)) measure({cluster, pod});
      int& replicas = objects.workloads[static_cast<std::size_t>(target)].replicas;
      const int wanted = proposal(cluster, hpa, target).value_or(replicas);
      const int next = replicas == 0 ? 0 : within_bounds(hpa, wanted);
      of_cluster = of_cluster || next != replicas;
      replicas = next;
      runtimes_[c].scaling[h].proposals = {{context_.now(), next}};
    }
    if (of_cluster) bring_up(cluster);
    changed = changed || of_cluster;
  }
  initial_ = clusters_;
  initial_runtimes_ = runtimes_;
  return changed;
}

}  // namespace drdrill::models
