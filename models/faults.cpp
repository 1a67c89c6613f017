#include "models/faults.hpp"

#include <algorithm>

#include "sim/base/ensure.hpp"

namespace drdrill::models {

Faults::Faults(Context& context, Kubernetes& kubernetes, Monitoring& monitoring,
               Databases& databases, Volumes& volumes, Sites& sites, Dns& dns)
    : context_(context),
      kubernetes_(kubernetes),
      monitoring_(monitoring),
      databases_(databases),
      volumes_(volumes),
      sites_(sites),
      dns_(dns) {}

Faults::Places Faults::resolve(const Target& target) const {
  Places found;
  const bool pods_wanted = target.level == Level::pod || target.level == Level::process;
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
    const int cluster = static_cast<int>(c);
    const kube::Cluster& objects = kubernetes_.cluster(cluster);
    for (std::size_t n = 0; n < objects.nodes.size(); ++n) {
      const kube::Node& node = objects.nodes[n];
      const bool hit = (target.level == Level::node &&
                        (node.meta.name == target.name || node.pool == target.name)) ||
                       (target.level == Level::zone && node.zone == target.name) ||
                       (target.level == Level::region && node.region == target.name);
      if (node.meta.exists && hit) found.nodes.push_back({cluster, static_cast<int>(n), 0, 0});
    }
    for (std::size_t p = 0; pods_wanted && p < objects.pods.size(); ++p) {
      const kube::Pod& pod = objects.pods[p];
      if (!pod.meta.exists) continue;
      const bool of_workload =
          pod.owner == kube::Pod::Owner::workload &&
          objects.workloads[static_cast<std::size_t>(pod.owner_index)].meta.name == target.name;
      if (pod.meta.name == target.name || of_workload)
        found.pods.push_back({cluster, static_cast<int>(p), pod.uid,
                              static_cast<std::uint32_t>(std::max(pod.restarts, 0))});
    }
  }
  const auto name_of = [&](const Place& place, bool pod) -> const std::string& {
    const kube::Cluster& objects = kubernetes_.cluster(place.cluster);
    const auto index = static_cast<std::size_t>(place.index);
    return pod ? objects.pods[index].meta.name : objects.nodes[index].meta.name;
  };
  std::stable_sort(found.pods.begin(), found.pods.end(), [&](const Place& a, const Place& b) {
    return name_of(a, true) < name_of(b, true);
  });
  std::stable_sort(found.nodes.begin(), found.nodes.end(), [&](const Place& a, const Place& b) {
    return name_of(a, false) < name_of(b, false);
  });
  const auto most = static_cast<std::size_t>(std::max(target.count, 1));
  if (found.pods.size() > most) found.pods.resize(most);
  if (target.level == Level::node && found.nodes.size() > most) found.nodes.resize(most);
  return found;
}

Side Faults::side_of(const Places& at) {
  Side side;
  for (const Place& place : at.pods) side.pods.emplace_back(place.cluster, place.uid);
  for (const Place& place : at.nodes) side.nodes.emplace_back(place.cluster, place.index);
  return side;
}

/// The claims of the pod hold nothing any more, and the processes end.
void Faults::lose_data(PodRef ref) {
  const std::string name(kubernetes_.name_of(ref));
  for (const kube::Volume& volume : kubernetes_.pod(ref).spec->volumes)
    if (volume.kind == kube::Volume::Kind::claim)
      volumes_.remove_below(
          Volumes::claim_root(ref.cluster, kubernetes_.pod(ref).meta.ns, volume.source));
  context_.note(NoteKind::data_lost, kubernetes_.component_of(ref), kubernetes_.subject_of(ref));
  kubernetes_.crash_pod(ref);
  databases_.data_lost(ref.cluster, name);
  monitoring_.data_lost(name);
}

/// As a person does it.
bool Faults::set_image(const Deployed& what, const std::string& image) const {
  const kube::Cluster& cluster = kubernetes_.cluster(what.cluster);
  const kube::Workload& workload = cluster.workloads[static_cast<std::size_t>(what.workload)];
  const std::vector<std::string> arguments{
      "set",
      "image",
      std::string(kube::kind_name(workload.kind)) + "/" + workload.meta.name,
      what.container + "=" + image,
      "--namespace=" + workload.meta.ns,
      "--context=" + cluster.context};
  kube::Environment environment;
  environment.now = context_.now();
  if (kube::run(kubernetes_.clusters(), arguments, "", environment).changed.empty()) return false;
  kubernetes_.objects_changed(what.cluster);
  return true;
}

