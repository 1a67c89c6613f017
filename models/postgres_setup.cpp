#include <algorithm>

#include "models/leaders.hpp"
#include "models/lookup.hpp"
#include "models/postgres.hpp"
#include "models/volumes.hpp"

/// Which servers there are, and how they are when a drill begins.
namespace drdrill::models {

/// The environment variable that tells a server's image whom to follow; what the recovery
/// procedures themselves set.
std::string Postgres::upstream_env(const kube::PodTemplate& pod) {
  for (const kube::Container& container : pod.containers)
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == "POSTGRES_PRIMARY_HOST" || variable.name == "POSTGRESQL_MASTER_HOST")
        return variable.value;
  return {};
}

Postgres::Postgres(Context& context, Kubernetes& kubernetes, Volumes& volumes, int installation)
    : context_(context),
      kubernetes_(kubernetes),
      volumes_(volumes),
      installation_(installation),
      spec_(installation == 0 ? context.spec.postgres
                              : context.spec.shards[static_cast<std::size_t>(installation) - 1]),
      draws_(context.draws),
      phases_(0, 0, "postgres checkpoint phases"),
      switch_phases_(0, 0, "postgres segment phases"),
      unarchived_phases_(0, 0, "postgres segment phases without archive"),
      manager_phases_(0, 0, "postgres manager phases") {
  lead_.over = context.engine.make_group();
  lead_.demotion = context.engine.make_group();
  for (std::size_t c = 0; c < context.spec.clusters.size(); ++c) {
    const int cluster = static_cast<int>(c);
    routes_.push_back(
        {spec_.cluster ? static_cast<int>(*spec_.cluster) : cluster, spec_.write_service, 0, {}});
    resending_.emplace_back(context, cluster);
  }
  for (const WorkloadModel& workload : context.spec.workloads) {
    const bool scratch = workload.kind == WorkloadModel::Kind::postgres_scratch;
    const bool replica = workload.kind == WorkloadModel::Kind::postgres_replica;
    const bool primary = workload.kind == WorkloadModel::Kind::postgres_primary;
    if (!primary && !replica && !scratch) continue;
    if (static_cast<int>(workload.shard) != installation) continue;
    const ClusterSpec& home = context.spec.clusters[workload.cluster];
    int found = kube::find_workload(home.initial, kube::Workload::Kind::stateful_set, workload.ns,
                                    workload.workload);
    const bool named = found != kube::no_index;
    if (!named)
      found = kube::find_workload(home.initial, kube::Workload::Kind::deployment, workload.ns,
                                  workload.workload);
    if (found == kube::no_index) continue;
    const kube::Workload& set = home.initial.workloads[static_cast<std::size_t>(found)];
    // A scratch server is started when it is needed.
    const int servers = scratch ? std::max(set.replicas, 1) : set.replicas;
    for (int i = 0; i < servers; ++i) {
      Server server = make_server(static_cast<int>(workload.cluster),
                                  workload.workload + "-" + std::to_string(i));
      if (!named) server.deployment = &workload;
      server.scratch = scratch;
      server.has_data = !scratch;
      const bool follows = i >= leaders_of(workload, servers);
      server.standby = replica || follows;
      server.upstream = follows ? workload.workload + "-0" : upstream_env(set.pod_template());
      timers_.push_back(context.engine.make_group());
      server.work = timers_.back();
      initial_.push_back(server);
    }
  }
}

Postgres::Server Postgres::make_server(int cluster, std::string name) const {
  Server server;
  server.cluster = cluster;
  server.name = std::move(name);
  server.subject = context_.notes.subject(server.name);
  server.commits = {spec_.synchronous_standbys, spec_.synchronous_commit};
  server.configured = server.commits;
  return server;
}

/// A server whose pod appears for the first time: without data.
Postgres::Server* Postgres::new_server(PodRef ref) {
  const WorkloadModel* model = kubernetes_.model_of(ref);
  if (!model) return nullptr;
  if (timers_.size() == servers_.size()) timers_.push_back(context_.engine.make_group());
  const Group work = timers_[servers_.size()];
  servers_.push_back(make_server(ref.cluster, std::string(kubernetes_.name_of(ref))));
  Server& server = servers_.back();
  server.work = work;
  server.standby = model->kind == WorkloadModel::Kind::postgres_replica;
  server.has_data = false;
  return &server;
}

void Postgres::reset() {
  servers_ = initial_;
  timelines_.assign(1, Timeline{});
  written_.clear();
  damages_.clear();
  loads_.clear();
  archive_delay_time_ = draws_.archive_delay.time();
  in_service_time_ = draws_.in_service.time();
  checkpoint_time_ = draws_.checkpoint.time();
  retry_time_ = draws_.retry.look_time();
  phases_.restart(context_.seed, context_.replication);
  switch_phases_.restart(context_.seed, context_.replication);
  unarchived_phases_.restart(context_.seed, context_.replication);
  begin_lead();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& server = servers_[i];
    if (server.deployment) {
      std::size_t place = 0;
      while (place < i && servers_[i - place - 1].deployment == server.deployment) ++place;
      const PodRef pod =
          kubernetes_.first_pod_of(*server.deployment, [&](PodRef) { return place-- == 0; });
      if (pod != no_pod) server.name = kubernetes_.name_of(pod);
    }
    const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(server.cluster)];
    server.pod = find_pod_near(kubernetes_, server.cluster, home.home_namespace, server.name);
    server.up = server.pod != no_pod;
    server.streaming = server.up && server.standby;
    if (server.streaming) server.source = upstream_of(server);
    const double phase = phases_.uniform();
    if (!server.up) continue;
    own_data(server);
    read_settings(server);
    server.checkpoint_phase = -from_seconds(phase * to_seconds(server.checkpoint_every));
    server.checkpoints_before = true;
    begin_archive(server);
  }
  for (std::size_t c = 0; c < routes_.size(); ++c) {
    Route& route = routes_[c];
    route.share = c == 0 ? 1.0 : 0.0;
    for (Leg& leg : route.legs) {
      const Group reconnect = leg.reconnect, silence = leg.silence.timer;
      leg = Leg{.silence = {.timer = silence}, .reconnect = reconnect};
    }
    resending_[c].reset();
    spread(static_cast<int>(c), add_leg(static_cast<int>(c), 1), std::nullopt);
  }
  for (const Server& server : servers_)
    if (server.streaming && server.source != none && !slot_of(server).empty())
      servers_[static_cast<std::size_t>(server.source)].slots.push_back(
          {slot_of(server), std::nullopt, true});
  look_at_commits();
}

}  // namespace drdrill::models
