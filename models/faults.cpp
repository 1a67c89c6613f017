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

void Faults::resolve(const Target& target, std::vector<Place>& pods,
                     std::vector<Place>& nodes) const {
  for (std::size_t c = 0; c < kubernetes_.clusters().items.size(); ++c) {
    const int cluster = static_cast<int>(c);
    const kube::Cluster& objects = kubernetes_.cluster(cluster);
    for (std::size_t n = 0; n < objects.nodes.size(); ++n) {
      const kube::Node& node = objects.nodes[n];
      const bool hit = (target.level == Level::node &&
                        (node.meta.name == target.name || node.pool == target.name)) ||
                       (target.level == Level::zone && node.zone == target.name) ||
                       (target.level == Level::region && node.region == target.name);
      if (node.meta.exists && hit) nodes.push_back({cluster, static_cast<int>(n), 0});
    }
    if (target.level != Level::pod && target.level != Level::process) continue;
    for (std::size_t p = 0; p < objects.pods.size(); ++p) {
      const kube::Pod& pod = objects.pods[p];
      if (!pod.meta.exists) continue;
      const bool of_workload =
          pod.owner == kube::Pod::Owner::workload &&
          objects.workloads[static_cast<std::size_t>(pod.owner_index)].meta.name == target.name;
      if (pod.meta.name == target.name || of_workload)
        pods.push_back({cluster, static_cast<int>(p), pod.uid});
    }
  }
  const auto name_of = [&](const Place& place, bool pod) -> const std::string& {
    const kube::Cluster& objects = kubernetes_.cluster(place.cluster);
    const auto index = static_cast<std::size_t>(place.index);
    return pod ? objects.pods[index].meta.name : objects.nodes[index].meta.name;
  };
  std::stable_sort(pods.begin(), pods.end(), [&](const Place& a, const Place& b) {
    return name_of(a, true) < name_of(b, true);
  });
  std::stable_sort(nodes.begin(), nodes.end(), [&](const Place& a, const Place& b) {
    return name_of(a, false) < name_of(b, false);
  });
  const auto most = static_cast<std::size_t>(std::max(target.count, 1));
  if (pods.size() > most) pods.resize(most);
  if (target.level == Level::node && nodes.size() > most) nodes.resize(most);
}

