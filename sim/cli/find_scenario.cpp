#include "sim/cli/find_scenario.hpp"

#include <algorithm>
#include <filesystem>

#include "sim/base/problem.hpp"
#include "sim/cli/folders.hpp"
#include "sim/cli/options.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

bool is_path(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".json");
}

std::vector<std::string> known_names(const Context& context, const std::string& inside) {
  std::vector<std::string> names;
  for (const std::string& folder : scenario_folders(context))
    for (const std::string& file : json_files(folder + inside))
      names.push_back(fs::path(file).stem());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// `inside`: the folder below that of scenarios, "/platforms" or "".
std::string find_file(const std::string& name_or_path, const std::string& inside,
                      std::string_view what, const Context& context) {
  if (is_path(name_or_path)) return name_or_path;
  for (const std::string& folder : scenario_folders(context)) {
    std::string file = fs::path(folder + inside) / (name_or_path + ".json");
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return file;
  }
  std::error_code ignored;
  if (fs::is_regular_file(name_or_path, ignored)) return name_or_path;
  const auto names = known_names(context, inside);
  const std::vector<std::string_view> views(names.begin(), names.end());
  throw UsageError("there is no " + std::string(what) + " \"" + name_or_path + "\"" +
                   suggestion(name_or_path, views));
}

}  // namespace

std::vector<std::string> scenario_folders(const Context& context) {
  std::vector<std::string> folders;
  for (std::string folder :
       {context.scenario_folder, std::string("scenarios"), std::string(source_scenarios),
        std::string(installed_scenarios), scenarios_beside_program()}) {
    std::error_code ignored;
    const bool again = std::any_of(folders.begin(), folders.end(), [&](const std::string& other) {
      return fs::equivalent(folder, other, ignored);
    });
    if (!folder.empty() && !again && fs::is_directory(folder, ignored))
      folders.push_back(std::move(folder));
  }
  return folders;
}

std::vector<std::string> json_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".json" && entry.is_regular_file(ignored))
      files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string find_scenario(const std::string& name_or_path, const Context& context) {
  return find_file(name_or_path, "", "scenario", context);
}

std::string find_platform(const std::string& name_or_path, const Context& context) {
  return find_file(name_or_path, "/platforms", "platform", context);
}

}  // namespace drdrill::cli
