#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "models/context.hpp"
#include "models/observed.hpp"

/// The people whom somebody may wake: each acknowledges a page and then finds out what is wrong,
/// more slowly at night. Who is absent hears nothing, and finds the page when they are back.
namespace drdrill::models {

class People {
 public:
  explicit People(Context& context);

  void reset();
  /// From the next reset: they do what they did then.
  void observe(std::vector<ObservedTimes::Person> times) { observed_ = std::move(times); }
  void handle(const Event& event);

  /// Pages the first person with the role who was not paged yet, or else again the one who has not
  /// acknowledged. `for_role`: whose steps they do, if not their own. `by` and `waited`: the timer
  /// that led to the page. False when nobody has the role.
  bool page(std::string_view role, std::string_view for_role, ParameterId by, Duration waited);
  /// Somebody has noticed by themselves, and rings everybody up.
  void ring_up(ParameterId by, Duration waited);
  /// Somebody is at it: has acknowledged, and is there.
  bool anybody_at_work() const;

  /// A fault or its end: who does not answer, by roles and names.
  void set_absent(std::span<const std::string_view> who);
  /// Somebody who does the role's steps knows what to do.
  bool is_ready(std::string_view role) const;
  bool has_role(std::string_view role) const;
  bool knows(std::string_view role_or_name) const;

 private:
  struct Person {
    const PersonSpec* spec = nullptr;
    SubjectId subject = SubjectId::none;
    Group timer{};
    bool paged = false;
    bool acknowledged = false;
    bool ready = false;
    bool absent = false;
    std::string_view stands_in_for{};
    Offset paged_at{};
    Offset diagnosing_since{};
  };
  enum class Kind : std::uint16_t { acknowledged, diagnosed, as_paged, as_acknowledged, as_ready };

  void act_as_observed();

  void at(Duration delay, Kind kind, std::size_t who, Group group);
  void send(std::size_t who, ParameterId by, Duration waited);
  void hear(std::size_t who);
  bool is_awake(const PersonSpec& person) const;

  Context& context_;
  std::vector<Person> people_;
  std::vector<ObservedTimes::Person> observed_;
  Draw& acknowledge_;
  Draw& night_factor_;
  Draw& diagnose_;
};

}  // namespace drdrill::models
