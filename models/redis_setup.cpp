#include <algorithm>
#include <tuple>

#include "models/leaders.hpp"
#include "models/lookup.hpp"
#include "models/redis.hpp"
#include "models/redis_slots.hpp"
#include "sim/kube/refused_settings.hpp"

/// The servers that a platform has, and how all is when a drill begins.
namespace drdrill::models {

Redis::Redis(Context& context, Kubernetes& kubernetes, Volumes& volumes, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      volumes_(volumes),
      cluster_(cluster),
      node_timeout_(context.draws["redis.cluster_node_timeout"]),
      election_delay_(context.draws["redis.election_delay"]),
      cron_(context.draws["redis.cron_period"]),
      vote_(context.draws["redis.vote"]),
      handshake_(context.draws["redis.handshake"]),
      handover_waits_(context.draws["redis.handover_waits"]),
      replication_lag_(context.draws["redis.replication_lag"]),
      process_start_(context.draws["redis.process_start"]),
      load_rate_(context.draws["redis.aof_load_rate"]),
      snapshot_load_rate_(context.draws["redis.snapshot_load_rate"]),
      snapshot_rate_(context.draws["redis.snapshot_rate"]),
      diskless_delay_(context.draws["redis.repl_diskless_sync_delay"]),
      backlog_(context.draws["redis.repl_backlog_size"]),
      in_service_(context.draws["redis.in_service"]),
      key_size_(context.draws["redis.key_size"]),
      key_slots_(context.draws["redis.key_slots"]),
      fsync_(context.draws["redis.fsync_interval"]),
      writable_delay_(context.draws["redis.writable_delay"]),
      min_replicas_(context.draws["redis.min_replicas_to_write"]),
      max_lag_(context.draws["redis.min_replicas_max_lag"]),
      pings_(0, 0, "redis gossip"),
      ticks_(0, 0, "redis cron phases"),
      copies_(0, 0, "redis copies"),
      names_(0, 0, "redis node ids") {
  build();
}

/// The servers that the platform has here at first.
void Redis::build() {
  if (alone()) return build_alone();
  std::size_t masters = 0, replicas = 0;
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
    if (belongs_to(workload, 0)) shards_ += static_cast<std::size_t>(leaders);
    for (int i = 0; i < count && belongs_to(workload, cluster_); ++i) {
      const bool leads = i < leaders;
      add_server(static_cast<int>(workload.cluster), workload.workload + "-" + std::to_string(i),
                 leads)
          .home = static_cast<int>(leads ? masters++ : replicas++);
    }
  }
  if (shards_ == 0) servers_.clear();
  for (Server& server : servers_) server.home %= static_cast<int>(shards_);
  settle_servers();
}

void Redis::settle_servers() {
  shard_served_.resize(shards_);
  share_out();
  for (Server& server : servers_) server.shares.resize(ranges_.size());
  first_servers_ = servers_.size();
}

Redis::Server& Redis::add_server(int cluster, std::string name, bool first_master) {
  if (servers_.size() == timers_.size())
    timers_.push_back(
        {context_.engine.make_group(), context_.engine.make_group(), context_.engine.make_group()});
  const redis::Timers& timers = timers_[servers_.size()];
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
  refused_.clear();
  pings_.restart(context_.seed, context_.replication);
  ticks_.restart(context_.seed, context_.replication);
  copies_.restart(context_.seed, context_.replication);
  histories_ = 0;
  names_.restart(context_.seed, context_.replication);
  share_ = cluster_ == 0 ? 1 : 0;
  servers_.resize(first_servers_);
  written_.clear();
  share_out();
  if (first_servers_ > 0 || cluster_ == 0) return reset_home();
  std::fill(shard_served_.begin(), shard_served_.end(), 0);
  serves_all_ = false;
}

/// A range for each shard of the first cluster, whoever makes a cluster elsewhere.
void Redis::share_out() {
  ranges_.resize(shards_);
  for (std::size_t r = 0; r < shards_; ++r) {
    ranges_[r] = Range{};
    std::tie(ranges_[r].first, ranges_[r].last) = shared_out(r, shards_);
    ranges_[r].shard = static_cast<int>(r);
  }
}

/// All servers run, in one cluster.
void Redis::reset_home() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& s = servers_[i];
    const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(s.cluster)];
    s.pod =
        home_ ? pod_of_home() : find_pod_near(kubernetes_, s.cluster, home.home_namespace, s.name);
    s.up = s.writable = s.pod != no_pod;
    s.listens_at = Offset::zero();
    s.ip = s.up ? kubernetes_.pod(s.pod).ip : "";
    s.volume = s.up ? volume_of(s.pod) : "";
    if (home_ && s.up) rename(s);
    s.minority = s.noticing = s.lacks_replicas = s.counting = s.no_room = s.refuses = false;
    s.has_conf = true;
    s.following = s.copying = s.group = none;
    s.history = ++histories_;
    s.saved_at = Offset::min();
    s.detached_at.reset();
    s.blocked_since = s.blocked_until = s.told_at = Offset::zero();
    if (first_configs_.size() == i && s.up) {
      configure(s);
      first_configs_.push_back(s.config);
    }
    if (i < first_configs_.size()) s.config = first_configs_[i];
    s.address.clear();
    s.forgets_until.clear();
    s.open.clear();
    s.identity = new_identity(static_cast<int>(i));
    who(s.identity).epoch = s.first_master ? ++epoch_ : 0;
  }
  std::vector<int> master_of(shards_, none);
  for (const Server& s : servers_)
    if (s.first_master) master_of[static_cast<std::size_t>(s.home)] = s.identity;
  for (Server& s : servers_) {
    if (!s.first_master) who(s.identity).master = master_of[static_cast<std::size_t>(s.home)];
    s.shares.assign(ranges_.size(), Share{});
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
      s.shares[r].owner = master_of[r];
      s.shares[r].present = static_cast<int>(r) == s.home;
    }
    for (const Server& other : servers_) s.address.push_back(other.ip);
  }
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    // What was written before the drill; told of only where it is lost.
    const Duration before = in_service_.time();
    ranges_[r].writes.add(-before, Offset::zero(), to_seconds(before) * rate_of(ranges_[r]));
    if (before == Duration::zero())
      for (Server& s : servers_) s.shares[r].began = Offset::zero();
    ranges_[r].server = who(master_of[r]).server;
  }
  std::fill(shard_served_.begin(), shard_served_.end(), 1);
  serves_all_ = true;
  link();
  for (Server& s : servers_)
    if (self(s).master != none) attach(s, who(self(s).master).server);
}

