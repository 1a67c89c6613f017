#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "scenarios/import/kubernetes.hpp"
#include "tests/models/drilling.hpp"

/// Platforms made of manifests, to drill on.
namespace drdrill::test {

/// A folder of its own, gone with it.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("drdrill-import-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline std::vector<std::string> shipped_parameter_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios/parameters"))
    files.push_back(std::filesystem::absolute(entry.path()).string());
  return files;
}

/// What these manifests make, as if they came from stdin.
inline ImportedPlatform imported(const std::string& manifests, const std::string& assume = "") {
  Folder folder;
  ImportRequest request;
  request.paths = {"-"};
  request.standard_input = manifests;
  request.name = "imported";
  if (!assume.empty()) request.assume = folder.write("assume.yaml", assume);
  request.parameter_files = shipped_parameter_files();
  return import_kubernetes(request);
}

inline LoadedScenario load_file(const std::string& file) {
  try {
    return load_scenario(file, {}, parameters_of_models());
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems().all()) UNSCOPED_INFO(to_string(problem));
    FAIL("the imported platform does not load");
    throw;
  }
}

/// A scenario without a fault on the platform that these manifests make.
inline LoadedScenario quiet_scenario(const std::string& manifests, const std::string& assume = "") {
  Folder folder;
  folder.write("platform.json", platform_text(imported(manifests, assume).platform));
  folder.write("runbook.json",
               R"({"name": "wait", "title": "Wait",
                   "steps": [{"id": "wait", "title": "Wait", "run": "sleep 1"}]})");
  return load_file(folder.write("scenario.json",
                                R"({"name": "quiet", "title": "Nothing happens",
      "platform": "platform.json", "start": "2026-11-23T14:00:00+08:00", "steady_for": "60s",
      "stable_for": "60s", "horizon": "2h", "faults": [], "runbook": "runbook.json",
      "objectives": [{"component": "redis", "rto": "5m"}]})"));
}

}  // namespace drdrill::test
