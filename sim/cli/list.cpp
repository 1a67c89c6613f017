#include <array>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "models/component_table.hpp"
#include "reports/writers.hpp"
#include "scenarios/document.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/listing.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/checklist.hpp"
#include "sim/drill/component.hpp"
#include "sim/drill/effect.hpp"
#include "sim/drill/probe.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 3> options{{
    {"json", "", "as a JSON array"},
    {"platform", "FILE",
     "the platform whose parameters are listed (default: the first shipped one)"},
    {"unexercised", "",
     "only the parameters that no run of the scenarios named (default: all shipped) depends on"},
}};

std::string text_of(const Value& document, std::string_view key) {
  const Value* value = document.find(key);
  return value != nullptr && value->kind == Value::Kind::string ? value->text : std::string();
}

Listing scenarios(const Options&, const Context& context) {
  Listing listing{{"file", "variant", "title"}, {}};
  for (const std::string& folder : scenario_folders(context))
    for (const std::string& file : json_files(folder)) {
      Problems problems;
      const auto document = load_document(file, problems);
      listing.rows.push_back(
          document ? std::vector<std::string>{file, text_of(*document, "variant"),
                                              text_of(*document, "title")}
                   : std::vector<std::string>{file, "", "cannot be read: see drdrill check"});
    }
  return listing;
}

Listing faults(const Options&, const Context&) {
  Listing listing{{"fault", "on", "meaning"}, {}};
  for (const FaultRow& row : fault_catalog()) {
    std::string levels;
    for (Level level : row.levels)
      levels += (levels.empty() ? "" : ", ") + std::string(level_name(level));
    listing.rows.push_back({std::string(row.id), levels, std::string(row.meaning)});
  }
  return listing;
}

/// What a step of a runbook can do, with its member of a runbook file (a test holds them against
/// the schema). Programs are those that mean something to the models.
Listing actions(const Options&, const Context&) {
  Listing listing{{"action", "in a step", "meaning"}, {}};
  const auto add = [&](std::string action, std::string member, std::string meaning) {
    listing.rows.push_back({std::move(action), std::move(member), std::move(meaning)});
  };
  add("script", R"("run": SHELL)", "variables, pipes, conditions, loops, grep, sed, awk, and:");
  for (const ProgramRow& row : known_programs())
    add(std::string(row.program), "\"run\": \"" + std::string(row.program) + " …\"",
        std::string(row.meaning));
  add("any other", R"("run": "… …")", "has an unknown effect, and the report says so");
  add("by hand", R"("title" and no "run")", "a person does what the title says: unknown effect");
  add("by hand", R"("run": TEXT, "by_hand": true)",
      "a person reads it, fills in what is open, and does it");
  add("check", R"("verify": SHELL)", "a script that must exit 0 afterwards, or the step failed");
  add("summon", R"("actor": ROLE)", "somebody of that role has to come first (or: automation)");
  add("wait for", R"("wait_for": PROBE)", "begins only when the probe holds");
  add("follow", R"("needs": [STEP…])", "begins after those steps; absent: after the one before");
  add("limit", R"("time_limit": "5m")", "given up after so long, with all its attempts");
  add("retry", R"("retries": N)", "begun again after a failure, so many times");
  add("on failure", R"("on_failure": WHAT)",
      "proceed (default); stop later steps; abort the drill");
  add("roll back", R"("rollback": [STEP…])", "steps that run only when this one has failed");
  add("phase", R"("phase": WHEN)", "inject the fault; recover (default); watch; end: put back");
  add("imported", R"("from": "FILE:LINE")", "the line that it was made of, which messages name");
  return listing;
}

Listing components_and_models(const Options&, const Context&) {
  Listing listing{{"component", "steady state", "its RPO counts", "workloads", "modelled"}, {}};
  for (std::size_t i = 0; i < component_count; ++i) {
    const auto component = static_cast<ComponentId>(i);
    const ComponentRow& row = row_of(component);
    std::vector<std::string> cells{
        std::string(row.id), std::string(row.steady_state),
        std::string(row.record.empty() ? "nothing: no state to lose" : row.record)};
    for (const ModelRow& model : component_models()) {
      if (component_of(model.kind) != component) continue;
      cells.resize(3);
      cells.emplace_back(model_kind_name(model.kind));
      cells.emplace_back(model.mechanism);
      listing.rows.push_back(cells);
    }
    if (cells.size() > 3) continue;
    cells.resize(5);
    listing.rows.push_back(std::move(cells));
  }
  return listing;
}

Listing probes(const Options&, const Context&) {
  Listing listing{{"probe", "component", "asks"}, {}};
  for (const ProbeRow& row : probe_table)
    listing.rows.push_back(
        {std::string(row.id), std::string(name_of(row.component)), std::string(row.question)});
  for (const ChecklistRow& row : checklist_table)
    listing.rows.push_back(
        {std::string(row.id), std::string(name_of(row.component)), std::string(row.question)});
  return listing;
}

