#include "sim/kube/store.hpp"

#include <algorithm>
#include <utility>

#include "sim/base/ensure.hpp"

namespace drdrill::kube {
namespace {

bool is_workload(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet";
}

/// Calls `f` with the vector that holds the kind.
template <class C, class F>
auto with_vector(C& c, std::string_view kind, F&& f) {
  if (is_workload(kind)) return f(c.workloads);
  if (kind == "Pod") return f(c.pods);
  if (kind == "Node") return f(c.nodes);
  if (kind == "Namespace") return f(c.namespaces);
  if (kind == "Service") return f(c.services);
  if (kind == "PodDisruptionBudget") return f(c.budgets);
  if (kind == "HorizontalPodAutoscaler") return f(c.autoscalers);
  if (kind == "NetworkPolicy") return f(c.network_policies);
  if (kind == "PersistentVolumeClaim") return f(c.claims);
  if (kind == "ConfigMap") return f(c.config_maps);
  if (kind == "Secret") return f(c.secrets);
  if (kind == "Job") return f(c.jobs);
  if (kind == "CronJob") return f(c.cron_jobs);
  if (kind == "Ingress") return f(c.ingresses);
  return f(c.others);
}

template <class T>
bool has_kind(const T&, const std::string&) {
  return true;
}
bool has_kind(const Workload& w, const std::string& kind) {
  return kind_name(w.kind) == kind;
}
bool has_kind(const OtherObject& o, const std::string& kind) {
  return o.kind == kind;
}

template <class T>
int put_in(std::vector<T>& objects, T object, const std::string& kind) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Meta& meta = objects[i].meta;
    if (!meta.exists || !has_kind(objects[i], kind) || meta.name != object.meta.name ||
        meta.ns != object.meta.ns)
      continue;
    object.meta.created = meta.created;
    objects[i] = std::move(object);
    return static_cast<int>(i);
  }
  objects.push_back(std::move(object));
  return static_cast<int>(objects.size()) - 1;
}

int put_object(Cluster& c, Workload w) {
  const int found = find_workload(c, w.kind, w.meta.ns, w.meta.name);
  const std::string kind(kind_name(w.kind));
  if (found == no_index) return put_in(c.workloads, std::move(w), kind);
  Workload& old = c.workloads[static_cast<std::size_t>(found)];
  const Revision fresh = w.revisions.back();
  w.revisions = std::move(old.revisions);
  w.meta.created = old.meta.created;
  old = std::move(w);
  set_template(c, found, fresh.pod_template);
  return found;
}

int put_object(Cluster& c, Node n) {
  const int found = find_node(c, n.meta.name);
  if (found == no_index) return add_node(c, std::move(n));
  Node& old = c.nodes[static_cast<std::size_t>(found)];
  old.meta.labels = n.meta.labels;
  old.meta.annotations = n.meta.annotations;
  old.taints = n.taints;
  old.unschedulable = n.unschedulable;
  return found;
}

int put_object(Cluster& c, Pod p) {
  const int found = find_pod(c, p.meta.ns, p.meta.name);
  if (found != no_index) {
    Pod& old = c.pods[static_cast<std::size_t>(found)];
    old.meta.labels = p.meta.labels;
    old.meta.annotations = p.meta.annotations;
    old.spec = p.spec;
    return found;
  }
  p.uid = c.next_uid++;
  c.pods.push_back(std::move(p));
  return static_cast<int>(c.pods.size()) - 1;
}

int put_object(Cluster& c, Job j) {
  const int found = find_job(c, j.meta.ns, j.meta.name);
  if (found != no_index) {
    const Job& old = c.jobs[static_cast<std::size_t>(found)];
    j.cron_job = old.cron_job;
    j.succeeded = old.succeeded;
    j.failed = old.failed;
  }
  return put_in(c.jobs, std::move(j), "Job");
}

int put_object(Cluster& c, PersistentVolumeClaim claim) {
  const int found = find_claim(c, claim.meta.ns, claim.meta.name);
  if (found != no_index) {
    const PersistentVolumeClaim& old = c.claims[static_cast<std::size_t>(found)];
    if (claim.volume.empty()) claim.volume = old.volume;
    claim.zone = old.zone;
    claim.node = old.node;
  }
  return put_in(c.claims, std::move(claim), "PersistentVolumeClaim");
}

int put_object(Cluster& c, Namespace ns) {
  ns.meta.labels.edit(
      [&](Labels& l) { set_label(l, "kubernetes.io/metadata.name", ns.meta.name); });
  return put_in(c.namespaces, std::move(ns), "Namespace");
}

/// A kind that is known by name, of a version that is not (batch/v1beta1), is one of these, too.
int put_object(Cluster& c, OtherObject object) {
  const std::string kind = object.kind;
  return put_in(c.others, std::move(object), kind);
}

