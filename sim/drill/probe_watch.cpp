#include "sim/drill/probe_watch.hpp"

#include <algorithm>

namespace drdrill {

void ProbeWatch::start(std::span<const Probe> probes) {
  states_.fill({});
  for (const Probe& probe : probes) states_[static_cast<std::size_t>(probe.kind)].asked = true;
  last_change_ = Offset{};
}

void ProbeWatch::take(const Sample& sample) {
  State& state = states_[static_cast<std::size_t>(sample.probe)];
  if (sample.answer == Answer::fails && !state.failing) state.failing_since = sample.at;
  if (sample.answer != Answer::unanswered) state.failing = sample.answer == Answer::fails;
  if (sample.answer == state.answer) return;
  state.answer = sample.answer;
  last_change_ = std::max(last_change_, sample.at);
}

bool ProbeWatch::all_hold() const {
  return std::all_of(states_.begin(), states_.end(),
                     [](const State& s) { return !s.asked || s.answer == Answer::holds; });
}

std::optional<Offset> ProbeWatch::failing_since(ProbeKind probe) const {
  const State& state = at(probe);
  if (state.answer != Answer::fails) return std::nullopt;
  return state.failing_since;
}

}  // namespace drdrill
