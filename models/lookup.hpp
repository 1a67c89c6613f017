#pragma once

#include "models/kubernetes.hpp"

/// Things that a platform names without their namespace: in the cluster's home namespace, or else
/// in the first other one that has them.
namespace drdrill::models {

inline int find_service_near(const kube::Cluster& cluster, std::string_view home,
                             std::string_view name) {
  const int found = kube::find_service(cluster, home, name);
  if (found != kube::no_index) return found;
  for (std::size_t i = 0; i < cluster.services.size(); ++i)
    if (cluster.services[i].meta.exists && cluster.services[i].meta.name == name)
      return static_cast<int>(i);
  return kube::no_index;
}

/// The Service that leads to a workload: the one of its name, else the first that selects its pods.
inline int find_service_of(const kube::Cluster& cluster, const WorkloadModel& workload) {
  const int named = kube::find_service(cluster, workload.ns, workload.workload);
  if (named != kube::no_index) return named;
  for (const kube::Workload& made : cluster.workloads) {
    if (!made.meta.exists || made.meta.ns != workload.ns || made.meta.name != workload.workload)
      continue;
    for (std::size_t i = 0; i < cluster.services.size(); ++i) {
      const kube::Service& service = cluster.services[i];
      if (service.meta.exists && service.meta.ns == workload.ns && !service.selector->empty() &&
          kube::selector_of(*service.selector).matches(made.pod_template().labels))
        return static_cast<int>(i);
    }
  }
  return kube::no_index;
}

inline PodRef find_pod_near(const Kubernetes& kubernetes, int cluster, std::string_view home,
                            std::string_view name) {
  const PodRef found = kubernetes.find_pod(cluster, home, name);
  if (found != no_pod) return found;
  const auto& pods = kubernetes.cluster(cluster).pods;
  for (std::size_t i = 0; i < pods.size(); ++i)
    if (pods[i].meta.exists && pods[i].meta.name == name) return {cluster, static_cast<int>(i)};
  return no_pod;
}

}  // namespace drdrill::models
