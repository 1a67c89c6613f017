#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {

/// Two versions of a drill of a Redis Cluster whose node is lost, each in a folder of its own with
/// everything that it is made of.
class ComparedDrill {
 public:
  ComparedDrill() {
    namespace fs = std::filesystem;
    for (const std::string side : {"base", "head"}) {
      fs::create_directories(folder_ / side + "/scenarios");
      for (const std::string name : {"platforms", "parameters"})
        fs::copy("scenarios/" + name, folder_ / side + "/" + name, fs::copy_options::recursive);
      fs::copy("scenarios/lab/redis-killed.json", folder_ / side + "/scenarios/redis-killed.json");
    }
  }

  /// Replaces text in a file of the head; the line on which it stands.
  int change(const std::string& file, const std::string& find, const std::string& with) {
    const std::string path = folder_ / ("head/" + file);
    std::string text = contents(path);
    const auto at = text.find(find);
    REQUIRE(at != std::string::npos);
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    text.replace(at, find.size(), with);
    std::ofstream(path) << text;
    return static_cast<int>(line);
  }

  Outcome compare(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"compare", folder_ / "base/scenarios",
                                   folder_ / "head/scenarios"};
    words.insert(words.end(), more.begin(), more.end());
    return drdrill(words);
  }

  std::string operator/(const std::string& name) const { return folder_ / name; }

 private:
  Folder folder_;
};

inline const std::string redis_timeout =
    "\"redis.cluster_node_timeout\": {\n      \"value\": \"15s\"";

}  // namespace drdrill::test
