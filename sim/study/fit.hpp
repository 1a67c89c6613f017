#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/drill/journal.hpp"

/// Durations of phases as live drills had them, and the distributions that describe them best.
namespace drdrill::study {

/// What was measured of one parameter.
struct Measured {
  std::string parameter;
  std::vector<double> values;      ///< seconds, in the order of the journals
  std::vector<std::string> where;  ///< which drills they come from: "lab/redis-killed", each once
};

/// The phases that journals of live drills date:
///   COMPONENT.process_start   from a container's start until its pod answered its readiness probe
///                             (a Redis server has none, so its start is not dated)
///   monitoring.process_start  from its start until scrapes and rules are fresh for good, which is
///                             later than its readiness probe tells
///   postgres.promote          a step that promotes a server
/// In the order of the parameters' ids.
std::vector<Measured> measured_phases(const std::vector<Journal>& journals);

/// Phases of one kind in one journal.
struct Phases {
  std::string parameter;  ///< empty: starts of a program whose first answer nothing tells
  std::string what;       ///< the component
  std::vector<std::optional<Duration>> values;  ///< in the order in which they began; nothing: the
                                                ///< journal does not say
};

/// Those of one journal that began until then, one of each kind, as above.
std::vector<Phases> phases_of(const Journal& journal, Offset until);

struct Fit {
  Distribution distribution;
  double log_likelihood = 0;
  std::string words;  ///< why this one: "lognormal before uniform by 3.1 in log likelihood"
};

/// The likeliest of lognormal and uniform, both of two parameters; fewer than five values, or no
/// spread, are given as what they span. At least one value.
Fit fit(const std::vector<double>& values);

}  // namespace drdrill::study
