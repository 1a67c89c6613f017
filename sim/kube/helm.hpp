#pragma once

#include <string_view>

namespace drdrill::kube {

/// Is it a template of Helm, which is no YAML until `helm template` has filled it in? Two braces
/// are also Prometheus' and Grafana's; it is the words behind them that are Helm's.
bool is_helm_template(std::string_view text);

}  // namespace drdrill::kube
