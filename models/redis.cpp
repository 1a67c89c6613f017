#include "models/redis.hpp"

#include <algorithm>

#include "models/leaders.hpp"
#include "models/lookup.hpp"
#include "models/redis_slots.hpp"
#include "sim/engine/math.hpp"

/// Servers, their processes and files.
namespace drdrill::models {
namespace {

/// How many of `slots` hold none of the keys, which hashing spreads at random.
int empty_slots(double keys_per_slot, int slots) {
  return static_cast<int>(nearest_whole(slots * math::exponential(-keys_per_slot)));
}

}  // namespace

Redis::Redis(Context& context, Kubernetes& kubernetes, Volumes& volumes, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      volumes_(volumes),
      cluster_(cluster),
      node_timeout_(context.draws["redis.cluster_node_timeout"]),
      election_delay_(context.draws["redis.election_delay"]),
      cron_(context.draws["redis.cron_period"]),
      vote_(context.draws["redis.vote"]),
      gossip_delay_(context.draws["redis.gossip_delay"]),
      replication_lag_(context.draws["redis.replication_lag"]),
      process_start_(context.draws["redis.process_start"]),
      load_rate_(context.draws["redis.aof_load_rate"]),
      snapshot_load_rate_(context.draws["redis.snapshot_load_rate"]),
      snapshot_rate_(context.draws["redis.snapshot_rate"]),
      in_service_(context.draws["redis.in_service"]),
      key_size_(context.draws["redis.key_size"]),
      fsync_(context.draws["redis.fsync_interval"]),
      writable_delay_(context.draws["redis.writable_delay"]),
      min_replicas_(context.draws["redis.min_replicas_to_write"]),
      max_lag_(context.draws["redis.min_replicas_max_lag"]),
      pings_(0, 0, "redis ping phases"),
      ticks_(0, 0, "redis cron phases"),
      names_(0, 0, "redis node ids") {
  build();
}

/// The servers that the platform has here at first. Slots are looked at in ranges as the first
/// cluster shares them out, whoever makes a cluster elsewhere.
void Redis::build() {
  std::size_t servers = 0, masters = 0, replicas = 0;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    const bool master = workload.kind == WorkloadModel::Kind::redis_master;
    if (!master && workload.kind != WorkloadModel::Kind::redis_replica) continue;
    if (!belongs_to(workload, 0) && !belongs_to(workload, cluster_)) continue;
    const kube::Cluster& cluster = context_.spec.clusters[workload.cluster].initial;
    const int found = kube::find_workload(cluster, kube::Workload::Kind::stateful_set, workload.ns,
                                          workload.workload);
    const int count =
        found == kube::no_index ? 0 : cluster.workloads[static_cast<std::size_t>(found)].replicas;
    const int leaders = master ? leaders_of(workload, count) : 0;
    if (belongs_to(workload, 0)) {
      servers += static_cast<std::size_t>(count);
      shards_ += static_cast<std::size_t>(leaders);
    }
    for (int i = 0; i < count && belongs_to(workload, cluster_); ++i) {
      const bool leads = i < leaders;
      add_server(static_cast<int>(workload.cluster), workload.workload + "-" + std::to_string(i),
                 leads)
          .home = static_cast<int>(leads ? masters++ : replicas++);
    }
  }
  if (shards_ == 0) servers_.clear();
  for (Server& server : servers_) server.home %= static_cast<int>(shards_);
  const bool divisible = shards_ > 0 && servers % shards_ == 0;
  units_.resize(divisible ? servers : shards_);
  shard_served_.resize(shards_);
  first_servers_ = servers_.size();
}

Redis::Server& Redis::add_server(int cluster, std::string name, bool first_master) {
  if (servers_.size() == timers_.size())
    timers_.push_back(
        {context_.engine.make_group(), context_.engine.make_group(), context_.engine.make_group()});
  const Timers& timers = timers_[servers_.size()];
  Server server;
  server.subject = context_.notes.subject(name);
  server.cluster = cluster;
  server.name = std::move(name);
  server.first_master = first_master;
  server.work = timers.work;
  server.minority_timer = timers.minority;
  server.replicas_timer = timers.replicas;
  servers_.push_back(std::move(server));
  return servers_.back();
}

void Redis::reset() {
  identities_used_ = 0;
  epoch_ = 0;
  pings_.restart(context_.seed, context_.replication);
  ticks_.restart(context_.seed, context_.replication);
  names_.restart(context_.seed, context_.replication);
  share_ = cluster_ == 0 ? 1 : 0;
  servers_.resize(first_servers_);
  if (first_servers_ > 0 || cluster_ == 0) return reset_home();
  std::fill(units_.begin(), units_.end(), Unit{});
  std::fill(shard_served_.begin(), shard_served_.end(), 0);
  serves_all_ = false;
}

/// All servers run, in one cluster.
void Redis::reset_home() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(s.cluster)];
    s.pod = find_pod_near(kubernetes_, s.cluster, home.home_namespace, s.name);
    s.up = s.writable = s.pod != no_pod;
    s.ip = s.up ? kubernetes_.pod(s.pod).ip : "";
    s.minority = s.noticing = s.lacks_replicas = s.counting = false;
    s.has_conf = true;
    s.following = s.group = none;
    s.address.clear();
    s.holes.assign(units_.size(), 0);
    s.identity = new_identity(static_cast<int>(i));
    who(s.identity).epoch = s.first_master ? ++epoch_ : 0;
  }
  const auto home_of = [&](std::size_t unit) {
    return static_cast<int>(unit * shards_ / units_.size());
  };
  std::vector<int> master_of(shards_, none);
  for (const Server& s : servers_)
    if (s.first_master) master_of[static_cast<std::size_t>(s.home)] = s.identity;
  for (Server& s : servers_) {
    if (!s.first_master) who(s.identity).master = master_of[static_cast<std::size_t>(s.home)];
    s.owner.assign(units_.size(), none);
    s.present.assign(units_.size(), 0);
    s.has.assign(units_.size(), Offset::zero());
    s.foreign.assign(units_.size(), {});
    for (std::size_t u = 0; u < units_.size(); ++u) {
      s.owner[u] = master_of[static_cast<std::size_t>(home_of(u))];
      s.present[u] = home_of(u) == s.home ? 1 : 0;
    }
    for (const Server& other : servers_) s.address.push_back(other.ip);
  }
  for (std::size_t u = 0; u < units_.size(); ++u) {
    units_[u].writes.clear();
    units_[u].foreign.clear();
    // What was written before the drill; told of only where it is lost.
    const Duration before = in_service_.time();
    units_[u].writes.add(-before, Offset::zero(), to_seconds(before) * rate_of_unit());
    units_[u].server = who(master_of[static_cast<std::size_t>(home_of(u))]).server;
    units_[u].since = Offset::zero();
  }
  std::fill(shard_served_.begin(), shard_served_.end(), 1);
  serves_all_ = true;
  link();
  for (Server& s : servers_)
    if (self(s).master != none) s.following = who(self(s).master).server;
}

