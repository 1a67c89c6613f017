#include "sim/kube/controllers.hpp"

#include <algorithm>

#include "sim/base/ensure.hpp"
#include "sim/kube/controller_parts.hpp"
#include "sim/kube/naming.hpp"

namespace drdrill::kube {
namespace {

const Revision& revision_at(const Workload& w, int number) {
  const auto at = std::find_if(w.revisions.begin(), w.revisions.end(),
                               [&](const Revision& r) { return r.number == number; });
  ENSURE(at != w.revisions.end(), w.meta.name + " has no revision " + std::to_string(number));
  return *at;
}

int free_slot(Cluster& cluster) {
  for (std::size_t i = 0; i < cluster.pods.size(); ++i)
    if (!cluster.pods[i].meta.exists) return static_cast<int>(i);
  cluster.pods.emplace_back();
  return static_cast<int>(cluster.pods.size()) - 1;
}

/// A Pending pod object in a free slot.
int place(Cluster& cluster, Pod pod) {
  const int slot = free_slot(cluster);
  cluster.pods[static_cast<std::size_t>(slot)] = std::move(pod);
  return slot;
}

/// A StatefulSet's pod mounts the claims made from the templates, named TEMPLATE-POD.
void add_claims(Cluster& cluster, const Workload& w, Pod& pod) {
  if (w.claims->empty()) return;
  pod.spec.edit([&](PodTemplate& t) {
    for (const ClaimTemplate& c : *w.claims)
      t.volumes.push_back({c.name, Volume::Kind::claim, c.name + "-" + pod.meta.name});
  });
  for (const ClaimTemplate& c : *w.claims) {
    const std::string name = c.name + "-" + pod.meta.name;
    if (find_claim(cluster, w.meta.ns, name) != no_index) continue;
    PersistentVolumeClaim claim;
    claim.meta.ns = w.meta.ns;
    claim.meta.name = name;
    claim.meta.labels = w.meta.labels;
    claim.access_modes = c.access_modes;
    claim.storage_bytes = c.storage_bytes;
    claim.storage_class = c.storage_class;
    cluster.claims.push_back(std::move(claim));
  }
}

}  // namespace

void next_actions(Cluster& cluster, int workload, std::vector<PodAction>& out) {
  out.clear();
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  if (!w.meta.exists) return;
  switch (w.kind) {
    case Workload::Kind::deployment:
      return parts::deployment_actions(cluster, workload, out);
    case Workload::Kind::stateful_set:
      return parts::stateful_set_actions(cluster, workload, out);
    case Workload::Kind::daemon_set:
      return parts::daemon_set_actions(cluster, workload, out);
  }
}

int create_pod(Cluster& cluster, const PodAction& action) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(action.workload)];
  const Revision& revision = revision_at(w, action.revision);
  Pod pod;
  pod.uid = cluster.next_uid++;
  pod.meta.ns = w.meta.ns;
  pod.meta.name = pod_name(w, revision.number, action.ordinal, pod.uid);
  pod.meta.labels = revision.pod_template->labels;
  pod.owner = Pod::Owner::workload;
  pod.owner_index = action.workload;
  pod.ordinal = action.ordinal;
  pod.revision = revision.number;
  pod.spec = revision.pod_template;
  pod.pinned_node = action.node;
  pod.grace_s = pod.spec->termination_grace_s;
  if (w.kind == Workload::Kind::stateful_set) {
    pod.meta.labels.edit([&](Labels& l) {
      set_label(l, "statefulset.kubernetes.io/pod-name", pod.meta.name);
      set_label(l, "apps.kubernetes.io/pod-index", std::to_string(action.ordinal));
    });
    add_claims(cluster, w, pod);
  }
  return place(cluster, std::move(pod));
}

int create_job_pod(Cluster& cluster, int job) {
  const Job& j = cluster.jobs[static_cast<std::size_t>(job)];
  Pod pod;
  pod.uid = cluster.next_uid++;
  pod.meta.ns = j.meta.ns;
  pod.meta.name = j.meta.name + "-" + name_suffix(pod.uid);
  pod.meta.labels = j.spec.pod_template->labels;
  pod.meta.labels.edit([&](Labels& l) {
    set_label(l, "job-name", j.meta.name);
    set_label(l, "batch.kubernetes.io/job-name", j.meta.name);
  });
  pod.owner = Pod::Owner::job;
  pod.owner_index = job;
  pod.spec = j.spec.pod_template;
  pod.grace_s = pod.spec->termination_grace_s;
  return place(cluster, std::move(pod));
}

void apply(Cluster& cluster, const PodAction& action) {
  if (action.kind == PodAction::Kind::create)
    create_pod(cluster, action);
  else
    terminate_pod(cluster, action.pod);
}

}  // namespace drdrill::kube
