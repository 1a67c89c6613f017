#pragma once

#include <array>
#include <optional>
#include <span>

#include "sim/drill/probe.hpp"

/// What the probes say now: the last sample of each, and since when it fails.
namespace drdrill {

class ProbeWatch {
 public:
  /// Forgets everything; `probes` are those that are asked.
  void start(std::span<const Probe> probes);
  void take(const Sample& sample);

  Answer answer(ProbeKind probe) const { return at(probe).answer; }
  /// Since when the probe fails, if it does now. An unanswered question in between does not end the
  /// stretch.
  std::optional<Offset> failing_since(ProbeKind probe) const;

  /// Do all probes that are asked hold?
  bool all_hold() const;
  /// The last time that an answer changed.
  Offset last_change() const { return last_change_; }

 private:
  struct State {
    bool asked = false;
    bool failing = false;  ///< the last answer that was one
    Answer answer = Answer::unanswered;
    Offset failing_since{};
  };
  const State& at(ProbeKind probe) const { return states_[static_cast<std::size_t>(probe)]; }

  std::array<State, probe_table.size()> states_{};
  Offset last_change_{};
};

}  // namespace drdrill
