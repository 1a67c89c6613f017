#include "scenarios/loader.hpp"

#include <algorithm>
#include <array>

#include "scenarios/files.hpp"
#include "scenarios/parameter_file.hpp"
#include "scenarios/platform_file.hpp"
#include "scenarios/runbook_file.hpp"
#include "scenarios/scenario_file.hpp"
#include "scenarios/validation_file.hpp"

namespace drdrill {
namespace {

struct KindRow {
  FileKind kind;
  std::string_view name;
  std::array<std::string_view, 3> telling;  ///< members that only this kind has
};

constexpr std::array<KindRow, 5> kinds{{
    {FileKind::scenario, "scenario", {"objectives", "horizon", "faults"}},
    {FileKind::platform, "platform", {"clusters", "regions", "load"}},
    {FileKind::runbook, "runbook", {"steps", "steps", "steps"}},
    {FileKind::parameters, "parameters", {"parameters", "parameters", "parameters"}},
    {FileKind::validation, "validation", {"comparisons", "comparisons", "comparisons"}},
}};

/// By the name of the schema, or by the members that only one kind has.
std::optional<FileKind> kind_of(const Value& root) {
  if (const Value* schema = root.find("$schema"); schema && schema->kind == Value::Kind::string)
    for (const KindRow& row : kinds)
      if (schema->text.ends_with("/" + std::string(row.name) + ".json") ||
          schema->text == std::string(row.name) + ".json")
        return row.kind;
  for (const KindRow& row : kinds)
    for (std::string_view key : row.telling)
      if (root.find(key)) return row.kind;
  return std::nullopt;
}

std::optional<Runbook> read_runbook_file(const std::string& path, Problems& problems) {
  const auto document = open_document(path, {}, problems);
  if (!document) return std::nullopt;
  Reader root(document->root, path, problems);
  return read_runbook(root, nullptr);
}

std::optional<ParameterTable> read_table(const std::string& path,
                                         std::span<const KnownParameter> known,
                                         Problems& problems) {
  const auto document = open_document(path, {}, problems);
  if (!document) return std::nullopt;
  Reader root(document->root, path, problems);
  ParameterTable table;
  read_parameter_file(root, known, table);
  return table;
}

template <class T>
T sound(T value, Problems problems) {
  if (!problems.empty()) throw InputError(std::move(problems));
  return value;
}

template <class T>
T sound(std::optional<T> value, Problems problems) {
  if (!problems.empty() || !value) throw InputError(std::move(problems));
  return std::move(*value);
}

}  // namespace

LoadedScenario load_scenario(const std::string& path, std::span<const Setting> settings,
                             std::span<const KnownParameter> known,
                             std::span<const std::string> parameter_files) {
  Problems problems;
  LoadedScenario loaded = read_scenario(path, settings, known, problems, parameter_files);
  return sound(std::move(loaded), std::move(problems));
}

std::optional<Value> load_value(const std::string& path, std::span<const Setting> settings,
                                std::string_view pointer) {
  return read_value(path, settings, pointer);
}

PlatformSpec load_platform(const std::string& path, std::span<const Setting> settings,
                           std::span<const KnownParameter> known) {
  Problems problems;
  auto platform = read_platform(path, settings, known, problems);
  return sound(std::move(platform), std::move(problems));
}

Runbook load_runbook(const std::string& path) {
  Problems problems;
  auto runbook = read_runbook_file(path, problems);
  return sound(std::move(runbook), std::move(problems));
}

ParameterTable load_parameters(const std::string& path, std::span<const KnownParameter> known) {
  Problems problems;
  auto table = read_table(path, known, problems);
  return sound(std::move(table), std::move(problems));
}

std::vector<Comparison> load_validation(const std::string& path,
                                        std::span<const KnownParameter> known) {
  Problems problems;
  auto comparisons = read_validation(path, known, problems);
  return sound(std::move(comparisons), std::move(problems));
}

std::string_view file_kind_name(FileKind kind) {
  return kinds[static_cast<std::size_t>(kind)].name;
}

Checked check_file(const std::string& path, std::span<const KnownParameter> known) {
  Checked checked;
  const auto document = open_document(path, {}, checked.problems);
  if (!document) return checked;
  checked.kind = kind_of(document->root);
  if (!checked.kind) {
    checked.problems.add({path,
                          document->root.at,
                          {},
                          "this is no file of drdrill's; a scenario has \"objectives\", a platform "
                          "\"clusters\", a runbook \"steps\", a parameter file \"parameters\", a "
                          "validation file \"comparisons\""});
    return checked;
  }
  checked.problems = {};
  switch (*checked.kind) {
    case FileKind::scenario:
      read_scenario(path, {}, known, checked.problems);
      break;
    case FileKind::platform:
      read_platform(path, {}, known, checked.problems);
      break;
    case FileKind::runbook:
      read_runbook_file(path, checked.problems);
      break;
    case FileKind::parameters:
      read_table(path, known, checked.problems);
      break;
    case FileKind::validation:
      read_validation(path, known, checked.problems);
      break;
  }
  return checked;
}

}  // namespace drdrill
