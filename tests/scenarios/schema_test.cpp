#include "scenarios/schema.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scenarios/files.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/verdict.hpp"

namespace drdrill {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

Json schema(std::string_view kind) {
  const auto text = schema_text(kind);
  REQUIRE(text);
  return Json::parse(*text);
}

bool fits(const Json& document, std::string_view kind) {
  const Json text = schema(kind);
  valijson::Schema parsed;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), parsed);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter target(document);
  const bool good = validator.validate(parsed, target, &results);
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string where;
    for (const auto& part : error.context) where += part;
    UNSCOPED_INFO(where << ": " << error.description);
  }
  return good;
}

Json read(const fs::path& path) {
  std::ifstream in(path);
  return Json::parse(in);
}

/// Files of ours with the schema that each of them must fit.
std::vector<std::pair<fs::path, std::string>> shipped_files() {
  std::vector<std::pair<fs::path, std::string>> files;
  for (const auto& [folder, kind] :
       {std::pair{"scenarios", "scenario"}, std::pair{"scenarios/runbooks", "runbook"},
        std::pair{"scenarios/platforms", "platform"},
        std::pair{"scenarios/parameters", "parameters"},
        std::pair{"scenarios/platforms/parameters", "parameters"},
        std::pair{"scenarios/validation", "validation"},
        std::pair{"scenarios/validation/scenarios", "scenario"},
        std::pair{"scenarios/validation/platforms", "platform"}})
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".json") files.emplace_back(entry.path(), kind);
  for (const char* kind : {"scenario", "runbook", "platform", "parameters", "validation"})
    files.emplace_back(fs::path("tests/scenarios/good") / (std::string(kind) + ".json"), kind);
  return files;
}

std::set<std::string> names(const Json& list) {
  std::set<std::string> out;
  for (const Json& item : list)
    if (item.is_string()) out.insert(item.get<std::string>());
  return out;
}

template <class Range>
std::set<std::string> names_of(const Range& range) {
  std::set<std::string> out;
  for (const auto& item : range) out.insert(std::string(item));
  return out;
}

TEST_CASE("Every shipped file fits its schema and names it") {
  for (const auto& [path, kind] : shipped_files()) {
    INFO(path.string());
    const Json document = read(path);
    CHECK(fits(document, kind));
    if (path.string().starts_with("tests")) continue;
    REQUIRE(document.contains("$schema"));
    const fs::path named = path.parent_path() / document["$schema"].get<std::string>();
    CHECK(fs::equivalent(named, fs::path("scenarios/schema") / (kind + ".json")));
  }
}

TEST_CASE("A schema refuses a key too many, a missing one and a wrong type") {
  for (const char* kind : {"scenario", "runbook", "platform", "parameters"}) {
    INFO(kind);
    const Json good = read(fs::path("tests/scenarios/good") / (std::string(kind) + ".json"));
    Json more = good;
    more["unknown"] = 1;
    CHECK_FALSE(fits(more, kind));
    Json less = good;
    less.erase(std::string(kind) == "parameters" ? "parameters" : "name");
    CHECK_FALSE(fits(less, kind));
  }
  Json scenario = read("tests/scenarios/good/scenario.json");
  scenario["horizon"] = "2 hours";
  CHECK_FALSE(fits(scenario, "scenario"));
  Json platform = read("tests/scenarios/good/platform.json");
  platform["clusters"][0]["objects"][0]["model"]["kind"] = "livekit";
  CHECK_FALSE(fits(platform, "platform"));
  const Json validation = read("tests/scenarios/good/validation.json");
  const auto broken = [&](std::size_t comparison, auto change) {
    Json changed = validation;
    change(changed["comparisons"][comparison]);
    return !fits(changed, "validation");
  };
  CHECK(broken(0, [](Json& c) { c["measured"]["values"][0] = "36 seconds"; }));
  CHECK(broken(0, [](Json& c) { c["measure"]["from"]["step"] = "promote"; }));
  CHECK(broken(0, [](Json& c) { c.erase("scenario"); }));
  CHECK(broken(1, [](Json& c) { c["exact"]["mean"] = "5s"; }));
  CHECK(broken(3, [](Json& c) { c["measure"]["to"]["fault"] = "zone"; }) == false);
  CHECK(broken(6, [](Json& c) { c.erase("reason"); }));
}

