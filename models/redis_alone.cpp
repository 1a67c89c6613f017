#include <algorithm>

#include "models/leaders.hpp"
#include "models/lookup.hpp"
#include "models/redis.hpp"

/// A Redis without a cluster, and what of a server's data outlives its process and its pod.
namespace drdrill::models {

void Redis::build_alone() {
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::redis_master) continue;
    if (belongs_to(workload, 0)) shards_ = 1;
    if (home_ || !belongs_to(workload, cluster_)) continue;
    home_ = &workload;
    add_server(static_cast<int>(workload.cluster), workload.workload, true);
  }
  settle_servers();
}

/// The first pod of the workload whose process runs.
PodRef Redis::pod_of_home() const {
  return kubernetes_.first_pod_of(*home_, [&](PodRef pod) { return kubernetes_.is_up(pod); });
}

/// A Deployment's pods have names of their own.
void Redis::rename(Server& s) {
  s.name = std::string(kubernetes_.name_of(s.pod));
  s.subject = kubernetes_.subject_of(s.pod);
}

/// Does the Service lead there?
bool Redis::is_routed(PodRef ref) const {
  const kube::Cluster& cluster = kubernetes_.cluster(ref.cluster);
  const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(ref.cluster)];
  const int service = find_service_near(cluster, home.home_namespace, context_.spec.redis.service);
  if (service == kube::no_index) return false;
  const std::vector<int>& pods = kubernetes_.routed(ref.cluster, service);
  return std::find(pods.begin(), pods.end(), ref.pod) != pods.end();
}

void Redis::routes_changed() {
  if (!home_ || servers_.front().group == none || ranges_.front().server != none) return;
  serve();
}

/// Where the data of the server in this pod lie: on a claim that one of its mounts is of, else
/// where the image puts them.
std::string Redis::volume_of(PodRef ref) const {
  const kube::Pod& pod = kubernetes_.pod(ref);
  if (!pod.spec->containers.empty())
    for (const kube::VolumeMount& mount : pod.spec->containers.front().mounts) {
      const kube::Volume* volume = pod.spec->volume(mount.volume);
      if (volume && volume->kind == kube::Volume::Kind::claim)
        return Volumes::claim_root(ref.cluster, pod.meta.ns, volume->source);
    }
  return volumes_.locate(volumes_.disk_of(ref), "/data");
}

/// An emptyDir is gone with its pod, and what lies in the container itself with the container.
void Redis::look_at_volume(Server& s) {
  const std::string volume = volume_of(s.pod);
  const bool container_only = volume == volumes_.disk_of(s.pod).own + ":/data";
  if (volume == s.volume && !container_only) return;
  s.volume = volume;
  if (!alone()) s.has_conf = false;
  empty(s);
}

}  // namespace drdrill::models
