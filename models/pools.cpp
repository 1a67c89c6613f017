#include "models/pools.hpp"

#include <algorithm>
#include <functional>

#include "models/lookup.hpp"
#include "models/pod_environment.hpp"

namespace drdrill::models {

Pools::Pools(Context& context, Kubernetes& kubernetes, Databases& databases, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      databases_(databases),
      cluster_(cluster),
      reconnect_(context.draws["postgres.pool_reconnect"]),
      client_timeout_(context.draws["postgres.client_timeout"]),
      clients_most_(context.draws["pooler.clients"]),
      pool_size_(context.draws["pooler.pool_size"]) {
  for (const WorkloadModel& workload : context.spec.workloads) {
    if (!runs_in(workload, cluster)) continue;
    if (workload.kind == WorkloadModel::Kind::pooler) poolers_.push_back(&workload);
    if (workload.kind == WorkloadModel::Kind::api_service) services_.push_back(&workload);
  }
}

void Pools::reset() {
  ways_ = initial_ways_;
  links_.each([](PodRef, Link& link) { link = Link{.timer = link.timer}; });
  connections_.reset();
  in_flight_.clear();
  seen_kubernetes_ = ~0ULL;
  update();
  initial_ways_ = ways_;
}

/// The Service of this name that selects poolers, deleted or not; none: it is another one.
int Pools::pooler_service(std::string_view host, std::string_view ns) const {
  const std::string_view name = host.substr(0, host.find('.'));
  const kube::Cluster& cluster = kubernetes_.cluster(cluster_);
  for (std::size_t i = 0; i < cluster.services.size(); ++i) {
    const kube::Service& service = cluster.services[i];
    if (service.meta.name != name || service.meta.ns != ns || service.selector->empty()) continue;
    const kube::Selector selector = kube::selector_of(*service.selector);
    for (const WorkloadModel* pooler : poolers_)
      for (const kube::Workload& workload : cluster.workloads)
        if (workload.meta.name == pooler->workload && workload.meta.ns == pooler->ns &&
            selector.matches(workload.pod_template().labels))
          return static_cast<int>(i);
  }
  return kube::no_index;
}

/// A pool for each database. PgBouncer's own names, as its images take them from their environment.
Pools::Way& Pools::way_of(PodRef ref) {
  Way& way = ways_[ref];
  const kube::Pod& pod = kubernetes_.pod(ref);
  if (way.uid == pod.uid) return way;
  way = Way{.uid = pod.uid};
  const kube::Cluster& cluster = kubernetes_.cluster(cluster_);
  const WorkloadModel* model = kubernetes_.model_of(ref);
  if (!model || model->kind != WorkloadModel::Kind::pooler) {
    way.poolers = pooler_service(database_host(cluster, pod), pod.meta.ns);
    return way;
  }
  const auto setting = [&](const std::string& name, Draw& otherwise) {
    const auto said = number_from(cluster, pod, name, "PGBOUNCER_" + name);
    return said ? *said : static_cast<int>(nearest_whole(otherwise.value()));
  };
  const int databases = static_cast<int>(databases_.installation(0).spec().databases.size());
  way.clients_most = setting("MAX_CLIENT_CONN", clients_most_);
  const int pool = setting("DEFAULT_POOL_SIZE", pool_size_);
  const auto most = number_from(cluster, pod, "MAX_DB_CONNECTIONS", "PGBOUNCER_MAX_DB_CONNECTIONS");
  way.servers_most = databases * (most ? std::min(*most, pool) : pool);
  return way;
}

void Pools::update() {
  if (seen_kubernetes_ == kubernetes_.version() && seen_databases_ == databases_.version()) return;
  seen_kubernetes_ = kubernetes_.version();
  seen_databases_ = databases_.version();
  for (const auto* workloads : {&poolers_, &services_})
    for (const WorkloadModel* workload : *workloads)
      kubernetes_.each_pod_of(*workload, [&](PodRef ref) {
        if (way_of(ref).poolers == kube::no_index) look_at(ref);
      });
  count_connections();
  ++version_;
}

/// Is a pod cut off from the servers, or no longer? A short cut is over with the next packet; after
/// a longer one, connections were given up, and whoever pools them tries again after a delay.
void Pools::look_at(PodRef ref) {
  Link& link = links_[ref];
  const bool reached = databases_.installation(0).reached_from(ref);
  if (!reached) {
    if (link.open) link.cut_since = context_.now();
    link.open = false;
    if (link.timer != Group{}) context_.engine.cancel(link.timer);
    return;
  }
  if (link.open) return;
  if (link.timer == Group{}) link.timer = context_.engine.make_group();
  if (context_.engine.pending(link.timer) > 0) return;
  const bool given_up = context_.now() - link.cut_since >= client_timeout_.time();
  const std::uint32_t who = kubernetes_.pod(ref).uid;
  const Duration delay = given_up ? reconnect_.time_of(who, link.cuts++) : Duration::zero();
  context_.engine.after(delay,
                        {.component = event_owner(Owner::pools, cluster_),
                         .subject = static_cast<std::uint32_t>(ref.pod)},
                        link.timer);
}

void Pools::handle(const Event& event) {
  links_[{cluster_, static_cast<int>(event.subject)}].open = true;
  count_connections();
  ++version_;
  context_.changed = true;
}

/// The server connections that there can be, and how many clients may ask at a time.
void Pools::count_connections() {
  std::int64_t servers = 0, clients_most = 0, direct = 0, pooled = 0;
  for (const WorkloadModel* pooler : poolers_)
    kubernetes_.each_pod_of(*pooler, [&](PodRef ref) {
      if (!kubernetes_.is_up(ref) || !links_[ref].open) return;
      servers += way_of(ref).servers_most;
      clients_most += way_of(ref).clients_most;
    });
  for (const WorkloadModel* service : services_)
    kubernetes_.each_pod_of(*service, [&](PodRef ref) {
      if (!kubernetes_.is_up(ref)) return;
      (way_of(ref).poolers == kube::no_index ? direct : pooled) += service->concurrency;
    });
  const std::int64_t most = databases_.installation(0).max_connections(cluster_);
  servers = std::min(servers + direct, most);
  if (servers == 0) return;  // there is nobody to connect to; who waits, waits
  const bool enough = pooled <= clients_most && direct <= most;
  most_in_flight_ =
      enough ? Station::unbounded
             : static_cast<std::size_t>(std::min(pooled, clients_most) + std::min(direct, most));
  if (enough) in_flight_.clear();
  if (connections_.servers() != static_cast<std::size_t>(servers))
    connections_.resize(static_cast<std::size_t>(servers), context_.now());
}

double Pools::share_from(PodRef pod, std::size_t installation) const {
  if (installation != 0) return databases_.share_from(pod, installation);
  const auto direct = [&](PodRef ref) {
    const Link* link = links_.find(ref);
    return link && !link->open ? 0 : databases_.share_from(ref, 0);
  };
  const Way* way = ways_.find(pod);
  if (!way || way->poolers == kube::no_index) return direct(pod);
  const auto service = static_cast<std::size_t>(way->poolers);
  if (!kubernetes_.cluster(cluster_).services[service].meta.exists) return 0;
  const std::vector<int>& routed = kubernetes_.routed(cluster_, way->poolers);
  double sum = 0;
  for (const int slot : routed) {
    const PodRef pooler{cluster_, slot};
    if (kubernetes_.is_up(pooler) && kubernetes_.reaches(pod, pooler)) sum += direct(pooler);
  }
  return routed.empty() ? 0 : sum / static_cast<double>(routed.size());
}

bool Pools::ask_alike(PodRef a, PodRef b) const {
  const auto poolers = [&](PodRef pod) {
    const Way* way = ways_.find(pod);
    return way ? way->poolers : kube::no_index;
  };
  const auto is_open = [&](PodRef pod) {
    const Link* link = links_.find(pod);
    return !link || link->open;
  };
  return poolers(a) == poolers(b) && (poolers(a) != kube::no_index || is_open(a) == is_open(b));
}

std::optional<Offset> Pools::transaction(Duration takes) {
  const Offset now = context_.now();
  const auto later = std::greater<>{};
  if (most_in_flight_ != Station::unbounded) {
    while (!in_flight_.empty() && in_flight_.front() <= now) {
      std::pop_heap(in_flight_.begin(), in_flight_.end(), later);
      in_flight_.pop_back();
    }
    if (in_flight_.size() >= most_in_flight_) return std::nullopt;
  }
  const std::optional<Offset> over = connections_.offer(now, takes);
  if (over && most_in_flight_ != Station::unbounded) {
    in_flight_.push_back(*over);
    std::push_heap(in_flight_.begin(), in_flight_.end(), later);
  }
  return over;
}

}  // namespace drdrill::models
