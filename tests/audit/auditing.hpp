#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/procedures/import.hpp"
#include "sim/audit/audit.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::test {

/// The rules that a Markdown document breaks, by itself or on a platform.
inline std::vector<audit::Finding> audited(const std::string& text,
                                           const PlatformSpec* platform = nullptr,
                                           bool itself = false) {
  Problems problems;
  audit::Input input;
  input.documents.push_back(procedures::import_text(text, "doc.md", problems));
  input.texts.push_back({"doc.md", text});
  for (const ManifestText& manifest : input.documents.front().manifests) {
    audit::Manifests made;
    made.file = manifest.place.file;
    made.first_line = manifest.place.line;
    Problems ignored;
    made.documents = kube::parse_yaml_documents(manifest.text, "doc.md", ignored);
    for (const Value& document : made.documents)
      kube::read_manifest(document, "doc.md", ignored, made.objects);
    input.manifests.push_back(std::move(made));
  }
  input.platform = platform;
  input.platform_itself = itself;
  // A repository with a folder k8s: in it flat/ with manifests, deep/ with folders of them,
  // db.yaml.
  input.named_path = [](const std::string& path, const std::string&) -> audit::NamedPath {
    using Kind = audit::NamedPath::Kind;
    if (path == "k8s/flat/") return {Kind::folder, false};
    if (path == "k8s/deep/") return {Kind::folder, true};
    if (path == "k8s/db.yaml") return {Kind::file, false};
    return {path.starts_with("k8s/") ? Kind::missing : Kind::unknown, false};
  };
  return audit::audit(input);
}

inline bool finds(const std::vector<audit::Finding>& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const auto& f) { return f.rule == rule; });
}

inline std::string words_of(const std::vector<audit::Finding>& findings) {
  std::string text;
  for (const auto& f : findings)
    text += std::to_string(f.place.line) + " " + f.rule + ": " + f.evidence + "\n";
  return text;
}

}  // namespace drdrill::test
