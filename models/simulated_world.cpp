#include "models/simulated_world.hpp"

#include <array>
#include <vector>

#include "models/api_records.hpp"
#include "models/checklist.hpp"
#include "models/commands.hpp"
#include "models/faults.hpp"
#include "models/jobs.hpp"
#include "models/participants.hpp"
#include "models/steady_state.hpp"
#include "models/topology.hpp"
#include "sim/base/ensure.hpp"

namespace drdrill {

using models::Owner;

struct SimulatedWorld::Models {
  Models(const PlatformSpec& platform, Retries retries)
      : context(platform),
        kubernetes(context),
        volumes(kubernetes),
        databases(context, kubernetes, volumes),
        dns(context),
        sites(context, kubernetes, volumes, databases, dns),
        backups(context, kubernetes, volumes, databases, sites),
        participants(context, kubernetes, sites, dns, retries),
        people(context),
        alerts(context, people),
        monitoring(context, kubernetes, dns, alerts),
        commands(context, kubernetes, sites, dns, databases, monitoring, people, volumes, backups),
        jobs(context, kubernetes, commands),
        faults(context, kubernetes, monitoring, people, databases, volumes, sites, dns),
        steady(context, sites, dns, databases, participants, monitoring, alerts),
        topology(platform.dependencies) {}

