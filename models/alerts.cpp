#include "models/alerts.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

// Prometheus' --rules.alert.for-grace-period and --rules.alert.for-outage-tolerance: alerts with a
// `for` of at least the one are restored after an outage of at most the other, and wait at least
// for the grace period if they had not fired.
constexpr Duration grace_period = std::chrono::minutes(10);
constexpr Duration outage_tolerance = std::chrono::hours(1);

/// A `for` is over at an evaluation.
Duration rounded_up(Duration hold, Duration interval) {
  return (hold + interval - Duration(1)) / interval * interval;
}

}  // namespace

Alerts::Alerts(Context& context, People& people)
    : context_(context),
      people_(people),
      unaided_(context.engine.make_group()),
      phases_(0, 0, "monitoring phases"),
      group_wait_(context.draws["monitoring.group_wait"]),
      repeat_interval_(context.draws["monitoring.repeat_interval"]),
      notice_(context.draws["people.notice_without_alert"]) {
  for (const AlertRule& rule : context.spec.monitoring.rules) {
    Alert alert;
    alert.rule = &rule;
    alert.subject = context.notes.subject(rule.name);
    alert.hold = context.spec.parameters.find("alert/" + rule.name);
    for (Group* group : {&alert.scrape, &alert.evaluation, &alert.timer, &alert.notice})
      *group = context.engine.make_group();
    alerts_.push_back(alert);
  }
}

Duration Alerts::interval_of(const Alert& alert) const {
  const MonitoringSpec& spec = context_.spec.monitoring;
  return alert.rule->component == ComponentId::livekit_sfu ? spec.scrape_interval_sfu
                                                           : spec.scrape_interval;
}

void Alerts::reset() {
  phases_.restart(context_.seed, context_.replication);
  const auto phase = [&](Duration interval) {
    return from_seconds(phases_.uniform() * to_seconds(interval));
  };
  evaluation_phase_ = phase(context_.spec.monitoring.evaluation_interval);
  for (Alert& alert : alerts_) {
    alert.scrape_phase = phase(interval_of(alert));
    alert.broken = alert.sampled = false;
    alert.state = State::inactive;
    alert.left.reset();
  }
  works_ = true;
  broken_ = 0;
}

void Alerts::at(Duration delay, Kind kind, std::size_t subject, Group group, std::uint64_t data) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::alerts),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(subject),
                         .data = data},
                        group);
}

/// To the next of the instants that lie `interval` apart.
Duration Alerts::until_tick(Duration interval, Duration phase) const {
  const Duration since = context_.now() - phase;
  const Duration past = ((since % interval) + interval) % interval;
  return interval - past;
}

void Alerts::handle(const Event& event) {
  const std::size_t index = event.subject;
  switch (static_cast<Kind>(event.kind)) {
    case Kind::scraped: {
      Alert& alert = alerts_[index];
      alert.sampled = alert.broken;
      const bool known = alert.sampled == (alert.state != State::inactive);
      const MonitoringSpec& spec = context_.spec.monitoring;
      if (!known && context_.engine.pending(alert.evaluation) == 0)
        at(until_tick(spec.evaluation_interval, evaluation_phase_), Kind::evaluated, index,
           alert.evaluation);
      break;
    }
    case Kind::evaluated:
      evaluate(index);
      break;
    case Kind::fires:
      fire(index);
      break;
    case Kind::notify:
      notify(index, event.data != 0);
      break;
    case Kind::escalate: {
      if (people_.anybody_at_work()) break;
      const EscalationSpec& to = context_.spec.monitoring.escalation[event.data];
      people_.page(to.role, alerts_[index].rule->role, ParameterId::none, to.after);
      break;
    }
    case Kind::noticed:
      if (!people_.anybody_at_work()) people_.ring_up(notice_.id(), context_.now() - broken_since_);
      break;
  }
}

/// The next scrape will show how the rule's component is.
void Alerts::see(std::size_t index) {
  Alert& alert = alerts_[index];
  if (!works_ || context_.engine.pending(alert.scrape) > 0) return;
  at(until_tick(interval_of(alert), alert.scrape_phase), Kind::scraped, index, alert.scrape);
}

void Alerts::evaluate(std::size_t index) {
  Alert& alert = alerts_[index];
  if (alert.sampled == (alert.state != State::inactive)) return;
  if (!alert.sampled) return resolve(alert);
  alert.state = State::pending;
  alert.pending_since = context_.now();
  const Duration hold = alert.left.value_or(alert.rule->hold);
  alert.left.reset();
  if (hold <= Duration::zero()) return fire(index);
  context_.note(NoteKind::alert_pending, alert.rule->component, alert.subject);
  at(rounded_up(hold, context_.spec.monitoring.evaluation_interval), Kind::fires, index,
     alert.timer);
}

void Alerts::resolve(Alert& alert) {
  alert.state = State::inactive;
  context_.engine.cancel(alert.timer);
  context_.engine.cancel(alert.notice);
}

void Alerts::fire(std::size_t index) {
  Alert& alert = alerts_[index];
  alert.state = State::firing;
  context_.note(NoteKind::alert_firing, alert.rule->component, alert.subject, alert.hold,
                context_.now() - alert.broken_at);
  alert.notified_at = context_.now();
  at(group_wait_.time(), Kind::notify, index, alert.notice);
}

void Alerts::notify(std::size_t index, bool again) {
  Alert& alert = alerts_[index];
  const ParameterId by = again ? repeat_interval_.id() : group_wait_.id();
  people_.page(alert.rule->role, alert.rule->role, by, context_.now() - alert.notified_at);
  alert.notified_at = context_.now();
  at(from_seconds(repeat_interval_.look()), Kind::notify, index, alert.notice, 1);
  if (again) return repeat_interval_.use();
  const auto& escalation = context_.spec.monitoring.escalation;
  for (std::size_t i = 0; i < escalation.size(); ++i)
    at(escalation[i].after, Kind::escalate, index, alert.notice, i);
}

void Alerts::component_changed(ComponentId component, bool holds) {
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    Alert& alert = alerts_[i];
    if (alert.rule->component != component) continue;
    alert.broken = !holds;
    if (!holds) alert.broken_at = context_.now();
    see(i);
  }
  const std::uint32_t bit = 1U << static_cast<unsigned>(component);
  const std::uint32_t before = broken_;
  broken_ = holds ? broken_ & ~bit : broken_ | bit;
  if (before == 0 && broken_ != 0) {
    broken_since_ = context_.now();
    at(notice_.time(), Kind::noticed, 0, unaided_);
  }
  if (broken_ == 0) context_.engine.cancel(unaided_);
}

void Alerts::monitoring_changed(bool works) {
  if (works == works_) return;
  works_ = works;
  const Duration down = context_.now() - down_since_;
  down_since_ = context_.now();
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    Alert& alert = alerts_[i];
    if (works) {
      if (down > outage_tolerance) alert.left.reset();
      see(i);
      continue;
    }
    for (const Group group : {alert.scrape, alert.evaluation}) context_.engine.cancel(group);
    alert.left.reset();
    if (alert.state != State::inactive && alert.rule->hold >= grace_period) {
      const Duration left = alert.rule->hold - (context_.now() - alert.pending_since);
      alert.left = alert.state == State::firing ? Duration::zero() : std::max(left, grace_period);
    }
    resolve(alert);
    alert.sampled = false;
  }
}

std::vector<std::string_view> Alerts::active() const {
  std::vector<std::string_view> names;
  for (const Alert& alert : alerts_)
    if (alert.state != State::inactive) names.push_back(alert.rule->name);
  return names;
}

}  // namespace drdrill::models
