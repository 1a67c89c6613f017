#include "models/entry.hpp"

namespace drdrill::models {
Entry::Entry(Context& context, Kubernetes& kubernetes, int cluster)
    : context_(context),
      kubernetes_(kubernetes),
      cluster_(cluster),
      choice_(0, 0, "load balancer choice"),
      check_interval_(context.draws["load_balancer.check_interval"]),
      check_timeout_(context.draws["load_balancer.check_timeout"]),
      fall_(context.draws["load_balancer.fall"]),
      rise_(context.draws["load_balancer.rise"]),
      process_start_(context.draws["load_balancer.process_start"]) {}

void Entry::reset() {
  choice_.restart(context_.seed, context_.replication);
  targets_.each([](PodRef, Target& target) {
    const Group timer = target.timer;
    target = Target{};
    target.timer = timer;
  });
  std::vector<PodRef> pods;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::ingress || !runs_in(workload, cluster_)) continue;
    kubernetes_.pods_of(workload, pods);
    for (PodRef ref : pods) {
      Target& target = targets_[ref];
      if (target.timer == Group::none) target.timer = context_.engine.make_group();
      target.known = target.working = target.admitted = true;
    }
  }
  count();
}

void Entry::at(Duration delay, Kind kind, PodRef ref, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::entry, cluster_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(ref.pod)},
                        group);
}

void Entry::handle(const Event& event) {
  const PodRef ref{cluster_, static_cast<int>(event.subject)};
  Target& target = targets_[ref];
  switch (static_cast<Kind>(event.kind)) {
    case Kind::eject:
    case Kind::admit: {
      target.admitted = static_cast<Kind>(event.kind) == Kind::admit;
      if (!kubernetes_.pod(ref).meta.exists) target.known = false;
      context_.note(target.admitted ? NoteKind::backend_admitted : NoteKind::backend_ejected,
                    ComponentId::load_balancer, kubernetes_.subject_of(ref), check_interval_.id(),
                    context_.now() - target.changed);
      count();
      break;
    }
    case Kind::started:
      target.known = true;
      look(ref);
      kubernetes_.health_changed(ref);
      break;
  }
}

void Entry::pod_started(PodRef ref) {
  Target& target = targets_[ref];
  if (target.timer == Group::none) target.timer = context_.engine.make_group();
  target.known = false;
  at(process_start_.time(), Kind::started, ref, Group::none);
}

void Entry::pod_ended(PodRef ref, Ending) {
  look(ref);
}

bool Entry::pod_healthy(PodRef ref) const {
  const Target* target = targets_.find(ref);
  return target && target->known;
}

void Entry::reach_changed() {
  targets_.each([&](PodRef ref, Target& target) {
    if (target.known) look(ref);
  });
}

/// Does the target work, as a client would find? If that changed, checks will find out.
void Entry::look(PodRef ref) {
  Target& target = targets_[ref];
  const bool working = kubernetes_.is_up(ref) && kubernetes_.reached_from_outside(ref);
  if (working == target.working) return;
  target.working = working;
  target.changed = context_.now();
  context_.engine.cancel(target.timer);
  if (target.admitted != working) {
    const double interval = check_interval_.value();
    const double phase = choice_.uniform() * interval;
    const bool refused = kubernetes_.reached_from_outside(ref);
    const double checks = working ? rise_.value() : fall_.value();
    const double slow = working || refused ? 0 : check_timeout_.value();
    at(from_seconds(phase + (checks - 1) * interval + slow), working ? Kind::admit : Kind::eject,
       ref, target.timer);
  }
  count();
}

void Entry::count() {
  int admitted = 0, working = 0;
  targets_.each([&](PodRef, const Target& target) {
    if (!target.admitted) return;
    ++admitted;
    working += target.working ? 1 : 0;
  });
  share_ = admitted == 0 ? 0 : static_cast<double>(working) / admitted;
  context_.changed = true;
}

bool Entry::connect() {
  return share_ >= 1 || choice_.uniform() < share_;
}

Entry::Checks Entry::checks() const {
  Checks checks;
  targets_.each([&](PodRef ref, const Target& target) {
    const bool there = kubernetes_.pod(ref).meta.exists &&
                       kubernetes_.component_of(ref) == ComponentId::load_balancer;
    if (!there) return;
    ++checks.targets;
    checks.admitted += target.admitted ? 1 : 0;
    checks.working += target.admitted && target.working ? 1 : 0;
  });
  return checks;
}

void Entry::add_inventory(Inventory& inventory) const {
  std::int64_t admitted = 0;
  targets_.each(
      [&](PodRef, const Target& target) { admitted += target.admitted && target.working ? 1 : 0; });
  inventory.push_back({ComponentId::load_balancer, "targets in service", admitted,
                       InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
