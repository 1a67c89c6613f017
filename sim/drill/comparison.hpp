#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/drill/measurement.hpp"
#include "sim/drill/platform.hpp"

/// A figure that somebody measured or published, with the scenario that should give it, as a file
/// of scenarios/validation states it.
namespace drdrill {

/// What is known of a quantity, in its unit (seconds, or a count). At least one figure is there.
struct Known {
  /// A point of a distribution function: P(T <= at) = p.
  struct Point {
    double at = 0;
    double p = 0;
  };
  bool exact = false;  ///< the figures follow from a formula; nobody measured them
  std::optional<double> median;
  std::optional<double> least;
  std::optional<double> most;
  std::optional<double> mean;  ///< of measurements: shown, not judged
  std::optional<double> deviation;
  std::uint64_t count = 0;           ///< of measurements; 0: not told
  double resolution = 0;             ///< what the measurement could not tell apart
  std::vector<Point> probabilities;  ///< exact: how likely it is to take at most so long
  std::vector<Point> quantiles;      ///< exact: which share of all takes at most how long
  /// What a document promises: it takes at least and at most so long.
  std::optional<std::pair<double, double>> within;
};

struct Comparison {
  std::string id;
  std::string title;
  std::string configuration;  ///< of what was measured
  std::string source;         ///< who measured or published it
  std::string remark;         ///< what a reader must know, such as that a parameter comes from here
  std::string not_comparable;  ///< why not; empty: it is
  std::optional<Known> known;  ///< always there when comparable
  bool is_time = true;

  // What gives the prediction; empty when not comparable.
  Quantity quantity;
  std::uint32_t replications = 0;
  std::vector<std::string> settings;  ///< as --set takes them
  Scenario scenario;
  PlatformSpec platform;
  SourcePlace place;
};

}  // namespace drdrill
