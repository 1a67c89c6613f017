#include "models/redis.hpp"

#include <algorithm>

namespace drdrill::models {

Redis::Redis(Context& context, Kubernetes& kubernetes)
    : context_(context),
      kubernetes_(kubernetes),
      node_timeout_(context.draws["redis.cluster_node_timeout"]),
      election_delay_(context.draws["redis.election_delay"]),
      gossip_delay_(context.draws["redis.gossip_delay"]),
      replication_lag_(context.draws["redis.replication_lag"]),
      load_(context.draws["redis.process_start"]),
      pings_(0, 0, "redis ping phases") {
  for (const WorkloadModel& workload : context.spec.workloads) {
    const bool master = workload.kind == WorkloadModel::Kind::redis_master;
    if (!master && workload.kind != WorkloadModel::Kind::redis_replica) continue;
    const kube::Cluster& cluster = context.spec.clusters[workload.cluster].initial;
    const int found = kube::find_workload(cluster, kube::Workload::Kind::stateful_set, workload.ns,
                                          workload.workload);
    const int count =
        found == kube::no_index ? 0 : cluster.workloads[static_cast<std::size_t>(found)].replicas;
    for (int i = 0; i < count; ++i) {
      Server server;
      server.name = workload.workload + "-" + std::to_string(i);
      server.shard = i;
      server.master = master;
      server.subject = context.notes.subject(server.name);
      initial_servers_.push_back(server);
    }
  }
  int shards = 0;
  for (const Server& server : initial_servers_)
    if (server.master) shards = std::max(shards, server.shard + 1);
  for (Server& server : initial_servers_)
    if (!server.master && shards > 0) server.shard %= shards;
  shards_.resize(static_cast<std::size_t>(shards));
  for (Shard& shard : shards_) shard.timer = context.engine.make_group();
}

void Redis::reset() {
  if (servers_.empty()) servers_ = initial_servers_;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& server = servers_[i];
    server.master = initial_servers_[i].master;
    server.pod = kubernetes_.find_pod(0, context_.spec.clusters[0].home_namespace, server.name);
    server.up = server.pod != no_pod;
    server.failed = false;
  }
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    Shard& shard = shards_[s];
    shard.served = true;
    shard.failing = false;
    shard.served_since = Offset::zero();
    shard.lost_after = never;
    shard.runs.clear();
    shard.master = -1;
    for (std::size_t i = 0; i < servers_.size(); ++i)
      if (servers_[i].master && servers_[i].shard == static_cast<int>(s))
        shard.master = static_cast<int>(i);
  }
  serves_all_ = true;
  pings_.restart(context_.seed, context_.replication);
}

void Redis::at(Duration delay, Kind kind, std::size_t shard) {
  context_.engine.after(delay,
                        {.component = static_cast<std::uint16_t>(Owner::redis),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(shard)},
                        shards_[shard].timer);
}

void Redis::handle(const Event& event) {
  switch (static_cast<Kind>(event.kind)) {
    case Kind::detected:
      detected(event.subject);
      break;
    case Kind::elected:
      elected(event.subject);
      break;
    case Kind::loaded: {
      Server& server = servers_[event.subject];
      server.up = server.pod != no_pod && kubernetes_.is_up(server.pod);
      update();
      break;
    }
  }
}

Redis::Server* Redis::server_of(PodRef ref) {
  const std::string_view name = kubernetes_.name_of(ref);
  for (Server& server : servers_)
    if (server.name == name) return &server;
  return nullptr;
}

void Redis::pod_started(PodRef ref) {
  Server* server = server_of(ref);
  if (!server) return;
  server->pod = ref;
  const auto index = static_cast<std::uint32_t>(server - servers_.data());
  context_.engine.after(load_.time(), {.component = static_cast<std::uint16_t>(Owner::redis),
                                       .kind = static_cast<std::uint16_t>(Kind::loaded),
                                       .subject = index});
}

void Redis::pod_ended(PodRef ref, Ending) {
  Server* server = server_of(ref);
  if (!server || server->pod != ref) return;
  server->up = false;
  update();
}

void Redis::reach_changed() {
  update();
}

bool Redis::answers(const Server& server) const {
  return server.up && kubernetes_.is_up(server.pod) && kubernetes_.reached_from_outside(server.pod);
}

bool Redis::usable_from(PodRef from) const {
  if (!serves_all_) return false;
  if (from == no_pod) return true;
  return std::all_of(shards_.begin(), shards_.end(), [&](const Shard& shard) {
    return shard.master >= 0 &&
           kubernetes_.reaches(from, servers_[static_cast<std::size_t>(shard.master)].pod);
  });
}

int Redis::live_masters_without(std::size_t shard) const {
  int live = 0;
  for (std::size_t s = 0; s < shards_.size(); ++s)
    if (s != shard && shards_[s].master >= 0 &&
        answers(servers_[static_cast<std::size_t>(shards_[s].master)]))
      ++live;
  return live;
}