TEST_CASE("What schemas list is what the program's tables list") {
  std::set<std::string> all_components;
  for (const ComponentRow& row : components) all_components.insert(std::string(row.id));
  std::set<std::string> probes;
  for (const ProbeRow& row : probe_table) probes.insert(std::string(row.id));
  std::set<std::string> faults;
  for (const FaultRow& row : fault_catalog()) faults.insert(std::string(row.id));

  const Json scenario = schema("scenario")["properties"];
  CHECK(names(scenario["objectives"]["items"]["properties"]["component"]["enum"]) ==
        all_components);
  CHECK(names(scenario["abort"]["items"]["properties"]["probe"]["enum"]) == probes);
  std::set<std::string> checklist = names_of(checklist_names());
  for (const ChecklistRow& row : checklist_table) checklist.insert(std::string(row.id));
  CHECK(names(scenario["checklist"]["items"]["enum"]) == checklist);
  const Json fault = scenario["faults"]["items"]["properties"];
  CHECK(names(fault["fault"]["enum"]) == faults);
  const std::string target = fault["target"]["pattern"];
  std::string levels;
  for (std::string_view level : enum_names<Level>(level_count, level_name))
    levels += (levels.empty() ? "" : "|") + std::string(level);
  CHECK(target == "^(" + levels + ")/.+$");

  const Json step = schema("runbook")["definitions"]["step"]["properties"];
  CHECK(names(step["phase"]["enum"]) == names_of(enum_names<Phase>(4, phase_name)));
  CHECK(names(step["on_failure"]["enum"]) == names_of(enum_names<OnFailure>(3, on_failure_name)));
  CHECK(names(step["wait_for"]["enum"]) == probes);
  CHECK(schema("scenario")["definitions"]["step"] == schema("runbook")["definitions"]["step"]);

  const Json parameter = schema("parameters")["definitions"]["parameter"]["properties"];
  CHECK(names(parameter["unit"]["enum"]) == names_of(enum_names<ParameterUnit>(7, unit_name)));
  CHECK(names(parameter["provenance"]["enum"]) ==
        names_of(enum_names<Provenance>(4, provenance_name)));

  const Json platform = schema("platform");
  constexpr auto kinds = static_cast<std::size_t>(WorkloadModel::Kind::plain) + 1;
  CHECK(names(platform["definitions"]["model"]["properties"]["kind"]["enum"]) ==
        names_of(enum_names<WorkloadModel::Kind>(kinds, model_kind_name)));
  CHECK(names(platform["properties"]["dependencies"]["propertyNames"]["enum"]) == all_components);

  const Json validation = schema("validation")["definitions"];
  std::set<std::string> notes;
  for (const NoteRow& row : note_table) notes.insert(std::string(row.id));
  CHECK(names(validation["moment"]["properties"]["note"]["enum"]) == notes);
  CHECK(names(validation["moment"]["properties"]["probe"]["enum"]) == probes);
  CHECK(names(validation["component"]["enum"]) == all_components);

  const Json report = schema("report")["properties"];
  CHECK(names(report["verdict"]["enum"]) == names_of(enum_names<Verdict>(5, verdict_name)));
  CHECK(names(report["severity"]["enum"]) == names_of(enum_names<Severity>(4, severity_name)));
  CHECK(names(report["objectives"]["items"]["properties"]["component"]["enum"]) == all_components);
  CHECK(names(report["checklist"]["items"]["properties"]["outcome"]["enum"]) ==
        names_of(enum_names<ChecklistAnswer::Outcome>(3, outcome_name)));
  CHECK_FALSE(schema_text("nothing"));
}

}  // namespace
}  // namespace drdrill
