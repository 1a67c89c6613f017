#include "models/faults.hpp"

#include <algorithm>

#include "sim/base/ensure.hpp"

namespace drdrill::models {

Faults::Faults(Context& context, Kubernetes& kubernetes, Monitoring& monitoring, People& people,
               Databases& databases, Volumes& volumes, Sites& sites, Dns& dns)
    : context_(context),
      kubernetes_(kubernetes),
      monitoring_(monitoring),
      people_(people),
      databases_(databases),
      volumes_(volumes),
      sites_(sites),
      dns_(dns) {}

/// The volume of the pod's data holds nothing any more, and the processes end.
void Faults::lose_data(PodRef ref) {
  const std::string name(kubernetes_.name_of(ref));
  volumes_.remove_below(data_root(ref));
  context_.note(NoteKind::data_lost, kubernetes_.component_of(ref), kubernetes_.subject_of(ref));
  kubernetes_.crash_pod(ref);
  databases_.data_lost(ref.cluster, name);
  for (std::size_t c = 0; c < sites_.size(); ++c) {
    Redis& redis = sites_[static_cast<int>(c)].redis;
    redis.data_lost(redis.volume_of(ref));
  }
  monitoring_.data_lost(name);
}

/// Notes which components have something among the targets.
void Faults::touch(Injected& injected) const {
  const auto add = [&](PodRef ref) {
    if (kubernetes_.model_of(ref)) injected.state.touched.add(kubernetes_.component_of(ref));
  };
  for (const Place& place : injected.at.pods) add({place.cluster, place.index});
  for (const Place& place : injected.at.nodes)
    for (const PodRef ref : pods_on(place)) add(ref);
  const Primitive primitive = injected.effect.primitive;
  if (primitive == Primitive::expire) injected.state.touched.add(ComponentId::load_balancer);
  if (primitive == Primitive::corrupt || primitive == Primitive::vanish ||
      (!injected.roots.empty() && injected.at.empty()))
    injected.state.touched.add(ComponentId::postgres);  // its backups
}

bool Faults::in_force(Primitive primitive) const {
  return std::any_of(injected_.begin(), injected_.end(), [&](const Injected& each) {
    return !each.state.undone && each.effect.primitive == primitive;
  });
}

/// What all faults in force do where `is_there` says that they are.
template <class IsThere>
Faults::Suffering Faults::suffering(IsThere&& is_there) const {
  Suffering all;
  for (const Injected& each : injected_) {
    if (each.state.undone || !is_there(each)) continue;
    const double amount = each.effect.amount;
    Impairment& impairment = all.impairment;
    switch (each.effect.primitive) {
      case Primitive::crash:
        all.without_power = true;
        break;
      case Primitive::pause:
        all.stands_still = true;
        break;
      case Primitive::isolate:
        all.cutoff.in = all.cutoff.in || each.effect.direction != Direction::out;
        all.cutoff.out = all.cutoff.out || each.effect.direction != Direction::in;
        break;
      case Primitive::slow:
        impairment.slowness = std::max(impairment.slowness, amount);
        break;
      case Primitive::delay:
        impairment.delay = std::max(impairment.delay, from_seconds(amount));
        break;
      case Primitive::drop:
        impairment.loss = std::max(impairment.loss, amount);
        break;
      case Primitive::skew:
        impairment.skew = std::max(impairment.skew, from_seconds(amount));
        break;
      case Primitive::fill:
        impairment.full = true;
        break;
      default:
        break;
    }
  }
  return all;
}

/// Managed clusters have their control plane in their own region.
void Faults::set_control_planes() const {
  const auto& clusters = context_.spec.clusters;
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    const bool lost = std::any_of(injected_.begin(), injected_.end(), [&](const Injected& each) {
      return !each.state.undone && !is_impairment(each.effect.primitive) &&
             each.effect.target.level == Level::region &&
             each.effect.target.name == clusters[c].region;
    });
    kubernetes_.set_control_plane(static_cast<int>(c), !lost);
  }
}

/// What happens once, when the fault comes.
void Faults::act_on(Injected& injected, PodRef ref) {
  switch (injected.effect.primitive) {
    case Primitive::crash:
      kubernetes_.crash_pod(ref);
      break;
    case Primitive::erase:
      injected.state.took_effect = databases_.of(ref).erase_rows(ref) || injected.state.took_effect;
      break;
    case Primitive::lose:
      lose_data(ref);
      break;
    case Primitive::deploy:
      injected.state.took_effect = deploy(injected, ref) || injected.state.took_effect;
      break;
    default:
      break;
  }
}

void Faults::settle_machines(const Injected& injected) {
  for (const Place& place : injected.at.nodes) {
    const Suffering all = suffering([&](const Injected& each) {
      return std::any_of(each.at.nodes.begin(), each.at.nodes.end(), [&](const Place& node) {
        return node.cluster == place.cluster && node.index == place.index;
      });
    });
    if (all.without_power)
      kubernetes_.crash_node(place.cluster, place.index);
    else
      kubernetes_.restore_node(place.cluster, place.index);
    // Nothing comes from a machine that stands still, and nothing is taken up there.
    kubernetes_.cut_off_node(place.cluster, place.index,
                             all.stands_still ? Cutoff{true, true} : all.cutoff);
    kubernetes_.impair_node(place.cluster, place.index, all.impairment);
  }
  if (injected.effect.target.level == Level::region) set_control_planes();
}

