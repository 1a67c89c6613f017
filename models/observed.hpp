#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/time.hpp"

/// How long things took in a drill, for a simulated world to take in place of what it would draw.
namespace drdrill {

struct ObservedTimes {
  /// When somebody had got hold of it.
  struct Person {
    std::string who;  ///< a name, or a role: the first with it
    std::optional<Offset> paged;
    std::optional<Offset> acknowledged;
    Offset ready{};  ///< they knew what to do

    bool operator==(const Person&) const = default;
  };
  /// Durations that a parameter sets, in the order in which they began; nothing: not known.
  struct Values {
    std::string parameter;
    std::vector<std::optional<Duration>> values;
  };

  std::vector<Person> people;  ///< with any, nobody acts on the simulation's own pages
  std::vector<Values> values;
};

}  // namespace drdrill
