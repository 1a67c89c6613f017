#include <array>

#include "sim/kube/manifest_parts.hpp"

namespace drdrill::kube::parts {
namespace {

constexpr int most = 1'000'000;

PodDisruptionBudget read_budget(Reader& r, Meta meta) {
  PodDisruptionBudget out;
  out.meta = std::move(meta);
  auto spec = r.object("spec", true);
  if (!spec) return out;
  out.selector = read_selector(*spec, "selector").value_or(Selector{});
  out.min_available = read_int_or_percent(*spec, "minAvailable");
  out.max_unavailable = read_int_or_percent(*spec, "maxUnavailable");
  if (out.min_available && out.max_unavailable)
    spec->problem("maxUnavailable", "minAvailable and maxUnavailable cannot be both set");
  out.always_allow_unhealthy =
      spec->string("unhealthyPodEvictionPolicy", "IfHealthyBudget") == "AlwaysAllow";
  return out;
}

ScalingRules read_scaling(Reader& behavior, std::string_view key, ScalingRules rules) {
  auto r = behavior.object(key);
  if (!r) return rules;
  rules.stabilization_s =
      static_cast<int>(r->integer("stabilizationWindowSeconds", 0, 3600, rules.stabilization_s));
  const std::string select = r->string("selectPolicy", "Max");
  rules.disabled = select == "Disabled";
  rules.use_least = select == "Min";
  if (!r->has("policies")) return rules;
  rules.policies.clear();
  r->each("policies", [&](Reader& p) {
    rules.policies.push_back({p.string("type") == "Percent",
                              static_cast<int>(p.integer("value", 1, most)),
                              static_cast<int>(p.integer("periodSeconds", 1, 1800))});
  });
  return rules;
}

HorizontalPodAutoscaler::Metric read_metric_target(Reader& source, std::string name) {
  HorizontalPodAutoscaler::Metric out;
  out.name = std::move(name);
  auto target = source.object("target", true);
  if (!target) return out;
  out.utilization = target->has("averageUtilization");
  if (out.utilization)
    out.target = target->integer("averageUtilization", 1, most);
  else
    out.target = read_milli(*target, target->has("averageValue") ? "averageValue" : "value");
  return out;
}

void read_metric(Reader& m, std::vector<HorizontalPodAutoscaler::Metric>& out) {
  if (auto resource = m.object("resource")) {
    out.push_back(read_metric_target(*resource, resource->string("name")));
    return;
  }
  for (const char* kind : {"pods", "object", "external"}) {
    auto source = m.object(kind);
    if (!source) continue;
    auto metric = source->object("metric", true);
    if (metric) out.push_back(read_metric_target(*source, metric->string("name")));
    return;
  }
}

HorizontalPodAutoscaler read_autoscaler(Reader& r, Meta meta) {
  HorizontalPodAutoscaler out;
  out.meta = std::move(meta);
  out.scale_up = default_scale_up();
  out.scale_down = default_scale_down();
  auto spec = r.object("spec", true);
  if (!spec) return out;
  if (auto target = spec->object("scaleTargetRef", true)) {
    out.target_kind = target->string("kind");
    out.target_name = target->string("name");
  }
  out.min_replicas = static_cast<int>(spec->integer("minReplicas", 0, most, 1));
  out.max_replicas = static_cast<int>(spec->integer("maxReplicas", 1, most));
  std::vector<HorizontalPodAutoscaler::Metric> metrics;
  spec->each("metrics", [&](Reader& m) { read_metric(m, metrics); });
  if (spec->has("targetCPUUtilizationPercentage"))  // autoscaling/v1
    metrics.push_back({"cpu", true, spec->integer("targetCPUUtilizationPercentage", 1, most)});
  if (metrics.empty()) metrics.push_back({"cpu", true, 80});  // the API's default
  out.metrics = std::move(metrics);
  if (auto behavior = spec->object("behavior")) {
    out.scale_up = read_scaling(*behavior, "scaleUp", default_scale_up());
    out.scale_down = read_scaling(*behavior, "scaleDown", default_scale_down());
  }
  return out;
}

NetworkRule read_rule(Reader& r, std::string_view peers_key) {
  NetworkRule out;
  r.each(peers_key, [&](Reader& p) {
    NetworkPeer peer;
    peer.pods = read_selector(p, "podSelector");
    peer.namespaces = read_selector(p, "namespaceSelector");
    if (auto block = p.object("ipBlock")) peer.cidr = block->string("cidr");
    out.peers.push_back(std::move(peer));
  });
  r.each("ports", [&](Reader& p) {
    const std::string protocol = p.string("protocol", "TCP");
    const std::string port = read_scalar(p, "port");
    out.ports.push_back(protocol == "TCP" ? port : port + "/" + protocol);
  });
  return out;
}

NetworkPolicy read_network_policy(Reader& r, Meta meta) {
  NetworkPolicy out;
  out.meta = std::move(meta);
  auto spec = r.object("spec", true);
  if (!spec) return out;
  NetworkPolicy::Spec policy;
  policy.pods = read_selector(*spec, "podSelector").value_or(Selector{});
  spec->each("ingress",
             [&](Reader& rule) { policy.ingress_rules.push_back(read_rule(rule, "from")); });
  spec->each("egress", [&](Reader& rule) { policy.egress_rules.push_back(read_rule(rule, "to")); });
  // Without policyTypes: ingress always, egress when there is a rule for it.
  policy.ingress = !spec->has("policyTypes");
  policy.egress = policy.ingress && !policy.egress_rules.empty();
  for (const std::string& type : spec->strings("policyTypes")) {
    policy.ingress = policy.ingress || type == "Ingress";
    policy.egress = policy.egress || type == "Egress";
  }
  out.spec = std::move(policy);
  return out;
}

Value scaling_value(const ScalingRules& rules) {
  Value out = object_value();
  set(out, "stabilizationWindowSeconds", whole_value(rules.stabilization_s));
  set_text(out, "selectPolicy", rules.disabled ? "Disabled" : rules.use_least ? "Min" : "Max");
  Value policies = array_value();
  for (const ScalingPolicy& p : rules.policies) {
    Value policy = object_value();
    set_text(policy, "type", p.percent ? "Percent" : "Pods");
    set(policy, "value", whole_value(p.value));
    set(policy, "periodSeconds", whole_value(p.period_s));
    policies.items.push_back(std::move(policy));
  }
  set(out, "policies", std::move(policies));
  return out;
}

Value autoscaler_value(const HorizontalPodAutoscaler& hpa) {
  Value spec = object_value();
  Value target = object_value();
  set_text(target, "apiVersion", "apps/v1");
  set_text(target, "kind", hpa.target_kind);
  set_text(target, "name", hpa.target_name);
  set(spec, "scaleTargetRef", std::move(target));
  set(spec, "minReplicas", whole_value(hpa.min_replicas));
  set(spec, "maxReplicas", whole_value(hpa.max_replicas));
  Value metrics = array_value();
  for (const auto& m : *hpa.metrics) {
    const bool resource = m.name == "cpu" || m.name == "memory";
    Value source = object_value();
    Value name = object_value();
    set_text(name, "name", m.name);
    if (resource)
      set_text(source, "name", m.name);
    else
      set(source, "metric", std::move(name));
    Value goal = object_value();
    set_text(goal, "type", m.utilization ? "Utilization" : "AverageValue");
    if (m.utilization)
      set(goal, "averageUtilization", whole_value(m.target));
    else
      set_text(goal, "averageValue", std::to_string(m.target) + "m");
    set(source, "target", std::move(goal));
    Value metric = object_value();
    set_text(metric, "type", resource ? "Resource" : "Pods");
    set(metric, resource ? "resource" : "pods", std::move(source));
    metrics.items.push_back(std::move(metric));
  }
  set(spec, "metrics", std::move(metrics));
  Value behavior = object_value();
  set(behavior, "scaleUp", scaling_value(*hpa.scale_up));
  set(behavior, "scaleDown", scaling_value(*hpa.scale_down));
  set(spec, "behavior", std::move(behavior));
  return spec;
}

Value rules_value(const std::vector<NetworkRule>& rules, const char* peers_key) {
  Value out = array_value();
  for (const NetworkRule& rule : rules) {
    Value peers = array_value();
    for (const NetworkPeer& p : rule.peers) {
      Value peer = object_value();
      if (p.pods) set(peer, "podSelector", selector_value(*p.pods));
      if (p.namespaces) set(peer, "namespaceSelector", selector_value(*p.namespaces));
      if (!p.cidr.empty()) {
        Value block = object_value();
        set_text(block, "cidr", p.cidr);
        set(peer, "ipBlock", std::move(block));
      }
      peers.items.push_back(std::move(peer));
    }
    Value ports = array_value();
    for (const std::string& text : rule.ports) {
      const std::size_t slash = text.find('/');
      Value port = object_value();
      if (slash != 0 && !text.empty()) set(port, "port", scalar_value(text.substr(0, slash)));
      set_text(port, "protocol", slash == std::string::npos ? "TCP" : text.substr(slash + 1));
      ports.items.push_back(std::move(port));
    }
    Value item = object_value();
    if (!peers.items.empty()) set(item, peers_key, std::move(peers));
    if (!ports.items.empty()) set(item, "ports", std::move(ports));
    out.items.push_back(std::move(item));
  }
  return out;
}

Value network_policy_value(const NetworkPolicy::Spec& policy) {
  Value spec = object_value();
  set(spec, "podSelector", selector_value(policy.pods));
  std::vector<std::string> types;
  if (policy.ingress) types.emplace_back("Ingress");
  if (policy.egress) types.emplace_back("Egress");
  set(spec, "policyTypes", strings_value(types));
  if (!policy.ingress_rules.empty())
    set(spec, "ingress", rules_value(policy.ingress_rules, "from"));
  if (!policy.egress_rules.empty()) set(spec, "egress", rules_value(policy.egress_rules, "to"));
  return spec;
}

Value budget_value(const PodDisruptionBudget& budget) {
  Value spec = object_value();
  if (budget.min_available)
    set(spec, "minAvailable", scalar_value(to_string(*budget.min_available)));
  if (budget.max_unavailable)
    set(spec, "maxUnavailable", scalar_value(to_string(*budget.max_unavailable)));
  set(spec, "selector", selector_value(*budget.selector));
  if (budget.always_allow_unhealthy) set_text(spec, "unhealthyPodEvictionPolicy", "AlwaysAllow");
  return spec;
}

}  // namespace

std::optional<Object> read_policy_kind(const std::string& kind, Reader& r, Meta meta) {
  if (kind == "PodDisruptionBudget") return read_budget(r, std::move(meta));
  if (kind == "HorizontalPodAutoscaler") return read_autoscaler(r, std::move(meta));
  if (kind == "NetworkPolicy") return read_network_policy(r, std::move(meta));
  return std::nullopt;
}

Value policy_kind_value(const Cluster& /*cluster*/, const Object& object) {
  if (const auto* budget = std::get_if<PodDisruptionBudget>(&object)) return budget_value(*budget);
  if (const auto* hpa = std::get_if<HorizontalPodAutoscaler>(&object))
    return autoscaler_value(*hpa);
  if (const auto* policy = std::get_if<NetworkPolicy>(&object))
    return network_policy_value(*policy->spec);
  return object_value();
}

}  // namespace drdrill::kube::parts
