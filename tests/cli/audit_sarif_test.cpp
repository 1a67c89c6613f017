#include <fstream>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

using Json = nlohmann::json;

/// What SARIF 2.1.0 (OASIS) asks of the objects that we write, and GitHub's code scanning of
/// results that it is to show on their line; each member by its section of the standard.
const char* const sarif = R"({
  "type": "object", "required": ["version", "runs"], "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string"},
    "version": {"enum": ["2.1.0"]},
    "runs": {"type": "array", "minItems": 1, "items": {
      "type": "object", "required": ["tool", "results", "automationDetails"],
      "additionalProperties": false,
      "properties": {
        "automationDetails": {"type": "object", "required": ["id"], "additionalProperties": false,
          "properties": {"id": {"type": "string", "pattern": "^[^/]+(/[^/]+)*/$"}}},
        "originalUriBaseIds": {"type": "object", "additionalProperties": {
          "type": "object", "additionalProperties": false,
          "properties": {"uri": {"type": "string", "pattern": "/$"},
                         "description": {"$ref": "#/definitions/message"}}}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "tool": {"type": "object", "required": ["driver"], "additionalProperties": false,
          "properties": {"driver": {
            "type": "object", "required": ["name", "rules"], "additionalProperties": false,
            "properties": {"name": {"type": "string", "minLength": 1},
              "rules": {"type": "array", "uniqueItems": true, "items": {
                "type": "object", "required": ["id", "shortDescription"],
                "additionalProperties": false,
                "properties": {
                  "id": {"type": "string", "minLength": 1},
                  "shortDescription": {"$ref": "#/definitions/message"},
                  "help": {"$ref": "#/definitions/message"},
                  "defaultConfiguration": {"type": "object", "additionalProperties": false,
                    "properties": {"level": {"$ref": "#/definitions/level"}}}}}}}}}},
        "results": {"type": "array", "items": {
          "type": "object", "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
          "additionalProperties": false,
          "properties": {
            "ruleId": {"type": "string"},
            "ruleIndex": {"type": "integer", "minimum": 0},
            "level": {"$ref": "#/definitions/level"},
            "message": {"$ref": "#/definitions/message"},
            "locations": {"type": "array", "minItems": 1, "maxItems": 10, "items": {
              "type": "object", "required": ["physicalLocation"], "additionalProperties": false,
              "properties": {"physicalLocation": {
                "type": "object", "required": ["artifactLocation", "region"],
                "additionalProperties": false,
                "properties": {
                  "artifactLocation": {"type": "object", "required": ["uri"],
                    "additionalProperties": false,
                    "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9%/._~:-]+$"},
                                   "uriBaseId": {"type": "string"}}},
                  "region": {"type": "object", "required": ["startLine"],
                    "additionalProperties": false,
                    "properties": {"startLine": {"type": "integer", "minimum": 1}}}}}}}},
            "suppressions": {"type": "array", "items": {
              "type": "object", "required": ["kind"], "additionalProperties": false,
              "properties": {"kind": {"enum": ["inSource", "external"]},
                             "justification": {"type": "string"}}}}}}}}}}},
  "definitions": {
    "level": {"enum": ["none", "note", "warning", "error"]},
    "message": {"type": "object", "required": ["text"], "additionalProperties": false,
                "properties": {"text": {"type": "string", "minLength": 1}}}}})";

bool fits(const Json& document) {
  const Json text = Json::parse(sarif);
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

Json audited() {
  const Folder folder;
  const std::string file = folder / "fail over.md";
  std::ofstream(file) << "# Database recovery\n\n```bash\n"
                         "kubectl exec redis-0 -- redis-cli cluster init\n"
                         "kubectl exec redis-0 -- redis-cli cluster check "
                         "# drdrill: allow redis-command-unknown it is an alias of ours\n```\n";
  return Json::parse(drdrill({"audit", file, "--report", "sarif=-", "--quiet"}).out);
}

}  // namespace

TEST_CASE("findings as SARIF are what the standard and code scanning take") {
  const Json document = audited();
  INFO(document.dump(1));
  REQUIRE(fits(document));
  const Json& run = document["runs"][0];
  const Json& rules = run["tool"]["driver"]["rules"];
  std::set<std::string> ids;
  for (const Json& rule : rules) CHECK(ids.insert(rule["id"]).second);
  std::size_t suppressed = 0;
  REQUIRE(run["results"].size() >= 2);
  for (const Json& result : run["results"]) {
    const auto index = result["ruleIndex"].get<std::size_t>();
    REQUIRE(index < rules.size());
    CHECK(rules[index]["id"] == result["ruleId"]);
    suppressed += result.contains("suppressions") ? 1 : 0;
    const Json& where = result["locations"][0]["physicalLocation"]["artifactLocation"];
    const std::string uri = where["uri"];
    CHECK(uri.find("fail%20over.md") != std::string::npos);
    // Relative to the base that the run names, or whole.
    if (where.contains("uriBaseId"))
      CHECK(run["originalUriBaseIds"].contains(where["uriBaseId"].get<std::string>()));
    else
      CHECK(uri.rfind("file:///", 0) == 0);
  }
  CHECK(suppressed == 1);
}

TEST_CASE("what is asked of SARIF refuses a report with something missing or misspelt") {
  const Json good = audited();
  Json less = good;
  less["runs"][0]["results"][0].erase("message");
  CHECK_FALSE(fits(less));
  Json other = good;
  other["version"] = "2.1";
  CHECK_FALSE(fits(other));
  Json line = good;
  line["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0;
  CHECK_FALSE(fits(line));
}

}  // namespace drdrill::test
