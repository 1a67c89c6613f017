#include <cstdio>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "reports/writers.hpp"
#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 20261123;

/// What a restore drill measures, as a file that lives as long as this.
class MeasuredFile {
 public:
  explicit MeasuredFile(const std::vector<Setting>& settings = {}, const std::string& name = "a")
      : path_("build/measured-" + name + ".json") {
    const test::Drilled drilled = test::drill("restore-drill", settings, seed);
    const Report report{&drilled.journal, &drilled.judgement};
    std::ostringstream out;
    find_writer("measured")->write(report, out, {});
    text_ = out.str();
    std::ofstream(path_) << text_;
  }
  ~MeasuredFile() { std::remove(path_.c_str()); }
  MeasuredFile(const MeasuredFile&) = delete;
  MeasuredFile& operator=(const MeasuredFile&) = delete;

  const std::string& text() const { return text_; }
  ParameterTable table() const { return load_parameters(path_, test::parameters_of_models()); }
  test::Drilled predict(const std::vector<Setting>& settings = {}) const {
    const std::vector<std::string> files{path_};
    return test::drill(load_scenario("scenarios/point-in-time-recovery-corrected.json", settings,
                                     test::parameters_of_models(), files),
                       seed);
  }

 private:
  std::string path_;
  std::string text_;
};

const std::string slow_disk = "/platform/parameters/postgres.clone_rate";
const std::string slow_replay = "/platform/parameters/postgres.wal_replay_rate";

double value_of(const ParameterTable& table, std::string_view id) {
  const ParameterId found = table.find(id);
  REQUIRE(found != ParameterId::none);
  return mean(table[found].value);
}

}  // namespace

TEST_CASE("a restore drill leaves a parameter file of what it measured, and says where from") {
  const MeasuredFile measured({{slow_disk, "\"50MB/s\"", ""}});
  const ParameterTable table = measured.table();
  const ParameterId rate = table.find("postgres.clone_rate");
  REQUIRE(rate != ParameterId::none);
  CHECK(table[rate].provenance == Provenance::measured);
  CHECK(table[rate].source.find("drill restore-drill") != std::string::npos);
  CHECK(table[rate].source.find("seed 20261123") != std::string::npos);
  // Pods and images take some seconds beside the copy itself.
  CHECK(value_of(table, "postgres.clone_rate") > 45e6);
  CHECK(value_of(table, "postgres.clone_rate") <= 50e6);
}

TEST_CASE("the rate at which a drill replayed WAL is what it measures") {
  const MeasuredFile measured({{slow_replay, "\"20MB/s\"", ""}}, "replay");
  CHECK(value_of(measured.table(), "postgres.wal_replay_rate") == Approx(20e6).epsilon(0.05));
}

TEST_CASE("what a drill measured changes the next prediction") {
  const auto believed = test::drill("point-in-time-recovery-corrected", {}, seed);
  const MeasuredFile as_believed({}, "fast");
  const MeasuredFile slower({{slow_disk, "\"50MB/s\"", ""}}, "slow");
  const auto rto = [](const test::Drilled& drilled) {
    const auto& achieved = drilled.of(ComponentId::postgres).rto.achieved;
    REQUIRE(achieved);
    return *achieved;
  };
  // 20 GB at 50 MB/s take 400 s, as one core unpacks them 150 to 194 s.
  CHECK(rto(slower.predict()) > rto(believed) + 3min);
  CHECK(rto(as_believed.predict()) < rto(believed) + 2min);
  // A setting on the command line goes before what was measured.
  CHECK(rto(slower.predict({{slow_disk, "\"300MB/s\"", ""}})) < rto(believed) + 2min);
}

TEST_CASE("a backup that a drill could not restore is not relied on") {
  const MeasuredFile measured(
      {{"/faults",
        R"([{"id": "spoilt", "fault": "backup-corrupt", "target": "volume/postgres-archive"}])",
        ""}},
      "spoilt");
  INFO(measured.text());
  CHECK(value_of(measured.table(), "postgres.backup_restorable") == 0);
  CHECK_FALSE(measured.predict().of(ComponentId::postgres).rto.achieved);
}
