#include <algorithm>

#include "models/faults.hpp"

/// Faults that nothing on the platform would notice are refused before a drill begins.
namespace drdrill::models {
namespace {

/// Which components' models heed it.
bool heeds(Primitive primitive, ComponentId component) {
  switch (primitive) {
    case Primitive::slow:
    case Primitive::delay:
    case Primitive::drop:
      return component == ComponentId::api || component == ComponentId::postgres ||
             component == ComponentId::redis;
    case Primitive::skew:
      return component == ComponentId::api;
    case Primitive::fill:
      return component == ComponentId::postgres || component == ComponentId::redis;
    default:
      return false;
  }
}

}  // namespace

std::optional<Refusal> Faults::refusal(const Effect& effect) const {
  const Level level = effect.target.level;
  if (level == Level::person) {
    if (effect.primitive != Primitive::absent) return Refusal{"people can only be absent"};
    if (monitoring_.knows(effect.target.name)) return std::nullopt;
    return Refusal{"nobody is called \"" + effect.target.name + "\" or has that role"};
  }
  if (effect.primitive == Primitive::absent) return Refusal{"only people can be absent"};
  if (effect.primitive == Primitive::pause && level != Level::pod && level != Level::node)
    return Refusal{"only pods and nodes can be paused in simulation"};
  const Places at = resolve(effect.target);
  if (is_impairment(effect.primitive)) return refusal_of_impairment(effect, at);
  if (at.empty()) return Refusal{"nothing is called \"" + to_string(effect.target) + "\""};
  if (effect.primitive == Primitive::deploy)
    for (const Place& place : at.pods)
      if (kubernetes_.pod({place.cluster, place.index}).owner != kube::Pod::Owner::workload)
        return Refusal{"\"" + effect.target.name + "\" is of no workload that could be deployed"};
  if (effect.primitive == Primitive::erase || effect.primitive == Primitive::lose)
    for (const Place& place : at.pods) {
      const ComponentId component = kubernetes_.component_of({place.cluster, place.index});
      const bool loses =
          component == ComponentId::postgres ||
          (component == ComponentId::monitoring && effect.primitive == Primitive::lose);
      if (!loses)
        return Refusal{"in simulation only PostgreSQL" +
                       std::string(effect.primitive == Primitive::lose
                                       ? " and monitoring pods lose their data"
                                       : " takes statements")};
    }
  return std::nullopt;
}

std::optional<Refusal> Faults::refusal_of_impairment(const Effect& effect, const Places& at) const {
  const Target& target = effect.target;
  const Refusal unknown{"nothing is called \"" + to_string(target) + "\""};
  if (target.level == Level::name || target.level == Level::provider) {
    const bool known = target.level == Level::name ? target.name == context_.spec.entry.hostname
                                                   : target.name == context_.spec.dns.provider;
    return known ? std::nullopt : std::optional(unknown);
  }
  if (target.level == Level::volume) {
    if (!backups_on(target.name).empty()) return std::nullopt;
    return Refusal{"no backup lies on \"" + target.name + "\" when the drill begins"};
  }
  if (at.empty()) return unknown;
  if (effect.primitive == Primitive::cut) {
    if (!resolve(*effect.other).empty()) return std::nullopt;
    return Refusal{"nothing is called \"" + to_string(*effect.other) + "\""};
  }
  const auto matters = [&](PodRef ref) {
    return kubernetes_.model_of(ref) && heeds(effect.primitive, kubernetes_.component_of(ref));
  };
  for (const Place& place : at.pods)
    if (matters({place.cluster, place.index})) return std::nullopt;
  for (const Place& place : at.nodes)
    for (std::size_t p = 0; p < kubernetes_.cluster(place.cluster).pods.size(); ++p) {
      const PodRef ref{place.cluster, static_cast<int>(p)};
      const kube::Pod& pod = kubernetes_.pod(ref);
      if (pod.meta.exists && pod.node == place.index && matters(ref)) return std::nullopt;
    }
  return Refusal{"in simulation nothing on " + to_string(target) + " would notice; " +
                 (effect.primitive == Primitive::fill   ? "PostgreSQL and Redis pods do"
                  : effect.primitive == Primitive::skew ? "API pods do"
                                                        : "API, PostgreSQL and Redis pods do")};
}

}  // namespace drdrill::models