int Redis::new_identity(int server) {
  if (identities_used_ == identities_.size()) {
    identities_.emplace_back();
    identities_.back().timer = context_.engine.make_group();
  }
  Identity& fresh = identities_[identities_used_];
  const Group timer = fresh.timer;
  fresh = Identity{};
  fresh.timer = timer;
  fresh.server = server;
  constexpr std::string_view digits = "0123456789abcdef";
  for (int i = 0; i < 40; ++i) fresh.id += digits[names_.next() % 16];
  return static_cast<int>(identities_used_++);
}

int Redis::server_at(PodRef ref) const {
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].pod == ref) return static_cast<int>(i);
  return none;
}

void Redis::after(Duration delay, Kind kind, int subject, Group group, int other) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::redis, cluster_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(subject),
                         .data = static_cast<std::uint64_t>(other)},
                        group);
}

void Redis::handle(const Event& event) {
  const int subject = static_cast<int>(event.subject);
  switch (static_cast<Kind>(event.kind)) {
    case Kind::loaded:
      load(at(subject));
      break;
    case Kind::writable:
      at(subject).writable = true;
      break;
    case Kind::detected:
      detected(subject);
      break;
    case Kind::elected:
      elect(subject);
      break;
    case Kind::forgiven:
      forget_failure(subject);
      break;
    case Kind::noticed:
      at(subject).minority = event.data == 1;
      break;
    case Kind::lacking:
      at(subject).lacks_replicas = true;
      break;
    case Kind::met: {
      // The handshake is over: both know each other from now on.
      Server& from = at(subject);
      Server& to = at(static_cast<int>(event.data));
      if (!from.up || !to.up || !kubernetes_.reaches(from.pod, to.pod)) break;
      const auto learn = [&](Server& who_learns, const Server& of) {
        who_learns.address.resize(identities_used_);
        who_learns.address[static_cast<std::size_t>(of.identity)] = of.ip;
      };
      learn(from, to);
      learn(to, from);
      from.has_conf = to.has_conf = true;
      break;
    }
  }
  update();
}

// ---- processes and files --------------------------------------------------------------------

