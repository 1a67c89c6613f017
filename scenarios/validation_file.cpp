#include "scenarios/validation_file.hpp"

#include <algorithm>
#include <filesystem>

#include "scenarios/files.hpp"
#include "scenarios/known_figures.hpp"
#include "scenarios/moment_file.hpp"
#include "scenarios/scenario_file.hpp"

namespace drdrill {
namespace {

constexpr std::int64_t most_replications = 1'000'000;
constexpr std::int64_t usual_replications = 1000;

/// The settings of a comparison; `places` are where they stand.
std::vector<Setting> read_settings(Reader& reader, Comparison& comparison) {
  std::vector<Setting> settings;
  comparison.settings = reader.strings("set");
  for (std::size_t i = 0; i < comparison.settings.size(); ++i) {
    if (auto setting = parse_setting(comparison.settings[i])) {
      settings.push_back(std::move(*setting));
      continue;
    }
    const Value& list = *reader.value().find("set");
    reader.problems().add({reader.file(), list.items[i].at,
                           reader.pointer() + "/set/" + std::to_string(i),
                           "\"" + comparison.settings[i].substr(0, 60) +
                               "\" is no setting; write \"POINTER=VALUE\", such as "
                               "\"/platform/parameters/redis.cluster_node_timeout=5s\""});
  }
  return settings;
}

/// A mistake in a setting is reported where the setting stands.
Problem at_its_place(const Problem& problem, const std::vector<Setting>& settings,
                     const Reader& reader) {
  const Value* list = reader.value().find("set");
  for (std::size_t i = 0; list && i < settings.size() && i < list->items.size(); ++i)
    if (problem.file == spelled(settings[i]))
      return {reader.file(), list->items[i].at, reader.pointer() + "/set/" + std::to_string(i),
              problem.message};
  return problem;
}

/// The scenario and its platform. False when they cannot be used.
bool read_prediction(Reader& reader, std::span<const KnownParameter> known, Comparison& comparison,
                     Problems& elsewhere) {
  const std::string name = read_name(reader, "scenario");
  const std::vector<Setting> settings = read_settings(reader, comparison);
  comparison.replications = static_cast<std::uint32_t>(
      reader.integer("replications", 1, most_replications, usual_replications));
  if (name.empty()) return false;
  const std::string path = beside(reader.file(), name);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    reader.problem("scenario", "there is no file \"" + path + "\"");
    return false;
  }
  Problems found;
  LoadedScenario loaded = read_scenario(path, settings, known, found);
  for (const Problem& problem : found.all()) elsewhere.add(at_its_place(problem, settings, reader));
  if (!found.empty()) return false;
  comparison.scenario = std::move(loaded.scenario);
  comparison.platform = std::move(loaded.platform);
  return true;
}

void read_not_comparable(Reader& reader, Comparison& comparison) {
  comparison.not_comparable = read_name(reader, "reason");
  if (reader.has("measured")) comparison.known = read_measured(reader, true);
  for (std::string_view key : {"scenario", "set", "measure", "exact", "documented", "replications"})
    if (reader.has(key)) reader.problem(key, "what is not comparable is not run; leave this out");
  for (std::string_view key :
       {"measured", "scenario", "set", "measure", "exact", "documented", "replications"})
    reader.skip(key);
}

void read_comparable(Reader& reader, std::span<const KnownParameter> known, Comparison& comparison,
                     Problems& elsewhere) {
  const bool sound = read_prediction(reader, known, comparison, elsewhere);
  if (auto measure = reader.object("measure", true))
    comparison.quantity = read_quantity_measured(*measure, sound ? &comparison.scenario : nullptr);
  comparison.is_time = comparison.quantity.is_time();
  int stated = 0;
  for (std::string_view key : {"measured", "exact", "documented"})
    stated += reader.has(key) ? 1 : 0;
  if (stated != 1)
    reader.problem(
        "expected one of \"measured\", \"exact\" and \"documented\": what the model is held "
        "against");
  if (reader.has("measured")) comparison.known = read_measured(reader, comparison.is_time);
  if (reader.has("exact")) comparison.known = read_exact(reader, comparison.is_time);
  if (reader.has("documented")) comparison.known = read_documented(reader, comparison.is_time);
  for (std::string_view key : {"measured", "exact", "documented"}) reader.skip(key);
}

}  // namespace

std::vector<Comparison> read_validation(const std::string& path,
                                        std::span<const KnownParameter> known, Problems& problems) {
  std::vector<Comparison> comparisons;
  const auto document = open_document(path, {}, problems);
  if (!document) return comparisons;
  Problems elsewhere;
  Reader root(document->root, path, problems);
  root.string("title", std::string());
  std::vector<std::string> ids;
  root.each("comparisons", [&](Reader& reader) {
    Comparison comparison;
    comparison.id = read_name(reader, "id");
    claim_name(reader, "id", comparison.id, ids);
    comparison.title = read_name(reader, "title");
    comparison.configuration = reader.string("configuration", std::string());
    comparison.source = read_name(reader, "source");
    comparison.remark = reader.string("remark", std::string());
    comparison.place = place_of(reader);
    const bool comparable = reader.boolean("comparable", true);
    if (comparable)
      read_comparable(reader, known, comparison, elsewhere);
    else
      read_not_comparable(reader, comparison);
    reader.finish();
    comparisons.push_back(std::move(comparison));
  });
  const Value* list = document->root.find("comparisons");
  if (!list || (list->kind == Value::Kind::array && list->items.empty()))
    root.problem("comparisons", "expected at least one comparison");
  root.finish();
  for (const Problem& problem : elsewhere.all())
    if (std::find(problems.all().begin(), problems.all().end(), problem) == problems.all().end())
      problems.add(problem);
  return comparisons;
}

}  // namespace drdrill