/// Deploying what is broken already, or over what another fault deployed, joins that deployment.
bool Faults::deploy(Injected& injected, PodRef ref) {
  if (injected.deployed) return true;
  Deployed what;
  what.cluster = ref.cluster;
  what.workload = kubernetes_.pod(ref).owner_index;
  for (const Injected& other : injected_)
    if (!other.state.undone && other.deployed && other.deployed->cluster == what.cluster &&
        other.deployed->workload == what.workload) {
      injected.deployed = other.deployed;
      return true;
    }
  const kube::Container& container = kubernetes_.pod(ref).spec->containers.front();
  what.container = container.name;
  what.good = container.image;
  what.bad = container.image + "-broken";
  kubernetes_.break_image(what.bad);
  if (!set_image(what, what.bad)) return false;
  injected.deployed = std::move(what);
  return true;
}

/// By the image from before, unless the runbook has brought another one since.
void Faults::undo_deployment(const Deployed& what) const {
  for (const Injected& other : injected_)
    if (!other.state.undone && other.deployed && other.deployed->bad == what.bad) return;
  const kube::Workload& workload =
      kubernetes_.cluster(what.cluster).workloads[static_cast<std::size_t>(what.workload)];
  const auto& containers = workload.pod_template().containers;
  if (std::any_of(containers.begin(), containers.end(),
                  [&](const kube::Container& c) { return c.image == what.bad; }))
    set_image(what, what.good);
}

/// Notes which components have something among the targets.
void Faults::touch(Injected& injected) const {
  const auto add = [&](PodRef ref) {
    if (kubernetes_.model_of(ref)) injected.state.touched.add(kubernetes_.component_of(ref));
  };
  for (const Place& place : injected.at.pods) add({place.cluster, place.index});
  for (const Place& place : injected.at.nodes) {
    const auto& pods = kubernetes_.cluster(place.cluster).pods;
    for (std::size_t p = 0; p < pods.size(); ++p)
      if (pods[p].meta.exists && pods[p].node == place.index)
        add({place.cluster, static_cast<int>(p)});
  }
  const Primitive primitive = injected.effect.primitive;
  if (primitive == Primitive::expire) injected.state.touched.add(ComponentId::load_balancer);
  if (primitive == Primitive::corrupt || primitive == Primitive::vanish)
    injected.state.touched.add(ComponentId::postgres);
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
        all.cutoff = {true, true};
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
    case Primitive::fill:
      // PostgreSQL panics when it cannot write WAL; Redis goes on and refuses writes.
      if (kubernetes_.component_of(ref) == ComponentId::postgres) kubernetes_.crash_pod(ref);
      break;
    default:
      break;
  }
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
    monitoring_.set_absent(absent);
  }
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
  if (injected.deployed && injected.state.undone) undo_deployment(*injected.deployed);
  if (is_impairment(primitive)) kubernetes_.impairment_changed();
}

EffectId Faults::inject(const Effect& effect) {
  injected_.push_back({effect, {}, resolve(effect.target), std::nullopt, 0, {}});
  Injected& injected = injected_.back();
  injected.state.since = context_.now();
  touch(injected);
  const Primitive primitive = effect.primitive;
  const bool depends = primitive == Primitive::erase || primitive == Primitive::deploy;
  injected.state.took_effect = !depends && (is_impairment(primitive) ||
                                            primitive == Primitive::absent || !injected.at.empty());
  if (primitive == Primitive::corrupt || primitive == Primitive::vanish) spoil_backups(injected);
  if (primitive == Primitive::cut)
    injected.cut = kubernetes_.cut(side_of(injected.at), side_of(resolve(*effect.other)));
  settle(injected);
  for (const Place& place : injected.at.pods) act_on(injected, {place.cluster, place.index});
  return static_cast<EffectId>(injected_.size() - 1);
}

EffectState Faults::state(EffectId effect) const {
  const auto index = static_cast<std::size_t>(effect);
  ENSURE(index < injected_.size(), "an effect that was never injected");
  return injected_[index].state;
}

bool Faults::is_same_pod(const Place& place) const {
  const kube::Pod& pod =
      kubernetes_.cluster(place.cluster).pods[static_cast<std::size_t>(place.index)];
  return pod.meta.exists && pod.uid == place.uid;
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
