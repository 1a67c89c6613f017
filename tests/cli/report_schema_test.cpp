#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

using Json = nlohmann::json;

bool fits_report_schema(const Json& document) {
  const Json text = Json::parse(drdrill({"schema", "report"}).out);
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const bool good =
      validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results);
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string where;
    for (const auto& part : error.context) where += part;
    UNSCOPED_INFO(where << ": " << error.description);
  }
  return good;
}

Json report_of(const std::string& scenario) {
  return Json::parse(drdrill({"run", scenario, "--set", "/title=x", "--report", "json=-"}).out);
}

}  // namespace

TEST_CASE("reports of real runs fit the schema of reports") {
  bool outage = false;
  for (const std::string scenario :
       {"node-failure-corrected", "database-failover", "network-partition"}) {
    CAPTURE(scenario);
    const Json report = report_of(scenario);
    CHECK(fits_report_schema(report));
    CHECK(report["settings"] == Json({"/title=x"}));
    for (const Json& objective : report["objectives"])
      outage = outage || !objective["rto"]["outages"].empty();
  }
  // Or the schema of outages, parts and causes was not put to the test.
  CHECK(outage);
}

TEST_CASE("the schema of reports refuses a report with something too many, missing or misspelt") {
  const Json good = report_of("node-failure-corrected");
  Json more = good;
  more["objectives"][0]["rto"]["extra"] = 1;
  CHECK_FALSE(fits_report_schema(more));
  Json less = good;
  less["user_impact"].erase("joined");
  CHECK_FALSE(fits_report_schema(less));
  Json other = good;
  other["verdict"] = "passed";
  CHECK_FALSE(fits_report_schema(other));
}

}  // namespace drdrill::test
