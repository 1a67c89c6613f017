#include <algorithm>
#include <array>

#include "sim/kube/controller_parts.hpp"

namespace drdrill::kube::parts {
namespace {

/// What a ReplicaSet counts: neither terminating nor finished.
bool is_active(const Pod& p, int workload) {
  return owned_by(p, workload) && !p.terminating && !is_finished(p);
}

int count_of(const Cluster& cluster, int workload, int revision, bool only_ready) {
  return static_cast<int>(
      std::count_if(cluster.pods.begin(), cluster.pods.end(), [&](const Pod& p) {
        return is_active(p, workload) && p.revision == revision && (!only_ready || is_serving(p));
      }));
}

int ready_pods(const Cluster& cluster, int workload) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  int out = 0;
  for (const Revision& r : w.revisions) out += count_of(cluster, workload, r.number, true);
  return out;
}

int size_of_sets(const Workload& w) {
  int out = 0;
  for (const Revision& r : w.revisions) out += r.replicas;
  return out;
}

/// Outside a rollout, and while one is paused, the newest set with pods takes the change.
void resize_without_rollout(Workload& w) {
  int missing = w.replicas - size_of_sets(w);
  for (auto r = w.revisions.rbegin(); r != w.revisions.rend() && missing < 0; ++r) {
    const int taken = std::min(r->replicas, -missing);
    r->replicas -= taken;
    missing += taken;
  }
  if (missing <= 0) return;
  const auto used = std::find_if(w.revisions.rbegin(), w.revisions.rend(),
                                 [](const Revision& r) { return r.replicas > 0; });
  (used == w.revisions.rend() ? w.revisions.back() : *used).replicas += missing;
}

void shrink(Revision& set, int by, int& budget) {
  const int taken = std::max(0, std::min({set.replicas, by, budget}));
  set.replicas -= taken;
  budget -= taken;
}

/// One round of the Deployment controller's rolling update: grow the new set up to the surge, then
/// shrink old sets, those of their pods that are not ready first.
void roll(const Cluster& cluster, Workload& w, int workload) {
  int surge = w.max_surge.of(w.replicas, true);
  int unavailable = std::min(w.max_unavailable.of(w.replicas, false), w.replicas);
  if (surge == 0 && unavailable == 0) unavailable = 1;
  Revision& fresh = w.revisions.back();
  const int room = std::max(0, w.replicas + surge - size_of_sets(w));
  fresh.replicas = std::min(w.replicas, fresh.replicas + room);

  const int fresh_ready = count_of(cluster, workload, fresh.number, true);
  const int least = w.replicas - unavailable;
  int unhealthy_budget =
      size_of_sets(w) - least - (fresh.replicas - std::min(fresh.replicas, fresh_ready));
  for (std::size_t i = 0; i + 1 < w.revisions.size(); ++i) {
    Revision& old = w.revisions[i];
    shrink(old, old.replicas - count_of(cluster, workload, old.number, true), unhealthy_budget);
  }
  int healthy_budget = ready_pods(cluster, workload) - least;
  for (std::size_t i = 0; i + 1 < w.revisions.size(); ++i) {
    Revision& old = w.revisions[i];
    shrink(old, old.replicas, healthy_budget);
  }
}

/// Strategy Recreate: the old pods go, objects and all, before the new ones come.
void recreate(const Cluster& cluster, Workload& w, int workload) {
  for (std::size_t i = 0; i + 1 < w.revisions.size(); ++i) w.revisions[i].replicas = 0;
  const bool old_left = std::any_of(cluster.pods.begin(), cluster.pods.end(), [&](const Pod& p) {
    return owned_by(p, workload) && !is_finished(p) && p.revision != w.revisions.back().number;
  });
  if (!old_left) w.revisions.back().replicas = w.replicas;
}

bool has_old_pods(const Workload& w) {
  return std::any_of(w.revisions.begin(), w.revisions.end() - 1,
                     [](const Revision& r) { return r.replicas > 0; });
}

void resize_sets(Cluster& cluster, int workload) {
  Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  if (w.paused || w.replicas == 0)
    resize_without_rollout(w);
  else if (w.recreate)
    recreate(cluster, w, workload);
  else if (has_old_pods(w))
    roll(cluster, w, workload);
  else
    w.revisions.back().replicas = w.replicas;
}

/// The ReplicaSet controller's order of pods to give up: without node, not running, not ready, then
/// the youngest.
bool goes_first(const Pod& a, const Pod& b) {
  const auto key = [](const Pod& p) {
    return std::array<int, 3>{p.node == no_index ? 0 : 1, p.phase == PodPhase::running ? 1 : 0,
                              p.ready ? 1 : 0};
  };
  if (key(a) != key(b)) return key(a) < key(b);
  return a.uid > b.uid;
}

void fill_set(const Cluster& cluster, int workload, const Revision& set,
              std::vector<PodAction>& out) {
  const int have = count_of(cluster, workload, set.number, false);
  for (int i = have; i < set.replicas; ++i)
    out.push_back({PodAction::Kind::create, workload, no_index, no_index, set.number, no_index});
  if (have <= set.replicas) return;
  std::vector<int> pods;
  for (std::size_t i = 0; i < cluster.pods.size(); ++i)
    if (is_active(cluster.pods[i], workload) && cluster.pods[i].revision == set.number)
      pods.push_back(static_cast<int>(i));
  std::sort(pods.begin(), pods.end(),
            [&](int a, int b) { return goes_first(pod_at(cluster, a), pod_at(cluster, b)); });
  for (int i = 0; i < have - set.replicas; ++i)
    out.push_back({PodAction::Kind::remove, workload, pods[static_cast<std::size_t>(i)], no_index,
                   set.number, no_index});
}

}  // namespace

void deployment_actions(Cluster& cluster, int workload, std::vector<PodAction>& out) {
  resize_sets(cluster, workload);
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  for (const Revision& set : w.revisions) fill_set(cluster, workload, set, out);
}

}  // namespace drdrill::kube::parts
