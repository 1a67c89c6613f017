#include "models/steady_state.hpp"

namespace drdrill::models {
namespace {

constexpr double enough = 0.995;

}  // namespace

SteadyState::SteadyState(Context& context, Sites& sites, Dns& dns, Databases& databases,
                         Participants& participants, Monitoring& monitoring, Alerts& alerts)
    : context_(context),
      sites_(sites),
      dns_(dns),
      databases_(databases),
      participants_(participants),
      monitoring_(monitoring),
      alerts_(alerts),
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
      return {sites_.api_steady(), sites_.success_share()};
    case ProbeKind::postgres_write: {
      const bool holds = databases_.writable(dns_.in_use());
      return {holds, holds ? 1.0 : 0.0};
    }
    case ProbeKind::redis_slots: {
      const bool holds = sites_.in_use().redis.serves_all();
      return {holds, holds ? 1.0 : 0.0};
    }
    case ProbeKind::lb_connect:
      return {sites_.connect_share() >= enough, sites_.connect_share()};
    case ProbeKind::scrapes:
      return {monitoring_.works(), monitoring_.works() ? 1.0 : 0.0};
    case ProbeKind::join: {
      const bool holds = sites_.can_join();
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
    alerts_.component_changed(row_of(kind).component, reading.holds);
    if (!watched_[i]) continue;
    samples_.push_back(
        {context_.now(), kind, reading.holds ? Answer::holds : Answer::fails, reading.value});
    told = true;
  }
  participants_.set_failing_share(1 - sites_.success_share());
  const Offset calmer = sites_.calmer_at();
  if (calmer != never && context_.engine.pending(recheck_) == 0)
    context_.engine.at(calmer, {.component = event_owner(Owner::world)}, recheck_);
  return told;
}

void SteadyState::drain(std::vector<Sample>& out) {
  out.insert(out.end(), samples_.begin(), samples_.end());
  samples_.clear();
}

}  // namespace drdrill::models
