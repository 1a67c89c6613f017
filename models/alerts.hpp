#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "models/people.hpp"

/// From a component that is not steady to a page: Prometheus scrapes and evaluates its rules at
/// intervals, each with a phase of its own; an alert is pending until its condition has been true
/// at every evaluation for `for`, then fires; Alertmanager waits for the group, pages, and pages
/// again after its repeat interval; who is to be paged when nobody acknowledges the platform file
/// says. Somebody may also notice without any alert, until somebody is at it.
namespace drdrill::models {

class Alerts {
 public:
  Alerts(Context& context, People& people);

  void reset();
  void handle(const Event& event);

  /// A component's steady state broke or came back.
  void component_changed(ComponentId component, bool holds);
  /// Prometheus stopped evaluating rules, or evaluates them again. What it had seen is forgotten
  /// but for the age of alerts with a long `for`, which it restores.
  void monitoring_changed(bool works);
  /// Alerts that are pending or firing, by name.
  std::vector<std::string_view> active() const;

 private:
  enum class State : std::uint8_t { inactive, pending, firing };
  struct Alert {
    const AlertRule* rule = nullptr;
    SubjectId subject = SubjectId::none;
    ParameterId hold = ParameterId::none;  // where a manifest's line says it
    Group scrape{};
    Group evaluation{};
    Group timer{};   // until it fires
    Group notice{};  // Alertmanager's
    Duration scrape_phase{};
    bool broken = false;   // as things are
    bool sampled = false;  // as the last scrape saw them
    State state = State::inactive;
    Offset broken_at{};
    Offset pending_since{};
    Offset notified_at{};
    std::optional<Duration> left;  // of `for`, when Prometheus went down
  };
  enum class Kind : std::uint16_t { scraped, evaluated, fires, notify, escalate, noticed };

  void at(Duration delay, Kind kind, std::size_t subject, Group group, std::uint64_t data = 0);
  void see(std::size_t index);
  void evaluate(std::size_t index);
  void fire(std::size_t index);
  void notify(std::size_t index, bool again);
  void resolve(Alert& alert);
  Duration until_tick(Duration interval, Duration phase) const;
  Duration interval_of(const Alert& alert) const;

  Context& context_;
  People& people_;
  std::vector<Alert> alerts_;
  Duration evaluation_phase_{};
  bool works_ = true;
  Offset down_since_{};
  std::uint32_t broken_ = 0;  // components, a bit each
  Offset broken_since_{};     // when the first of them broke
  Group unaided_{};           // until somebody notices
  RandomStream phases_;
  Draw& group_wait_;
  Draw& repeat_interval_;
  Draw& notice_;
};

}  // namespace drdrill::models
