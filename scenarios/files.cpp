#include "scenarios/files.hpp"

#include <algorithm>
#include <filesystem>

#include "scenarios/document.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/probe.hpp"

namespace drdrill {

std::optional<Document> open_document(const std::string& path, std::span<const Setting> settings,
                                      Problems& problems) {
  auto root = load_document(path, problems);
  if (!root) return std::nullopt;
  if (!Reader(*root, path, problems).is_object()) return std::nullopt;
  Document document{path, std::move(*root), {}};
  document.applied = apply_settings(document.root, settings, problems);
  return document;
}

std::string beside(const std::string& file, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  return (folder / path).lexically_normal().string();
}

SourcePlace place_of(const Reader& reader) {
  const int line = reader.at().line;
  return {line > 0 ? reader.file() : std::string(), line};
}

std::vector<std::string_view> views(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

std::vector<std::string_view> component_names() {
  std::vector<std::string_view> names(components.size());
  std::transform(components.begin(), components.end(), names.begin(),
                 [](const ComponentRow& row) { return row.id; });
  return names;
}

std::vector<std::string_view> probe_names() {
  std::vector<std::string_view> names(probe_table.size());
  std::transform(probe_table.begin(), probe_table.end(), names.begin(),
                 [](const ProbeRow& row) { return row.id; });
  return names;
}

void claim_name(Reader& reader, std::string_view key, const std::string& name,
                std::vector<std::string>& seen) {
  if (name.empty()) return;
  if (std::find(seen.begin(), seen.end(), name) != seen.end())
    reader.problem(key, "there is another \"" + name + "\" before this one");
  else
    seen.push_back(name);
}

std::string read_name(Reader& reader, std::string_view key) {
  std::string name = reader.string(key);
  const Value* found = reader.value().find(key);
  if (name.empty() && found && found->kind == Value::Kind::string)
    reader.problem(key, "expected a name, found an empty string");
  return name;
}

}  // namespace drdrill
