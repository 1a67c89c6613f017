#include "reports/json_writer.hpp"

#include <limits>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/writers.hpp"
#include "sim/base/ensure.hpp"
#include "tests/reports/sample_journal.hpp"

using namespace std::string_literals;

namespace drdrill::reports {
namespace {

std::string seconds_of(Duration d) {
  JsonWriter json;
  json.seconds(d);
  return json.take();
}

nlohmann::json parsed(std::string_view format, const Journal& journal, const Judgement& judgement) {
  std::ostringstream out;
  find_writer(format)->write({&journal, &judgement}, out, {});
  return nlohmann::json::parse(out.str());
}

}  // namespace

TEST_CASE("durations are exact decimal seconds") {
  CHECK(seconds_of(Duration(0)) == "0\n");
  CHECK(seconds_of(Duration(1)) == "0.000000001\n");
  CHECK(seconds_of(Duration(-1'500'000'000)) == "-1.5\n");
  CHECK(seconds_of(Duration(90'000'000'000)) == "90\n");
  CHECK(seconds_of(Duration::max()) == "9223372036.854775807\n");
  CHECK(seconds_of(Duration::min()) == "-9223372036.854775808\n");
}

TEST_CASE("numbers read back as they were, and what is no number is null") {
  for (double value : {0.1, 1e300, -2.5e-9, 8140.25}) {
    JsonWriter json;
    json.number(value);
    CHECK(nlohmann::json::parse(json.take()).get<double>() == value);
  }
  JsonWriter json;
  json.number(std::numeric_limits<double>::infinity());
  CHECK(json.take() == "null\n");
}

TEST_CASE("any text reads back") {
  const std::string text("quote\" slash\\ line\n tab\t bell\x07 del\x7f nul\0"s);
  JsonWriter json;
  json.string(text);
  CHECK(nlohmann::json::parse(json.take()).get<std::string>() == text);
}

TEST_CASE("a begin without its end is a bug") {
  JsonWriter json;
  json.begin_object();
  CHECK_THROWS_AS(json.take(), Bug);
}

TEST_CASE("the JSON report says what programs ask for") {
  const auto report = parsed("json", test::sample_journal(), test::sample_judgement());
  CHECK(report["verdict"] == "residue");
  CHECK(report["exit_code"] == 4);
  CHECK(report["fingerprint"] == "00c0ffee12345678");
  const auto& api = report["objectives"][1];
  CHECK(api["rto"]["achieved_s"].is_null());
  CHECK(api["rto"]["recovered"] == false);
  CHECK(api["rto"]["censored_at_s"] == 3600);
  const auto& postgres = report["objectives"][2];
  CHECK(postgres["rto"]["achieved_s"] == 840);
  CHECK(postgres["rpo"]["lost_writes"] == 41);
  CHECK(postgres["rto"]["breakdown"]["detect"]["causes"][0]["parameter"] == "monitoring.rule_hold");
  const auto& redis = report["objectives"][3];
  CHECK(redis["exercised"] == false);
  CHECK(redis["met"].is_null());
  CHECK(redis["rto"]["recovered"].is_null());
  const auto& balancer = report["objectives"][4];
  CHECK(balancer["rpo"] == nlohmann::json{{"applicable", false}});
}

TEST_CASE("the parts of a breakdown add up to the outage they are of") {
  const auto report = parsed("json", test::sample_journal(), test::sample_judgement());
  const auto& rto = report["objectives"][2]["rto"];
  double sum = 0;
  for (const auto& part : rto["breakdown"]) sum += part["took_s"].get<double>();
  CHECK(sum == rto["achieved_s"].get<double>());
}

}  // namespace drdrill::reports
