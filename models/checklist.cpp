#include "models/checklist.hpp"

#include <algorithm>
#include <array>

namespace drdrill::models {
namespace {

using Outcome = ChecklistAnswer::Outcome;

constexpr double enough_success = 0.995;
constexpr Duration most_lag = std::chrono::seconds(1);
constexpr Duration slowest_query = std::chrono::milliseconds(100);

ChecklistAnswer told(bool done, std::string detail) {
  return {{}, done ? Outcome::done : Outcome::not_done, {}, std::move(detail)};
}

ChecklistAnswer untold(std::string why) {
  return {{}, Outcome::not_evaluated, {}, std::move(why)};
}

/// "28 of 30 pods run", and the first one that does not.
std::string part_of(std::size_t some, std::size_t all, std::string_view what,
                    std::string_view first_without) {
  std::string text = std::to_string(some) + " of " + std::to_string(all) + " " + std::string(what);
  if (!first_without.empty()) text += "; not " + std::string(first_without);
  return text;
}

ChecklistAnswer pods_rescheduled(const ChecklistSources& from) {
  const kube::Cluster& cluster = from.kubernetes.cluster(from.cluster);
  std::size_t wanted = 0, running = 0;
  std::string_view without;
  for (std::size_t w = 0; w < cluster.workloads.size(); ++w) {
    if (!cluster.workloads[w].meta.exists) continue;
    const kube::WorkloadStatus status = kube::status_of(cluster, static_cast<int>(w));
    std::size_t here = 0;
    for (const int slot : kube::pods_of(cluster, static_cast<int>(w)))
      here += !cluster.pods[static_cast<std::size_t>(slot)].terminating &&
                      from.kubernetes.is_up({from.cluster, slot})
                  ? 1
                  : 0;
    const auto wants = static_cast<std::size_t>(std::max(status.desired, 0));
    wanted += wants;
    running += std::min(here, wants);
    if (here < wants && without.empty()) without = cluster.workloads[w].meta.name;
  }
  return told(running == wanted, part_of(running, wanted, "pods run", without));
}

ChecklistAnswer endpoints_updated(const ChecklistSources& from) {
  const kube::Cluster& cluster = from.kubernetes.cluster(from.cluster);
  std::size_t all = 0, known = 0;
  std::string_view without;
  for (std::size_t s = 0; s < cluster.services.size(); ++s) {
    const kube::Service& service = cluster.services[s];
    if (!service.meta.exists || service.selector->empty()) continue;
    ++all;
    std::vector<int> now = kube::endpoints(cluster, static_cast<int>(s));
    std::vector<int> routed = from.kubernetes.routed(from.cluster, static_cast<int>(s));
    std::sort(now.begin(), now.end());
    std::sort(routed.begin(), routed.end());
    const bool dead = std::any_of(now.begin(), now.end(), [&](int slot) {
      return !from.kubernetes.is_up({from.cluster, slot});
    });
    if (!now.empty() && now == routed && !dead)
      ++known;
    else if (without.empty())
      without = service.meta.name;
  }
  if (all == 0) return untold("there is no Service");
  return told(known == all,
              part_of(known, all, "Services lead to exactly their ready pods", without));
}

ChecklistAnswer balancer_checks(const ChecklistSources& from) {
  const Entry::Checks checks = from.entry.checks();
  if (checks.targets == 0) return untold("there is no load balancer");
  return told(checks.working == checks.targets, std::to_string(checks.working) + " of " +
                                                    std::to_string(checks.targets) +
                                                    " targets are admitted and work");
}

ChecklistAnswer application_checks(const ChecklistSources& from) {
  const kube::Cluster& cluster = from.kubernetes.cluster(from.cluster);
  std::size_t all = 0, passing = 0;
  std::string_view without;
  for (std::size_t p = 0; p < cluster.pods.size(); ++p) {
    const kube::Pod& pod = cluster.pods[p];
    if (!pod.meta.exists || pod.terminating || pod.phase != kube::PodPhase::running) continue;
    const auto& containers = pod.spec->containers;
    if (std::none_of(containers.begin(), containers.end(),
                     [](const kube::Container& c) { return c.readiness.has_value(); }))
      continue;
    ++all;
    if (pod.ready && from.kubernetes.healthy({from.cluster, static_cast<int>(p)}))
      ++passing;
    else if (without.empty())
      without = pod.meta.name;
  }
  if (all == 0) return untold("no pod has a readiness probe");
  return told(passing == all, part_of(passing, all, "pods pass their readiness probe", without));
}

ChecklistAnswer services_responding(const ChecklistSources& from) {
  const kube::Cluster& cluster = from.kubernetes.cluster(from.cluster);
  std::size_t all = 0, responding = 0;
  std::string_view without;
  for (std::size_t s = 0; s < cluster.services.size(); ++s) {
    if (!cluster.services[s].meta.exists || cluster.services[s].selector->empty()) continue;
    ++all;
    const auto& routed = from.kubernetes.routed(from.cluster, static_cast<int>(s));
    const bool responds = std::any_of(routed.begin(), routed.end(), [&](int slot) {
      return from.kubernetes.healthy({from.cluster, slot}) &&
             from.kubernetes.reached_from_outside({from.cluster, slot});
    });
    if (responds)
      ++responding;
    else if (without.empty())
      without = cluster.services[s].meta.name;
  }
  if (all == 0) return untold("there is no Service");
  return told(responding == all, part_of(responding, all, "Services respond", without));
}

ChecklistAnswer roles(const ChecklistSources& from) {
  const Postgres::Roles roles = from.databases.roles(from.cluster);
  if (roles.servers == 0) return untold("there is no PostgreSQL");
  const int installations = from.databases.installations();
  const int standbys = roles.servers - installations;
  std::string detail =
      std::to_string(roles.primaries) +
      (roles.primaries == 1 ? " writable primary" : " writable primaries") + ", clients reach " +
      (roles.routed.empty() ? std::string("none") : std::string(roles.routed)) + ", " +
      std::to_string(roles.streaming) + " of " + std::to_string(standbys) + " others stream";
  const bool right =
      roles.primaries == installations && roles.routed_to_primary && roles.streaming == standbys;
  return told(right, std::move(detail));
}

/// The lag of each standby is drawn, from a stream of its own: asking changes nothing.
ChecklistAnswer replication_lag(const ChecklistSources& from) {
  const Postgres::Roles roles = from.databases.roles(from.cluster);
  const int expected = roles.servers - from.databases.installations();
  if (expected <= 0) return untold("there is no standby");
  if (roles.streaming < expected)
    return told(false, "replicas " + std::to_string(roles.streaming) + " of " +
                           std::to_string(expected) + " streaming");
  const ParameterTable& table = from.context.draws.table();
  Sampler lag(table[table.find("postgres.replication_lag")].value);
  RandomStream stream(from.context.seed, from.context.replication,
                      StreamName("checklist replication lag"));
  Duration worst = Duration::zero();
  for (int i = 0; i < roles.streaming; ++i) worst = std::max(worst, lag.draw_duration(stream));
  return told(worst < most_lag, std::to_string(roles.streaming) + " of " +
                                    std::to_string(expected) + " stream, " +
                                    format_duration(worst) + " behind at most");
}

ChecklistAnswer query_performance(const ChecklistSources& from) {
  const Postgres::Roles roles = from.databases.roles(from.cluster);
  if (roles.servers == 0) return untold("there is no PostgreSQL");
  if (roles.routed.empty()) return told(false, "no server answers clients");
  const Duration p95 = from.api.query_p95();
  return told(p95 < slowest_query, "p95 of a request's queries is " + format_duration(p95) +
                                       ", an estimate that takes caches to be warm");
}

ChecklistAnswer backup_consistency(const ChecklistSources& from) {
  const Backups::Freshness fresh = from.backups.freshness(ComponentId::postgres);
  if (fresh.believed == 0) return untold("the platform states no backup of PostgreSQL");
  return told(fresh.fresh == fresh.believed,
              std::to_string(fresh.fresh) + " of " + std::to_string(fresh.believed) +
                  " backups are whole and in time" +
                  (fresh.first_without.empty() ? "" : "; " + fresh.first_without));
}

ChecklistAnswer service_answers(const ChecklistSources& from, std::string_view role) {
  const std::optional<double> share = from.api.success_share(role);
  if (!share) return untold("no workload has the role \"" + std::string(role) + "\"");
  return told(*share >= enough_success,
              std::to_string(nearest_whole(*share * 100)) + " % of requests succeed");
}

ChecklistAnswer alerts_resolved(const ChecklistSources& from) {
  if (!from.monitoring.works()) return untold("monitoring is down: no rule is evaluated");
  const auto active = from.alerts.active();
  if (active.empty()) return told(true, "no alert is pending or firing");
  return told(false, "alert " + std::string(active.front()) +
                         (active.size() > 1 ? " and " + std::to_string(active.size() - 1) + " more"
                                            : std::string(" is active")));
}

}  // namespace

ChecklistAnswer answer_item(ChecklistItem item, const ChecklistSources& from) {
  switch (item) {
    case ChecklistItem::pods_rescheduled:
      return pods_rescheduled(from);
    case ChecklistItem::endpoints_updated:
      return endpoints_updated(from);
    case ChecklistItem::balancer_checks:
      return balancer_checks(from);
    case ChecklistItem::application_checks:
      return application_checks(from);
    case ChecklistItem::roles:
      return roles(from);
    case ChecklistItem::replication_lag:
      return replication_lag(from);
    case ChecklistItem::query_performance:
      return query_performance(from);
    case ChecklistItem::backup_consistency:
      return backup_consistency(from);
    case ChecklistItem::services_responding:
      return services_responding(from);
    case ChecklistItem::websocket:
      return service_answers(from, "signaling");
    case ChecklistItem::chat:
      return service_answers(from, "chat");
    case ChecklistItem::authentication:
      return service_answers(from, "auth");
    case ChecklistItem::alerts_resolved:
      return alerts_resolved(from);
    case ChecklistItem::no_data_loss:
    case ChecklistItem::performance:
    case ChecklistItem::data_integrity:
    case ChecklistItem::connection_pool:
    case ChecklistItem::streaming:
      break;
  }
  return untold("not a question to a world");
}

}  // namespace drdrill::models
