#include <algorithm>

#include "sim/kube/autoscaler.hpp"
#include "sim/kube/controllers.hpp"
#include "sim/kube/kubectl_parts.hpp"
#include "sim/kube/quantity.hpp"

namespace drdrill::kube::parts {
namespace {

using Cells = std::vector<std::string>;

std::string age(const Session& s, const Meta& meta) {
  const std::int64_t seconds =
      std::max<std::int64_t>(0, (s.environment.now - meta.created).count() / 1'000'000'000);
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 3600;
  constexpr std::int64_t day = 86400;
  if (seconds < 2 * minute) return std::to_string(seconds) + "s";
  if (seconds < 3 * hour) return std::to_string(seconds / minute) + "m";
  if (seconds < 2 * day) return std::to_string(seconds / hour) + "h";
  return std::to_string(seconds / day) + "d";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ",") + w;
  return out.empty() ? "<none>" : out;
}

std::string or_none(const std::string& text) {
  return text.empty() ? "<none>" : text;
}

std::string node_name(const Cluster& c, int node) {
  return node == no_index ? "<none>" : c.nodes[static_cast<std::size_t>(node)].meta.name;
}

Cells pod_row(const Session& s, const Pod& p, bool wide) {
  const auto containers = std::to_string(p.spec->containers.size());
  Cells out{p.meta.name, (p.ready ? containers : "0") + "/" + containers, status_text(p),
            std::to_string(p.restarts), age(s, p.meta)};
  if (wide)
    out.insert(out.end(), {or_none(p.ip), node_name(s.cluster, p.node), "<none>", "<none>"});
  return out;
}

Cells node_row(const Session& s, const Node& n, bool wide) {
  const std::string status =
      std::string(n.ready ? "Ready" : "NotReady") + (n.unschedulable ? ",SchedulingDisabled" : "");
  const Version& v = s.cluster.version;
  Cells out{n.meta.name, status, "<none>", age(s, n.meta),
            "v" + std::to_string(v.major) + "." + std::to_string(v.minor) + ".0"};
  if (wide) out.insert(out.end(), {n.ip, "<none>"});
  return out;
}

Cells workload_header(const std::string& kind) {
  if (kind == "Deployment") return {"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"};
  if (kind == "StatefulSet") return {"NAME", "READY", "AGE"};
  return {"NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"};
}

Cells workload_row(const Session& s, int index) {
  const Workload& w = s.cluster.workloads[static_cast<std::size_t>(index)];
  const WorkloadStatus st = status_of(s.cluster, index);
  const std::string ready = std::to_string(st.ready);
  const std::string share = ready + "/" + std::to_string(w.replicas);
  const std::string updated = std::to_string(st.updated);
  if (w.kind == Workload::Kind::deployment)
    return {w.meta.name, share, updated, ready, age(s, w.meta)};
  if (w.kind == Workload::Kind::stateful_set) return {w.meta.name, share, age(s, w.meta)};
  const std::string total = std::to_string(st.total);
  return {w.meta.name, total, total, ready, updated, ready, age(s, w.meta)};
}

Cells service_row(const Session& s, const Service& v) {
  std::vector<std::string> ports;
  for (const ServicePort& p : *v.ports) ports.push_back(std::to_string(p.port) + "/" + p.protocol);
  return {v.meta.name, v.type,        v.cluster_ip.empty() ? "<assigned>" : v.cluster_ip,
          "<none>",    joined(ports), age(s, v.meta)};
}

Cells budget_row(const Session& s, const PodDisruptionBudget& b) {
  const auto text = [](const std::optional<IntOrPercent>& v) {
    return v ? to_string(*v) : std::string("N/A");
  };
  return {b.meta.name, text(b.min_available), text(b.max_unavailable),
          std::to_string(status_of(s.cluster, b).disruptions_allowed), age(s, b.meta)};
}

Cells claim_row(const Session& s, const PersistentVolumeClaim& c) {
  return {c.meta.name,
          c.volume.empty() ? "Pending" : "Bound",
          c.volume,
          bytes_text(c.storage_bytes),
          joined(c.access_modes),
          c.storage_class,
          age(s, c.meta)};
}

std::string text_at(const OtherObject& object, std::string_view pointer) {
  const Value* found = at_pointer(*object.manifest, pointer);
  return found ? found->text : "";
}

/// "10.0.0.1:8080,10.0.0.2:8080 + 1 more...": three of those that are ready.
std::string endpoints_text(const OtherObject& endpoints) {
  constexpr std::size_t most = 3;
  const Value* ready = at_pointer(*endpoints.manifest, "/subsets/0/addresses");
  const Value* ports = at_pointer(*endpoints.manifest, "/subsets/0/ports");
  if (!ready || !ports) return "<none>";
  std::vector<std::string> all;
  for (const Value& address : ready->items)
    for (const Value& port : ports->items) {
      const Value* ip = address.find("ip");
      const Value* number = port.find("port");
      if (ip && number) all.push_back(ip->text + ":" + std::to_string(number->integer));
    }
  const std::size_t more = all.size() > most ? all.size() - most : 0;
  all.resize(all.size() - more);
  return joined(all) + (more > 0 ? " + " + std::to_string(more) + " more..." : "");
}

Cells slice_row(const Session& s, const OtherObject& slice) {
  std::vector<std::string> ports, addresses;
  if (const Value* list = at_pointer(*slice.manifest, "/ports"))
    for (const Value& port : list->items)
      if (const Value* number = port.find("port")) ports.push_back(std::to_string(number->integer));
  if (const Value* list = at_pointer(*slice.manifest, "/endpoints"))
    for (const Value& endpoint : list->items)
      if (const Value* ip = at_pointer(endpoint, "/addresses/0")) addresses.push_back(ip->text);
  constexpr std::size_t most = 3;
  const std::size_t more = addresses.size() > most ? addresses.size() - most : 0;
  addresses.resize(addresses.size() - more);
  return {slice.meta.name, text_at(slice, "/addressType"),
          ports.empty() ? "<unset>" : joined(ports),
          addresses.empty()
              ? "<unset>"
              : joined(addresses) + (more > 0 ? " + " + std::to_string(more) + " more..." : ""),
          age(s, slice.meta)};
}

Cells event_row(const Session& s, const OtherObject& event) {
  std::string kind = text_at(event, "/involvedObject/kind");
  for (char& c : kind)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return {age(s, event.meta), text_at(event, "/type"), text_at(event, "/reason"),
          kind + "/" + text_at(event, "/involvedObject/name"), text_at(event, "/message")};
}

Cells header_of(const std::string& kind, bool wide) {
  if (kind == "Pod") {
    Cells out{"NAME", "READY", "STATUS", "RESTARTS", "AGE"};
    if (wide) out.insert(out.end(), {"IP", "NODE", "NOMINATED NODE", "READINESS GATES"});
    return out;
  }
  if (kind == "Node") {
    Cells out{"NAME", "STATUS", "ROLES", "AGE", "VERSION"};
    if (wide) out.insert(out.end(), {"INTERNAL-IP", "EXTERNAL-IP"});
    return out;
  }
  if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet")
    return workload_header(kind);
  if (kind == "Service") return {"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"};
  if (kind == "PodDisruptionBudget")
    return {"NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"};
  if (kind == "PersistentVolumeClaim")
    return {"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "AGE"};
  if (kind == "HorizontalPodAutoscaler")
    return {"NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"};
  if (kind == "NetworkPolicy") return {"NAME", "POD-SELECTOR", "AGE"};
  if (kind == "Namespace") return {"NAME", "STATUS", "AGE"};
  if (kind == "CronJob") return {"NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "AGE"};
  if (kind == "Job") return {"NAME", "STATUS", "COMPLETIONS", "AGE"};
  if (kind == "ConfigMap") return {"NAME", "DATA", "AGE"};
  if (kind == "Endpoints") return {"NAME", "ENDPOINTS", "AGE"};
  if (kind == "EndpointSlice") return {"NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"};
  if (kind == "Event") return {"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"};
  return {"NAME", "AGE"};
}

int scaled_replicas(const Cluster& c, const HorizontalPodAutoscaler& h) {
  const int target = target_of(c, h);
  return target == no_index ? 0 : c.workloads[static_cast<std::size_t>(target)].replicas;
}

/// "cpu: 58%/70%, memory: <unknown>/80%"
std::string targets_text(const HorizontalPodAutoscaler& h) {
  std::string out;
  for (std::size_t i = 0; i < h.metrics->size(); ++i) {
    const auto& metric = (*h.metrics)[i];
    const char* unit = metric.utilization ? "%" : "m";
    const bool known = i < h.seen.size() && h.seen[i];
    out += (out.empty() ? "" : ", ") + metric.name + ": " +
           (known ? std::to_string(*h.seen[i]) + unit : "<unknown>") + "/" +
           std::to_string(metric.target) + unit;
  }
  return out;
}

Cells job_row(const Session& s, const Job& j) {
  const bool complete = j.succeeded >= j.spec.completions;
  const bool failed = j.failed > j.spec.backoff_limit;
  return {j.meta.name,
          failed     ? "Failed"
          : complete ? "Complete"
                     : "Running",
          std::to_string(j.succeeded) + "/" + std::to_string(j.spec.completions), age(s, j.meta)};
}

Cells row_of(const Session& s, const ObjectId& id, bool wide) {
  const Cluster& c = s.cluster;
  const auto i = static_cast<std::size_t>(id.index);
  if (id.kind == "Pod") return pod_row(s, c.pods[i], wide);
  if (id.kind == "Node") return node_row(s, c.nodes[i], wide);
  if (id.kind == "Deployment" || id.kind == "StatefulSet" || id.kind == "DaemonSet")
    return workload_row(s, id.index);
  if (id.kind == "Service") return service_row(s, c.services[i]);
  if (id.kind == "PodDisruptionBudget") return budget_row(s, c.budgets[i]);
  if (id.kind == "PersistentVolumeClaim") return claim_row(s, c.claims[i]);
  if (id.kind == "HorizontalPodAutoscaler") {
    const auto& h = c.autoscalers[i];
    return {h.meta.name,
            h.target_kind + "/" + h.target_name,
            targets_text(h),
            std::to_string(h.min_replicas),
            std::to_string(h.max_replicas),
            std::to_string(scaled_replicas(c, h)),
            age(s, h.meta)};
  }
  if (id.kind == "NetworkPolicy")
    return {c.network_policies[i].meta.name, to_string(c.network_policies[i].spec->pods),
            age(s, c.network_policies[i].meta)};
  if (id.kind == "Namespace")
    return {c.namespaces[i].meta.name, c.namespaces[i].terminating ? "Terminating" : "Active",
            age(s, c.namespaces[i].meta)};
  if (id.kind == "CronJob") {
    const CronJob& j = c.cron_jobs[i];
    return {j.meta.name, j.schedule, or_none(j.time_zone), j.suspended ? "True" : "False",
            age(s, j.meta)};
  }
  if (id.kind == "Job") return job_row(s, c.jobs[i]);
  if (id.kind == "ConfigMap")
    return {c.config_maps[i].meta.name, std::to_string(c.config_maps[i].data->size()),
            age(s, c.config_maps[i].meta)};
  const Meta& meta = meta_of(c, id);
  if (id.kind == "Endpoints") return {meta.name, endpoints_text(c.others[i]), age(s, meta)};
  if (id.kind == "EndpointSlice") return slice_row(s, c.others[i]);
  if (id.kind == "Event") return event_row(s, c.others[i]);
  return {meta.name, age(s, meta)};
}

std::string laid_out(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 3, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace

std::string table_of(const Session& s, const std::vector<ObjectId>& ids, bool wide, bool show_ns,
                     bool headers) {
  std::vector<Cells> rows;
  const bool labels = s.flag("show-labels");
  const auto finish = [&](Cells row, const std::string& ns, const std::string& label_text) {
    if (show_ns) row.insert(row.begin(), ns);
    if (labels) row.push_back(label_text);
    rows.push_back(std::move(row));
  };
  if (headers) finish(header_of(ids.front().kind, wide), "NAMESPACE", "LABELS");
  for (const ObjectId& id : ids) {
    const Meta& meta = meta_of(static_cast<const Cluster&>(s.cluster), id);
    finish(row_of(s, id, wide), meta.ns, to_string(*meta.labels));
  }
  return laid_out(rows);
}

}  // namespace drdrill::kube::parts