/// A directive that no Redis takes: the process ends before it listens.
bool Redis::refuses_settings(PodRef ref) {
  if (!kubernetes_.settled()) return false;
  const kube::Pod& pod = kubernetes_.pod(ref);
  const std::vector<kube::ServerSetting> given =
      kube::given_settings(kubernetes_.cluster(ref.cluster), pod.meta.ns, *pod.spec);
  if (given.empty()) return false;
  const auto refused = kube::refused_by_redis(pod.spec->containers.front(), given);
  if (refused.empty()) return false;
  const kube::ServerSetting& setting = given[refused.front().index];
  std::string told = pod.meta.name + " cannot start: FATAL CONFIG FILE ERROR: '" + setting.name +
                     " " + setting.value + "': " + refused.front().says;
  if (std::find(refused_.begin(), refused_.end(), told) == refused_.end()) {
    context_.note(NoteKind::pod_cannot_start, ComponentId::redis, context_.notes.subject(told));
    refused_.push_back(std::move(told));
  }
  return true;
}

/// From its file and its command line.
void Redis::configure(Server& s) {
  s.config = redis::Config{};
  const auto& containers = kubernetes_.pod(s.pod).spec->containers;
  if (containers.empty()) return;
  const kube::Container& container = containers.front();
  // The images of Bitnami write an append-only file unless they are told not to.
  if (container.image.find("bitnami") != std::string::npos)
    s.config.appends =
        std::none_of(container.env.begin(), container.env.end(), [](const kube::EnvVar& variable) {
          return variable.name.ends_with("_AOF_ENABLED") && variable.value == "no";
        });
  std::vector<std::string> words = container.command;
  words.insert(words.end(), container.args.begin(), container.args.end());
  for (const std::string& word : words)
    if (word.ends_with(".conf"))
      if (const auto file = volumes_.script(volumes_.disk_of(s.pod), word))
        s.config.read_file(file->text);
  s.config.read_arguments(words);
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

}  // namespace drdrill::models
