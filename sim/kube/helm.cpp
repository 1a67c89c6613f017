#include "sim/kube/helm.hpp"

#include <algorithm>
#include <array>

namespace drdrill::kube {

bool is_helm_template(std::string_view text) {
  constexpr std::array<std::string_view, 12> words{
      ".Values",     ".Release",   ".Chart",     "{{- if",  "{{- with", "{{- range",
      "{{- include", "{{ include", "{{- define", "{{- end", "{{- $",    "{{- template"};
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find("{{") == std::string_view::npos) continue;
    if (std::any_of(words.begin(), words.end(), [&](std::string_view word) {
          return line.find(word) != std::string_view::npos;
        }))
      return true;
  }
  return false;
}

}  // namespace drdrill::kube
