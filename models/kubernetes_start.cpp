#include <algorithm>

#include "models/kubernetes.hpp"

/// The clusters as a run finds them: settled once, and put back before each replication.
namespace drdrill::models {

void Kubernetes::warm_up() {
  for (std::size_t c = 0; c < runtimes_.size(); ++c) {
    runtimes_[c].sync = context_.engine.make_group();
    runtimes_[c].zones_look = context_.engine.make_group();
    runtimes_[c].scrape = context_.engine.make_group();
    runtimes_[c].look = context_.engine.make_group();
    runtimes_[c].collect = context_.engine.make_group();
    runtimes_[c].pools.resize(context_.spec.clusters[c].pools.size());
    runtimes_[c].scaling.resize(clusters_.items[c].autoscalers.size());
    grow(static_cast<int>(c));
    bring_up(static_cast<int>(c));
  }
  initial_ = clusters_;
  initial_runtimes_ = runtimes_;
}

/// Controllers, scheduler and kubelets until nothing changes any more, in no time.
void Kubernetes::bring_up(int cluster) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  ClusterRuntime& rt = runtimes_[static_cast<std::size_t>(cluster)];
  for (int round = 0; round < 1000; ++round) {
    const std::uint64_t before = version_;
    run_controllers(cluster);
    drop_terminating(cluster);
    for (std::size_t p = 0; p < objects.pods.size(); ++p) {
      const PodRef ref{cluster, static_cast<int>(p)};
      if (!pod(ref).meta.exists || runtime(ref).up || !try_bind(ref, true)) continue;
      start_container(ref);
      runtime(ref).healthy = true;
      runtime(ref).placed = runtime(ref).ready_changed = -std::chrono::hours(24);
      pod_of(ref).ready = true;
    }
    if (version_ == before) break;
  }
  for (std::size_t s = 0; s < objects.services.size(); ++s)
    rt.services[s].routed = kube::endpoints(objects, static_cast<int>(s));
  for (PodRuntime& of_pod : rt.pods) context_.engine.cancel(of_pod.ready_timer);
  context_.engine.cancel(rt.sync);
}

void Kubernetes::drop_terminating(int cluster) {
  kube::Cluster& objects = clusters_.items[static_cast<std::size_t>(cluster)];
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{cluster, static_cast<int>(p)};
    if (!pod(ref).meta.exists || !pod(ref).terminating) continue;
    end_container(ref, Ending::clean);
    forget_object(ref);
    kube::remove_pod(objects, ref.pod);
  }
}

void Kubernetes::reset() {
  broken_images_.clear();
  patience_ = from_seconds(network_patience_.look());
  // Groups that were made since are kept: they are slots of the engine, not state.
  look_phases_.restart(context_.seed, context_.replication);
  clusters_ = initial_;
  for (std::size_t c = 0; c < runtimes_.size(); ++c) {
    ClusterRuntime& now = runtimes_[c];
    const ClusterRuntime& first = initial_runtimes_[c];
    std::copy(first.pods.begin(), first.pods.end(), now.pods.begin());
    for (std::size_t p = first.pods.size(); p < now.pods.size(); ++p) {
      const PodRuntime old = now.pods[p];
      now.pods[p] = PodRuntime{};
      now.pods[p].life = old.life;
      now.pods[p].ready_timer = old.ready_timer;
      now.pods[p].alive_timer = old.alive_timer;
    }
    // Nodes and Services of later are forgotten, their groups are used for the next ones.
    for (std::size_t n = first.nodes.size(); n < now.nodes.size(); ++n) {
      spare_groups_.push_back(now.nodes[n].lease);
      spare_groups_.push_back(now.nodes[n].hear);
      spare_groups_.push_back(now.nodes[n].boot);
      spare_groups_.push_back(now.nodes[n].evict);
    }
    now.nodes = first.nodes;
    for (std::size_t s = first.services.size(); s < now.services.size(); ++s)
      spare_groups_.push_back(now.services[s].update);
    now.services.resize(first.services.size());
    for (std::size_t s = 0; s < now.services.size(); ++s)
      now.services[s].routed = first.services[s].routed;
    now.jobs_wait.clear();
    now.pools = first.pools;
    now.attached.clear();
    now.all_lost = false;
    now.monitor_phase = Duration(-1);
    // Zones are known in the order in which they lose nodes, which is another one in each run.
    for (const ZoneRuntime& zone : now.zones) spare_groups_.push_back(zone.timer);
    now.zones.clear();
    now.scaling = first.scaling;
    now.scrape_phase = from_seconds(look_phases_.uniform() * metrics_resolution_.value());
    now.look_phase = from_seconds(look_phases_.uniform() * autoscaler_sync_.value());
  }
  cuts_.clear();
  was_cut_ = was_impaired_ = false;
  noted_.clear();
  phases_.restart(context_.seed, context_.replication);
  for (std::size_t c = 0; c < runtimes_.size(); ++c)
    for (PodRuntime& pod : runtimes_[c].pods)
      if (pod.up) pod.probe_phase = from_seconds(phases_.uniform() * 3600.0);
  version_ = 0;
  listed_ = false;
}

}  // namespace drdrill::models