void Redis::pod_started(PodRef ref) {
  const std::string_view name = kubernetes_.name_of(ref);
  auto found = std::find_if(servers_.begin(), servers_.end(), [&](const Server& s) {
    return s.cluster == ref.cluster && s.name == name;
  });
  if (found == servers_.end()) {
    if (shards_ == 0) return;
    Server& fresh = add_server(ref.cluster, std::string(name), false);
    fresh.home = static_cast<int>((servers_.size() - 1) % shards_);
    fresh.has_conf = false;
    fresh.present.assign(units_.size(), 0);
    fresh.has.assign(units_.size(), Offset::zero());
    fresh.foreign.assign(units_.size(), {});
    found = servers_.end() - 1;
  }
  Server& s = *found;
  const int index = static_cast<int>(found - servers_.begin());
  s.pod = ref;
  s.up = s.writable = s.minority = s.noticing = false;
  context_.engine.cancel(s.minority_timer);
  if (!s.has_conf) {
    s.identity = new_identity(index);
    s.address.assign(identities_used_, "");
    s.owner.assign(units_.size(), none);
    s.holes.assign(units_.size(), 0);
    s.has_conf = true;
  }
  context_.engine.cancel(s.work);
  const Duration reading = read_disk(s);
  after(process_start_.time() + reading, Kind::loaded, index, s.work);
}

/// A process that ends takes nothing with it: what it wrote is in the page cache. A machine that
/// loses power takes what was not yet synchronised (appendfsync everysec).
void Redis::pod_ended(PodRef ref, Ending ending) {
  const int index = server_at(ref);
  if (index == none) return;
  Server& s = at(index);
  context_.engine.cancel(s.work);
  context_.engine.cancel(s.minority_timer);
  if (!s.up) return;
  for (std::size_t u = 0; u < units_.size(); ++u)
    if (units_[u].server == index) close(u);
  for (Server& other : servers_)
    if (other.following == index)
      detach(other, ending == Ending::clean ? Duration::zero() : replication_lag_.time());
  if (s.following != none) detach(s, replication_lag_.time());
  if (ending == Ending::lost) {
    const Duration unsynced = fsync_.time();
    for (Offset& has : s.has)
      if (has > Offset::zero()) has = std::max(has - unsynced, Offset::zero());
  }
  // A clean exit saves nodes.conf once more (cluster.c, clusterHandleServerShutdown).
  if (ending == Ending::clean) s.has_conf = true;
  s.up = s.writable = false;
  update();
}

/// The data are read; keys in slots that nobody is known to own are taken responsibility for
/// (cluster.c, verifyClusterConfigWithData). A slot without a key in it stays without an owner.
void Redis::load(Server& s) {
  if (s.pod == no_pod || !kubernetes_.is_up(s.pod)) return;
  s.up = true;
  s.ip = kubernetes_.pod(s.pod).ip;
  s.address.resize(identities_used_);
  s.address[static_cast<std::size_t>(s.identity)] = s.ip;
  if (self(s).master == none) {
    const double keys = static_cast<double>(keys_of(s));
    double slots = 0;
    for (std::size_t u = 0; u < units_.size(); ++u)
      if (s.present[u]) slots += slots_of(u).second - slots_of(u).first + 1;
    for (std::size_t u = 0; u < units_.size(); ++u) {
      if (!s.present[u] || s.owner[u] != none) continue;
      s.owner[u] = s.identity;
      s.holes[u] = empty_slots(keys / slots, slots_of(u).second - slots_of(u).first + 1);
    }
    const int index = static_cast<int>(&s - servers_.data());
    after(writable_delay_.time(), Kind::writable, index, s.work);
  } else {
    s.writable = true;
  }
}

std::pair<int, int> Redis::slots_of(std::size_t unit) const {
  // As redis-cli shares them out: lround(cursor + slots per node - 1), in whole numbers.
  const auto end = [&](std::size_t n) {
    const auto parts = static_cast<int>(units_.size());
    return (2 * all_slots * static_cast<int>(n) - parts) / (2 * parts);
  };
  const int first = unit == 0 ? 0 : end(unit) + 1;
  return {first, unit + 1 == units_.size() ? all_slots - 1 : end(unit + 1)};
}

void Redis::file_removed(PodRef ref, std::string_view path) {
  const int index = server_at(ref);
  if (index == none || !path.starts_with("/data/")) return;
  if (path.ends_with("nodes.conf") || path == "/data/*") at(index).has_conf = false;
}

void Redis::data_lost(int cluster, std::string_view pod_name) {
  for (Server& s : servers_) {
    if (s.cluster != cluster || s.name != pod_name || s.up) continue;
    s.has_conf = false;
    empty(s);
  }
}

}  // namespace drdrill::models
