#include "sim/kube/pod_spec.hpp"

#include <algorithm>
#include <tuple>

namespace drdrill::kube {

TextPlace text_place(const Value& text) {
  return {text.literal ? text.at.line + 1 : text.at.line, text.literal};
}
namespace {

auto fields(const Probe& p) {
  return std::tie(p.kind, p.path, p.port, p.command, p.initial_delay_s, p.period_s, p.timeout_s,
                  p.success_threshold, p.failure_threshold, p.termination_grace_s);
}

auto fields(const Container& c) {
  return std::tie(c.name, c.image, c.command, c.args, c.env, c.env_from, c.ports, c.requests,
                  c.limits, c.readiness, c.liveness, c.startup, c.mounts, c.pre_stop,
                  c.pull_policy);
}

auto fields(const PodTemplate& t) {
  return std::tie(t.labels, t.annotations, t.init_containers, t.containers, t.volumes,
                  t.termination_grace_s, t.host_network, t.restart_policy, t.service_account,
                  t.priority_class, t.node_selector, t.node_affinity, t.anti_affinity, t.spread,
                  t.tolerations);
}

}  // namespace

bool Probe::operator==(const Probe& other) const {
  return fields(*this) == fields(other);
}

bool Container::operator==(const Container& other) const {
  return fields(*this) == fields(other);
}

bool PodTemplate::operator==(const PodTemplate& other) const {
  return fields(*this) == fields(other);
}

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (toleration.effect && *toleration.effect != taint.effect) return false;
  if (toleration.key.empty()) return toleration.exists;
  if (toleration.key != taint.key) return false;
  return toleration.exists || toleration.value == taint.value;
}

Resources PodTemplate::requests() const {
  Resources sum;
  for (const Container& c : containers) {
    sum.cpu_milli += c.requests.cpu_milli;
    sum.memory_bytes += c.requests.memory_bytes;
  }
  for (const Container& c : init_containers) {
    sum.cpu_milli = std::max(sum.cpu_milli, c.requests.cpu_milli);
    sum.memory_bytes = std::max(sum.memory_bytes, c.requests.memory_bytes);
  }
  return sum;
}

const Container* PodTemplate::container(std::string_view name) const {
  for (const auto* list : {&containers, &init_containers})
    for (const Container& c : *list)
      if (c.name == name) return &c;
  return nullptr;
}

const Volume* PodTemplate::volume(std::string_view name) const {
  for (const Volume& v : volumes)
    if (v.name == name) return &v;
  return nullptr;
}

}  // namespace drdrill::kube