  models::Context context;
  models::Kubernetes kubernetes;
  models::Volumes volumes;
  models::Databases databases;
  models::Dns dns;
  models::Sites sites;
  models::Backups backups;
  models::Participants participants;
  models::People people;
  models::Alerts alerts;
  models::Monitoring monitoring;
  models::Commands commands;
  models::Jobs jobs;
  models::Faults faults;
  models::SteadyState steady;
  models::Topology topology;
  bool stop = false;
  Wake::Why why = Wake::Why::deadline;
  std::uint64_t events = 0;
};

SimulatedWorld::SimulatedWorld(const PlatformSpec& platform, const WallTime& start, Retries retries)
    : models_(std::make_unique<Models>(platform, retries)) {
  Models& m = *models_;
  m.context.start = start;
  for (const WorkloadModel& workload : platform.workloads) {
    models::Site& site = m.sites[static_cast<int>(workload.cluster)];
    switch (workload.kind) {
      case WorkloadModel::Kind::livekit_sfu:
        m.kubernetes.attach(workload, site.sfu);
        break;
      case WorkloadModel::Kind::api_service:
        m.kubernetes.attach(workload, site.api);
        break;
      case WorkloadModel::Kind::postgres_primary:
      case WorkloadModel::Kind::postgres_replica:
      case WorkloadModel::Kind::postgres_scratch:
        m.kubernetes.attach(workload, m.databases.installation(workload.shard));
        break;
      case WorkloadModel::Kind::redis_master:
      case WorkloadModel::Kind::redis_replica:
        m.kubernetes.attach(workload, m.sites[static_cast<int>(workload.installation())].redis);
        break;
      case WorkloadModel::Kind::ingress:
        m.kubernetes.attach(workload, site.entry);
        break;
      case WorkloadModel::Kind::monitoring:
        m.kubernetes.attach(workload, m.monitoring);
        break;
      case WorkloadModel::Kind::pooler:
      case WorkloadModel::Kind::plain:
        break;
    }
  }
  m.kubernetes.attach_jobs(m.jobs);
  m.kubernetes.warm_up();
  m.backups.make_history();
  m.context.notes.keep();
  reset(1, 0);
  // Autoscalers have long acted on the load that there is at the start.
  constexpr int most_rounds = 20;
  for (int round = 0; round < most_rounds && m.kubernetes.settle_autoscalers(); ++round) {
    m.context.notes.keep();
    reset(1, 0);
  }
}

SimulatedWorld::~SimulatedWorld() = default;

void SimulatedWorld::observe(const ObservedTimes& times) {
  Models& m = *models_;
  m.people.observe(times.people);
  m.context.draws.observe(times.values);
}

void SimulatedWorld::reset(std::uint64_t seed, std::uint64_t replication) {
  Models& m = *models_;
  m.context.seed = seed;
  m.context.replication = replication;
  m.context.engine.reset();
  m.context.draws.restart(seed, replication);
  m.context.notes.reset();
  m.kubernetes.reset();
  m.volumes.reset();
  m.dns.reset();
  m.databases.reset();
  m.sites.reset();
  m.people.reset();
  m.alerts.reset();
  m.monitoring.reset();
  m.participants.reset();
  m.commands.reset();
  m.jobs.reset();
  m.faults.reset();
  m.steady.reset();
  m.events = 0;
  after_change();
  m.context.draws.forget_use();
}

void SimulatedWorld::handle(const Event& event) {
  Models& m = *models_;
  const int cluster = models::cluster_of(event.component);
  switch (models::owner_of(event.component)) {
    case Owner::kubernetes:
      m.kubernetes.handle(event);
      break;
    case Owner::sfu:
      m.sites[cluster].sfu.handle(event);
      break;
    case Owner::participants:
      m.participants.handle(event);
      break;
    case Owner::api:
      m.sites[cluster].api.handle(event);
      break;
    case Owner::postgres:
      m.databases.handle(event, cluster);
      break;
    case Owner::redis:
      m.sites[cluster].redis.handle(event);
      break;
    case Owner::entry:
      m.sites[cluster].entry.handle(event);
      break;
    case Owner::monitoring:
      m.monitoring.handle(event);
      break;
    case Owner::alerts:
      m.alerts.handle(event);
      break;
    case Owner::people:
      m.people.handle(event);
      break;
    case Owner::commands:
      m.commands.handle(event);
      break;
    case Owner::jobs:
      m.jobs.handle(event);
      break;
    case Owner::dns:
      m.dns.handle(event);
      break;
    case Owner::pools:
      m.sites[cluster].pools.handle(event);
      break;
    case Owner::world:
      m.context.changed = true;
      break;
  }
  settle();
}

/// What an event leads to at the same instant.
void SimulatedWorld::settle() {
  Models& m = *models_;
  do {
    if (m.context.changed) after_change();
    m.jobs.poll();
    if (m.commands.poll()) {
      m.stop = true;
      m.why = Wake::Why::action_ended;
    }
  } while (m.context.changed);
}

/// Models that look at each other do so here, once for each event that changed something.
void SimulatedWorld::after_change() {
  Models& m = *models_;
  m.context.changed = false;
  m.databases.update();
  m.sites.update();
  m.participants.sites_changed();
  m.monitoring.routes_changed();
  if (m.steady.evaluate()) {
    m.stop = true;
    m.why = Wake::Why::probe_changed;
  }
  m.context.changed = false;
}

void SimulatedWorld::expect(const Event& event) const {
  models_->participants.expect(event);
}

Wake SimulatedWorld::wait_until(Offset deadline) {
  Models& m = *models_;
  if (deadline <= m.context.now()) return {Wake::Why::deadline};
  if (m.context.changed) after_change();
  m.why = Wake::Why::deadline;
  if (m.commands.poll()) return {Wake::Why::action_ended};
  m.stop = false;
  m.events += m.context.engine.run(deadline, Handler{*this}, m.stop);
  return {m.why};
}

std::optional<Refusal> SimulatedWorld::refusal(const Effect& effect) const {
  return models_->faults.refusal(effect);
}

std::optional<Refusal> SimulatedWorld::refusal(const Action& action) const {
  return models_->commands.refusal(action);
}

std::optional<Refusal> SimulatedWorld::refusal(const Probe&) const {
  return std::nullopt;
}

Inventory SimulatedWorld::inventory() const {
  const Models& m = *models_;
  constexpr std::size_t usual = 24;  // items
  Inventory out;
  out.reserve(usual);
  m.sites.add_inventory(out);
  m.monitoring.add_inventory(out);
  m.kubernetes.add_inventory(out);
  m.backups.add_inventory(out);
  m.faults.add_inventory(out);
  return out;
}

ComponentSet SimulatedWorld::dependents(ComponentSet set) const {
  return models_->topology.dependents(set);
}

Offset SimulatedWorld::now() const {
  return models_->context.now();
}
void SimulatedWorld::watch(std::span<const Probe> probes) {
  models_->steady.watch(probes);
}

void SimulatedWorld::drain(SampleBuffer& buffer) {
  models_->steady.drain(buffer.samples);
  models_->context.notes.drain(buffer.notes);
}

EffectId SimulatedWorld::inject(const Effect& effect) {
  const EffectId id = models_->faults.inject(effect);
  after_change();
  return id;
}

EffectState SimulatedWorld::state(EffectId effect) const {
  return models_->faults.state(effect);
}

void SimulatedWorld::recover(EffectId effect) {
  models_->faults.recover(effect);
  after_change();
}

ActionId SimulatedWorld::begin(const Action& action) {
  return models_->commands.begin(action);
}
ActionState SimulatedWorld::state(ActionId action) const {
  return models_->commands.state(action);
}
void SimulatedWorld::cancel(ActionId action) {
  models_->commands.cancel(action);
}

ChecklistAnswer SimulatedWorld::answer(ChecklistItem item) const {
  const Models& m = *models_;
  const models::Site& site = m.sites.in_use();
  return models::answer_item(item, {m.dns.in_use(), m.context, m.kubernetes, m.databases,
                                    site.entry, site.api, m.monitoring, m.alerts, m.backups});
}

Ledger SimulatedWorld::ledger() const {
  const Models& m = *models_;
  Ledger out;
  m.participants.add_ledger(out);
  m.databases.add_ledger(out, m.context.now(), m.dns.in_use());
  const Offset end = m.context.now();
  const models::Redis& used = m.sites.in_use().redis;
  std::vector<models::SlotWrites::Stretch> keys;
  if (m.context.spec.load.api_writes_to_redis)
    for (std::size_t c = 0; c < m.sites.size(); ++c)
      m.sites[static_cast<int>(c)].redis.add_writes(keys, end, used);
  if (!keys.empty())
    for (LedgerStream& stream : out.streams)
      if (stream.component == ComponentId::api) models::lose_with_keys(stream, keys);
  for (std::size_t c = 0; c < m.sites.size(); ++c)
    m.sites[static_cast<int>(c)].redis.add_ledger(out, end, used);
  m.monitoring.add_ledger(out, m.context.now());
  return out;
}

UserImpact SimulatedWorld::user_impact() const {
  return models_->participants.impact(models_->context.now());
}

const Parameter* SimulatedWorld::parameter(ParameterId id) const {
  return id == ParameterId::none ? nullptr : &models_->context.spec.parameters[id];
}

std::string_view SimulatedWorld::subject_name(SubjectId subject) const {
  return models_->context.notes.name(subject);
}

std::uint64_t SimulatedWorld::fingerprint() const {
  return models_->context.engine.fingerprint();
}
bool SimulatedWorld::exercised(ParameterId id) const {
  return models_->context.draws.used(id);
}
std::uint64_t SimulatedWorld::events() const {
  return models_->events;
}

}  // namespace drdrill
