#include <algorithm>
#include <array>

#include "sim/kube/manifest_parts.hpp"

namespace drdrill::kube::parts {
namespace {

constexpr int most = 1'000'000;

int read_replicas(Reader& spec) {
  return static_cast<int>(spec.integer("replicas", 0, most, 1));
}

void read_strategy(Reader& spec, Workload& out) {
  const bool deployment = out.kind == Workload::Kind::deployment;
  if (out.kind == Workload::Kind::daemon_set) {
    out.max_unavailable = {1, false};
    out.max_surge = {0, false};
  }
  auto strategy = spec.object(deployment ? "strategy" : "updateStrategy");
  if (!strategy) return;
  const std::string type = strategy->string("type", "RollingUpdate");
  out.recreate = deployment && type == "Recreate";
  out.on_delete = !deployment && type == "OnDelete";
  auto rolling = strategy->object("rollingUpdate");
  if (!rolling) return;
  out.max_surge = read_int_or_percent(*rolling, "maxSurge").value_or(out.max_surge);
  out.max_unavailable =
      read_int_or_percent(*rolling, "maxUnavailable").value_or(out.max_unavailable);
  out.partition = static_cast<int>(rolling->integer("partition", 0, most, 0));
}

ClaimTemplate read_claim_spec(Reader& spec) {
  ClaimTemplate out;
  out.access_modes = spec.strings("accessModes");
  out.storage_class = spec.string("storageClassName", "");
  if (auto resources = spec.object("resources"))
    if (auto requests = resources->object("requests"))
      out.storage_bytes = read_bytes(*requests, "storage");
  return out;
}

std::vector<ClaimTemplate> read_claim_templates(Reader& spec) {
  std::vector<ClaimTemplate> out;
  spec.each("volumeClaimTemplates", [&](Reader& r) {
    ClaimTemplate claim;
    if (auto claim_spec = r.object("spec", true)) claim = read_claim_spec(*claim_spec);
    claim.name = read_meta(r, "").name;
    out.push_back(std::move(claim));
  });
  return out;
}

void check_selector(Reader& spec, const Workload& w) {
  if (w.selector->empty())
    spec.problem("selector", "a selector is required");
  else if (!w.selector->matches(w.pod_template().labels))
    spec.problem("selector", "`selector` does not match template `labels`");
}

Workload read_workload(Workload::Kind kind, Reader& r, Meta meta) {
  Workload out;
  out.kind = kind;
  out.meta = std::move(meta);
  out.revisions.emplace_back();
  auto spec = r.object("spec", true);
  if (!spec) return out;
  out.replicas = kind == Workload::Kind::daemon_set ? 0 : read_replicas(*spec);
  out.selector = read_selector(*spec, "selector").value_or(Selector{});
  if (auto pod = spec->object("template", true))
    out.revisions.back().pod_template = read_pod_template(*pod);
  out.revisions.back().replicas = kind == Workload::Kind::deployment ? out.replicas : 0;
  read_strategy(*spec, out);
  out.paused = spec->boolean("paused", false);
  out.parallel = spec->string("podManagementPolicy", "OrderedReady") == "Parallel";
  out.min_ready_s = read_int(*spec, "minReadySeconds", 0);
  out.progress_deadline_s = read_int(*spec, "progressDeadlineSeconds", 600);
  out.service_name = spec->string("serviceName", "");
  if (kind == Workload::Kind::stateful_set) out.claims = read_claim_templates(*spec);
  check_selector(*spec, out);
  return out;
}

Service read_service(Reader& r, Meta meta) {
  Service out;
  out.meta = std::move(meta);
  auto spec = r.object("spec");
  if (!spec) return out;
  out.selector = read_labels(*spec, "selector");
  out.type = spec->string("type", "ClusterIP");
  out.cluster_ip = spec->string("clusterIP", "");
  out.external_name = spec->string("externalName", "");
  out.publish_not_ready = spec->boolean("publishNotReadyAddresses", false);
  std::vector<ServicePort> ports;
  spec->each("ports", [&](Reader& p) {
    ServicePort port;
    port.name = p.string("name", "");
    port.port = static_cast<int>(p.integer("port", 1, 65535));
    port.target_port = read_scalar(p, "targetPort");
    if (port.target_port.empty()) port.target_port = std::to_string(port.port);
    port.node_port = static_cast<int>(p.integer("nodePort", 0, 65535, 0));
    port.protocol = p.string("protocol", "TCP");
    ports.push_back(std::move(port));
  });
  out.ports = std::move(ports);
  return out;
}

std::vector<Taint> read_taints(Reader& spec) {
  static constexpr std::array<std::string_view, 3> effects{"NoSchedule", "PreferNoSchedule",
                                                           "NoExecute"};
  std::vector<Taint> out;
  spec.each("taints", [&](Reader& t) {
    out.push_back({t.string("key"), t.string("value", ""),
                   static_cast<TaintEffect>(t.one_of("effect", effects))});
  });
  return out;
}

std::string label_or(const Labels& labels, std::string_view key) {
  const std::string* value = find_label(labels, key);
  return value ? *value : std::string();
}

Node read_node(Reader& r, Meta meta) {
  Node out;
  out.zone = label_or(*meta.labels, "topology.kubernetes.io/zone");
  out.region = label_or(*meta.labels, "topology.kubernetes.io/region");
  out.pool = label_or(*meta.labels, "doks.digitalocean.com/node-pool");
  out.meta = std::move(meta);
  if (auto spec = r.object("spec")) {
    out.unschedulable = spec->boolean("unschedulable", false);
    out.taints = read_taints(*spec);
  }
  auto status = r.object("status");
  if (!status) return out;
  auto room = status->object(status->has("allocatable") ? "allocatable" : "capacity");
  if (!room) return out;
  out.cpu_milli = read_milli(*room, "cpu");
  out.memory_bytes = read_bytes(*room, "memory");
  return out;
}

Pod read_pod(Reader& r, Meta meta) {
  Pod out;
  out.spec = read_pod_template(r);
  out.grace_s = out.spec->termination_grace_s;
  out.meta = std::move(meta);
  return out;
}

PersistentVolumeClaim read_claim(Reader& r, Meta meta) {
  PersistentVolumeClaim out;
  out.meta = std::move(meta);
  auto spec = r.object("spec", true);
  if (!spec) return out;
  ClaimTemplate common = read_claim_spec(*spec);
  out.access_modes = std::move(common.access_modes);
  out.storage_bytes = common.storage_bytes;
  out.storage_class = std::move(common.storage_class);
  out.volume = spec->string("volumeName", "");
  return out;
}

ConfigMap read_config_map(Reader& r, Meta meta) {
  ConfigMap out;
  out.meta = std::move(meta);
  std::vector<std::pair<std::string, std::string>> data;
  std::vector<TextPlace> places;
  r.each_member("data", [&](const std::string& key, Reader& value) {
    if (value.value().kind != Value::Kind::string)
      value.problem("expected a string, found " + std::string(kind_name(value.value().kind)));
    data.emplace_back(key, value.value().text);
    places.push_back(text_place(value.value()));
  });
  out.data = std::move(data);
  out.data_at = std::move(places);
  return out;
}

Secret read_secret(Reader& r, Meta meta) {
  Secret out;
  out.meta = std::move(meta);
  std::vector<std::string> keys;
  for (const char* part : {"data", "stringData"})
    r.each_member(part, [&](const std::string& key, Reader&) { keys.push_back(key); });
  out.keys = std::move(keys);
  return out;
}

JobSpec read_job_spec(Reader& spec) {
  JobSpec out;
  if (auto pod = spec.object("template", true)) out.pod_template = read_pod_template(*pod);
  const std::string& policy = out.pod_template->restart_policy;
  if (policy != "OnFailure" && policy != "Never")
    spec.problem("template", "restartPolicy of a Job must be OnFailure or Never");
  out.completions = read_int(spec, "completions", 1);
  out.parallelism = read_int(spec, "parallelism", 1);
  out.backoff_limit = read_int(spec, "backoffLimit", 6);
  if (spec.has("activeDeadlineSeconds"))
    out.active_deadline_s = read_int(spec, "activeDeadlineSeconds", 0);
  return out;
}

Job read_job(Reader& r, Meta meta) {
  Job out;
  out.meta = std::move(meta);
  auto spec = r.object("spec", true);
  if (!spec) return out;
  out.spec = read_job_spec(*spec);
  out.suspended = spec->boolean("suspend", false);
  return out;
}

CronJob read_cron_job(Reader& r, Meta meta) {
  CronJob out;
  out.meta = std::move(meta);
  auto spec = r.object("spec", true);
  if (!spec) return out;
  out.schedule = spec->string("schedule");
  out.time_zone = spec->string("timeZone", "");
  out.concurrency = spec->string("concurrencyPolicy", "Allow");
  out.suspended = spec->boolean("suspend", false);
  if (spec->has("startingDeadlineSeconds"))
    out.starting_deadline_s = read_int(*spec, "startingDeadlineSeconds", 0);
  if (auto job = spec->object("jobTemplate", true))
    if (auto job_spec = job->object("spec", true)) out.job = read_job_spec(*job_spec);
  return out;
}

std::string read_backend_port(Reader& service) {
  auto port = service.object("port");
  if (!port) return {};
  return read_scalar(*port, port->has("name") ? "name" : "number");
}

Ingress read_ingress(Reader& r, Meta meta) {
  Ingress out;
  out.meta = std::move(meta);
  auto spec = r.object("spec");
  if (!spec) return out;
  out.ingress_class = spec->string("ingressClassName", "");
  std::vector<IngressRoute> routes;
  spec->each("rules", [&](Reader& rule) {
    const std::string host = rule.string("host", "");
    auto http = rule.object("http");
    if (!http) return;
    http->each("paths", [&](Reader& path) {
      IngressRoute route{host, path.string("path", "/"), "", ""};
      auto backend = path.object("backend", true);
      auto service = backend ? backend->object("service") : std::nullopt;
      if (service) {
        route.service = service->string("name");
        route.port = read_backend_port(*service);
      }
      routes.push_back(std::move(route));
    });
  });
  out.routes = std::move(routes);
  std::vector<std::string> secrets;
  spec->each("tls", [&](Reader& tls) { secrets.push_back(tls.string("secretName", "")); });
  out.tls_secrets = std::move(secrets);
  return out;
}

}  // namespace

std::optional<Object> read_kind(const std::string& kind, Reader& r, Meta meta) {
  if (kind == "Deployment") return read_workload(Workload::Kind::deployment, r, std::move(meta));
  if (kind == "StatefulSet") return read_workload(Workload::Kind::stateful_set, r, std::move(meta));
  if (kind == "DaemonSet") return read_workload(Workload::Kind::daemon_set, r, std::move(meta));
  if (kind == "Service") return read_service(r, std::move(meta));
  if (kind == "Pod") return read_pod(r, std::move(meta));
  if (kind == "Node") return read_node(r, std::move(meta));
  if (kind == "Namespace") return Namespace{std::move(meta)};
  if (kind == "PersistentVolumeClaim") return read_claim(r, std::move(meta));
  if (kind == "ConfigMap") return read_config_map(r, std::move(meta));
  if (kind == "Secret") return read_secret(r, std::move(meta));
  if (kind == "Job") return read_job(r, std::move(meta));
  if (kind == "CronJob") return read_cron_job(r, std::move(meta));
  if (kind == "Ingress") return read_ingress(r, std::move(meta));
  return std::nullopt;
}

}  // namespace drdrill::kube::parts
