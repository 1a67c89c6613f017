#include <algorithm>

#include "sim/kube/controllers.hpp"

namespace drdrill::kube {
namespace {

bool covers(const PodDisruptionBudget& budget, const Pod& pod) {
  return budget.meta.exists && pod.meta.exists && pod.meta.ns == budget.meta.ns &&
         budget.selector->matches(*pod.meta.labels);
}

bool is_healthy(const Pod& pod) {
  return is_serving(pod);
}

/// The scale of the controllers behind the covered pods: percentages and maxUnavailable are of it.
int expected_scale(const Cluster& cluster, const PodDisruptionBudget& budget) {
  int expected = 0;
  for (std::size_t w = 0; w < cluster.workloads.size(); ++w) {
    const bool covered = std::any_of(cluster.pods.begin(), cluster.pods.end(), [&](const Pod& p) {
      return covers(budget, p) && p.owner == Pod::Owner::workload &&
             p.owner_index == static_cast<int>(w);
    });
    if (covered) expected += cluster.workloads[w].replicas;
  }
  return expected;
}

std::string refusal_text(const PodDisruptionBudget& budget, const BudgetStatus& status) {
  return "Cannot evict pod as it would violate the pod's disruption budget. The disruption "
         "budget " +
         budget.meta.name + " needs " + std::to_string(status.desired_healthy) +
         " healthy pods and has " + std::to_string(status.healthy) + " currently";
}

/// Pods that never ran or have ended may always go; a pod that runs unready may go under
/// AlwaysAllow, or when the budget is met without it (IfHealthyBudget).
bool may_ignore(const Pod& pod, const PodDisruptionBudget& budget, const BudgetStatus& status) {
  if (pod.phase != PodPhase::running && pod.phase != PodPhase::unknown) return true;
  if (is_healthy(pod)) return false;
  return budget.always_allow_unhealthy ||
         (status.healthy >= status.desired_healthy && status.desired_healthy > 0);
}

}  // namespace

BudgetStatus status_of(const Cluster& cluster, const PodDisruptionBudget& budget) {
  BudgetStatus out;
  for (const Pod& p : cluster.pods) {
    if (!covers(budget, p)) continue;
    const bool ended = p.phase == PodPhase::succeeded || p.phase == PodPhase::failed;
    if (budget.min_available && !budget.min_available->percent && !ended) ++out.expected;
    out.healthy += is_healthy(p) ? 1 : 0;
  }
  if (budget.max_unavailable) {
    out.expected = expected_scale(cluster, budget);
    out.desired_healthy =
        std::max(0, out.expected - budget.max_unavailable->of(out.expected, true));
  } else if (budget.min_available) {
    if (budget.min_available->percent) out.expected = expected_scale(cluster, budget);
    out.desired_healthy = budget.min_available->of(out.expected, true);
  }
  if (out.expected > 0) out.disruptions_allowed = std::max(0, out.healthy - out.desired_healthy);
  return out;
}

std::optional<std::string> eviction_refusal(const Cluster& cluster, int pod) {
  const Pod& p = cluster.pods[static_cast<std::size_t>(pod)];
  const PodDisruptionBudget* found = nullptr;
  for (const PodDisruptionBudget& budget : cluster.budgets) {
    if (!covers(budget, p)) continue;
    if (found)
      return "This pod has more than one PodDisruptionBudget, which the eviction subresource does "
             "not support.";
    found = &budget;
  }
  if (!found || p.terminating) return std::nullopt;
  const BudgetStatus status = status_of(cluster, *found);
  if (may_ignore(p, *found, status) || status.disruptions_allowed > 0) return std::nullopt;
  return refusal_text(*found, status);
}

}  // namespace drdrill::kube
