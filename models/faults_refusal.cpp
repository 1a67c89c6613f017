#include <algorithm>
#include <array>

#include "models/faults.hpp"

/// Faults that nothing on the platform would notice are refused before a drill begins, with the
/// reason.
namespace drdrill::models {
namespace {

using enum ComponentId;

constexpr std::array every_kind{livekit_sfu, api, postgres, redis, load_balancer, monitoring};
constexpr std::array keepers{postgres, redis, monitoring};
constexpr std::array databases{postgres};

/// The components whose models heed a primitive, done to their processes; empty: all pods do.
std::span<const ComponentId> who_heeds(Primitive primitive) {
  switch (primitive) {
    case Primitive::slow:
    case Primitive::delay:
    case Primitive::drop:
    case Primitive::skew:
      return every_kind;
    case Primitive::fill:
    case Primitive::lose:
      return keepers;
    case Primitive::erase:
      return databases;
    default:
      return {};
  }
}

std::string names_of(std::span<const ComponentId> components) {
  std::string text;
  for (const ComponentId component : components)
    text += (text.empty() ? "" : ", ") + std::string(name_of(component));
  return text;
}

}  // namespace

/// Would what runs in the pod notice?
bool Faults::notices(const Effect& effect, PodRef ref) const {
  if (effect.primitive == Primitive::deploy)
    return kubernetes_.pod(ref).owner == kube::Pod::Owner::workload;
  const auto heeding = who_heeds(effect.primitive);
  if (heeding.empty()) return true;
  // Of a pooler only whether it runs and is reached matters.
  const WorkloadModel* model = kubernetes_.model_of(ref);
  return model && model->kind != WorkloadModel::Kind::pooler &&
         std::find(heeding.begin(), heeding.end(), kubernetes_.component_of(ref)) != heeding.end();
}

std::optional<Refusal> Faults::refusal_of_name(const Effect& effect) const {
  const Target& target = effect.target;
  bool known = false;
  if (target.level == Level::person) known = people_.knows(target.name);
  if (target.level == Level::name) known = target.name == context_.spec.entry.hostname;
  if (target.level == Level::provider) known = target.name == context_.spec.dns.provider;
  if (known) return std::nullopt;
  return Refusal{"nobody and nothing is called \"" + to_string(target) + "\""};
}

std::optional<Refusal> Faults::refusal_on_volume(const Effect& effect) const {
  const std::string& name = effect.target.name;
  if (effect.primitive == Primitive::corrupt || effect.primitive == Primitive::vanish) {
    if (!backups_on(name).empty()) return std::nullopt;
    return Refusal{"no backup lies on \"" + name + "\" when the drill begins"};
  }
  const auto& buckets = context_.spec.buckets;
  const bool is_bucket = std::any_of(buckets.begin(), buckets.end(),
                                     [&](const BucketSpec& bucket) { return bucket.name == name; });
  if (is_bucket || !volumes_.roots_of(name).front().starts_with("bucket/")) return std::nullopt;
  return Refusal{"there is no claim and no bucket \"" + name + "\""};
}

std::optional<Refusal> Faults::refusal(const Effect& effect) const {
  const Level level = effect.target.level;
  const bool concerns_people = effect.primitive == Primitive::absent;
  if (concerns_people != (level == Level::person))
    return Refusal{concerns_people ? "only people can be absent" : "people can only be absent"};
  if (level == Level::person || level == Level::name || level == Level::provider)
    return refusal_of_name(effect);
  if (level == Level::volume) return refusal_on_volume(effect);
  const Places at = resolve(effect.target);
  if (at.empty()) return Refusal{"nothing is called \"" + to_string(effect.target) + "\""};
  if (effect.primitive == Primitive::cut && resolve(*effect.other).empty())
    return Refusal{"nothing is called \"" + to_string(*effect.other) + "\""};
  // Statements and revisions are for every one of the targets; of what impairs, one is enough.
  const bool for_each = effect.primitive == Primitive::erase ||
                        effect.primitive == Primitive::deploy ||
                        effect.primitive == Primitive::lose;
  std::size_t noticing = 0, all = at.pods.size();
  for (const Place& place : at.pods)
    noticing += notices(effect, {place.cluster, place.index}) ? 1 : 0;
  const bool of_disks = effect.primitive == Primitive::fill || effect.primitive == Primitive::lose;
  bool on_network = false;
  for (const Place& node : at.nodes)
    for (const PodRef ref : pods_on(node)) {
      if (!notices(effect, ref)) continue;
      const bool suffers = !of_disks || lies_on_node(ref);
      on_network = on_network || !suffers;
      noticing += suffers ? 1 : 0;
      all += suffers ? 1 : 0;
    }
  const auto heeding = who_heeds(effect.primitive);
  if (heeding.empty() && effect.primitive != Primitive::deploy) return std::nullopt;
  if (noticing > 0 && (!for_each || noticing == all)) return std::nullopt;
  if (on_network)
    return Refusal{"what is kept by pods on " + to_string(effect.target) +
                   " lies on network volumes, not on the node"};
  if (effect.primitive == Primitive::deploy)
    return Refusal{to_string(effect.target) + " is of no workload that could be deployed"};
  return Refusal{"in simulation nothing on " + to_string(effect.target) +
                 " would notice; pods of these do: " + names_of(heeding)};
}

}  // namespace drdrill::models
