#include "models/api.hpp"

#include <algorithm>
#include <array>

#include "models/databases.hpp"
#include "models/entry.hpp"
#include "models/pools.hpp"
#include "models/redis.hpp"
#include "sim/engine/math.hpp"

namespace drdrill::models {
namespace {

constexpr Duration p95_limit = std::chrono::milliseconds(200);
constexpr std::array<std::string_view, 3> join_roles{"auth", "meeting", "signaling"};

/// The 95th percentile of a service time. Exact but for the Erlang and the triangular, where it
/// is bounded by three means and by the largest value.
Duration p95_of(const Distribution& d) {
  constexpr double z95 = 1.6448536269514722;
  constexpr double minus_log_5_percent = 2.995732273553991;
  switch (d.shape) {
    case Shape::constant:
      return from_seconds(d.a);
    case Shape::uniform:
      return from_seconds(d.a + 0.95 * (d.b - d.a));
    case Shape::exponential:
      return from_seconds(minus_log_5_percent * d.a);
    case Shape::lognormal:
      return from_seconds(d.a * math::exponential(z95 * d.b));
    case Shape::triangular:
      return from_seconds(d.c);
    case Shape::erlang:
      return from_seconds(3 * d.a);
    case Shape::weibull:
      return from_seconds(d.a * math::power(minus_log_5_percent, 1 / d.b));
  }
  return Duration::zero();
}

}  // namespace

Api::Api(Context& context, Kubernetes& kubernetes, Entry& entry, Databases& databases, Pools& pools,
         Redis& redis, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      entry_(entry),
      databases_(databases),
      pools_(pools),
      redis_(redis),
      cluster_(cluster),
      choice_(0, 0, "api pod choice"),
      service_time_(context.draws["api.service_time"]),
      redis_share_(context.draws["api.redis_share"]),
      database_share_(context.draws["api.database_share"]),
      process_start_(context.draws["api.process_start"]),
      shutdown_(context.draws["api.shutdown"]),
      token_leeway_(context.draws["api.token_leeway"]),
      p95_service_(p95_of(context.draws.table()[service_time_.id()].value)) {
  for (const WorkloadModel& workload : context.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::api_service || !runs_in(workload, cluster)) continue;
    Service service;
    service.workload = &workload;
    services_.push_back(std::move(service));
  }
  for (std::string_view role : join_roles)
    for (std::size_t i = 0; i < services_.size(); ++i)
      if (services_[i].workload->role == role && services_[i].workload->on_join_path)
        join_path_.push_back(i);
}

void Api::reset() {
  choice_.restart(context_.seed, context_.replication);
  processes_.each([](PodRef, Process& process) { process = Process{}; });
  for (Service& service : services_) {
    kubernetes_.each_pod_of(*service.workload, [&](PodRef ref) { processes_[ref].serving = true; });
    service.station.reset();
  }
  counted_ = {};
  count();
}

void Api::handle(const Event& event) {
  const PodRef ref{cluster_, static_cast<int>(event.subject)};
  if (!kubernetes_.is_up(ref)) return;
  processes_[ref].serving = true;
  context_.note(NoteKind::process_started, ComponentId::api, kubernetes_.subject_of(ref),
                process_start_.id(), context_.now() - kubernetes_.runs_since(ref));
  kubernetes_.health_changed(ref);
}

void Api::pod_started(PodRef ref) {
  processes_[ref].serving = false;
  context_.engine.after(process_start_.time(), {.component = event_owner(Owner::api, cluster_),
                                                .kind = static_cast<std::uint16_t>(Kind::started),
                                                .subject = static_cast<std::uint32_t>(ref.pod)});
}

/// Goes on serving what still arrives until it exits, as a server does that waits for its balancer.
bool Api::pod_stopping(PodRef ref) {
  kubernetes_.exit_after(ref, shutdown_.time());
  return true;
}

void Api::pod_ended(PodRef ref, Ending) {
  processes_[ref].serving = false;
}

bool Api::pod_healthy(PodRef ref) const {
  const Process* process = processes_.find(ref);
  return process && process->serving && process->reaches_needs;
}

void Api::reach_changed() {
  counted_ = {};
}

/// The share of a service's requests that are served, over all meetings.
double Api::served(const Service& service) const {
  double sum = 0;
  for (std::size_t i = 0; i < service.shares.size(); ++i)
    sum += databases_.share_of_meetings(i) * service.shares[i];
  return sum;
}

bool Api::takes_joins() {
  count();
  return !join_path_.empty() && services_[join_path_.front()].shares.front() > 0;
}

std::optional<Offset> Api::request(std::size_t index, int meeting) {
  count();
  Service& service = services_[index];
  const double share = service.shares[databases_.installation_of(meeting)];
  if (share <= 0 || (share < 1 && choice_.uniform() >= share)) return std::nullopt;
  Duration takes = service_time_.time();
  if (!service.impairments.empty()) {
    const auto pod = static_cast<std::size_t>(choice_.uniform() *
                                              static_cast<double>(service.impairments.size()));
    const Impairment& impairment =
        service.impairments[std::min(pod, service.impairments.size() - 1)];
    takes = taking(takes, impairment, choice_.uniform() < impairment.loss);
  }
  if (service.token_share < 1 && choice_.uniform() >= service.token_share) return std::nullopt;
  return with_database(service, takes);
}

/// A request holds its place in the pod while it waits for a server connection, and everybody is
/// served in order: so it is done when both the pods and the connections have had the time for it.
std::optional<Offset> Api::with_database(Service& service, Duration takes) {
  const Duration transaction = from_seconds(to_seconds(takes) * database_share_.value());
  const std::optional<Offset> over = pools_.transaction(transaction);
  if (!over) return std::nullopt;
  const std::optional<Offset> done = service.station.offer(context_.now(), takes);
  if (!done) return std::nullopt;
  return std::max(*done, *over + (takes - transaction));
}

/// A lost packet is sent again after the least time that Linux waits for an acknowledgement,
/// 200 ms (TCP_RTO_MIN).
Duration Api::taking(Duration service, const Impairment& impairment, bool loses) {
  constexpr Duration retransmission = std::chrono::milliseconds(200);
  return from_seconds(to_seconds(service) * impairment.slowness) + 2 * impairment.delay +
         (loses ? retransmission : Duration::zero());
}

/// At p95 a packet is lost when one request in twenty, or more, loses one.
Duration Api::p95_taking(Duration service, const Impairment& impairment) {
  return taking(service, impairment, impairment.loss >= 0.05);
}

double Api::success_share() const {
  const_cast<Api*>(this)->count();
  if (services_.empty()) return 0;
  double sum = 0;
  for (const Service& service : services_) sum += served(service) * service.token_share;
  return entry_.share() * sum / static_cast<double>(services_.size());
}

std::optional<double> Api::success_share(std::string_view role) const {
  const_cast<Api*>(this)->count();
  double sum = 0;
  std::size_t found = 0;
  for (const Service& service : services_) {
    if (service.workload->role != role) continue;
    sum += served(service);
    ++found;
  }
  if (found == 0) return std::nullopt;
  return entry_.share() * sum / static_cast<double>(found);
}

Duration Api::p95() const {
  Duration slowest = Duration::zero();
  for (const Service& service : services_)
    slowest =
        std::max(slowest, service.station.servers() == 0 ? p95_limit * 100
                                                         : service.station.wait(context_.now()));
  return std::max(slowest, pools_.wait()) + slowest_p95();
}

/// p95 of a request that does not wait: that of the pod below which 95 % of a service's pods are.
Duration Api::slowest_p95() const {
  Duration slowest = p95_service_;
  std::vector<Duration> each;
  for (const Service& service : services_) {
    each.clear();
    for (const Impairment& impairment : service.impairments)
      each.push_back(p95_taking(p95_service_, impairment));
    if (each.empty()) continue;
    std::sort(each.begin(), each.end());
    slowest = std::max(slowest, each[(each.size() * 95 - 1) / 100]);
  }
  return slowest;
}

Duration Api::query_p95() const {
  const Impairment store = databases_.impairment(cluster_);
  const Duration warm = from_seconds(to_seconds(p95_service_) * database_share_.value());
  return pools_.wait() + p95_taking(warm, store);
}

bool Api::fast() const {
  return p95() < p95_limit;
}

Offset Api::calmer_at() const {
  const Duration over = p95() - p95_limit;
  if (over < Duration::zero()) return never;
  return context_.now() + over + std::chrono::milliseconds(1);
}

void Api::add_inventory(Inventory& inventory) const {
  std::int64_t live = 0;
  for (const Service& service : services_) live += static_cast<std::int64_t>(service.live);
  inventory.push_back(
      {ComponentId::api, "pods serving", live, InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
