#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube::parts {
namespace {

Pod& pod_at(Session& s, int pod) {
  return s.cluster.pods[static_cast<std::size_t>(pod)];
}

void terminate(Session& s, int pod, std::optional<int> grace_s) {
  if (pod_at(s, pod).terminating && !grace_s) return;
  terminate_pod(s.cluster, pod, grace_s.value_or(-1));
  s.changed({"Pod", pod}, Change::What::terminating);
}

void terminate_owned(Session& s, Pod::Owner owner, int index) {
  for (std::size_t i = 0; i < s.cluster.pods.size(); ++i) {
    const Pod& p = s.cluster.pods[i];
    if (p.meta.exists && p.owner == owner && p.owner_index == index)
      terminate(s, static_cast<int>(i), std::nullopt);
  }
}

void delete_namespace(Session& s, int index) {
  Namespace& ns = s.cluster.namespaces[static_cast<std::size_t>(index)];
  ns.terminating = true;
  for (const Resource& r : resources()) {
    if (!r.namespaced) continue;
    for (const ObjectId& id : list(s.cluster, std::string(r.kind)))
      if (meta_of(s.cluster, id).ns == ns.meta.name) delete_object(s, id, std::nullopt);
  }
  ns.meta.exists = false;
}

std::optional<int> grace_of(const Session& s) {
  const std::string* text = s.option("grace-period");
  const int given = text ? parse_int(*text).value_or(-1) : -1;
  if (s.flag("now")) return 1;
  if (s.flag("force") && given < 0) return 0;
  if (given == 0 && !s.flag("force")) return 1;  // as the real one: 0 only with --force
  return given < 0 ? std::nullopt : std::optional<int>(given);
}

/// The claims that a pod still uses stay until it is gone (pvc-protection).
bool is_in_use(const Session& s, const ObjectId& id) {
  if (id.kind != "PersistentVolumeClaim") return false;
  const Meta& claim = meta_of(static_cast<const Cluster&>(s.cluster), id);
  return std::any_of(s.cluster.pods.begin(), s.cluster.pods.end(), [&](const Pod& p) {
    return p.meta.exists && p.meta.ns == claim.ns &&
           std::any_of(p.spec->volumes.begin(), p.spec->volumes.end(), [&](const Volume& v) {
             return v.kind == Volume::Kind::claim && v.source == claim.name;
           });
  });
}

Wait::Target target_of(const Session& s, const ObjectId& id) {
  const Meta& meta = meta_of(static_cast<const Cluster&>(s.cluster), id);
  Wait::Target out;
  out.ns = meta.ns;
  out.name = meta.name;
  if (id.kind == "Pod") out.uid = s.cluster.pods[static_cast<std::size_t>(id.index)].uid;
  return out;
}

}  // namespace

void delete_object(Session& s, const ObjectId& id, std::optional<int> grace_s) {
  if (id.kind == "Pod") return terminate(s, id.index, grace_s);
  s.changed(id, Change::What::deleted);
  const std::string* cascade = s.option("cascade");
  const bool orphan = cascade && *cascade == "orphan";
  if (id.kind == "Namespace") return delete_namespace(s, id.index);
  meta_of(s.cluster, id).exists = false;
  if (orphan) return;
  const bool workload =
      id.kind == "Deployment" || id.kind == "StatefulSet" || id.kind == "DaemonSet";
  if (workload) terminate_owned(s, Pod::Owner::workload, id.index);
  if (id.kind == "Job") terminate_owned(s, Pod::Owner::job, id.index);
}

void remove(Session& s) {
  if (s.flag("all") && s.option("selector"))
    return s.fail("error: cannot set --all and --selector at the same time");
  const Targets targets = resolve(s, {true, 0});
  if (targets.items.empty()) {
    if (!targets.failed && !targets.by_name) s.say("No resources found");
    return;
  }
  const auto grace = grace_of(s);
  const bool immediate = s.flag("force") && grace == 0;
  if (immediate)
    s.warn(
        "Warning: Immediate deletion does not wait for confirmation that the running resource has "
        "been terminated. The resource may continue to run on the cluster indefinitely.");
  Wait wait;
  wait.kind = Wait::Kind::deletion;
  for (const Targets::Item& item : targets.items) {
    const Wait::Target target = target_of(s, item.id);
    const bool held = is_in_use(s, item.id);
    if (!held) delete_object(s, item.id, grace);
    s.say(item.kind->name + " " + quoted(target.name) +
          (immediate ? " force deleted" : " deleted"));
    if (item.id.kind == "Pod" || held) wait.targets.push_back(target);
  }
  if (wait.targets.empty() || !s.flag("wait", true)) return;
  if (const std::string* timeout = s.option("timeout"))
    if (const auto d = parse_duration(*timeout); d && d->count() > 0) wait.timeout = d;
  s.outcome.wait = std::move(wait);
}

}  // namespace drdrill::kube::parts
