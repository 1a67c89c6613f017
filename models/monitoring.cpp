#include "models/monitoring.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

constexpr Duration day = std::chrono::hours(24);

}  // namespace

Monitoring::Monitoring(Context& context, Kubernetes& kubernetes, Dns& dns)
    : context_(context),
      kubernetes_(kubernetes),
      dns_(dns),
      phases_(0, 0, "monitoring phases"),
      process_start_(context.draws["monitoring.process_start"]),
      group_wait_(context.draws["monitoring.group_wait"]),
      acknowledge_(context.draws["people.acknowledge"]),
      night_factor_(context.draws["people.night_factor"]),
      diagnose_(context.draws["people.diagnose"]),
      notice_(context.draws["people.notice_without_alert"]),
      retention_(context.draws["monitoring.retention"]) {
  for (const AlertRule& rule : context.spec.monitoring.rules) {
    alerts_.push_back({&rule,
                       context.notes.subject(rule.name),
                       context.engine.make_group(),
                       {},
                       false,
                       context.spec.parameters.find("alert/" + rule.name)});
  }
  for (const PersonSpec& person : context.spec.people) {
    Person known;
    known.spec = &person;
    known.subject = context.notes.subject(person.name);
    known.timer = context.engine.make_group();
    people_.push_back(known);
  }
}

void Monitoring::reset() {
  phases_.restart(context_.seed, context_.replication);
  switched_off_ = false;
  retention_time_ = retention_.time();
  runs_.clear();
  stores_from_.clear();
  works_since_ = Offset::zero();
  processes_.each([](PodRef, Process& process) { process = Process{}; });
  std::vector<PodRef> pods;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::monitoring || workload.cluster != 0) continue;
    kubernetes_.pods_of(workload, pods);
    for (PodRef ref : pods) processes_[ref].scraping = true;
  }
  for (Alert& alert : alerts_) alert.firing = false;
  for (Person& person : people_) person.called = person.ready = person.absent = false;
  worked_ = true;
  count();
}

void Monitoring::at(Duration delay, Kind kind, std::size_t subject, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::monitoring),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(subject)},
                        group);
}

void Monitoring::handle(const Event& event) {
  const std::size_t subject = event.subject;
  switch (static_cast<Kind>(event.kind)) {
    case Kind::started: {
      const PodRef ref{static_cast<int>(subject >> 24), static_cast<int>(subject & 0xffffff)};
      if (!kubernetes_.is_up(ref)) break;
      processes_[ref].scraping = true;
      kubernetes_.health_changed(ref);
      count();
      break;
    }
    case Kind::fires: {
      Alert& alert = alerts_[subject];
      if (!works()) break;  // nobody evaluates the rule
      alert.firing = true;
      context_.note(NoteKind::alert_firing, alert.rule->component, alert.subject, alert.hold,
                    context_.now() - alert.broken_at);
      at(group_wait_.time(), Kind::paged, subject, alert.timer);
      break;
    }
    case Kind::paged:
      call(alerts_[subject].rule->role);
      break;
    case Kind::acknowledged: {
      Person& person = people_[subject];
      context_.note(NoteKind::page_acknowledged, ComponentId::platform, person.subject,
                    acknowledge_.id(), context_.now() - person.called_at);
      at(diagnose_.time(), Kind::diagnosed, subject, person.timer);
      break;
    }
    case Kind::diagnosed:
      people_[subject].ready = true;
      context_.note(NoteKind::diagnosed, ComponentId::platform, people_[subject].subject,
                    diagnose_.id());
      context_.changed = true;
      break;
    case Kind::noticed:
      for (const Person& person : people_)
        if (!person.called && !person.absent) call(person.spec->role);
      break;
  }
}

void Monitoring::pod_started(PodRef ref) {
  processes_[ref].scraping = false;
  const auto packed =
      static_cast<std::size_t>(ref.cluster) << 24 | static_cast<std::size_t>(ref.pod);
  at(process_start_.time(), Kind::started, packed, Group::none);
}

void Monitoring::pod_ended(PodRef ref, Ending) {
  processes_[ref].scraping = false;
  count();
}

bool Monitoring::pod_healthy(PodRef ref) const {
  const Process* process = processes_.find(ref);
  return process && process->scraping;
}

void Monitoring::data_lost(std::string_view pod_name) {
  stores_from_.insert_or_assign(std::string(pod_name), context_.now());
}

/// Samples from before are on no disk. Queries are answered by any replica that has them.
Offset Monitoring::stored_from() const {
  Offset from = never;
  processes_.each([&](PodRef ref, const Process&) {
    const kube::Pod& pod = kubernetes_.pod(ref);
    if (!pod.meta.exists || kubernetes_.component_of(ref) != ComponentId::monitoring) return;
    const auto lost = stores_from_.find(pod.meta.name);
    from = std::min(from, lost == stores_from_.end() ? Offset::min() : lost->second);
  });
  return from == never ? Offset::min() : from;
}

void Monitoring::switch_off(bool off) {
  switched_off_ = off;
  count();
}

void Monitoring::set_absent(std::span<const std::string_view> who) {
  for (Person& person : people_)
    person.absent = std::any_of(who.begin(), who.end(), [&](std::string_view name) {
      return person.spec->role == name || person.spec->name == name;
    });
}