Listing formats(const Options&, const Context&) {
  Listing listing{{"format", "what it is"}, {}};
  for (const WriterRow& row : report_writers())
    listing.rows.push_back({std::string(row.id), std::string(row.meaning)});
  return listing;
}

std::string platform_of(const Options& given, const Context& context) {
  if (given.has("platform")) return given.value("platform", "");
  for (const std::string& folder : scenario_folders(context))
    for (const std::string& file : json_files(folder + "/platforms")) return file;
  throw UsageError("no shipped platform was found; name one with --platform FILE");
}

/// Runs the scenarios, and lists the parameters that none of the runs depended on, with the reason
/// for which each is kept.
Listing unexercised(const Options& given, const Context& context) {
  std::vector<std::string> files;
  for (std::size_t i = 1; i < given.positional().size(); ++i)
    files.push_back(find_scenario(given.positional()[i], context));
  if (files.empty())
    for (const std::string& folder : scenario_folders(context))
      for (const std::string& file : json_files(folder)) files.push_back(file);
  std::map<std::string, Parameter> left;
  std::set<std::string> exercised;
  for (const std::string& file : files) {
    const LoadedScenario loaded = load_scenario(file, {}, parameters_of_models());
    const auto depends = exercised_by(loaded);
    for (const Parameter& parameter : loaded.platform.parameters.all())
      left[parameter.id] = parameter;
    exercised.insert(depends.begin(), depends.end());
  }
  Listing listing{{"parameter", "provenance", "source", "kept because"}, {}};
  for (const auto& [id, parameter] : left)
    if (!exercised.contains(id))
      listing.rows.push_back({id, std::string(provenance_name(parameter.provenance)),
                              parameter.source, parameter.kept});
  return listing;
}

Listing parameters(const Options& given, const Context& context) {
  if (given.has("unexercised")) return unexercised(given, context);
  Listing listing{{"parameter", "value", "unit", "provenance", "place", "source"}, {}};
  const PlatformSpec platform =
      load_platform(platform_of(given, context), {}, parameters_of_models());
  for (const Parameter& parameter : platform.parameters.all())
    listing.rows.push_back(
        {parameter.id, describe(parameter.value, unit_symbol(parameter.unit)),
         std::string(unit_name(parameter.unit)), std::string(provenance_name(parameter.provenance)),
         parameter.place.file + ":" + std::to_string(parameter.place.line), parameter.source});
  return listing;
}

struct ListRow {
  std::string_view name;
  Listing (*make)(const Options& given, const Context& context);
};

constexpr std::array<ListRow, 7> lists{{{"scenarios", scenarios},
                                        {"faults", faults},
                                        {"actions", actions},
                                        {"components", components_and_models},
                                        {"probes", probes},
                                        {"formats", formats},
                                        {"parameters", parameters}}};

const ListRow& find_list(const Options& given) {
  std::array<std::string_view, lists.size()> names{};
  for (std::size_t i = 0; i < lists.size(); ++i) names[i] = lists[i].name;
  const bool one = given.positional().size() == 1;
  const bool more = given.has("unexercised") && !given.positional().empty();
  if (!one && !more) throw UsageError("list needs one thing to list" + suggestion("", names));
  const std::string& name = given.positional().front();
  if (given.has("unexercised") && name != "parameters")
    throw UsageError("--unexercised is about parameters: drdrill list parameters --unexercised");
  for (const ListRow& row : lists)
    if (row.name == name) return row;
  throw UsageError("there is no list of \"" + name + "\"" + suggestion(name, names));
}

int list(const Options& given, Context& context) {
  const Listing listing = find_list(given).make(given, context);
  if (given.has("json"))
    write_json(listing, context.out);
  else if (context.terminal)
    write_fitted(listing, context.out, context.colour, context.width);
  else
    write_columns(listing, context.out);
  return exit_pass;
}

}  // namespace

constexpr Subcommand list_subcommand{
    "list",
    "scenarios|faults|actions|components|probes|formats|parameters",
    "show what there is to choose from",
    "Prints the tables that drdrill itself works with: what a scenario may name, what a report "
    "may\n"
    "be, and each parameter of a platform with its value, where the value comes from and the line\n"
    "that sets it.\n\n"
    "  drdrill list faults\n"
    "  drdrill list parameters --json | jq '.[] | select(.provenance == \"estimate\")'\n"
    "  drdrill list parameters --unexercised\n\n"
    "The last one runs the shipped scenarios (or those named after it) and shows which parameters\n"
    "no run of them depended on, and why each is kept.\n",
    options,
    list};

}  // namespace drdrill::cli
