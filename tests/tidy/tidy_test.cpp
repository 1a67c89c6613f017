#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "tests/tidy/source_tree.hpp"

using drdrill::test::line_of;
using drdrill::test::source_files;
using drdrill::test::SourceFile;

namespace {

const std::vector<std::string> product{"sim", "models", "scenarios", "reports"};

/// Which of our folders a folder may include, itself aside.
const std::map<std::string, std::set<std::string>> arrows{
    {"sim/base", {}},
    {"sim/kube", {"sim/base"}},
    {"sim/engine", {"sim/base"}},
    {"sim/drill", {"sim/base", "sim/kube"}},
    {"sim/live/clients", {"sim/base", "sim/drill"}},
    {"sim/live", {"sim/base", "sim/kube", "sim/drill", "sim/live/clients"}},
    {"models", {"sim/base", "sim/kube", "sim/engine", "sim/drill"}},
    {"scenarios", {"sim/base", "sim/kube", "sim/drill"}},
    {"scenarios/procedures", {"sim/base", "sim/drill", "scenarios"}},
    {"scenarios/import", {"sim/base", "sim/kube", "sim/drill", "scenarios"}},
    {"sim/study", {"sim/base", "sim/drill", "models", "sim/engine"}},
    {"sim/audit", {"sim/base", "sim/kube", "sim/drill"}},
    {"reports", {"sim/base", "sim/drill", "sim/study", "sim/audit"}},
    {"sim/cli",
     {"sim/base", "sim/kube", "sim/engine", "sim/drill", "models", "sim/study", "sim/audit",
      "sim/live", "sim/live/clients", "scenarios", "scenarios/procedures", "scenarios/import",
      "reports"}},
};

/// Folders whose results must be the same bytes everywhere.
const std::set<std::string> deterministic{"sim/engine", "sim/drill", "sim/kube", "models"};

std::string included(const std::string& line) {
  const auto open = line.find("#include \"");
  if (open == std::string::npos) return {};
  const std::string rest = line.substr(open + 10);
  return rest.substr(0, rest.find('"'));
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("folders include only what the dependency rule lets them") {
  for (const SourceFile& file : source_files(product)) {
    const auto allowed = arrows.find(file.folder);
    INFO(file.path);
    REQUIRE(allowed != arrows.end());
    for (const std::string& line : file.lines) {
      const std::string target = included(line);
      if (target.empty()) continue;
      const std::string folder = target.substr(0, target.rfind('/'));
      INFO("includes " << target);
      CHECK((folder == file.folder || allowed->second.count(folder) == 1));
    }
  }
}

TEST_CASE("what decides events knows no wall clock, no addresses and no unordered containers") {
  const std::vector<std::string> banned{"unordered_",
                                        "system_clock",
                                        "steady_clock",
                                        "high_resolution_clock",
                                        "random_device",
                                        "mt19937",
                                        "std::rand",
                                        "std::thread",
                                        "std::async",
                                        "std::hash",
                                        "getenv",
                                        "std::shuffle",
                                        "uniform_int_distribution",
                                        "uniform_real_distribution",
                                        "exponential_distribution",
                                        "normal_distribution"};
  for (const SourceFile& file : source_files(product)) {
    if (deterministic.count(file.folder) == 0) continue;
    for (const std::string& word : banned) {
      INFO(file.path << ":" << line_of(file, word) << " uses " << word);
      CHECK(line_of(file, word) == 0);
    }
  }
}

TEST_CASE("what decides events uses no function of the C mathematics library") {
  const std::vector<std::string> banned{"std::exp(", "std::log(",   "std::pow(",   "std::sin(",
                                        "std::cos(", "std::log1p(", "std::expm1(", "std::tgamma("};
  for (const SourceFile& file : source_files({"sim/engine", "models"})) {
    for (const std::string& word : banned) {
      INFO(file.path << ":" << line_of(file, word) << " uses " << word);
      CHECK(line_of(file, word) == 0);
    }
  }
}

TEST_CASE("heavy libraries stay out of headers") {
  const std::vector<std::string> heavy{"<boost/", "<nlohmann/", "<yaml-cpp/", "<spdlog/",
                                       "<curl/",  "<libpq",     "<hiredis/",  "<httplib"};
  for (const SourceFile& file : source_files(product)) {
    if (!file.path.ends_with(".hpp")) continue;
    for (const std::string& word : heavy) {
      INFO(file.path << " includes " << word);
      CHECK(line_of(file, word) == 0);
    }
  }
}

TEST_CASE("every header is guarded and every folder tells what it is") {
  for (const SourceFile& file : source_files({"sim", "models", "scenarios", "reports", "tests"})) {
    if (!file.path.ends_with(".hpp")) continue;
    INFO(file.path);
    REQUIRE(!file.lines.empty());
    CHECK(file.lines.front() == "#pragma once");
  }
  for (const auto& [folder, allowed] : arrows) {
    INFO(folder);
    CHECK(std::filesystem::exists(folder + "/README.md"));
  }
}

TEST_CASE("every source file is built") {
  for (const SourceFile& file : source_files({"sim", "models", "scenarios", "reports", "tests"})) {
    if (!file.path.ends_with(".cpp")) continue;
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    INFO(file.path);
    CHECK(text_of(file.folder + "/CMakeLists.txt").find(name) != std::string::npos);
  }
}

TEST_CASE("no file is left that does two things") {
  for (const SourceFile& file : source_files(product)) {
    INFO(file.path << " has " << file.lines.size() << " lines");
    CHECK(file.lines.size() <= 350);
  }
}
