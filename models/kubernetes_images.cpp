#include <algorithm>

#include "models/kubernetes.hpp"
#include "sim/kube/images.hpp"

/// Images: a node that has not run one pulls it before the container starts, one after the other
/// (kubelet: serializeImagePulls). Nodes have those of the pods that ran there at the start.
namespace drdrill::models {
namespace {

template <class F>
void each_image(const kube::PodTemplate& pod, F&& f) {
  for (const auto* containers : {&pod.init_containers, &pod.containers})
    for (const kube::Container& container : *containers)
      if (!container.image.empty()) f(container);
}

/// Calls f with each image that an object of the platform file names.
template <class F>
void each_platform_image(const PlatformSpec& spec, F&& f) {
  for (const ClusterSpec& cluster : spec.clusters) {
    const auto named = [&](const kube::Container& container) { f(container.image); };
    for (const kube::Workload& workload : cluster.initial.workloads)
      each_image(workload.pod_template(), named);
    for (const kube::CronJob& job : cluster.initial.cron_jobs)
      each_image(*job.job.pod_template, named);
    for (const kube::Job& job : cluster.initial.jobs) each_image(*job.spec.pod_template, named);
    for (const kube::Pod& pod : cluster.initial.pods) each_image(*pod.spec, named);
  }
}

}  // namespace

/// Does the platform say so?
bool Kubernetes::is_named(const std::string& name) const {
  const auto& registry = context_.spec.registry;
  if (std::find(registry.begin(), registry.end(), name) != registry.end()) return true;
  bool found = false;
  each_platform_image(context_.spec, [&](const std::string& image) { found |= image == name; });
  const auto names = [&](const auto& file) {
    const std::size_t at = file.second.find(name);
    if (at == std::string::npos) return false;
    const std::size_t end = at + name.size();  // ":1.0" is not named by ":1.0.7"
    return end == file.second.size() ||
           std::string_view(" \t\r\n\"',}").find(file.second[end]) != std::string_view::npos;
  };
  return found || std::any_of(context_.spec.files.begin(), context_.spec.files.end(), names);
}

/// The tags of a repository that the platform runs are those that it names; of one that it does not
/// know, and of well-known public ones, any tag is assumed to be there.
bool Kubernetes::registry_has(const std::string& name) const {
  if (is_named(name)) return true;
  const std::string repository = kube::image_repository(name);
  const auto same = [&](const std::string& image) {
    return kube::image_repository(image) == repository;
  };
  const auto& registry = context_.spec.registry;
  if (std::any_of(registry.begin(), registry.end(), same)) return false;
  if (kube::is_public_image(name)) return true;
  bool known = false;
  each_platform_image(context_.spec, [&](const std::string& image) { known |= same(image); });
  return !known;
}

int Kubernetes::image_of(const std::string& name) {
  const auto found = std::find_if(images_.begin(), images_.end(),
                                  [&](const Image& image) { return image.name == name; });
  if (found != images_.end()) return static_cast<int>(found - images_.begin());
  images_.push_back({name, registry_has(name)});
  return static_cast<int>(images_.size()) - 1;
}

/// A release that does not start was pushed all the same.
bool Kubernetes::is_broken(const std::string& name) const {
  return std::any_of(broken_images_.begin(), broken_images_.end(),
                     [&](const BrokenImage& image) { return image.name == name; });
}

/// How long until the pod's images are on its node; nothing when the registry lacks one.
std::optional<Duration> Kubernetes::pull(PodRef ref, bool at_once) {
  NodeRuntime* node = node_of(ref);
  PodRuntime& rt = runtime(ref);
  rt.pulls = false;
  if (!node) return Duration::zero();
  Duration wait = Duration::zero();
  bool missing = false;
  each_image(*pod(ref).spec, [&](const kube::Container& container) {
    const int image = image_of(container.image);
    const auto there =
        std::find_if(node->images.begin(), node->images.end(),
                     [&](const PulledImage& pulled) { return pulled.image == image; });
    if (at_once) {
      if (there == node->images.end()) node->images.push_back({image, context_.now()});
      return;
    }
    if (there != node->images.end()) {
      const bool asks = container.pull_policy == "Always";
      rt.pulls = rt.pulls || there->there > context_.now();
      wait = std::max(wait, there->there - context_.now());
      if (asks) wait += image_check_.time();
      return;
    }
    if (!images_[static_cast<std::size_t>(image)].exists && !is_broken(container.image)) {
      note(ref.cluster, NoteKind::image_missing, component_of(ref),
           context_.notes.subject(container.image));
      missing = true;
      return;
    }
    const Offset begins = std::max(context_.now(), node->pulling_until);
    const Duration takes = from_seconds(image_size_.value() / image_pull_rate_.value());
    node->pulling_until = begins + takes;
    rt.pulls = true;
    node->images.push_back({image, node->pulling_until});
    wait = std::max(wait, node->pulling_until - context_.now());
  });
  if (missing) return std::nullopt;
  return wait;
}

}  // namespace drdrill::models
