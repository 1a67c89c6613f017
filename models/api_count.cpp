#include <algorithm>

#include "models/api.hpp"
#include "models/databases.hpp"
#include "models/entry.hpp"
#include "models/lookup.hpp"
#include "models/pools.hpp"
#include "models/redis.hpp"

/// Which pods behind each service answer, what their requests find, and what they suffer from.
namespace drdrill::models {
namespace {

constexpr std::string_view token_role = "auth";

}  // namespace

/// Counts the pods behind each service again when something about pods, proxies or stores changed.
void Api::count() {
  const Counted now{kubernetes_.version(), entry_.version(), databases_.version(), pools_.version(),
                    redis_.version()};
  if (counted_ == now) return;
  counted_ = now;
  found_.by = no_pod;
  for (Service& service : services_) count(service);
}

/// Most pods find what the one before them found.
const Api::Found& Api::found_by(PodRef ref) {
  const bool alike = found_.by != no_pod && kubernetes_.is_unhindered(ref) &&
                     kubernetes_.is_unhindered(found_.by) && pools_.ask_alike(ref, found_.by);
  if (alike) return found_;
  found_.by = ref;
  found_.redis = redis_.usable_from(ref);
  found_.postgres = pools_.share_from(ref, 0);
  const double others = found_.redis ? entry_.share_to(ref) * found_.postgres : 0;
  found_.shares.assign(databases_.all().size(), others);
  if (others > 0)
    for (std::size_t i = 1; i < found_.shares.size(); ++i)
      found_.shares[i] *= pools_.share_from(ref, i);
  return found_;
}

/// A request comes through a proxy that must reach the pod, and the pod must reach its stores.
void Api::count(Service& service) {
  service.live = 0;
  service.shares.assign(databases_.all().size(), 0);
  const int by = find_service_of(kubernetes_.cluster(cluster_), *service.workload);
  if (by == kube::no_index) return;
  const std::vector<int>& routed = kubernetes_.routed(cluster_, by);
  std::size_t useful = 0;
  for (int slot : routed) {
    const PodRef ref{cluster_, slot};
    if (!kubernetes_.is_up(ref)) continue;  // it looks again when it is
    const Found& found = found_by(ref);
    look_at_needs(service, ref, found);
    if (!pod_healthy(ref) || !kubernetes_.reached_from_outside(ref)) continue;
    ++service.live;
    if (found.shares[0] <= 0) continue;
    ++useful;
    for (std::size_t i = 0; i < service.shares.size(); ++i) service.shares[i] += found.shares[i];
  }
  for (double& share : service.shares)
    if (!routed.empty()) share /= static_cast<double>(routed.size());
  // When no pod has its stores no request is served; who waits, waits.
  const std::size_t servers = (useful > 0 ? useful : service.live) *
                              static_cast<std::size_t>(std::max(service.workload->concurrency, 1));
  if (service.station.servers() != servers) service.station.resize(servers, context_.now());
  look_at_impairments(service, routed);
}

/// Does a pod reach what its health endpoint needs, as the platform file says?
void Api::look_at_needs(const Service& service, PodRef ref, const Found& found) {
  const WorkloadModel& workload = *service.workload;
  if (!workload.health_needs_postgres && !workload.health_needs_redis) return;
  const bool reaches = (!workload.health_needs_redis || found.redis) &&
                       (!workload.health_needs_postgres || found.postgres > 0);
  Process& process = processes_[ref];
  if (process.reaches_needs == reaches) return;
  process.reaches_needs = reaches;
  kubernetes_.health_changed(ref);
}

/// What the pods of a service suffer from, and with them the PostgreSQL server that they ask.
/// Tokens of a pod whose clock is ahead of the others' by more than their leeway are not yet valid
/// to them.
void Api::look_at_impairments(Service& service, const std::vector<int>& routed) {
  service.impairments.clear();
  service.token_share = 1;
  const Impairment store = databases_.impairment(cluster_);
  bool any = store != Impairment{};
  std::size_t refused = 0;
  for (int slot : routed) {
    const PodRef ref{cluster_, slot};
    if (!pod_healthy(ref) || !kubernetes_.is_up(ref)) continue;
    Impairment own = kubernetes_.impairment(ref);
    any = any || own != Impairment{};
    if (service.workload->role == token_role && own.skew > Duration::zero() &&
        own.skew > token_leeway_.time())
      ++refused;
    own.slowness *= 1 + database_share_.value() * (store.slowness - 1);
    own.delay += store.delay;
    own.loss = 1 - (1 - own.loss) * (1 - store.loss);
    service.impairments.push_back(own);
  }
  if (service.live > 0)
    service.token_share = 1 - static_cast<double>(refused) / static_cast<double>(service.live);
  if (!any) service.impairments.clear();
  add_redis(service);
}

/// A request asks one shard of Redis, which only a part of its time is spent on.
void Api::add_redis(Service& service) {
  const std::vector<Impairment>& shards = redis_.impairments();
  if (shards.empty()) return;
  if (service.impairments.empty()) service.impairments.resize(service.live);
  const double part = redis_share_.value();
  std::vector<Impairment> all;
  for (const Impairment& pod : service.impairments)
    for (const Impairment& shard : shards) {
      Impairment both = pod;
      both.slowness *= 1 + part * (shard.slowness - 1);
      both.delay += shard.delay;
      both.loss = 1 - (1 - both.loss) * (1 - shard.loss);
      all.push_back(both);
    }
  service.impairments = std::move(all);
}

}  // namespace drdrill::models
