#include "models/entry.hpp"

#include <algorithm>
#include <utility>

#include "models/lookup.hpp"

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
      process_start_(context.draws["load_balancer.process_start"]),
      provision_(context.draws["load_balancer.provision"]) {
  provisioning_ = context.engine.make_group();
}

/// The Service that the load balancer is made for, or no_index.
int Entry::service() const {
  const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(cluster_)];
  return find_service_near(kubernetes_.cluster(cluster_), home.home_namespace,
                           context_.spec.entry.service);
}

void Entry::reset() {
  choice_.restart(context_.seed, context_.replication);
  targets_.each([](PodRef, Target& target) {
    const Group timer = target.timer;
    target = Target{};
    target.timer = timer;
  });
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::ingress || !runs_in(workload, cluster_)) continue;
    kubernetes_.each_pod_of(workload, [&](PodRef ref) {
      Target& target = targets_[ref];
      if (target.timer == Group::none) target.timer = context_.engine.make_group();
      target.known = target.working = target.admitted = true;
    });
  }
  exists_ = service() != kube::no_index;
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
  if (static_cast<Kind>(event.kind) == Kind::provisioned) {
    exists_ = true;
    context_.note(NoteKind::balancer_made, ComponentId::load_balancer,
                  context_.notes.subject(context_.spec.entry.service), provision_.id(),
                  context_.now() - asked_at_);
    reach_changed();
    if (context_.spec.entry.takes_ready_pods) take_ready();
    return;
  }
  Target& target = targets_[ref];
  switch (static_cast<Kind>(event.kind)) {
    case Kind::eject:
    case Kind::admit:
      take(ref, target, static_cast<Kind>(event.kind) == Kind::admit);
      count();
      break;
    case Kind::started:
      target.known = true;
      context_.note(NoteKind::process_started, ComponentId::load_balancer,
                    kubernetes_.subject_of(ref), process_start_.id(),
                    context_.now() - kubernetes_.runs_since(ref));
      look(ref);
      kubernetes_.health_changed(ref);
      break;
    case Kind::provisioned:
      break;
  }
}

void Entry::take(PodRef ref, Target& target, bool admitted) {
  target.admitted = admitted;
  if (!kubernetes_.pod(ref).meta.exists) target.known = false;
  context_.note(admitted ? NoteKind::backend_admitted : NoteKind::backend_ejected,
                ComponentId::load_balancer, kubernetes_.subject_of(ref),
                context_.spec.entry.takes_ready_pods ? ParameterId::none : check_interval_.id(),
                context_.now() - target.changed);
}

/// Those that the Service leads to, and no others.
void Entry::take_ready() {
  const int by = service();
  if (by == kube::no_index || !exists_) return;
  const std::vector<int>& ready = kubernetes_.routed(cluster_, by);
  targets_.each([&](PodRef ref, Target& target) {
    const bool admitted = std::find(ready.begin(), ready.end(), ref.pod) != ready.end();
    if (admitted != target.admitted) take(ref, target, admitted);
  });
  count();
}

void Entry::service_routes_changed(int cluster, int of) {
  if (context_.spec.entry.takes_ready_pods && cluster == cluster_ && of == service()) take_ready();
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
  look_for_service();
  targets_.each([&](PodRef ref, Target& target) {
    if (target.known) look(ref);
  });
}

/// The cloud takes a load balancer away with its Service, and needs a while to make another one.
void Entry::look_for_service() {
  const bool wanted = service() != kube::no_index;
  const bool coming = context_.engine.pending(provisioning_) > 0;
  if (wanted && !exists_ && !coming) {
    asked_at_ = context_.now();
    at(provision_.time(), Kind::provisioned, {cluster_, 0}, provisioning_);
  }
  if (wanted) return;
  context_.engine.cancel(provisioning_);
  if (!std::exchange(exists_, false)) return;
  context_.note(NoteKind::balancer_gone, ComponentId::load_balancer,
                context_.notes.subject(context_.spec.entry.service));
  // The next one knows none of them until its own checks have found them good.
  targets_.each([&](PodRef, Target& target) {
    if (target.timer != Group::none) context_.engine.cancel(target.timer);
    target.working = target.admitted = target.silent = false;
  });
  count();
}

/// Does the target work, as a client would find? If that changed, checks will find out.
void Entry::look(PodRef ref) {
  if (!exists_) return;  // nobody checks
  Target& target = targets_[ref];
  const int by = service();
  const bool selected =
      by != kube::no_index && kube::selects(kubernetes_.cluster(cluster_), by, ref.pod);
  const bool reached = kubernetes_.reached_from_outside(ref);
  const bool working = kubernetes_.is_up(ref) && reached && selected;
  if (working == target.working) return;
  const bool was_silent =
      std::exchange(target.silent, !working && (!reached || kubernetes_.stands_still(ref)));
  target.working = working;
  target.changed = context_.now();
  context_.engine.cancel(target.timer);
  if (target.admitted != working && !context_.spec.entry.takes_ready_pods) {
    // A check that meets silence lasts for its timeout; the next one begins an interval later.
    const Duration interval = check_interval_.time();
    const Duration silence = target.silent || was_silent ? check_timeout_.time() : Duration::zero();
    const Duration until_next =
        from_seconds(choice_.uniform() * to_seconds(was_silent ? interval + silence : interval));
    const auto more = static_cast<std::int64_t>((working ? rise_ : fall_).value()) - 1;
    const Duration each = target.silent ? silence : Duration::zero();
    at(until_next + each + more * (interval + each), working ? Kind::admit : Kind::eject, ref,
       target.timer);
  }
  count();
}

void Entry::count() {
  int admitted = 0;
  in_service_.clear();
  targets_.each([&](PodRef ref, const Target& target) {
    if (!target.admitted) return;
    ++admitted;
    if (target.working) in_service_.push_back(ref);
  });
  share_ = admitted == 0 || !exists_ ? 0 : static_cast<double>(in_service_.size()) / admitted;
  ++version_;
  context_.changed = true;
}

double Entry::share_to(PodRef pod) const {
  if (in_service_.empty()) return 0;
  const auto reaching = std::count_if(in_service_.begin(), in_service_.end(), [&](PodRef target) {
    return kubernetes_.reaches(target, pod);
  });
  return static_cast<double>(reaching) / static_cast<double>(in_service_.size());
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
    checks.working += exists_ && target.admitted && target.working ? 1 : 0;
  });
  return checks;
}

void Entry::add_inventory(Inventory& inventory) const {
  std::int64_t admitted = 0;
  targets_.each([&](PodRef, const Target& target) {
    admitted += exists_ && target.admitted && target.working ? 1 : 0;
  });
  inventory.push_back({ComponentId::load_balancer, "targets in service", admitted,
                       InventoryItem::Better::higher, false});
}

}  // namespace drdrill::models
