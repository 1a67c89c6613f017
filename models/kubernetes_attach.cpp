#include <algorithm>

#include "models/kubernetes.hpp"

/// Volumes that are attached where nobody answers. While the object of a pod exists its volume
/// stays where it is; when the object goes by force the control plane waits for the node to unmount
/// it, and takes it away in the end (attach_detach_controller.go). A node with the taint
/// node.kubernetes.io/out-of-service is known to be off: its pods go, and volumes with them, at
/// once (podgc/gc_controller.go).
namespace drdrill::models {
namespace {

constexpr auto out_of_service_key = "node.kubernetes.io/out-of-service";

bool is_out_of_service(const kube::Node& node) {
  return node.meta.exists && !node.ready &&
         std::any_of(node.taints->begin(), node.taints->end(),
                     [](const kube::Taint& taint) { return taint.key == out_of_service_key; });
}

bool mounts(const kube::PodTemplate& pod, std::string_view claim) {
  return std::any_of(pod.volumes.begin(), pod.volumes.end(), [&](const kube::Volume& volume) {
    return volume.kind == kube::Volume::Kind::claim && volume.source == claim;
  });
}

}  // namespace

/// The object is about to go without a word from its node.
void Kubernetes::forget_pod(PodRef ref) {
  const NodeRuntime* node = node_of(ref);
  if (!node || kubelet_answers(ref)) return;
  const kube::Cluster& objects = cluster(ref.cluster);
  if (is_out_of_service(objects.nodes[static_cast<std::size_t>(pod(ref).node)])) return;
  for (const kube::Volume& volume : pod(ref).spec->volumes) {
    if (volume.kind != kube::Volume::Kind::claim) continue;
    const int claim = kube::find_claim(objects, pod(ref).meta.ns, volume.source);
    if (claim == kube::no_index || !objects.claims[static_cast<std::size_t>(claim)].single_node())
      continue;
    runtimes_[static_cast<std::size_t>(ref.cluster)].attached.push_back({claim, pod(ref).node});
    at(force_detach_.time(), Kind::detached, ref.cluster, claim, Group::none);
  }
}

bool Kubernetes::is_held_elsewhere(PodRef ref) const {
  const auto& attached = runtimes_[static_cast<std::size_t>(ref.cluster)].attached;
  if (attached.empty()) return false;
  const kube::Pod& object = pod(ref);
  return std::any_of(
      object.spec->volumes.begin(), object.spec->volumes.end(), [&](const kube::Volume& volume) {
        if (volume.kind != kube::Volume::Kind::claim) return false;
        const int claim = kube::find_claim(cluster(ref.cluster), object.meta.ns, volume.source);
        return std::any_of(attached.begin(), attached.end(), [&](const Attachment& held) {
          return held.claim == claim && held.node != object.node;
        });
      });
}

void Kubernetes::detach(int cluster, int claim) {
  const auto gone = std::erase_if(runtimes_[static_cast<std::size_t>(cluster)].attached,
                                  [&](const Attachment& held) { return held.claim == claim; });
  if (gone == 0) return;  // the node answered before
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const kube::Meta& meta = objects.claims[static_cast<std::size_t>(claim)].meta;
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    const kube::Pod& object = objects.pods[p];
    if (object.meta.exists && object.node != kube::no_index && !runtime(ref).up &&
        object.meta.ns == meta.ns && mounts(*object.spec, meta.name))
      note(cluster, NoteKind::volume_detached, component_of(ref),
           context_.notes.subject("volume " + meta.name), force_detach_.id(), force_detach_.time());
  }
  objects_changed(cluster);
}

/// A kubelet that answers again unmounts what no pod of its node wants.
void Kubernetes::detach_node(int cluster, int node) {
  std::erase_if(runtimes_[static_cast<std::size_t>(cluster)].attached,
                [&](const Attachment& held) { return held.node == node; });
}

void Kubernetes::out_of_service(int cluster) {
  const kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  const Group group = runtimes_[static_cast<std::size_t>(cluster)].collect;
  if (context_.engine.pending(group) != 0) return;
  const bool any = std::any_of(objects.pods.begin(), objects.pods.end(), [&](const kube::Pod& pod) {
    return pod.meta.exists && pod.node != kube::no_index && pod.pinned_node == kube::no_index &&
           is_out_of_service(objects.nodes[static_cast<std::size_t>(pod.node)]);
  });
  if (any) at(pod_collection_.time(), Kind::collected, cluster, 0, group);
}

void Kubernetes::collect(int cluster) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    const kube::Pod& object = objects.pods[p];
    if (!object.meta.exists || object.node == kube::no_index ||
        object.pinned_node != kube::no_index ||
        !is_out_of_service(objects.nodes[static_cast<std::size_t>(object.node)]))
      continue;
    end_container(ref, Ending::killed);
    forget_object(ref);
    kube::remove_pod(objects, ref.pod);
  }
  for (std::size_t n = 0; n < objects.nodes.size(); ++n)
    if (is_out_of_service(objects.nodes[n])) detach_node(cluster, static_cast<int>(n));
  objects_changed(cluster);
}

}  // namespace drdrill::models
