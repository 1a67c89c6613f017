#include <algorithm>
#include <array>

#include "sim/kube/images.hpp"
#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/quantity.hpp"

namespace drdrill::kube::parts {
namespace {

constexpr int most = 1'000'000'000;
using Names = std::array<std::string_view, 3>;
constexpr Names effects{"NoSchedule", "PreferNoSchedule", "NoExecute"};

Resources read_resources(Reader& r, std::string_view key) {
  Resources out;
  auto resources = r.object("resources");
  if (!resources) return out;
  auto list = resources->object(key);
  if (!list) return out;
  out.cpu_milli = read_milli(*list, "cpu");
  out.memory_bytes = read_bytes(*list, "memory");
  return out;
}

void read_handler(Reader& r, Probe& probe) {
  if (auto http = r.object("httpGet")) {
    probe.kind = Probe::Kind::http_get;
    probe.path = http->string("path", "/");
    probe.port = read_scalar(*http, "port");
  } else if (auto tcp = r.object("tcpSocket")) {
    probe.kind = Probe::Kind::tcp_socket;
    probe.port = read_scalar(*tcp, "port");
  } else if (auto exec = r.object("exec")) {
    probe.kind = Probe::Kind::exec;
    probe.command = exec->strings("command");
  } else if (auto grpc = r.object("grpc")) {
    probe.kind = Probe::Kind::grpc;
    probe.port = read_scalar(*grpc, "port");
  } else {
    r.problem("a probe needs one of httpGet, tcpSocket, exec, grpc");
  }
}

/// A threshold or a period of 0 means the default, as in the API.
int positive(Reader& r, std::string_view key, int fallback) {
  const int value = read_int(r, key, fallback);
  return value > 0 ? value : fallback;
}

std::optional<Probe> read_probe(Reader& container, std::string_view key) {
  auto r = container.object(key);
  if (!r) return std::nullopt;
  Probe out;
  out.at = r->at();
  read_handler(*r, out);
  out.initial_delay_s = read_int(*r, "initialDelaySeconds", 0);
  out.period_s = positive(*r, "periodSeconds", 10);
  out.timeout_s = positive(*r, "timeoutSeconds", 1);
  out.success_threshold = positive(*r, "successThreshold", 1);
  out.failure_threshold = positive(*r, "failureThreshold", 3);
  if (r->has("terminationGracePeriodSeconds"))
    out.termination_grace_s = read_int(*r, "terminationGracePeriodSeconds", 30);
  return out;
}

std::string read_value_from(Reader& r) {
  if (auto secret = r.object("secretKeyRef"))
    return "secret/" + secret->string("name", "") + "/" + secret->string("key", "");
  if (auto map = r.object("configMapKeyRef"))
    return "configmap/" + map->string("name", "") + "/" + map->string("key", "");
  if (auto field = r.object("fieldRef")) return "field/" + field->string("fieldPath", "");
  return "other";
}

void read_env(Reader& r, Container& out) {
  r.each("env", [&](Reader& e) {
    EnvVar var;
    var.name = e.string("name");
    var.value = e.string("value", "");
    if (auto from = e.object("valueFrom")) var.from = read_value_from(*from);
    out.env.push_back(std::move(var));
  });
  r.each("envFrom", [&](Reader& e) {
    if (auto map = e.object("configMapRef"))
      out.env_from.push_back("configmap/" + map->string("name", ""));
    if (auto secret = e.object("secretRef"))
      out.env_from.push_back("secret/" + secret->string("name", ""));
  });
}

void read_ports(Reader& r, Container& out) {
  r.each("ports", [&](Reader& p) {
    ContainerPort port;
    port.name = p.string("name", "");
    port.container_port = static_cast<int>(p.integer("containerPort", 1, 65535));
    port.host_port = static_cast<int>(p.integer("hostPort", 0, 65535, 0));
    port.protocol = p.string("protocol", "TCP");
    out.ports.push_back(std::move(port));
  });
}

std::string default_pull_policy(const std::string& image) {
  const bool latest = image_tag(image).empty() || image_tag(image) == "latest";
  return latest && image.find('@') == std::string::npos ? "Always" : "IfNotPresent";
}

std::vector<TextPlace> places_of(const Reader& r, std::string_view key) {
  std::vector<TextPlace> out;
  if (const Value* words = r.value().find(key))
    for (const Value& word : words->items) out.push_back(text_place(word));
  return out;
}

Container read_container(Reader& r) {
  Container out;
  out.at = r.at();
  out.name = r.string("name");
  out.image = r.string("image", "");
  out.pull_policy = r.string("imagePullPolicy", default_pull_policy(out.image));
  out.command = r.strings("command");
  out.args = r.strings("args");
  out.command_at = places_of(r, "command");
  out.args_at = places_of(r, "args");
  read_env(r, out);
  read_ports(r, out);
  out.limits = read_resources(r, "limits");
  out.requests = read_resources(r, "requests");
  // A limit without a request is a request too.
  if (out.requests.cpu_milli == 0) out.requests.cpu_milli = out.limits.cpu_milli;
  if (out.requests.memory_bytes == 0) out.requests.memory_bytes = out.limits.memory_bytes;
  out.readiness = read_probe(r, "readinessProbe");
  out.liveness = read_probe(r, "livenessProbe");
  out.startup = read_probe(r, "startupProbe");
  r.each("volumeMounts", [&](Reader& m) {
    out.mounts.push_back({m.string("name"), m.string("mountPath"), m.string("subPath", ""),
                          m.boolean("readOnly", false)});
  });
  if (auto lifecycle = r.object("lifecycle"))
    if (auto hook = lifecycle->object("preStop"))
      if (auto exec = hook->object("exec")) out.pre_stop = exec->strings("command");
  return out;
}

Volume read_volume(Reader& r) {
  Volume out;
  out.name = r.string("name");
  if (r.has("emptyDir")) out.kind = Volume::Kind::empty_dir;
  if (auto map = r.object("configMap")) {
    out.kind = Volume::Kind::config_map;
    out.source = map->string("name", "");
    out.mode = read_int(*map, "defaultMode", out.mode);
  } else if (auto secret = r.object("secret")) {
    out.kind = Volume::Kind::secret;
    out.source = secret->string("secretName", "");
    out.mode = read_int(*secret, "defaultMode", out.mode);
  } else if (auto claim = r.object("persistentVolumeClaim")) {
    out.kind = Volume::Kind::claim;
    out.source = claim->string("claimName");
  } else if (auto host = r.object("hostPath")) {
    out.kind = Volume::Kind::host_path;
    out.source = host->string("path", "");
  }
  return out;
}

std::optional<TaintEffect> read_effect(Reader& r) {
  if (!r.has("effect")) return std::nullopt;
  return static_cast<TaintEffect>(r.one_of("effect", effects));
}

Toleration read_toleration(Reader& r) {
  Toleration out;
  out.key = r.string("key", "");
  out.exists = r.string("operator", "Equal") == "Exists";
  out.value = r.string("value", "");
  out.effect = read_effect(r);
  if (r.has("tolerationSeconds")) out.seconds = r.integer("tolerationSeconds", -most, most);
  return out;
}

AntiAffinity read_anti_affinity(Reader& term, bool required, int weight) {
  AntiAffinity out;
  out.selector = read_selector(term, "labelSelector").value_or(Selector{});
  out.topology_key = term.string("topologyKey");
  out.required = required;
  out.weight = weight;
  return out;
}

void read_affinity(Reader& spec, PodTemplate& out) {
  auto affinity = spec.object("affinity");
  if (!affinity) return;
  if (auto anti = affinity->object("podAntiAffinity")) {
    anti->each("requiredDuringSchedulingIgnoredDuringExecution", [&](Reader& term) {
      out.anti_affinity.push_back(read_anti_affinity(term, true, 100));
    });
    anti->each("preferredDuringSchedulingIgnoredDuringExecution", [&](Reader& preferred) {
      const int weight = static_cast<int>(preferred.integer("weight", 1, 100, 1));
      if (auto term = preferred.object("podAffinityTerm", true))
        out.anti_affinity.push_back(read_anti_affinity(*term, false, weight));
    });
  }
  auto node = affinity->object("nodeAffinity");
  if (!node) return;
  auto required = node->object("requiredDuringSchedulingIgnoredDuringExecution");
  if (!required) return;
  required->each("nodeSelectorTerms", [&](Reader& term) {
    out.node_affinity.push_back(Selector{read_requirements(term, "matchExpressions")});
  });
}

void read_placement(Reader& spec, PodTemplate& out) {
  out.node_selector = read_labels(spec, "nodeSelector");
  read_affinity(spec, out);
  spec.each("topologySpreadConstraints", [&](Reader& r) {
    TopologySpread spread;
    spread.selector = read_selector(r, "labelSelector").value_or(Selector{});
    spread.topology_key = r.string("topologyKey");
    spread.max_skew = static_cast<int>(r.integer("maxSkew", 1, most, 1));
    spread.required = r.string("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule";
    out.spread.push_back(std::move(spread));
  });
  spec.each("tolerations", [&](Reader& r) { out.tolerations.push_back(read_toleration(r)); });
}

}  // namespace

PodTemplate read_pod_template(Reader& r) {
  PodTemplate out;
  out.at = r.at();
  if (auto meta = r.object("metadata")) {
    out.labels = read_labels(*meta, "labels");
    out.annotations = read_labels(*meta, "annotations");
  }
  auto spec = r.object("spec", true);
  if (!spec) return out;
  spec->each("initContainers",
             [&](Reader& c) { out.init_containers.push_back(read_container(c)); });
  spec->each("containers", [&](Reader& c) { out.containers.push_back(read_container(c)); });
  if (out.containers.empty()) spec->problem("a pod needs at least one container");
  spec->each("volumes", [&](Reader& v) { out.volumes.push_back(read_volume(v)); });
  out.termination_grace_s = read_int(*spec, "terminationGracePeriodSeconds", 30);
  out.host_network = spec->boolean("hostNetwork", false);
  out.restart_policy = spec->string("restartPolicy", "Always");
  out.service_account = spec->string("serviceAccountName", "");
  out.priority_class = spec->string("priorityClassName", "");
  read_placement(*spec, out);
  return out;
}

}  // namespace drdrill::kube::parts