void Faults::settle_pods(const Injected& injected) {
  for (const Place& place : injected.at.pods) {
    if (!is_same_pod(place)) continue;
    const PodRef ref{place.cluster, place.index};
    const auto process = static_cast<std::uint32_t>(std::max(kubernetes_.pod(ref).restarts, 0));
    const Suffering all = suffering([&](const Injected& each) {
      return std::any_of(each.at.pods.begin(), each.at.pods.end(), [&](const Place& pod) {
        // A process that was started since does not stand still.
        const bool is_there = pod.cluster == place.cluster && pod.uid == place.uid;
        return is_there && (each.effect.primitive != Primitive::pause || pod.process == process);
      });
    });
    kubernetes_.cut_off_pod(ref, all.cutoff);
    kubernetes_.pause_pod(ref, all.stands_still);
    kubernetes_.impair_pod(ref, all.impairment);
  }
}

void Faults::settle_volumes() {
  std::map<std::string, Offset, std::less<>> full;
  for (const Injected& each : injected_)
    if (!each.state.undone && each.effect.primitive == Primitive::fill)
      for (const std::string& root : each.roots) full.emplace(root, each.state.since);
  volumes_.set_full(std::move(full));
}

/// Makes everything that the fault concerns suffer from what is in force now, this fault or not.
void Faults::settle(const Injected& injected) {
  context_.changed = true;
  const Primitive primitive = injected.effect.primitive;
  if (primitive == Primitive::expire) sites_.set_certificate_expired(in_force(primitive));
  if (primitive == Primitive::refuse) dns_.set_provider_down(in_force(primitive));
  for (const std::string& key : injected.backups) settle_backup(key);
  if (primitive == Primitive::absent) {
    std::vector<std::string_view> absent;
    for (const Injected& each : injected_)
      if (!each.state.undone && each.effect.primitive == Primitive::absent)
        absent.push_back(each.effect.target.name);
    people_.set_absent(absent);
  }
  settle_machines(injected);
  settle_pods(injected);
  if (primitive == Primitive::fill) settle_volumes();
  if (injected.deployed && injected.state.undone) undo_deployment(*injected.deployed);
  if (is_impairment(primitive)) kubernetes_.impairment_changed();
}

/// What it is done to: pods and machines, or volumes and those who keep their data there.
EffectId Faults::inject(const Effect& effect) {
  Injected& injected = injected_.emplace_back();
  injected.effect = effect;
  injected.state.since = context_.now();
  const Primitive primitive = effect.primitive;
  const bool of_disks = primitive == Primitive::lose || primitive == Primitive::fill;
  if (of_disks && effect.target.level == Level::volume) {
    injected.roots = volumes_.roots_of(effect.target.name);
    injected.at = keepers_on(injected.roots);
  } else if (of_disks && effect.target.level == Level::node) {
    for (const Place& node : resolve(effect.target).nodes)
      for (const PodRef ref : pods_on(node))
        if (lies_on_node(ref))
          injected.at.pods.push_back({ref.cluster, ref.pod, kubernetes_.pod(ref).uid, 0});
  } else {
    injected.at = resolve(effect.target);
  }
  touch(injected);
  const bool depends = primitive == Primitive::erase || primitive == Primitive::deploy;
  injected.state.took_effect =
      !depends && (is_impairment(primitive) || primitive == Primitive::absent ||
                   !injected.at.empty() || !injected.roots.empty());
  if (primitive == Primitive::corrupt || primitive == Primitive::vanish) spoil_backups(injected);
  if (primitive == Primitive::cut)
    injected.cut = kubernetes_.cut(side_of(injected.at), side_of(resolve(*effect.other)));
  if (primitive == Primitive::lose)
    for (const std::string& root : injected.roots) volumes_.remove_below(root);
  settle(injected);
  for (const Place& place : injected.at.pods) act_on(injected, {place.cluster, place.index});
  return static_cast<EffectId>(injected_.size() - 1);
}

EffectState Faults::state(EffectId effect) const {
  const auto index = static_cast<std::size_t>(effect);
  ENSURE(index < injected_.size(), "an effect that was never injected");
  return injected_[index].state;
}

void Faults::recover(EffectId effect) {
  const auto index = static_cast<std::size_t>(effect);
  ENSURE(index < injected_.size(), "an effect that was never injected");
  Injected& injected = injected_[index];
  if (injected.state.undone) return;
  injected.state.undone = true;
  if (injected.effect.primitive == Primitive::cut) kubernetes_.mend(injected.cut);
  settle(injected);
}

void Faults::add_inventory(Inventory& inventory) const {
  const auto count = std::count_if(injected_.begin(), injected_.end(),
                                   [](const Injected& i) { return !i.state.undone; });
  inventory.push_back(
      {ComponentId::platform, "faults in force", count, InventoryItem::Better::lower, true});
}

}  // namespace drdrill::models