std::optional<Refusal> Faults::refusal(const Effect& effect) const {
  const Level level = effect.target.level;
  if (level == Level::person) {
    if (effect.primitive != Primitive::absent) return Refusal{"people can only be absent"};
    if (monitoring_.has_role(effect.target.name)) return std::nullopt;
    return Refusal{"nobody has the role \"" + effect.target.name + "\""};
  }
  if (effect.primitive == Primitive::absent) return Refusal{"only people can be absent"};
  if (effect.primitive == Primitive::pause && level != Level::pod && level != Level::node)
    return Refusal{"only pods and nodes can be paused in simulation"};
  std::vector<Place> pods, nodes;
  resolve(effect.target, pods, nodes);
  if (is_impairment(effect.primitive)) return refusal_of_impairment(effect, pods, nodes);
  if (pods.empty() && nodes.empty())
    return Refusal{"nothing is called \"" + to_string(effect.target) + "\""};
  if (effect.primitive == Primitive::deploy)
    for (const Place& place : pods)
      if (kubernetes_.pod({place.cluster, place.index}).owner != kube::Pod::Owner::workload)
        return Refusal{"\"" + effect.target.name + "\" is of no workload that could be deployed"};
  if (effect.primitive == Primitive::erase || effect.primitive == Primitive::lose)
    for (const Place& place : pods) {
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
bool Faults::set_image(const Deployed& what, const std::string& image) {
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

bool Faults::deploy(Injected& injected, PodRef ref) {
  if (injected.deployed) return true;
  Deployed what;
  what.cluster = ref.cluster;
  what.workload = kubernetes_.pod(ref).owner_index;
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
void Faults::undo_deployment(const Deployed& what) {
  const kube::Workload& workload =
      kubernetes_.cluster(what.cluster).workloads[static_cast<std::size_t>(what.workload)];
  const auto& containers = workload.pod_template().containers;
  if (std::any_of(containers.begin(), containers.end(),
                  [&](const kube::Container& c) { return c.image == what.bad; }))
    set_image(what, what.good);
}

void Faults::touch_node(Injected& injected, const Place& place) const {
  const kube::Cluster& objects = kubernetes_.cluster(place.cluster);
  for (std::size_t p = 0; p < objects.pods.size(); ++p) {
    const PodRef ref{place.cluster, static_cast<int>(p)};
    if (objects.pods[p].meta.exists && objects.pods[p].node == place.index &&
        kubernetes_.model_of(ref))
      injected.state.touched.add(kubernetes_.component_of(ref));
  }
}

/// Managed clusters have their control plane in their own region.
void Faults::set_control_planes(const Effect& effect, bool available) {
  const auto& clusters = context_.spec.clusters;
  for (std::size_t c = 0; c < clusters.size(); ++c)
    if (clusters[c].region == effect.target.name)
      kubernetes_.set_control_plane(static_cast<int>(c), available);
}

EffectId Faults::inject(const Effect& effect) {
  Injected injected{effect, {}, {}, {}, {}, 0, {}};
  resolve(effect.target, injected.pods, injected.nodes);
  injected.state.since = context_.now();
  if (is_impairment(effect.primitive)) {
    impair(injected, true);
    injected.state.took_effect = true;
    injected_.push_back(std::move(injected));
    return static_cast<EffectId>(injected_.size() - 1);
  }
  if (effect.primitive == Primitive::absent) monitoring_.set_absent(effect.target.name, true);
  for (const Place& place : injected.nodes) {
    touch_node(injected, place);
    switch (effect.primitive) {
      case Primitive::crash:
        kubernetes_.crash_node(place.cluster, place.index);
        break;
      case Primitive::isolate:
      case Primitive::pause:
        kubernetes_.isolate_node(place.cluster, place.index, true);
        break;
      default:
        break;
    }
  }
  if (effect.target.level == Level::region) set_control_planes(effect, false);
  bool erased = false, deployed = false;
  for (const Place& place : injected.pods) {
    const PodRef ref{place.cluster, place.index};
    if (kubernetes_.model_of(ref)) injected.state.touched.add(kubernetes_.component_of(ref));
    switch (effect.primitive) {
      case Primitive::crash:
        kubernetes_.crash_pod(ref);
        break;
      case Primitive::isolate:
        kubernetes_.isolate_pod(ref, true);
        break;
      case Primitive::pause:
        kubernetes_.pause_pod(ref, true);
        break;
      case Primitive::erase:
        erased = databases_.of(ref).erase_rows(ref) || erased;
        break;
      case Primitive::lose:
        lose_data(ref);
        break;
      case Primitive::deploy:
        deployed = deploy(injected, ref) || deployed;
        break;
      default:
        break;
    }
  }
  if (effect.primitive == Primitive::erase || effect.primitive == Primitive::deploy)
    injected.state.took_effect = erased || deployed;
  else
    injected.state.took_effect =
        effect.primitive == Primitive::absent || !injected.pods.empty() || !injected.nodes.empty();
  injected_.push_back(std::move(injected));
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
  const Primitive primitive = injected.effect.primitive;
  if (is_impairment(primitive)) return impair(injected, false);
  if (primitive == Primitive::absent) monitoring_.set_absent(injected.effect.target.name, false);
  if (injected.effect.target.level == Level::region) set_control_planes(injected.effect, true);
  for (const Place& place : injected.nodes) {
    if (primitive == Primitive::crash) kubernetes_.restore_node(place.cluster, place.index);
    if (primitive == Primitive::isolate || primitive == Primitive::pause)
      kubernetes_.isolate_node(place.cluster, place.index, false);
  }
  if (injected.deployed) undo_deployment(*injected.deployed);
  for (const Place& place : injected.pods) {
    if (!is_same_pod(place)) continue;
    const PodRef ref{place.cluster, place.index};
    if (primitive == Primitive::isolate) kubernetes_.isolate_pod(ref, false);
    if (primitive == Primitive::pause) kubernetes_.pause_pod(ref, false);
  }
}

void Faults::add_inventory(Inventory& inventory) const {
  const auto in_force = std::count_if(injected_.begin(), injected_.end(),
                                      [](const Injected& i) { return !i.state.undone; });
  inventory.push_back(
      {ComponentId::platform, "faults in force", in_force, InventoryItem::Better::lower, true});
}

}  // namespace drdrill::models
