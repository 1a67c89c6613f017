#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "tests/models/imported.hpp"

namespace fs = std::filesystem;

namespace drdrill::test {
namespace {

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// A folder with the platform that the manifests make, and with those that are laid upon it.
class Imported {
 public:
  Imported() {
    ImportRequest request;
    request.paths = {"scenarios/manifests/gomeet-500"};
    request.assume = "scenarios/manifests/gomeet-500-assume.json";
    request.parameter_files = shipped_parameter_files();
    folder_.write("gomeet-500.json", platform_text(import_kubernetes(request).platform));
    for (const char* laid_upon : {"gomeet-500-dr.json", "gomeet-500-archive.json"})
      folder_.write(laid_upon, text_of(fs::path("scenarios/platforms") / laid_upon));
  }

  /// A shipped scenario, on the imported platform.
  LoadedScenario scenario(const std::string& name) const {
    std::string text = text_of("scenarios/" + name + ".json");
    replace_all(text, "\"platforms/", "\"");
    replace_all(text, "\"runbooks/", "\"" + fs::absolute("scenarios/runbooks").string() + "/");
    replace_all(text, "\"counterpart\"", "\"x-counterpart\"");
    return load_file(folder_.write(name + ".json", text));
  }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE(
    "the manifests of gomeet-500 make a platform that does what the one written by hand does") {
  const Imported imported;
  for (const std::string name :
       {"node-failure", "database-failover", "network-partition", "sfu-node-failure",
        "api-node-failure", "postgres-primary-failure", "redis-master-failure", "sfu-rollback",
        "redis-full-recovery", "point-in-time-recovery", "region-failover"})
    for (const std::string& variant : {name, name + "-corrected"}) {
      CAPTURE(variant);
      const Journal by_hand = drill(load(variant)).journal;
      const Journal made = drill(imported.scenario(variant)).journal;
      CHECK(made.fingerprint == by_hand.fingerprint);
      CHECK(made.entries.size() == by_hand.entries.size());
    }
}

TEST_CASE("an outage on an imported platform is explained by lines of manifests") {
  const Imported imported;
  LoadedScenario loaded = imported.scenario("api-node-failure");
  loaded.scenario.faults.clear();
  FaultSpec frozen;
  frozen.effect.id = "frozen";
  frozen.catalog_id = "pause";
  frozen.effect.primitive = Primitive::pause;
  frozen.effect.target = {Level::pod, "postgres-primary", 1};
  frozen.after = std::chrono::seconds(10);
  frozen.lasts = std::chrono::minutes(4);
  loaded.scenario.faults.push_back(frozen);
  const Drilled drilled = drill(std::move(loaded));
  const auto& used = drilled.journal.parameters;
  const auto named = std::find_if(used.begin(), used.end(), [](const UsedParameter& parameter) {
    return parameter.id == "gomeet/postgres-primary.readiness";
  });
  REQUIRE(named != used.end());
  CHECK(named->place.file == "scenarios/manifests/gomeet-500/30-postgres.yaml");
  std::ifstream manifest(named->place.file);
  std::string line;
  for (int n = 0; n < named->place.line; ++n) std::getline(manifest, line);
  CHECK(line == "          readinessProbe:");
}

}  // namespace drdrill::test
