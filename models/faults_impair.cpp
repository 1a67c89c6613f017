#include <algorithm>

#include "models/faults.hpp"

/// Faults that leave their targets up, and those of names, providers and backups.
namespace drdrill::models {
namespace {

bool is_backup(const Content& content) {
  return content.kind == Content::Kind::base_backup || content.kind == Content::Kind::dump ||
         content.kind == Content::Kind::wal || content.kind == Content::Kind::snapshot;
}

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

/// Artefacts on a volume claim or in a bucket, whichever bears the name.
std::vector<std::string> Faults::backups_on(std::string_view volume) const {
  std::vector<std::string> out;
  const std::string bucket = "bucket/" + std::string(volume) + ":";
  const std::string claim = "/" + std::string(volume) + ":";
  const auto look = [&](const std::string& key, const File& file) {
    const bool here = key.starts_with(bucket) ||
                      (key.starts_with("claim/") && key.find(claim) != std::string::npos);
    if (here && is_backup(file.content)) out.push_back(key);
  };
  volumes_.each_below("bucket/", look);
  volumes_.each_below("claim/", look);
  return out;
}

std::optional<Refusal> Faults::refusal_of_impairment(const Effect& effect,
                                                     const std::vector<Place>& pods,
                                                     const std::vector<Place>& nodes) const {
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
  if (pods.empty() && nodes.empty()) return unknown;
  if (effect.primitive == Primitive::cut) {
    std::vector<Place> other_pods, other_nodes;
    resolve(*effect.other, other_pods, other_nodes);
    if (!other_pods.empty() || !other_nodes.empty()) return std::nullopt;
    return Refusal{"nothing is called \"" + to_string(*effect.other) + "\""};
  }
  const auto matters = [&](PodRef ref) {
    return kubernetes_.model_of(ref) && heeds(effect.primitive, kubernetes_.component_of(ref));
  };
  for (const Place& place : pods)
    if (matters({place.cluster, place.index})) return std::nullopt;
  for (const Place& place : nodes)
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

Side Faults::side_of(const std::vector<Place>& pods, const std::vector<Place>& nodes) {
  Side side;
  for (const Place& place : pods) side.pods.emplace_back(place.cluster, place.uid);
  for (const Place& place : nodes) side.nodes.emplace_back(place.cluster, place.index);
  return side;
}

void Faults::set_impairment(const Effect& effect, Impairment& impairment, bool begins) {
  const double amount = effect.amount;
  switch (effect.primitive) {
    case Primitive::slow:
      impairment.slowness = begins ? amount : 1;
      break;
    case Primitive::delay:
      impairment.delay = begins ? from_seconds(amount) : Duration::zero();
      break;
    case Primitive::drop:
      impairment.loss = begins ? amount : 0;
      break;
    case Primitive::skew:
      impairment.skew = begins ? from_seconds(amount) : Duration::zero();
      break;
    case Primitive::fill:
      impairment.full = begins;
      break;
    default:
      break;
  }
}

void Faults::spoil_backups(Injected& injected, bool begins) {
  const bool vanish = injected.effect.primitive == Primitive::vanish;
  injected.state.touched.add(ComponentId::postgres);
  if (!begins) {
    for (auto& [key, file] : injected.backups)
      if (const File* now = volumes_.find(key); !now || now->content.cut_short)
        volumes_.put(key, std::move(file));
    return;
  }
  for (const std::string& key : backups_on(injected.effect.target.name)) {
    File file = *volumes_.find(key);
    injected.backups.emplace_back(key, file);
    if (vanish) {
      volumes_.remove(key);
      continue;
    }
    file.content.cut_short = true;
    volumes_.put(key, std::move(file));
  }
}

void Faults::impair(Injected& injected, bool begins) {
  const Effect& effect = injected.effect;
  context_.changed = true;
  switch (effect.primitive) {
    case Primitive::expire:
      injected.state.touched.add(ComponentId::load_balancer);
      return sites_.set_certificate_expired(begins);
    case Primitive::refuse:
      return dns_.set_provider_down(begins);
    case Primitive::corrupt:
    case Primitive::vanish:
      return spoil_backups(injected, begins);
    default:
      break;
  }
  for (const Place& place : injected.nodes) {
    if (begins) touch_node(injected, place);
    set_impairment(effect, kubernetes_.impairment_of_node(place.cluster, place.index), begins);
  }
  for (const Place& place : injected.pods) {
    const PodRef ref{place.cluster, place.index};
    if (!is_same_pod(place)) continue;
    const ComponentId component = kubernetes_.component_of(ref);
    if (begins && kubernetes_.model_of(ref)) injected.state.touched.add(component);
    set_impairment(effect, kubernetes_.impairment_of_pod(ref), begins);
    // PostgreSQL panics when it cannot write WAL; Redis goes on and refuses writes.
    if (effect.primitive == Primitive::fill && begins && component == ComponentId::postgres)
      kubernetes_.crash_pod(ref);
  }
  if (effect.primitive != Primitive::cut) return kubernetes_.impairment_changed();
  if (!begins) return kubernetes_.mend(injected.cut);
  std::vector<Place> pods, nodes;
  resolve(*effect.other, pods, nodes);
  injected.cut = kubernetes_.cut(side_of(injected.pods, injected.nodes), side_of(pods, nodes));
}

}  // namespace drdrill::models
