#include "models/steady_state.hpp"

namespace drdrill::models {
namespace {

constexpr double enough = 0.995;

}  // namespace

SteadyState::SteadyState(Context& context, Api& api, Postgres& postgres, Redis& redis, Entry& entry,
                         Sfu& sfu, Participants& participants, Monitoring& monitoring)
    : context_(context),
      api_(api),
      postgres_(postgres),
      redis_(redis),
      entry_(entry),
      sfu_(sfu),
      participants_(participants),
      monitoring_(monitoring),
      recheck_(context.engine.make_group()) {}

void SteadyState::reset() {
  watched_.fill(false);
  holds_.fill(true);
  samples_.clear();
}

void SteadyState::watch(std::span<const Probe> probes) {
  watched_.fill(false);
  for (const Probe& probe : probes) {
    const auto index = static_cast<std::size_t>(probe.kind);
    watched_[index] = true;
    const Reading reading = read(probe.kind);
    holds_[index] = reading.holds;
    samples_.push_back(
        {context_.now(), probe.kind, reading.holds ? Answer::holds : Answer::fails, reading.value});
  }
}

SteadyState::Reading SteadyState::read(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::media: {
      if (participants_.joined() == 0) return {true, 1};
      const double share = static_cast<double>(participants_.with_media()) /
                           static_cast<double>(participants_.joined());
      return {share >= enough, share};
    }
    case ProbeKind::api_requests:
      return {api_.steady(), api_.success_share()};
    case ProbeKind::postgres_write:
      return {postgres_.writable(), postgres_.writable() ? 1.0 : 0.0};
    case ProbeKind::redis_slots:
      return {redis_.serves_all(), redis_.serves_all() ? 1.0 : 0.0};
    case ProbeKind::lb_connect:
      return {entry_.share() >= enough, entry_.share()};
    case ProbeKind::scrapes:
      return {monitoring_.works(), monitoring_.works() ? 1.0 : 0.0};
    case ProbeKind::join: {
      const bool holds = api_.steady() && sfu_.any_room();
      return {holds, holds ? 1.0 : 0.0};
    }
  }
  return {};
}

bool SteadyState::evaluate() {
  bool told = false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto kind = static_cast<ProbeKind>(i);
    const Reading reading = read(kind);
    if (reading.holds == holds_[i]) continue;
    holds_[i] = reading.holds;
    monitoring_.component_changed(row_of(kind).component, reading.holds);
    if (!watched_[i]) continue;
    samples_.push_back(
        {context_.now(), kind, reading.holds ? Answer::holds : Answer::fails, reading.value});
    told = true;
  }
  participants_.set_failing_share(1 - api_.success_share());
  const Offset calmer = api_.calmer_at();
  if (calmer != never && context_.engine.pending(recheck_) == 0)
    context_.engine.at(calmer, {.component = static_cast<std::uint16_t>(Owner::world)}, recheck_);
  return told;
}

void SteadyState::drain(std::vector<Sample>& out) {
  out.insert(out.end(), samples_.begin(), samples_.end());
  samples_.clear();
}

}  // namespace drdrill::models
