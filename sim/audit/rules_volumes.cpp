#include <array>
#include <map>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Volumes that no storage can make as they are asked for.
namespace drdrill::audit {
namespace {

struct BlockStorage {
  std::string_view provisioner;  ///< ends with it
  std::string_view name;
};
/// Provisioners of block devices: one node mounts their file systems. Each refuses
/// ReadWriteMany unless volumeMode is Block (the drivers' ControllerGetCapabilities and documents).
constexpr std::array<BlockStorage, 13> block_storage{{
    {"ebs.csi.aws.com", "AWS EBS"},
    {"kubernetes.io/aws-ebs", "AWS EBS"},
    {"ebs.csi.eks.amazonaws.com", "AWS EBS"},
    {"pd.csi.storage.gke.io", "GCE Persistent Disk"},
    {"kubernetes.io/gce-pd", "GCE Persistent Disk"},
    {"disk.csi.azure.com", "Azure Disk"},
    {"kubernetes.io/azure-disk", "Azure Disk"},
    {"rbd.csi.ceph.com", "Ceph RBD"},
    {"dobs.csi.digitalocean.com", "DigitalOcean block storage"},
    {"csi.hetzner.cloud", "Hetzner volumes"},
    {"cinder.csi.openstack.org", "OpenStack Cinder"},
    {"linodebs.csi.linode.com", "Linode block storage"},
    {"blockvolume.csi.oraclecloud.com", "Oracle block volumes"},
}};
/// Classes that clusters of a provider have without anybody making them.
constexpr std::array<BlockStorage, 14> well_known{{
    {"gp2", "AWS EBS"},
    {"gp3", "AWS EBS"},
    {"standard-rwo", "GCE Persistent Disk"},
    {"premium-rwo", "GCE Persistent Disk"},
    {"managed-csi", "Azure Disk"},
    {"managed-csi-premium", "Azure Disk"},
    {"managed-premium", "Azure Disk"},
    {"do-block-storage", "DigitalOcean block storage"},
    {"do-block-storage-retain", "DigitalOcean block storage"},
    {"hcloud-volumes", "Hetzner volumes"},
    {"linode-block-storage", "Linode block storage"},
    {"linode-block-storage-retain", "Linode block storage"},
    {"rook-ceph-block", "Ceph RBD"},
    {"oci-bv", "Oracle block volumes"},
}};

std::string text_of(const Value* value) {
  return value ? value->text : std::string();
}

class Volumes {
 public:
  explicit Volumes(Look& look) : look_(look) {
    each_document([&](const Manifests&, const Value& document) {
      if (text_of(document.find("kind")) != "StorageClass") return;
      const Value* meta = document.find("metadata");
      if (meta) provisioners_[text_of(meta->find("name"))] = text_of(document.find("provisioner"));
    });
  }

  void run() {
    each_document([&](const Manifests& file, const Value& document) {
      const std::string kind = text_of(document.find("kind"));
      if (kind == "PersistentVolumeClaim") claim(file, document, "claim");
      const Value* spec = document.find("spec");
      const Value* templates = spec ? spec->find("volumeClaimTemplates") : nullptr;
      if (kind != "StatefulSet" || !templates) return;
      for (const Value& each : templates->items) claim(file, each, "claim template");
    });
  }

 private:
  void each_document(const auto& visit) {
    for (const Manifests& file : look_.input.manifests)
      for (const Value& document : file.documents) visit(file, document);
  }

  /// What the class makes; empty: it is not known, or can be mounted by many.
  std::string_view storage_of(const std::string& name) const {
    const auto given = provisioners_.find(name);
    if (given != provisioners_.end()) {
      for (const BlockStorage& each : block_storage)
        if (given->second.ends_with(each.provisioner)) return each.name;
      return {};
    }
    for (const BlockStorage& each : well_known)
      if (name == each.provisioner) return each.name;
    return {};
  }

  void claim(const Manifests& file, const Value& claim, std::string_view what) {
    const Value* meta = claim.find("metadata");
    const Value* spec = claim.find("spec");
    const Value* modes = spec ? spec->find("accessModes") : nullptr;
    if (!meta || !modes || text_of(spec->find("volumeMode")) == "Block" ||
        !text_of(spec->find("volumeName")).empty())
      return;
    const std::string name = text_of(spec->find("storageClassName"));
    const std::string_view storage = storage_of(name);
    if (storage.empty()) return;
    for (const Value& mode : modes->items) {
      if (mode.text != "ReadWriteMany" && mode.text != "ReadOnlyMany") continue;
      if (mode.text == "ReadOnlyMany" && storage != "AWS EBS") continue;
      look_.report({file.file, file.first_line + std::max(mode.at.line, 1) - 1},
                   std::string(what) + " " + text_of(meta->find("name")) + " wants " + mode.text +
                       " of " + name + ", which is " + std::string(storage) +
                       ": block storage, which one node mounts. The claim stays Pending, and no "
                       "pod that uses it starts");
      return;
    }
  }

  Look& look_;
  std::map<std::string, std::string> provisioners_;
};

}  // namespace

void check_unmountable(Look& look) {
  Volumes(look).run();
}

}  // namespace drdrill::audit