template <class T>
int put_object(Cluster& c, T object) {
  const std::string kind = kind_of(Object(object));
  return with_vector(c, kind, [&](auto& objects) -> int {
    using Stored = typename std::decay_t<decltype(objects)>::value_type;
    if constexpr (std::is_same_v<Stored, T>) return put_in(objects, std::move(object), kind);
    ENSURE(false, "no place for a " + kind);
    return no_index;
  });
}

std::string custom_plural(const OtherObject& definition, std::string& kind) {
  const Value* plural = at_pointer(*definition.manifest, "/spec/names/plural");
  const Value* names_kind = at_pointer(*definition.manifest, "/spec/names/kind");
  if (!plural || !names_kind) return {};
  kind = names_kind->text;
  return plural->text;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string group_of(const std::string& api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

ServedKind custom(const std::string& kind, const std::string& plural, const std::string& group) {
  const std::string suffix = group.empty() ? "" : "." + group;
  return {kind, lower(kind) + suffix, plural + suffix, true};
}

}  // namespace

int put(Cluster& cluster, Object object) {
  return std::visit([&](auto&& o) { return put_object(cluster, std::forward<decltype(o)>(o)); },
                    std::move(object));
}

ServedKind served_kind(const Cluster& cluster, std::string_view word) {
  if (const Resource* r = find_resource(word))
    return {std::string(r->kind), r->name(), r->plural_name(), r->namespaced};
  const std::string wanted = lower(std::string(word));
  const std::string head = wanted.substr(0, wanted.find('.'));
  for (const OtherObject& o : cluster.others) {
    if (!o.meta.exists) continue;
    std::string kind = o.kind;
    std::string plural = lower(kind) + "s";
    std::string group = group_of(o.api_version);
    if (o.kind == "CustomResourceDefinition") {
      plural = custom_plural(o, kind);
      const Value* g = at_pointer(*o.manifest, "/spec/group");
      group = g ? g->text : "";
    } else if (find_kind(o.kind)) {
      continue;
    }
    if (!plural.empty() && (head == plural || head == lower(kind)))
      return custom(kind, plural, group);
  }
  return {};
}

std::vector<ObjectId> list(const Cluster& cluster, const std::string& kind) {
  std::vector<std::pair<const Meta*, int>> found;
  with_vector(cluster, kind, [&](const auto& objects) {
    found.reserve(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i)
      if (objects[i].meta.exists && has_kind(objects[i], kind))
        found.emplace_back(&objects[i].meta, static_cast<int>(i));
    return 0;
  });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    const int by_ns = a.first->ns.compare(b.first->ns);
    return by_ns != 0 ? by_ns < 0 : a.first->name < b.first->name;
  });
  std::vector<ObjectId> out;
  out.reserve(found.size());
  for (const auto& [meta, index] : found) out.push_back({kind, index});
  return out;
}

ObjectId find(const Cluster& cluster, const std::string& kind, std::string_view ns,
              std::string_view name) {
  const int index = with_vector(cluster, kind, [&](const auto& objects) {
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const Meta& m = objects[i].meta;
      if (m.exists && m.name == name && m.ns == ns && has_kind(objects[i], kind))
        return static_cast<int>(i);
    }
    return no_index;
  });
  return {kind, index};
}

const Meta& meta_of(const Cluster& cluster, const ObjectId& id) {
  return *with_vector(cluster, id.kind, [&](const auto& objects) {
    return &objects[static_cast<std::size_t>(id.index)].meta;
  });
}

Meta& meta_of(Cluster& cluster, const ObjectId& id) {
  return *with_vector(cluster, id.kind, [&](auto& objects) {
    return &objects[static_cast<std::size_t>(id.index)].meta;
  });
}

Object get(const Cluster& cluster, const ObjectId& id) {
  return with_vector(cluster, id.kind, [&](const auto& objects) {
    return Object(objects[static_cast<std::size_t>(id.index)]);
  });
}

void set_template(Cluster& cluster, int workload, Shared<PodTemplate> pod_template) {
  Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  if (w.pod_template() == *pod_template) return;
  Revision next;
  next.number = w.current().number + 1;
  next.pod_template = std::move(pod_template);
  const auto same = std::find_if(w.revisions.begin(), w.revisions.end(), [&](const Revision& r) {
    return *r.pod_template == *next.pod_template;
  });
  if (same != w.revisions.end()) {
    next.replicas = same->replicas;
    for (Pod& pod : cluster.pods)
      if (pod.meta.exists && pod.owner == Pod::Owner::workload && pod.owner_index == workload &&
          pod.revision == same->number)
        pod.revision = next.number;
    w.revisions.erase(same);
  }
  w.revisions.push_back(std::move(next));
}

}  // namespace drdrill::kube
