#include "models/people.hpp"

#include <algorithm>
#include <utility>

namespace drdrill::models {
namespace {

constexpr Duration day = std::chrono::hours(24);

}  // namespace

People::People(Context& context)
    : context_(context),
      acknowledge_(context.draws["people.acknowledge"]),
      night_factor_(context.draws["people.night_factor"]),
      diagnose_(context.draws["people.diagnose"]) {
  for (const PersonSpec& spec : context.spec.people) {
    Person person;
    person.spec = &spec;
    person.subject = context.notes.subject(spec.name);
    person.timer = context.engine.make_group();
    people_.push_back(person);
  }
}

void People::reset() {
  for (Person& person : people_) {
    Person fresh;
    fresh.spec = person.spec;
    fresh.subject = person.subject;
    fresh.timer = person.timer;
    person = fresh;
  }
  act_as_observed();
}

void People::act_as_observed() {
  for (const ObservedTimes::Person& times : observed_) {
    const auto found = std::find_if(people_.begin(), people_.end(), [&](const Person& person) {
      return person.spec->name == times.who || person.spec->role == times.who;
    });
    if (found == people_.end()) continue;
    const auto who = static_cast<std::size_t>(found - people_.begin());
    if (times.paged) at(*times.paged, Kind::as_paged, who, Group::none);
    if (times.acknowledged) at(*times.acknowledged, Kind::as_acknowledged, who, Group::none);
    at(times.ready, Kind::as_ready, who, Group::none);
  }
}

void People::at(Duration delay, Kind kind, std::size_t who, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::people),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(who)},
                        group);
}

void People::handle(const Event& event) {
  Person& person = people_[event.subject];
  switch (static_cast<Kind>(event.kind)) {
    case Kind::acknowledged:
      person.acknowledged = true;
      person.diagnosing_since = context_.now();
      context_.note(NoteKind::page_acknowledged, ComponentId::platform, person.subject,
                    acknowledge_.id(), context_.now() - person.paged_at);
      at(diagnose_.time(), Kind::diagnosed, event.subject, person.timer);
      break;
    case Kind::diagnosed:
      person.ready = true;
      context_.note(NoteKind::diagnosed, ComponentId::platform, person.subject, diagnose_.id(),
                    context_.now() - person.diagnosing_since);
      context_.changed = true;
      break;
    case Kind::as_paged:
      person.paged_at = context_.now();
      context_.note(NoteKind::page_sent, ComponentId::platform, person.subject);
      break;
    case Kind::as_acknowledged:
      person.acknowledged = true;
      person.diagnosing_since = context_.now();
      context_.note(NoteKind::page_acknowledged, ComponentId::platform, person.subject,
                    ParameterId::none, context_.now() - person.paged_at);
      break;
    case Kind::as_ready:
      context_.note(
          NoteKind::diagnosed, ComponentId::platform, person.subject, ParameterId::none,
          person.acknowledged ? context_.now() - person.diagnosing_since : Duration::zero());
      person.acknowledged = person.ready = true;
      context_.changed = true;
      break;
  }
}

bool People::page(std::string_view role, std::string_view for_role, ParameterId by,
                  Duration waited) {
  const auto first = [&](auto&& suits) {
    return std::find_if(people_.begin(), people_.end(), [&](const Person& person) {
      return person.spec->role == role && suits(person);
    });
  };
  auto found = first([](const Person& person) { return !person.paged; });
  if (found == people_.end())
    found = first([](const Person& person) { return !person.acknowledged; });
  if (found == people_.end()) return has_role(role);
  if (for_role != role) found->stands_in_for = for_role;
  send(static_cast<std::size_t>(found - people_.begin()), by, waited);
  return true;
}

void People::ring_up(ParameterId by, Duration waited) {
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (!people_[i].acknowledged) send(i, by, waited);
}

/// Who has heard a page needs no other one.
void People::send(std::size_t who, ParameterId by, Duration waited) {
  Person& person = people_[who];
  const bool before = std::exchange(person.paged, true);
  if (!observed_.empty()) return;
  if (before && !person.absent) return;
  context_.note(NoteKind::page_sent, ComponentId::platform, person.subject, by, waited);
  if (!person.absent) hear(who);
}

/// From when somebody who is there has a page.
void People::hear(std::size_t who) {
  Person& person = people_[who];
  person.paged_at = context_.now();
  Duration takes = acknowledge_.time();
  if (!is_awake(*person.spec)) takes = from_seconds(to_seconds(takes) * night_factor_.value());
  at(takes, Kind::acknowledged, who, person.timer);
}

bool People::anybody_at_work() const {
  return std::any_of(people_.begin(), people_.end(),
                     [](const Person& person) { return person.acknowledged && !person.absent; });
}

void People::set_absent(std::span<const std::string_view> who) {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    const bool absent = std::any_of(who.begin(), who.end(), [&](std::string_view name) {
      return person.spec->role == name || person.spec->name == name;
    });
    if (std::exchange(person.absent, absent) == absent || !observed_.empty()) continue;
    if (absent)
      context_.engine.cancel(person.timer);
    else if (person.acknowledged && !person.ready) {
      person.diagnosing_since = context_.now();
      at(diagnose_.time(), Kind::diagnosed, i, person.timer);
    } else if (person.paged && !person.acknowledged)
      hear(i);
  }
}

bool People::is_awake(const PersonSpec& person) const {
  const Duration local = Duration(context_.start.utc_ns) + context_.now() +
                         std::chrono::minutes(context_.start.utc_offset_minutes);
  const auto hour = static_cast<int>((local.count() % day.count()) /
                                     std::chrono::nanoseconds(std::chrono::hours(1)).count());
  if (person.awake_from_hour <= person.awake_to_hour)
    return hour >= person.awake_from_hour && hour < person.awake_to_hour;
  return hour >= person.awake_from_hour || hour < person.awake_to_hour;
}

bool People::is_ready(std::string_view role) const {
  return std::any_of(people_.begin(), people_.end(), [&](const Person& person) {
    return person.ready && !person.absent &&
           (person.spec->role == role || person.stands_in_for == role);
  });
}

bool People::has_role(std::string_view role) const {
  return std::any_of(people_.begin(), people_.end(),
                     [&](const Person& person) { return person.spec->role == role; });
}

bool People::knows(std::string_view role_or_name) const {
  return std::any_of(people_.begin(), people_.end(), [&](const Person& person) {
    return person.spec->role == role_or_name || person.spec->name == role_or_name;
  });
}

}  // namespace drdrill::models
