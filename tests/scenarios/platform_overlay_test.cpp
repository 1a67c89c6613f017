#include "scenarios/platform_overlay.hpp"

#include <catch2/catch.hpp>

#include "scenarios/document.hpp"
#include "scenarios/loader.hpp"

namespace drdrill {
namespace {

Value json(std::string_view text) {
  Problems problems;
  auto value = parse_json(text, "test", problems);
  REQUIRE(value);
  return *value;
}

TEST_CASE("Members are merged, and what is no object or named array replaces") {
  const Value merged = overlay(json(R"({"a": 1, "b": {"c": 2, "d": [1, 2]}})"),
                               json(R"({"b": {"d": [3]}, "e": 4})"));
  CHECK(at_pointer(merged, "/a")->integer == 1);
  CHECK(at_pointer(merged, "/b/c")->integer == 2);
  CHECK(at_pointer(merged, "/b/d")->items.size() == 1);
  CHECK(at_pointer(merged, "/e")->integer == 4);
}

TEST_CASE("A member that is null takes the base's away") {
  const Value merged = overlay(json(R"({"a": {"b": 1, "c": 2}})"), json(R"({"a": {"b": null}})"));
  CHECK_FALSE(at_pointer(merged, "/a/b"));
  CHECK(at_pointer(merged, "/a/c")->integer == 2);
}

TEST_CASE("Named elements are merged one by one, objects by kind and name; new ones come last") {
  const Value merged = overlay(json(R"([{"kind": "A", "metadata": {"name": "x"}, "v": 1},
               {"kind": "B", "metadata": {"name": "x"}, "v": 2}])"),
                               json(R"([{"kind": "B", "metadata": {"name": "x"}, "w": 3},
               {"kind": "C", "metadata": {"name": "x"}}])"));
  REQUIRE(merged.items.size() == 3);
  CHECK_FALSE(merged.items[0].find("w"));
  CHECK(merged.items[1].find("v")->integer == 2);
  CHECK(merged.items[1].find("w")->integer == 3);
  CHECK(merged.items[2].find("kind")->text == "C");
}

TEST_CASE("A platform with an archive is the reference platform but for it and a scratch server") {
  const PlatformSpec base = load_platform("scenarios/platforms/gomeet-500.json", {}, {});
  const PlatformSpec over = load_platform("scenarios/platforms/gomeet-500-archive.json", {}, {});
  CHECK(over.name == "gomeet-500-archive");
  REQUIRE(over.workloads.size() == base.workloads.size() + 1);
  CHECK(over.workloads.back().kind == WorkloadModel::Kind::postgres_scratch);
  CHECK(over.backups.size() == base.backups.size() + 1);
  const kube::Cluster& with = over.clusters.front().initial;
  const kube::Cluster& without = base.clusters.front().initial;
  CHECK(with.nodes.size() == without.nodes.size());
  CHECK(with.cron_jobs.size() == without.cron_jobs.size() + 1);
  CHECK(kube::find_claim(without, "gomeet", "postgres-archive") == kube::no_index);
  CHECK(kube::find_claim(with, "gomeet", "postgres-archive") != kube::no_index);
}

}  // namespace
}  // namespace drdrill
