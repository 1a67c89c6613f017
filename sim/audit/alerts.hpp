#pragma once

#include <string>
#include <vector>

#include "sim/audit/audit.hpp"

namespace drdrill::audit {

struct AlertRule {
  std::string name;
  std::string expression;
  SourcePlace place;
};

/// Prometheus' alerts among the manifests: of PrometheusRules, of files for Prometheus itself, of
/// values for charts and of ConfigMaps that hold such a file.
std::vector<AlertRule> alert_rules(const Input& input);

/// Do the manifests belong beside kube-prometheus, which brings alerts of its own (KubeJobFailed)?
bool beside_kube_prometheus(const Input& input);

}  // namespace drdrill::audit
