#include <algorithm>

#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/quantity.hpp"
#include "sim/kube/resources.hpp"

namespace drdrill::kube {
namespace parts {

Value meta_value(const Meta& meta) {
  Value out = object_value();
  set_text(out, "name", meta.name);
  set_text(out, "namespace", meta.ns);
  set_labels(out, "labels", *meta.labels);
  set_labels(out, "annotations", *meta.annotations);
  return out;
}

namespace {

struct Parts {
  Value spec;
  Value status;
};

Value nested(std::initializer_list<const char*> keys, Value value) {
  for (auto key = std::rbegin(keys); key != std::rend(keys); ++key) {
    Value outer = object_value();
    set(outer, *key, std::move(value));
    value = std::move(outer);
  }
  return value;
}

Value storage_value(std::int64_t bytes) {
  return nested({"requests", "storage"}, text_value(bytes_text(bytes)));
}

Value claim_template_value(const ClaimTemplate& claim) {
  Value spec = object_value();
  set(spec, "accessModes", strings_value(claim.access_modes));
  set(spec, "resources", storage_value(claim.storage_bytes));
  set_text(spec, "storageClassName", claim.storage_class);
  Value out = nested({"metadata", "name"}, text_value(claim.name));
  set(out, "spec", std::move(spec));
  return out;
}

void set_strategy(Value& spec, const Workload& w) {
  const bool deployment = w.kind == Workload::Kind::deployment;
  Value out = object_value();
  set_text(out, "type", w.recreate ? "Recreate" : w.on_delete ? "OnDelete" : "RollingUpdate");
  if (!w.recreate && !w.on_delete) {
    Value rolling = object_value();
    if (w.kind != Workload::Kind::stateful_set) {
      set(rolling, "maxSurge", scalar_value(to_string(w.max_surge)));
      set(rolling, "maxUnavailable", scalar_value(to_string(w.max_unavailable)));
    } else {
      set(rolling, "partition", whole_value(w.partition));
    }
    set(out, "rollingUpdate", std::move(rolling));
  }
  set(spec, deployment ? "strategy" : "updateStrategy", std::move(out));
}

Value workload_spec(const Workload& w) {
  Value spec = object_value();
  if (w.kind != Workload::Kind::daemon_set) set(spec, "replicas", whole_value(w.replicas));
  set(spec, "selector", selector_value(*w.selector));
  set_text(spec, "serviceName", w.service_name);
  if (w.parallel) set_text(spec, "podManagementPolicy", "Parallel");
  if (w.paused) set(spec, "paused", truth_value(true));
  if (w.min_ready_s != 0) set(spec, "minReadySeconds", whole_value(w.min_ready_s));
  if (w.kind == Workload::Kind::deployment)
    set(spec, "progressDeadlineSeconds", whole_value(w.progress_deadline_s));
  set_strategy(spec, w);
  set(spec, "template", pod_template_value(w.pod_template()));
  if (w.claims->empty()) return spec;
  Value claims = array_value();
  for (const ClaimTemplate& c : *w.claims) claims.items.push_back(claim_template_value(c));
  set(spec, "volumeClaimTemplates", std::move(claims));
  return spec;
}

Value workload_status(const Cluster& cluster, const Workload& w) {
  Value out = object_value();
  const int index = find_workload(cluster, w.kind, w.meta.ns, w.meta.name);
  if (index == no_index) return out;
  const WorkloadStatus s = status_of(cluster, index);
  const bool daemon = w.kind == Workload::Kind::daemon_set;
  set(out, daemon ? "currentNumberScheduled" : "replicas", whole_value(s.total));
  set(out, daemon ? "numberReady" : "readyReplicas", whole_value(s.ready));
  set(out, daemon ? "updatedNumberScheduled" : "updatedReplicas", whole_value(s.updated));
  set(out, daemon ? "numberAvailable" : "availableReplicas", whole_value(s.ready));
  return out;
}

Value condition(const char* type, bool holds) {
  Value out = object_value();
  set_text(out, "type", type);
  set_text(out, "status", holds ? "True" : "False");
  return out;
}

Parts parts_of(const Cluster& cluster, const Pod& p) {
  Parts out{pod_spec_value(*p.spec), object_value()};
  if (p.node != no_index)
    set_text(out.spec, "nodeName", cluster.nodes[static_cast<std::size_t>(p.node)].meta.name);
  set_text(out.status, "phase", std::string(phase_name(p.phase)));
  set_text(out.status, "podIP", p.ip);
  if (p.node != no_index)
    set_text(out.status, "hostIP", cluster.nodes[static_cast<std::size_t>(p.node)].ip);
  Value conditions = array_value();
  conditions.items.push_back(condition("PodScheduled", p.node != no_index));
  conditions.items.push_back(condition("Ready", p.ready));
  set(out.status, "conditions", std::move(conditions));
  Value containers = array_value();
  for (const Container& c : p.spec->containers) {
    Value status = object_value();
    set_text(status, "name", c.name);
    set_text(status, "image", c.image);
    set(status, "ready", truth_value(p.ready));
    set(status, "restartCount", whole_value(p.restarts));
    containers.items.push_back(std::move(status));
  }
  set(out.status, "containerStatuses", std::move(containers));
  return out;
}

Parts parts_of(const Cluster& /*cluster*/, const Node& n) {
  static constexpr const char* effects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  Parts out{object_value(), object_value()};
  if (n.unschedulable) set(out.spec, "unschedulable", truth_value(true));
  Value taints = array_value();
  for (const Taint& t : *n.taints) {
    Value taint = object_value();
    set_text(taint, "key", t.key);
    set_text(taint, "value", t.value);
    set_text(taint, "effect", effects[static_cast<std::size_t>(t.effect)]);
    taints.items.push_back(std::move(taint));
  }
  if (!taints.items.empty()) set(out.spec, "taints", std::move(taints));
  for (const char* key : {"capacity", "allocatable"}) {
    Value room = object_value();
    set_text(room, "cpu", milli_text(n.cpu_milli));
    set_text(room, "memory", bytes_text(n.memory_bytes));
    set_text(room, "pods", std::to_string(n.max_pods));
    set(out.status, key, std::move(room));
  }
  Value address = object_value();
  set_text(address, "type", "InternalIP");
  set_text(address, "address", n.ip);
  Value addresses = array_value();
  addresses.items.push_back(std::move(address));
  set(out.status, "addresses", std::move(addresses));
  Value conditions = array_value();
  conditions.items.push_back(condition("Ready", n.ready));
  set(out.status, "conditions", std::move(conditions));
  return out;
}

Parts parts_of(const Cluster& /*cluster*/, const Service& s) {
  Parts out{object_value(), object_value()};
  set_text(out.spec, "type", s.type);
  set_text(out.spec, "clusterIP", s.cluster_ip);
  set_text(out.spec, "externalName", s.external_name);
  set_labels(out.spec, "selector", *s.selector);
  if (s.publish_not_ready) set(out.spec, "publishNotReadyAddresses", truth_value(true));
  Value ports = array_value();
  for (const ServicePort& p : *s.ports) {
    Value port = object_value();
    set_text(port, "name", p.name);
    set(port, "port", whole_value(p.port));
    set(port, "targetPort", scalar_value(p.target_port));
    if (p.node_port != 0) set(port, "nodePort", whole_value(p.node_port));
    set_text(port, "protocol", p.protocol);
    ports.items.push_back(std::move(port));
  }
  if (!ports.items.empty()) set(out.spec, "ports", std::move(ports));
  return out;
}

Parts parts_of(const Cluster& /*cluster*/, const PersistentVolumeClaim& c) {
  Parts out{object_value(), object_value()};
  set(out.spec, "accessModes", strings_value(c.access_modes));
  set(out.spec, "resources", storage_value(c.storage_bytes));
  set_text(out.spec, "storageClassName", c.storage_class);
  set_text(out.spec, "volumeName", c.volume);
  set_text(out.status, "phase", c.volume.empty() ? "Pending" : "Bound");
  return out;
}

Value job_spec_value(const JobSpec& j) {
  Value spec = object_value();
  set(spec, "completions", whole_value(j.completions));
  set(spec, "parallelism", whole_value(j.parallelism));
  set(spec, "backoffLimit", whole_value(j.backoff_limit));
  if (j.active_deadline_s) set(spec, "activeDeadlineSeconds", whole_value(*j.active_deadline_s));
  set(spec, "template", pod_template_value(*j.pod_template));
  return spec;
}

Parts parts_of(const Cluster& /*cluster*/, const Job& j) {
  Parts out{job_spec_value(j.spec), object_value()};
  if (j.suspended) set(out.spec, "suspend", truth_value(true));
  set(out.status, "succeeded", whole_value(j.succeeded));
  set(out.status, "failed", whole_value(j.failed));
  return out;
}

Parts parts_of(const Cluster& /*cluster*/, const CronJob& j) {
  Parts out{object_value(), object_value()};
  set_text(out.spec, "schedule", j.schedule);
  set_text(out.spec, "timeZone", j.time_zone);
  set_text(out.spec, "concurrencyPolicy", j.concurrency);
  set(out.spec, "suspend", truth_value(j.suspended));
  if (j.starting_deadline_s)
    set(out.spec, "startingDeadlineSeconds", whole_value(*j.starting_deadline_s));
  set(out.spec, "jobTemplate", nested({"spec"}, job_spec_value(j.job)));
  return out;
}

Parts parts_of(const Cluster& /*cluster*/, const Ingress& ingress) {
  Parts out{object_value(), object_value()};
  set_text(out.spec, "ingressClassName", ingress.ingress_class);
  Value rules = array_value();
  for (const IngressRoute& r : *ingress.routes) {
    Value path = object_value();
    set_text(path, "path", r.path);
    set_text(path, "pathType", "Prefix");
    Value service = object_value();
    set_text(service, "name", r.service);
    const Value port = scalar_value(r.port);
    const char* key = port.kind == Value::Kind::integer ? "number" : "name";
    if (!r.port.empty()) set(service, "port", nested({key}, port));
    set(path, "backend", nested({"service"}, std::move(service)));
    Value paths = array_value();
    paths.items.push_back(std::move(path));
    Value rule = object_value();
    set_text(rule, "host", r.host);
    set(rule, "http", nested({"paths"}, std::move(paths)));
    rules.items.push_back(std::move(rule));
  }
  if (!rules.items.empty()) set(out.spec, "rules", std::move(rules));
  Value tls = array_value();
  for (const std::string& secret : *ingress.tls_secrets)
    tls.items.push_back(nested({"secretName"}, text_value(secret)));
  if (!tls.items.empty()) set(out.spec, "tls", std::move(tls));
  return out;
}

Parts parts_of(const Cluster& cluster, const Workload& w) {
  return {workload_spec(w), workload_status(cluster, w)};
}

Parts parts_of(const Cluster& /*cluster*/, const Namespace& n) {
  return {object_value(), nested({"phase"}, text_value(n.terminating ? "Terminating" : "Active"))};
}

template <class T>
Parts parts_of(const Cluster& cluster, const T& object) {
  return {policy_kind_value(cluster, object), object_value()};
}

Value data_value(const ConfigMap& map) {
  Value out = object_value();
  for (const auto& [key, text] : *map.data) set(out, key, text_value(text));
  return out;
}

/// A secret's values are not known here; its keys are shown with empty values.
Value data_value(const Secret& secret) {
  Value out = object_value();
  for (const std::string& key : *secret.keys) set(out, key, text_value(""));
  return out;
}

Value head(const Object& object) {
  Value out = object_value();
  set_text(out, "apiVersion", api_version_of(object));
  set_text(out, "kind", kind_of(object));
  set(out, "metadata", meta_value(meta_of(object)));
  return out;
}

}  // namespace
}  // namespace parts

Value to_value(const Cluster& cluster, const Object& object) {
  using namespace parts;  // NOLINT(google-build-using-namespace): the pieces of this very function
  if (const auto* other = std::get_if<OtherObject>(&object)) return *other->manifest;
  Value out = head(object);
  if (const auto* map = std::get_if<ConfigMap>(&object)) {
    set(out, "data", data_value(*map));
    return out;
  }
  if (const auto* secret = std::get_if<Secret>(&object)) {
    set(out, "data", data_value(*secret));
    return out;
  }
  Parts p = std::visit([&](const auto& o) { return parts_of(cluster, o); }, object);
  set(out, "spec", std::move(p.spec));
  if (!p.status.members.empty()) set(out, "status", std::move(p.status));
  return out;
}

namespace {

struct KindName {
  std::string operator()(const Namespace&) const { return "Namespace"; }
  std::string operator()(const Node&) const { return "Node"; }
  std::string operator()(const Workload& w) const { return std::string(kind_name(w.kind)); }
  std::string operator()(const Pod&) const { return "Pod"; }
  std::string operator()(const Service&) const { return "Service"; }
  std::string operator()(const PodDisruptionBudget&) const { return "PodDisruptionBudget"; }
  std::string operator()(const HorizontalPodAutoscaler&) const { return "HorizontalPodAutoscaler"; }
  std::string operator()(const NetworkPolicy&) const { return "NetworkPolicy"; }
  std::string operator()(const PersistentVolumeClaim&) const { return "PersistentVolumeClaim"; }
  std::string operator()(const ConfigMap&) const { return "ConfigMap"; }
  std::string operator()(const Secret&) const { return "Secret"; }
  std::string operator()(const Job&) const { return "Job"; }
  std::string operator()(const CronJob&) const { return "CronJob"; }
  std::string operator()(const Ingress&) const { return "Ingress"; }
  std::string operator()(const OtherObject& o) const { return o.kind; }
};

}  // namespace

std::string kind_of(const Object& object) {
  return std::visit(KindName{}, object);
}

std::string api_version_of(const Object& object) {
  if (const auto* other = std::get_if<OtherObject>(&object)) return other->api_version;
  const Resource* resource = find_kind(kind_of(object));
  return resource ? resource->api_version() : "v1";
}

}  // namespace drdrill::kube
