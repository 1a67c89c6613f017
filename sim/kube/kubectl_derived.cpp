#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"
#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/naming.hpp"
#include "sim/kube/selector.hpp"

/// Objects that nobody writes: Endpoints and EndpointSlices follow from Services and pods, Events
/// are what somebody who watches the cluster remembers.
namespace drdrill::kube::parts {
namespace {

OtherObject object_of(std::string api_version, std::string kind, Meta meta, Value manifest) {
  set_text(manifest, "apiVersion", api_version);
  set_text(manifest, "kind", kind);
  set(manifest, "metadata", meta_value(meta));
  OtherObject out;
  out.api_version = std::move(api_version);
  out.kind = std::move(kind);
  out.meta = std::move(meta);
  out.manifest = Shared<Value>(std::move(manifest));
  return out;
}

/// Chosen pods that are not ready.
std::vector<int> not_ready(const Cluster& cluster, int service, const std::vector<int>& ready) {
  std::vector<int> out;
  for (std::size_t p = 0; p < cluster.pods.size(); ++p) {
    const Pod& pod = cluster.pods[p];
    const int index = static_cast<int>(p);
    const bool runs = pod.meta.exists && pod.phase == PodPhase::running && !pod.ip.empty();
    if (runs && selects(cluster, service, index) &&
        std::find(ready.begin(), ready.end(), index) == ready.end())
      out.push_back(index);
  }
  return out;
}

Value target_of_pod(const Pod& pod) {
  Value target = object_value();
  set_text(target, "kind", "Pod");
  set_text(target, "name", pod.meta.name);
  set_text(target, "namespace", pod.meta.ns);
  return target;
}

Value addresses(const Cluster& cluster, const std::vector<int>& pods) {
  Value out = array_value();
  for (const int index : pods) {
    const Pod& pod = cluster.pods[static_cast<std::size_t>(index)];
    Value address = object_value();
    set_text(address, "ip", pod.ip);
    if (pod.node != no_index)
      set_text(address, "nodeName", cluster.nodes[static_cast<std::size_t>(pod.node)].meta.name);
    set(address, "targetRef", target_of_pod(pod));
    out.items.push_back(std::move(address));
  }
  return out;
}

/// A target port by number; one by name is that of the first pod's containers, which are alike.
int number_of(const Cluster& cluster, const ServicePort& port, const std::vector<int>& pods) {
  if (port.target_port.empty()) return port.port;
  if (const auto number = parse_int(port.target_port)) return *number;
  if (pods.empty()) return port.port;
  for (const Container& container :
       cluster.pods[static_cast<std::size_t>(pods.front())].spec->containers)
    for (const auto& own : container.ports)
      if (own.name == port.target_port) return own.container_port;
  return port.port;
}

Value ports(const Cluster& cluster, const Service& service, const std::vector<int>& pods) {
  Value out = array_value();
  for (const ServicePort& port : *service.ports) {
    Value one = object_value();
    set_text(one, "name", port.name);
    set(one, "port", whole_value(number_of(cluster, port, pods)));
    set_text(one, "protocol", port.protocol);
    out.items.push_back(std::move(one));
  }
  return out;
}

OtherObject endpoints_object(const Cluster& cluster, int index) {
  const Service& service = cluster.services[static_cast<std::size_t>(index)];
  const std::vector<int> ready = endpoints(cluster, index);
  const std::vector<int> others = not_ready(cluster, index, ready);
  Value manifest = object_value();
  if (!ready.empty() || !others.empty()) {
    Value subset = object_value();
    if (!ready.empty()) set(subset, "addresses", addresses(cluster, ready));
    if (!others.empty()) set(subset, "notReadyAddresses", addresses(cluster, others));
    set(subset, "ports", ports(cluster, service, ready.empty() ? others : ready));
    Value subsets = array_value();
    subsets.items.push_back(std::move(subset));
    set(manifest, "subsets", std::move(subsets));
  }
  Meta meta = service.meta;
  meta.annotations = {};
  return object_of("v1", "Endpoints", std::move(meta), std::move(manifest));
}

/// One slice holds up to a hundred endpoints: here always all of them.
OtherObject slice_object(const Cluster& cluster, int index) {
  const Service& service = cluster.services[static_cast<std::size_t>(index)];
  const std::vector<int> ready = endpoints(cluster, index);
  std::vector<int> all = ready;
  for (const int pod : not_ready(cluster, index, ready)) all.push_back(pod);
  Value list = array_value();
  for (const int slot : all) {
    const Pod& pod = cluster.pods[static_cast<std::size_t>(slot)];
    const bool is_ready = std::find(ready.begin(), ready.end(), slot) != ready.end();
    Value conditions = object_value();
    set(conditions, "ready", truth_value(is_ready));
    set(conditions, "serving", truth_value(pod.ready));
    set(conditions, "terminating", truth_value(pod.terminating));
    Value ips = array_value();
    ips.items.push_back(text_value(pod.ip));
    Value endpoint = object_value();
    set(endpoint, "addresses", std::move(ips));
    set(endpoint, "conditions", std::move(conditions));
    if (pod.node != no_index) {
      const Node& node = cluster.nodes[static_cast<std::size_t>(pod.node)];
      set_text(endpoint, "nodeName", node.meta.name);
      set_text(endpoint, "zone", node.zone);
    }
    set(endpoint, "targetRef", target_of_pod(pod));
    list.items.push_back(std::move(endpoint));
  }
  Value manifest = object_value();
  set_text(manifest, "addressType", "IPv4");
  set(manifest, "endpoints", std::move(list));
  set(manifest, "ports", ports(cluster, service, all));
  Meta meta = service.meta;
  meta.annotations = {};
  meta.labels.edit([&](Labels& labels) {
    set_label(labels, "kubernetes.io/service-name", service.meta.name);
    set_label(labels, "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
  });
  meta.name += "-" + name_suffix(static_cast<std::uint32_t>(index) + 1);
  return object_of("discovery.k8s.io/v1", "EndpointSlice", std::move(meta), std::move(manifest));
}

OtherObject event_object(const Event& event, std::size_t number) {
  Value about = object_value();
  set_text(about, "kind", event.kind);
  set_text(about, "name", event.name);
  set_text(about, "namespace", event.ns);
  Value manifest = object_value();
  set(manifest, "involvedObject", std::move(about));
  set_text(manifest, "reason", event.reason);
  set_text(manifest, "message", event.message);
  set_text(manifest, "type", event.warning ? "Warning" : "Normal");
  set(manifest, "count", whole_value(1));
  Meta meta;
  meta.ns = event.ns.empty() ? "default" : event.ns;
  meta.name = event.name + "." + std::to_string(number);
  meta.created = event.at;
  return object_of("v1", "Event", std::move(meta), std::move(manifest));
}

}  // namespace

bool is_derived(std::string_view kind) {
  return kind == "Endpoints" || kind == "EndpointSlice" || kind == "Event";
}

Cluster derived(const Session& s, const std::string& kind) {
  Cluster out;
  out.name = s.cluster.name;
  out.context = s.cluster.context;
  out.version = s.cluster.version;
  out.namespaces = s.cluster.namespaces;
  const auto add = [&](auto&& make) {
    for (std::size_t i = 0; i < s.cluster.services.size(); ++i) {
      const Service& service = s.cluster.services[i];
      if (service.meta.exists && !service.selector->empty())
        out.others.push_back(make(s.cluster, static_cast<int>(i)));
    }
  };
  if (kind == "Endpoints") add(endpoints_object);
  if (kind == "EndpointSlice") add(slice_object);
  if (kind == "Event" && s.environment.observed) {
    const std::vector<Event> events = s.environment.observed->events(s.outcome.cluster);
    for (std::size_t i = 0; i < events.size(); ++i)
      out.others.push_back(event_object(events[i], i + 1));
  }
  return out;
}

}  // namespace drdrill::kube::parts
