#include "sim/kube/helm.hpp"

#include <algorithm>
#include <array>
#include <string>

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

namespace {

constexpr std::string_view helm_hook = "helm.sh/hook";
constexpr std::string_view argo_hook = "argocd.argoproj.io/hook";

const Value* annotation_of(const Value& manifest, std::string_view key) {
  const Value* meta = manifest.find("metadata");
  const Value* annotations = meta ? meta->find("annotations") : nullptr;
  return annotations ? annotations->find(key) : nullptr;
}

}  // namespace

Hook hook_of(const Value& manifest) {
  const Value* helm = annotation_of(manifest, helm_hook);
  if (!helm) return annotation_of(manifest, argo_hook) ? Hook::release : Hook::none;
  // "test", and of Helm 2 "test-success" and "test-failure"; several are listed with commas.
  std::string_view rest = helm->text;
  bool tests = true;
  while (!rest.empty()) {
    const std::string_view whole = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    tests = tests &&
            whole.substr(std::min(whole.find_first_not_of(' '), whole.size())).starts_with("test");
  }
  return tests ? Hook::test : Hook::release;
}

std::string hook_words(const Value& manifest) {
  for (const std::string_view key : {helm_hook, argo_hook})
    if (const Value* hook = annotation_of(manifest, key))
      return std::string(key) + ": " + hook->text;
  return {};
}

std::string_view without_notes(std::string_view text) {
  constexpr std::string_view notes = "\nNOTES:\n";
  const bool of_helm =
      text.starts_with("NAME: ") && text.find("\nMANIFEST:\n") != std::string_view::npos;
  const std::size_t at = of_helm ? text.rfind(notes) : std::string_view::npos;
  return at == std::string_view::npos ? text : text.substr(0, at + 1);
}

}  // namespace drdrill::kube
