#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/setting.hpp"
#include "sim/base/parameter.hpp"
#include "sim/base/problem.hpp"
#include "sim/base/value.hpp"
#include "sim/drill/comparison.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"

/// The files that people write, as values. Every mistake of every file is collected and thrown as
/// one InputError; a value that comes back is sound in itself. scenarios/README.md has the formats.
namespace drdrill {

/// A parameter that the models read. The table of them is theirs and is handed in.
struct KnownParameter {
  std::string_view id;
  ParameterUnit unit = ParameterUnit::seconds;
};

struct LoadedScenario {
  Scenario scenario;
  PlatformSpec platform;
};

/// A scenario with its runbook and its platform, which see each other: names that a scenario uses
/// must exist on the platform. With an empty `known` parameter names are not checked.
/// `parameter_files` are laid over the platform's parameters and its overrides; settings go before
/// them.
LoadedScenario load_scenario(const std::string& path, std::span<const Setting> settings,
                             std::span<const KnownParameter> known,
                             std::span<const std::string> parameter_files = {});

/// The value that a setting of this pointer would replace in a scenario or in the files that it
/// names, with the settings made; "" is the scenario's own document, "/platform" the platform's,
/// laid on what it is based on. Nothing where there is none, or no such file.
std::optional<Value> load_value(const std::string& path, std::span<const Setting> settings,
                                std::string_view pointer);

/// Settings point into the platform file itself ("/load/meetings").
PlatformSpec load_platform(const std::string& path, std::span<const Setting> settings,
                           std::span<const KnownParameter> known);
Runbook load_runbook(const std::string& path);
/// One parameter file by itself. Unknown names are a problem, missing ones are not.
ParameterTable load_parameters(const std::string& path, std::span<const KnownParameter> known);

/// A validation file: comparisons of the model with what is known, each with the scenario that it
/// names.
std::vector<Comparison> load_validation(const std::string& path,
                                        std::span<const KnownParameter> known);

enum class FileKind { scenario, platform, runbook, parameters, validation };
std::string_view file_kind_name(FileKind kind);

struct Checked {
  std::optional<FileKind> kind;  ///< nothing: the file could not be read, or is none of ours
  Problems problems;
};

/// Everything that can be known of a file without running it; its content says what it is. For a
/// scenario, the files that it names are checked with it.
Checked check_file(const std::string& path, std::span<const KnownParameter> known);

}  // namespace drdrill
