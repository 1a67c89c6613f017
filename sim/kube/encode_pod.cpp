#include <array>

#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/quantity.hpp"

namespace drdrill::kube::parts {

namespace {

constexpr std::array<const char*, 3> effects{"NoSchedule", "PreferNoSchedule", "NoExecute"};

Value single(const char* key, Value value) {
  Value out = object_value();
  set(out, key, std::move(value));
  return out;
}

Value handler_value(const Probe& p) {
  Value out = object_value();
  switch (p.kind) {
    case Probe::Kind::http_get:
      set_text(out, "path", p.path);
      set(out, "port", scalar_value(p.port));
      return single("httpGet", std::move(out));
    case Probe::Kind::tcp_socket:
      set(out, "port", scalar_value(p.port));
      return single("tcpSocket", std::move(out));
    case Probe::Kind::exec:
      set(out, "command", strings_value(p.command));
      return single("exec", std::move(out));
    case Probe::Kind::grpc:
      set(out, "port", scalar_value(p.port));
      return single("grpc", std::move(out));
  }
  return out;
}

void set_probe(Value& container, const char* key, const std::optional<Probe>& probe) {
  if (!probe) return;
  Value out = handler_value(*probe);
  if (probe->initial_delay_s != 0)
    set(out, "initialDelaySeconds", whole_value(probe->initial_delay_s));
  set(out, "periodSeconds", whole_value(probe->period_s));
  set(out, "timeoutSeconds", whole_value(probe->timeout_s));
  set(out, "successThreshold", whole_value(probe->success_threshold));
  set(out, "failureThreshold", whole_value(probe->failure_threshold));
  if (probe->termination_grace_s)
    set(out, "terminationGracePeriodSeconds", whole_value(*probe->termination_grace_s));
  set(container, key, std::move(out));
}

Value env_value(const EnvVar& var) {
  Value out = object_value();
  set_text(out, "name", var.name);
  if (var.from.empty()) {
    set(out, "value", text_value(var.value));
    return out;
  }
  const std::size_t first = var.from.find('/');
  const std::string kind = var.from.substr(0, first);
  const std::string rest = first == std::string::npos ? "" : var.from.substr(first + 1);
  Value ref = object_value();
  if (kind == "field") {
    set_text(ref, "fieldPath", rest);
    set(out, "valueFrom", single("fieldRef", std::move(ref)));
  } else if (kind == "secret" || kind == "configmap") {
    const std::size_t slash = rest.rfind('/');
    set_text(ref, "name", rest.substr(0, slash));
    set_text(ref, "key", rest.substr(slash + 1));
    set(out, "valueFrom",
        single(kind == "secret" ? "secretKeyRef" : "configMapKeyRef", std::move(ref)));
  } else {
    set(out, "valueFrom", object_value());
  }
  return out;
}

Value env_from_value(const std::string& from) {
  const std::size_t slash = from.find('/');
  Value ref = object_value();
  set_text(ref, "name", from.substr(slash + 1));
  return single(from.starts_with("secret") ? "secretRef" : "configMapRef", std::move(ref));
}

Value port_value(const ContainerPort& p) {
  Value out = object_value();
  set_text(out, "name", p.name);
  set(out, "containerPort", whole_value(p.container_port));
  if (p.host_port != 0) set(out, "hostPort", whole_value(p.host_port));
  set_text(out, "protocol", p.protocol);
  return out;
}

Value amounts_value(const Resources& r) {
  Value out = object_value();
  if (r.cpu_milli != 0) set_text(out, "cpu", milli_text(r.cpu_milli));
  if (r.memory_bytes != 0) set_text(out, "memory", bytes_text(r.memory_bytes));
  return out;
}

Value mount_value(const VolumeMount& m) {
  Value out = object_value();
  set_text(out, "name", m.volume);
  set_text(out, "mountPath", m.path);
  set_text(out, "subPath", m.sub_path);
  if (m.read_only) set(out, "readOnly", truth_value(true));
  return out;
}

/// An array of what `f` makes of each, unless there is none.
template <class T, class F>
void set_each(Value& object, const char* key, const std::vector<T>& list, F f) {
  if (list.empty()) return;
  Value out = array_value();
  for (const T& item : list) out.items.push_back(f(item));
  set(object, key, std::move(out));
}

Value container_value(const Container& c) {
  Value out = object_value();
  set_text(out, "name", c.name);
  set_text(out, "image", c.image);
  set_text(out, "imagePullPolicy", c.pull_policy);
  if (!c.command.empty()) set(out, "command", strings_value(c.command));
  if (!c.args.empty()) set(out, "args", strings_value(c.args));
  set_each(out, "env", c.env, env_value);
  set_each(out, "envFrom", c.env_from, env_from_value);
  set_each(out, "ports", c.ports, port_value);
  Value resources = object_value();
  if (c.requests != Resources{}) set(resources, "requests", amounts_value(c.requests));
  if (c.limits != Resources{}) set(resources, "limits", amounts_value(c.limits));
  if (!resources.members.empty()) set(out, "resources", std::move(resources));
  set_probe(out, "readinessProbe", c.readiness);
  set_probe(out, "livenessProbe", c.liveness);
  set_probe(out, "startupProbe", c.startup);
  set_each(out, "volumeMounts", c.mounts, mount_value);
  if (!c.pre_stop.empty())
    set(out, "lifecycle",
        single("preStop", single("exec", single("command", strings_value(c.pre_stop)))));
  return out;
}

Value with_mode(Value source, const Volume& v) {
  if (v.mode != Volume{}.mode) set(source, "defaultMode", whole_value(v.mode));
  return source;
}

Value volume_value(const Volume& v) {
  Value out = object_value();
  set_text(out, "name", v.name);
  switch (v.kind) {
    case Volume::Kind::empty_dir:
      set(out, "emptyDir", object_value());
      break;
    case Volume::Kind::config_map:
      set(out, "configMap", with_mode(single("name", text_value(v.source)), v));
      break;
    case Volume::Kind::secret:
      set(out, "secret", with_mode(single("secretName", text_value(v.source)), v));
      break;
    case Volume::Kind::claim:
      set(out, "persistentVolumeClaim", single("claimName", text_value(v.source)));
      break;
    case Volume::Kind::host_path:
      set(out, "hostPath", single("path", text_value(v.source)));
      break;
    case Volume::Kind::other:
      break;
  }
  return out;
}

Value toleration_value(const Toleration& t) {
  Value out = object_value();
  set_text(out, "key", t.key);
  set_text(out, "operator", t.exists ? "Exists" : "Equal");
  set_text(out, "value", t.value);
  if (t.effect) set_text(out, "effect", effects[static_cast<std::size_t>(*t.effect)]);
  if (t.seconds) set(out, "tolerationSeconds", whole_value(*t.seconds));
  return out;
}

Value anti_affinity_value(const std::vector<AntiAffinity>& terms) {
  Value required = array_value();
  Value preferred = array_value();
  for (const AntiAffinity& t : terms) {
    Value term = object_value();
    set(term, "labelSelector", selector_value(t.selector));
    set_text(term, "topologyKey", t.topology_key);
    if (t.required) {
      required.items.push_back(std::move(term));
      continue;
    }
    Value weighted = object_value();
    set(weighted, "weight", whole_value(t.weight));
    set(weighted, "podAffinityTerm", std::move(term));
    preferred.items.push_back(std::move(weighted));
  }
  Value out = object_value();
  if (!required.items.empty())
    set(out, "requiredDuringSchedulingIgnoredDuringExecution", std::move(required));
  if (!preferred.items.empty())
    set(out, "preferredDuringSchedulingIgnoredDuringExecution", std::move(preferred));
  return out;
}

void set_affinity(Value& spec, const PodTemplate& t) {
  Value out = object_value();
  if (!t.anti_affinity.empty()) set(out, "podAntiAffinity", anti_affinity_value(t.anti_affinity));
  if (!t.node_affinity.empty()) {
    Value terms = array_value();
    for (const Selector& s : t.node_affinity) {
      Value expressions = array_value();
      for (const Requirement& r : s.requirements) {
        // One expression for each: matchLabels is no part of a node selector term.
        Value e = object_value();
        static constexpr std::array<const char*, 6> ops{"In",           "NotIn", "Exists",
                                                        "DoesNotExist", "Gt",    "Lt"};
        set_text(e, "key", r.key);
        set_text(e, "operator", ops[static_cast<std::size_t>(r.op)]);
        if (!r.values.empty()) set(e, "values", strings_value(r.values));
        expressions.items.push_back(std::move(e));
      }
      terms.items.push_back(single("matchExpressions", std::move(expressions)));
    }
    set(out, "nodeAffinity",
        single("requiredDuringSchedulingIgnoredDuringExecution",
               single("nodeSelectorTerms", std::move(terms))));
  }
  if (!out.members.empty()) set(spec, "affinity", std::move(out));
}

Value spread_value(const TopologySpread& s) {
  Value out = object_value();
  set(out, "maxSkew", whole_value(s.max_skew));
  set_text(out, "topologyKey", s.topology_key);
  set_text(out, "whenUnsatisfiable", s.required ? "DoNotSchedule" : "ScheduleAnyway");
  set(out, "labelSelector", selector_value(s.selector));
  return out;
}

}  // namespace

Value pod_spec_value(const PodTemplate& t) {
  Value out = object_value();
  set_each(out, "initContainers", t.init_containers, container_value);
  set_each(out, "containers", t.containers, container_value);
  set_each(out, "volumes", t.volumes, volume_value);
  set_text(out, "restartPolicy", t.restart_policy);
  set(out, "terminationGracePeriodSeconds", whole_value(t.termination_grace_s));
  if (t.host_network) set(out, "hostNetwork", truth_value(true));
  set_text(out, "serviceAccountName", t.service_account);
  set_text(out, "priorityClassName", t.priority_class);
  set_labels(out, "nodeSelector", t.node_selector);
  set_affinity(out, t);
  set_each(out, "topologySpreadConstraints", t.spread, spread_value);
  set_each(out, "tolerations", t.tolerations, toleration_value);
  return out;
}

Value pod_template_value(const PodTemplate& t) {
  Value meta = object_value();
  set_labels(meta, "labels", t.labels);
  set_labels(meta, "annotations", t.annotations);
  Value out = object_value();
  set(out, "metadata", std::move(meta));
  set(out, "spec", pod_spec_value(t));
  return out;
}

}  // namespace drdrill::kube::parts
