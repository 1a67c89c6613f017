#pragma once

#include <array>
#include <span>
#include <vector>

#include "models/monitoring.hpp"
#include "models/participants.hpp"
#include "models/sites.hpp"
#include "sim/drill/probe.hpp"

/// Answers the probes from the state of the models, whenever it may have changed: exactly, where a
/// live world has to sample.
namespace drdrill::models {

class SteadyState {
 public:
  SteadyState(Context& context, Sites& sites, Dns& dns, Databases& databases,
              Participants& participants, Monitoring& monitoring, Alerts& alerts);

  void reset();
  void watch(std::span<const Probe> probes);
  /// Evaluates all probes; true when a watched one changed.
  bool evaluate();
  void drain(std::vector<Sample>& out);

 private:
  static constexpr std::size_t count = probe_table.size();
  struct Reading {
    bool holds = true;
    double value = 1;
  };
  Reading read(ProbeKind kind);

  Context& context_;
  Sites& sites_;
  Dns& dns_;
  Databases& databases_;
  Participants& participants_;
  Monitoring& monitoring_;
  Alerts& alerts_;
  std::array<bool, count> watched_{};
  std::array<bool, count> holds_{};
  std::vector<Sample> samples_;
  Group recheck_{};
};

}  // namespace drdrill::models
