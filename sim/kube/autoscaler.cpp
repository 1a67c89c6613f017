#include "sim/kube/autoscaler.hpp"

#include <algorithm>
#include <cstdlib>

namespace drdrill::kube {
namespace {

/// --horizontal-pod-autoscaler-tolerance is 0.1.
constexpr std::int64_t tolerance_divisor = 10;

bool is_tolerated(std::int64_t seen, std::int64_t target) {
  const std::int64_t off = seen > target ? seen - target : target - seen;
  return off * tolerance_divisor <= target;
}

int divided_up(std::int64_t amount, std::int64_t by) {
  return static_cast<int>((amount + by - 1) / by);
}

struct Sum {
  std::int64_t used = 0;
  std::int64_t requested = 0;
  std::int64_t pods = 0;

  void add(std::int64_t use, std::int64_t request) {
    used += use;
    requested += request;
    ++pods;
  }
  /// Whole per cent, or the mean, both rounded down as the controller does.
  std::int64_t seen(bool utilization) const {
    return utilization ? used * 100 / requested : used / pods;
  }
};

/// What is assumed of a pod that nobody measured while the others want fewer pods.
std::int64_t full_use(const PodLoad& pod, std::int64_t target, bool utilization) {
  constexpr std::int64_t all = 100;
  return utilization ? pod.requested * std::max(all, target) / 100 : target;
}

int changed_since(const ScalingMemory& memory, Offset cutoff, bool up) {
  int sum = 0;
  for (const ScalingMemory::Change& change : memory.changes)
    if (change.at > cutoff && (change.by > 0) == up) sum += std::abs(change.by);
  return sum;
}

/// How far the policies of one direction let it go from `current`.
int policy_limit(const ScalingRules& rules, const ScalingMemory& memory, int current, Offset now,
                 bool up) {
  if (rules.disabled) return current;
  std::optional<int> limit;
  for (const ScalingPolicy& policy : rules.policies) {
    const Offset cutoff = now - std::chrono::seconds(policy.period_s);
    const int start =
        current - changed_since(memory, cutoff, true) + changed_since(memory, cutoff, false);
    const int sign = up ? 1 : -1;
    int reached = start + sign * policy.value;
    if (policy.percent) {
      const std::int64_t hundredths =
          static_cast<std::int64_t>(start) * (100 + sign * policy.value);
      // Up is rounded up, down is rounded down.
      reached = up ? divided_up(hundredths, 100) : static_cast<int>(hundredths / 100);
    }
    const bool farther = !limit || (up ? reached > *limit : reached < *limit);
    if (!limit || farther != rules.use_least) limit = reached;
  }
  if (!limit) return current;
  return up ? std::max(*limit, current) : std::min(*limit, current);
}

/// The least of what was proposed within the window for going up, the most for going down.
int stabilized(const HorizontalPodAutoscaler& hpa, const ScalingMemory& memory, int current,
               int proposed, Offset now) {
  int up = proposed, down = proposed;
  const Offset up_cutoff = now - std::chrono::seconds(hpa.scale_up->stabilization_s);
  const Offset down_cutoff = now - std::chrono::seconds(hpa.scale_down->stabilization_s);
  for (const ScalingMemory::Stretch& stretch : memory.proposals) {
    if (stretch.until > up_cutoff) up = std::min(up, stretch.replicas);
    if (stretch.until > down_cutoff) down = std::max(down, stretch.replicas);
  }
  if (current < up) return up;
  return std::min(current, down);
}

void remember(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, int proposed, Offset now) {
  auto& proposals = memory.proposals;
  if (!proposals.empty() && proposals.back().replicas == proposed)
    proposals.back().until = now;
  else
    proposals.push_back({now, proposed});
  const auto longest = std::chrono::seconds(
      std::max(hpa.scale_up->stabilization_s, hpa.scale_down->stabilization_s));
  std::erase_if(proposals, [&](const auto& stretch) { return stretch.until < now - longest; });
  constexpr auto longest_period = std::chrono::seconds(1800);
  std::erase_if(memory.changes,
                [&](const auto& change) { return change.at < now - longest_period; });
}

}  // namespace

std::optional<ScalingProposal> propose(std::span<const PodLoad> pods,
                                       const HorizontalPodAutoscaler::Metric& metric, int current) {
  const bool cpu = metric.name == "cpu";
  // Targets that are no per cent are in thousandths, memory is in bytes.
  const std::int64_t target = metric.utilization || cpu ? metric.target : metric.target / 1000;
  if (target <= 0) return std::nullopt;
  Sum sum;
  for (const PodLoad& pod : pods)
    if (pod.state == PodLoad::State::measured) sum.add(pod.used, pod.requested);
  if (sum.pods == 0 || (metric.utilization && sum.requested == 0)) return std::nullopt;
  const std::int64_t first = sum.seen(metric.utilization);
  const bool more = first > target;
  const bool fewer = first < target;
  bool assumed = false;
  for (const PodLoad& pod : pods) {
    if (pod.state == PodLoad::State::measured) continue;
    if (pod.state == PodLoad::State::unready && !more) continue;
    assumed = true;
    if (more) sum.add(0, pod.requested);
    if (fewer) sum.add(full_use(pod, target, metric.utilization), pod.requested);
  }
  const std::int64_t seen = assumed ? sum.seen(metric.utilization) : first;
  const bool turned = (fewer && seen > target) || (more && seen < target);
  if (is_tolerated(seen, target) || turned) return ScalingProposal{current, first};
  const int wanted = divided_up(seen * sum.pods, target);
  const bool against =
      assumed && ((seen < target && wanted > current) || (seen > target && wanted < current));
  return ScalingProposal{against ? current : wanted, first};
}

int decide(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, int current,
           std::optional<int> proposed, Offset now, Duration period) {
  if (!memory.proposals.empty())
    memory.proposals.back().until = std::max(memory.proposals.back().until, now - period);
  if (current == 0 && hpa.min_replicas != 0) return 0;
  if (current > hpa.max_replicas) return hpa.max_replicas;
  if (current < hpa.min_replicas) return hpa.min_replicas;
  if (!proposed) return current;
  if (memory.proposals.empty()) memory.proposals.push_back({now, current});
  const int wanted = stabilized(hpa, memory, current, *proposed, now);
  remember(hpa, memory, *proposed, now);
  if (wanted > current)
    return std::min(
        {wanted, hpa.max_replicas, policy_limit(*hpa.scale_up, memory, current, now, true)});
  if (wanted < current)
    return std::max(
        {wanted, hpa.min_replicas, policy_limit(*hpa.scale_down, memory, current, now, false)});
  return current;
}

int target_of(const Cluster& cluster, const HorizontalPodAutoscaler& hpa) {
  for (std::size_t i = 0; i < cluster.workloads.size(); ++i) {
    const Workload& w = cluster.workloads[i];
    if (w.meta.exists && w.meta.ns == hpa.meta.ns && w.meta.name == hpa.target_name &&
        kind_name(w.kind) == hpa.target_kind)
      return static_cast<int>(i);
  }
  return no_index;
}

}  // namespace drdrill::kube
