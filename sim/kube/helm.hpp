#pragma once

#include <string>
#include <string_view>

#include "sim/base/value.hpp"

/// What Helm leaves in manifests: templates that are still to be filled in, objects that it runs
/// itself, and the words around what it would install.
namespace drdrill::kube {

/// Is it a template of Helm, which is no YAML until `helm template` has filled it in? Two braces
/// are also Prometheus' and Grafana's; it is the words behind them that are Helm's.
bool is_helm_template(std::string_view text);

/// Who runs an object, when it is not the cluster by itself.
enum class Hook : std::uint8_t {
  none,
  test,     ///< `helm test`: no release keeps it
  release,  ///< Helm or Argo CD, once, when a release is installed, upgraded or taken away
};
Hook hook_of(const Value& manifest);
/// "helm.sh/hook: pre-install", as the manifest has it; empty: it is no hook.
std::string hook_words(const Value& manifest);

/// The output of `helm install --dry-run` and `helm get all` without the notes at its end, which
/// are words for people. Any other text is returned as it is.
std::string_view without_notes(std::string_view text);

}  // namespace drdrill::kube
