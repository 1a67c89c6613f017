#include <algorithm>

#include "models/faults.hpp"

/// A release that does not start, and what is done to take it back.
namespace drdrill::models {

/// As a person does it.
bool Faults::set_image(const Deployed& what, const std::string& image) const {
  const kube::Cluster& cluster = kubernetes_.cluster(what.cluster);
  const kube::Workload& workload = cluster.workloads[static_cast<std::size_t>(what.workload)];
  const std::vector<std::string> arguments{
      "set",
      "image",
      std::string(kube::kind_name(workload.kind)) + "/" + workload.meta.name,
      what.container + "=" + image,
      "--namespace=" + workload.meta.ns,
      "--context=" + cluster.context};
  kube::Environment environment;
  environment.now = context_.now();
  if (kube::run(kubernetes_.clusters(), arguments, "", environment).changed.empty()) return false;
  kubernetes_.objects_changed(what.cluster);
  return true;
}

/// Deploying what is broken already, or over what another fault deployed, joins that deployment.
bool Faults::deploy(Injected& injected, PodRef ref) {
  if (injected.deployed) return true;
  Deployed what;
  what.cluster = ref.cluster;
  what.workload = kubernetes_.pod(ref).owner_index;
  for (const Injected& other : injected_)
    if (!other.state.undone && other.deployed && other.deployed->cluster == what.cluster &&
        other.deployed->workload == what.workload) {
      injected.deployed = other.deployed;
      return true;
    }
  const kube::Container& container = kubernetes_.pod(ref).spec->containers.front();
  what.container = container.name;
  what.good = container.image;
  what.bad = container.image + "-broken";
  kubernetes_.break_image(what.bad);
  if (!set_image(what, what.bad)) return false;
  injected.deployed = std::move(what);
  return true;
}

/// By the image from before, unless the runbook has brought another one since.
void Faults::undo_deployment(const Deployed& what) const {
  for (const Injected& other : injected_)
    if (!other.state.undone && other.deployed && other.deployed->bad == what.bad) return;
  const kube::Workload& workload =
      kubernetes_.cluster(what.cluster).workloads[static_cast<std::size_t>(what.workload)];
  const auto& containers = workload.pod_template().containers;
  if (std::any_of(containers.begin(), containers.end(),
                  [&](const kube::Container& c) { return c.image == what.bad; }))
    set_image(what, what.good);
}

}  // namespace drdrill::models