void Monitoring::count() {
  working_ = 0;
  counted_cluster_ = dns_.in_use();
  processes_.each([&](PodRef ref, const Process& process) {
    if (ref.cluster == counted_cluster_ && process.scraping && kubernetes_.is_up(ref) &&
        kubernetes_.reached_from_outside(ref))
      ++working_;
  });
  context_.changed = true;
  if (worked_ && !works() && context_.now() > works_since_)
    runs_.push_back({works_since_, context_.now(), 0, Fate::kept});
  if (!worked_ && works()) works_since_ = context_.now();
  worked_ = works();
}

void Monitoring::component_changed(ComponentId component, bool holds) {
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    Alert& alert = alerts_[i];
    if (alert.rule->component != component) continue;
    context_.engine.cancel(alert.timer);
    alert.firing = false;
    if (holds) continue;
    alert.broken_at = context_.now();
    const MonitoringSpec& spec = context_.spec.monitoring;
    const Duration scrape =
        component == ComponentId::livekit_sfu ? spec.scrape_interval_sfu : spec.scrape_interval;
    const Duration seen = from_seconds(phases_.uniform() * to_seconds(scrape) +
                                       phases_.uniform() * to_seconds(spec.evaluation_interval));
    at(seen + alert.rule->hold, Kind::fires, i, alert.timer);
  }
  if (!holds && !works()) at(notice_.time(), Kind::noticed, 0, Group::none);
}

void Monitoring::call(std::string_view role) {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    if (person.spec->role != role || person.called || person.absent) continue;
    person.called = true;
    person.called_at = context_.now();
    context_.note(NoteKind::page_sent, ComponentId::platform, person.subject, group_wait_.id());
    Duration takes = acknowledge_.time();
    if (!is_awake(*person.spec)) takes = from_seconds(to_seconds(takes) * night_factor_.value());
    at(takes, Kind::acknowledged, i, person.timer);
    return;
  }
}

bool Monitoring::is_awake(const PersonSpec& person) const {
  const Duration local = Duration(context_.start.utc_ns) + context_.now() +
                         std::chrono::minutes(context_.start.utc_offset_minutes);
  const auto hour = static_cast<int>((local.count() % day.count()) /
                                     std::chrono::nanoseconds(std::chrono::hours(1)).count());
  if (person.awake_from_hour <= person.awake_to_hour)
    return hour >= person.awake_from_hour && hour < person.awake_to_hour;
  return hour >= person.awake_from_hour || hour < person.awake_to_hour;
}

bool Monitoring::is_ready(std::string_view role) const {
  for (const Person& person : people_)
    if (person.spec->role == role && person.ready && !person.absent) return true;
  return false;
}

bool Monitoring::has_role(std::string_view role) const {
  for (const Person& person : people_)
    if (person.spec->role == role) return true;
  return false;
}

bool Monitoring::knows(std::string_view role_or_name) const {
  return std::any_of(people_.begin(), people_.end(), [&](const Person& person) {
    return person.spec->role == role_or_name || person.spec->name == role_or_name;
  });
}

std::vector<std::string_view> Monitoring::active_alerts() const {
  std::vector<std::string_view> names;
  for (const Alert& alert : alerts_)
    if (alert.firing || context_.engine.pending(alert.timer) > 0) names.push_back(alert.rule->name);
  return names;
}

void Monitoring::add_inventory(Inventory& inventory) const {
  inventory.push_back({ComponentId::monitoring, "Prometheus servers scraping", working_,
                       InventoryItem::Better::higher, false});
}

/// Samples that were due while nobody scraped are lost; one target a pod.
void Monitoring::add_ledger(Ledger& ledger, Offset end) const {
  const double interval = to_seconds(context_.spec.monitoring.scrape_interval);
  if (interval <= 0) return;
  const double rate =
      static_cast<double>(kubernetes_.cluster(counted_cluster_).pods.size()) / interval;
  LedgerStream stream{ComponentId::monitoring, "samples", {}};
  const Offset stored = stored_from();
  const auto add = [&](Offset from, Offset to, Fate fate) {
    const auto count = static_cast<std::uint64_t>(to_seconds(to - from) * rate);
    if (count > 0) stream.runs.push_back({from, to, count, fate});
  };
  const auto put = [&](Offset from, Offset to, Fate fate) {
    const Offset cut = std::clamp(stored, from, to);
    if (fate == Fate::kept && cut > from) {
      add(from, cut, Fate::lost);
      from = cut;
    }
    if (to > from) add(from, to, fate);
  };
  // What was stored before the drill, as far back as it was kept, is told of only when it is lost.
  if (stored > Offset::zero()) {
    retention_.use();
    put(-retention_time_, Offset::zero(), Fate::kept);
  }
  Offset at = Offset::zero();
  for (const LedgerRun& run : runs_) {
    if (run.first > at) put(at, run.first, Fate::lost);
    put(run.first, run.last, Fate::kept);
    at = run.last;
  }
  if (works()) {
    if (works_since_ > at) put(at, works_since_, Fate::lost);
    put(std::max(at, works_since_), end, Fate::kept);
  } else {
    put(at, end, Fate::lost);
  }
  ledger.streams.push_back(std::move(stream));
}

}  // namespace drdrill::models
