#include <algorithm>
#include <array>

#include "sim/kube/controllers.hpp"

/// Whether a claim can have a volume at all, and where; whether a node can mount it.
namespace drdrill::kube {
namespace {

constexpr auto default_class = "storageclass.kubernetes.io/is-default-class";

/// Drivers of block devices: one node mounts them at a time (their projects' READMEs). Drivers that
/// are not listed are assumed to serve files.
constexpr std::array<std::string_view, 8> block_drivers{
    "dobs.csi.digitalocean.com", "ebs.csi.aws.com",       "pd.csi.storage.gke.io",
    "disk.csi.azure.com",        "csi.hetzner.cloud",     "linodebs.csi.linode.com",
    "rancher.io/local-path",     "kubernetes.io/aws-ebs",
};

const OtherObject* class_of(const Cluster& cluster, const PersistentVolumeClaim& claim, bool& any) {
  const OtherObject* found = nullptr;
  for (const OtherObject& object : cluster.others) {
    if (object.kind != "StorageClass" || !object.meta.exists) continue;
    any = true;
    const std::string* chosen = find_label(*object.meta.annotations, default_class);
    const bool is_default = chosen && *chosen == "true";
    if (claim.storage_class.empty() ? is_default : object.meta.name == claim.storage_class)
      found = &object;
  }
  return found;
}

/// Drivers of volumes that are part of a node.
constexpr std::array<std::string_view, 4> node_drivers{
    "rancher.io/local-path",
    "kubernetes.io/no-provisioner",
    "openebs.io/local",
    "local.csi.openebs.io",
};

}  // namespace

bool lies_on_node(const Cluster& cluster, const PersistentVolumeClaim& claim) {
  bool any = false;
  const OtherObject* found = class_of(cluster, claim, any);
  const Value* driver = found ? at_pointer(*found->manifest, "/provisioner") : nullptr;
  return driver &&
         std::find(node_drivers.begin(), node_drivers.end(), driver->text) != node_drivers.end();
}

std::optional<std::string> provision_refusal(const Cluster& cluster,
                                             const PersistentVolumeClaim& claim) {
  if (!claim.volume.empty()) return std::nullopt;
  bool any = false;
  const OtherObject* found = class_of(cluster, claim, any);
  if (!any) return std::nullopt;  // the platform says nothing of its storage
  if (!found && claim.storage_class.empty())
    return "no persistent volumes available for this claim and no storage class is set";
  if (!found) return "storageclass.storage.k8s.io \"" + claim.storage_class + "\" not found";
  const Value* driver = at_pointer(*found->manifest, "/provisioner");
  const bool block = driver && std::find(block_drivers.begin(), block_drivers.end(),
                                         driver->text) != block_drivers.end();
  if (!block || claim.single_node()) return std::nullopt;
  return "failed to provision volume with StorageClass \"" + found->meta.name +
         "\": " + driver->text + " does not support access mode " + claim.access_modes.front();
}

void bind_claims(Cluster& cluster, int pod) {
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  if (p.node == no_index) return;
  for (const Volume& v : p.spec->volumes) {
    if (v.kind != Volume::Kind::claim) continue;
    const int index = find_claim(cluster, p.meta.ns, v.source);
    if (index == no_index) continue;
    PersistentVolumeClaim& claim = cluster.claims[static_cast<std::size_t>(index)];
    if (!claim.volume.empty()) continue;
    claim.volume = "pvc-" + claim.meta.ns + "-" + claim.meta.name;
    claim.zone = cluster.nodes[static_cast<std::size_t>(p.node)].zone;
  }
}

std::optional<std::string> mount_refusal(const Cluster& cluster, int pod, int node) {
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  for (const Volume& v : p.spec->volumes) {
    if (v.kind != Volume::Kind::claim) continue;
    const int index = find_claim(cluster, p.meta.ns, v.source);
    if (index == no_index || !cluster.claims[static_cast<std::size_t>(index)].single_node())
      continue;
    for (const Pod& other : cluster.pods) {
      // Terminating pods hold what they have mounted until they are gone.
      const bool there = other.meta.exists && other.node != no_index && other.node != node &&
                         other.phase != PodPhase::succeeded && other.phase != PodPhase::failed;
      if (&other == &p || other.meta.ns != p.meta.ns || !there) continue;
      const bool uses = std::any_of(
          other.spec->volumes.begin(), other.spec->volumes.end(),
          [&](const Volume& o) { return o.kind == Volume::Kind::claim && o.source == v.source; });
      if (uses)
        return "Multi-Attach error for volume \"" + v.source +
               "\" Volume is already used by pod(s) " + other.meta.name;
    }
  }
  return std::nullopt;
}

}  // namespace drdrill::kube