/// Looks at every shard again after a process or the network changed.
void Redis::update() {
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    Shard& shard = shards_[s];
    const bool alive =
        shard.master >= 0 && answers(servers_[static_cast<std::size_t>(shard.master)]);
    if (alive && !shard.served) {
      // The old master is back before anybody took over: nothing is lost but its last moments.
      context_.engine.cancel(shard.timer);
      shard.failing = false;
      shard.lost_after = never;
      servers_[static_cast<std::size_t>(shard.master)].failed = false;
      set_served(s, true);
    } else if (!alive && shard.served) {
      shard.down_since = context_.now();
      shard.lost_after = context_.now() - replication_lag_.time();
      set_served(s, false);
    }
    if (!shard.served && !alive) begin_detection(s);
  }
}

/// The last of the masters that make the majority decides: each suspects at (half a node timeout's
/// ping phase) + node timeout, then the reports travel by gossip.
void Redis::begin_detection(std::size_t shard) {
  Shard& state = shards_[shard];
  const int voters = live_masters_without(shard);
  const int majority = static_cast<int>(shards_.size()) / 2 + 1;
  if (voters < majority || state.failing) return;
  const double timeout_s = node_timeout_.value();
  double slowest = 0;
  for (int i = 0; i < majority; ++i) slowest = std::max(slowest, pings_.uniform() * timeout_s / 2);
  state.failing = true;
  at(from_seconds(timeout_s + slowest) + gossip_delay_.time(), Kind::detected, shard);
}

void Redis::detected(std::size_t shard) {
  Shard& state = shards_[shard];
  Server& master = servers_[static_cast<std::size_t>(state.master)];
  master.failed = true;
  context_.note(NoteKind::redis_node_failed, ComponentId::redis, master.subject, node_timeout_.id(),
                context_.now() - state.down_since);
  at(election_delay_.time(), Kind::elected, shard);
}

void Redis::elected(std::size_t shard) {
  Shard& state = shards_[shard];
  state.failing = false;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& candidate = servers_[i];
    if (candidate.shard != static_cast<int>(shard) || candidate.master || !answers(candidate))
      continue;
    servers_[static_cast<std::size_t>(state.master)].master = false;
    candidate.master = true;
    state.master = static_cast<int>(i);
    context_.note(NoteKind::redis_election_won, ComponentId::redis, candidate.subject,
                  election_delay_.id());
    // What the old master acknowledged and had not sent is gone.
    if (!state.runs.empty() && state.runs.back().last > state.lost_after) {
      LedgerRun& run = state.runs.back();
      const double rate = context_.spec.redis.writes_per_second /
                          static_cast<double>(std::max<std::size_t>(shards_.size(), 1));
      const auto lost = static_cast<std::uint64_t>(to_seconds(run.last - state.lost_after) * rate);
      if (lost > 0) {
        const LedgerRun gone{state.lost_after, run.last, std::min(lost, run.count), Fate::lost};
        run.last = state.lost_after;
        run.count -= gone.count;
        state.runs.push_back(gone);
      }
    }
    set_served(shard, true);
    return;
  }
}

void Redis::set_served(std::size_t index, bool served) {
  Shard& shard = shards_[index];
  if (shard.served == served) return;
  shard.served = served;
  const double rate = context_.spec.redis.writes_per_second /
                      static_cast<double>(std::max<std::size_t>(shards_.size(), 1));
  if (served) {
    shard.served_since = context_.now();
  } else {
    const auto count =
        static_cast<std::uint64_t>(to_seconds(context_.now() - shard.served_since) * rate);
    if (count > 0) shard.runs.push_back({shard.served_since, context_.now(), count, Fate::kept});
  }
  const Server& master = servers_[static_cast<std::size_t>(shard.master)];
  context_.note(served ? NoteKind::redis_slots_covered : NoteKind::redis_slots_uncovered,
                ComponentId::redis, master.subject);
  serves_all_ =
      std::all_of(shards_.begin(), shards_.end(), [](const Shard& s) { return s.served; });
  context_.changed = true;
}

void Redis::add_inventory(Inventory& inventory) const {
  std::int64_t masters = 0, replicas = 0;
  for (const Server& server : servers_) {
    if (!answers(server)) continue;
    (server.master ? masters : replicas) += 1;
  }
  inventory.push_back(
      {ComponentId::redis, "masters serving", masters, InventoryItem::Better::higher, false});
  inventory.push_back(
      {ComponentId::redis, "replicas", replicas, InventoryItem::Better::higher, false});
}

void Redis::add_ledger(Ledger& ledger, Offset end) const {
  const double rate = context_.spec.redis.writes_per_second /
                      static_cast<double>(std::max<std::size_t>(shards_.size(), 1));
  const std::size_t slots = 16384;
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    LedgerStream stream;
    stream.component = ComponentId::redis;
    stream.name = "slots " + std::to_string(s * slots / shards_.size()) + "-" +
                  std::to_string((s + 1) * slots / shards_.size() - 1);
    stream.runs = shards_[s].runs;
    if (shards_[s].served) {
      const Offset from = shards_[s].served_since;
      const auto count = static_cast<std::uint64_t>(to_seconds(end - from) * rate);
      if (count > 0) stream.runs.push_back({from, end, count, Fate::kept});
    }
    ledger.streams.push_back(std::move(stream));
  }
}

}  // namespace drdrill::models
