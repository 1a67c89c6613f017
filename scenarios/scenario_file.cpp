#include "scenarios/scenario_file.hpp"

#include <algorithm>
#include <filesystem>

#include "scenarios/fault_file.hpp"
#include "scenarios/platform_file.hpp"
#include "scenarios/runbook_file.hpp"

namespace drdrill {
namespace {

std::vector<Setting> settings_inside(std::span<const Setting> settings, std::string_view prefix) {
  std::vector<Setting> out;
  for (const Setting& setting : settings)
    if (auto made = inside(setting, prefix)) out.push_back(std::move(*made));
  return out;
}

/// The settings of the scenario's own document: those that do not go on into another file.
std::vector<Setting> own_settings(std::span<const Setting> settings, const Value& root) {
  const Value* runbook = root.find("runbook");
  const bool runbook_is_file = runbook && runbook->kind == Value::Kind::string;
  std::vector<Setting> out;
  for (const Setting& setting : settings) {
    if (inside(setting, "/platform")) continue;
    if (runbook_is_file && inside(setting, "/runbook")) continue;
    out.push_back(setting);
  }
  return out;
}

/// Reads one scenario; `platform` is null where it could not be read soundly.
class ScenarioReader {
 public:
  ScenarioReader(Reader& root, std::span<const Setting> settings)
      : root_(root), settings_(settings) {}

  void read(Scenario& scenario, const PlatformSpec* platform, Problems& elsewhere) {
    scenario.file = root_.file();
    scenario.name = read_name(root_, "name");
    scenario.title = root_.string("title", std::string());
    scenario.variant = root_.string("variant", std::string());
    if (platform) scenario.platform = platform->name;
    read_times(scenario);
    read_faults(root_, platform, scenario);
    read_the_runbook(scenario, platform, elsewhere);
    read_objectives(scenario);
    read_aborts(scenario);
    read_checklist(scenario);
    read_counterpart(scenario);
    root_.finish();
  }

 private:
  void read_times(Scenario& scenario) {
    const std::string start = root_.string("start");
    if (const auto wall = parse_wall_time(start))
      scenario.start = *wall;
    else if (root_.value().find("start"))
      root_.problem("start", "\"" + start.substr(0, 40) +
                                 "\" is no time; write \"2026-11-23T14:00:00+08:00\"");
    constexpr Duration minute = std::chrono::seconds(60);
    scenario.steady_for = root_.duration("steady_for", minute);
    scenario.stable_for = root_.duration("stable_for", minute);
    const std::size_t before = root_.problems().count();
    scenario.horizon = root_.duration("horizon");
    const bool known = root_.problems().count() == before;
    if (known && scenario.horizon <= scenario.steady_for)
      root_.problem("horizon", "the drill ends at " + spell_duration(scenario.horizon) +
                                   ", before anything is done to the platform (steady_for is " +
                                   spell_duration(scenario.steady_for) + ")");
  }

  void read_the_runbook(Scenario& scenario, const PlatformSpec* platform, Problems& elsewhere) {
    auto member = root_.member("runbook");
    if (!member) return;
    if (member->value().kind == Value::Kind::object) {
      scenario.runbook = read_runbook(*member, platform);
      return;
    }
    if (member->value().kind != Value::Kind::string)
      return member->problem("expected a path or an object, found " +
                             std::string(kind_name(member->value().kind)));
    const std::string path = beside(root_.file(), member->value().text);
    const auto document = open_document(path, settings_inside(settings_, "/runbook"), elsewhere);
    if (!document) return member->problem("\"" + path + "\" cannot be read as a runbook");
    Problems found;
    Reader runbook(document->root, path, found);
    scenario.runbook = read_runbook(runbook, platform);
    add_with_settings(found, document->applied, elsewhere);
  }

  void read_objectives(Scenario& scenario) {
    const auto names = component_names();
    std::vector<std::string> seen;
    root_.each("objectives", [&](Reader& reader) {
      Objective objective;
      const std::size_t before = root_.problems().count();
      const std::size_t component = reader.one_of("component", names);
      const bool known = root_.problems().count() == before;
      objective.component = static_cast<ComponentId>(component);
      if (known) claim_name(reader, "component", std::string(names[component]), seen);
      if (reader.has("rto")) objective.rto = reader.duration("rto");
      if (reader.has("rpo")) objective.rpo = reader.duration("rpo");
      reader.skip("rto");
      reader.skip("rpo");
      if (known && objective.rpo && !has_state_to_lose(objective.component))
        reader.problem("rpo", "\"" + std::string(names[component]) +
                                  "\" has no state to lose; leave out its rpo");
      if (!objective.rto && !objective.rpo) reader.problem("expected \"rto\", \"rpo\" or both");
      reader.finish();
      objective.place = place_of(reader);
      scenario.objectives.push_back(objective);
    });
    if (!root_.has("objectives")) return root_.problem("\"objectives\" is missing");
    if (scenario.objectives.empty() && root_.value().find("objectives")->items.empty())
      root_.problem("objectives", "expected at least one objective; nothing would be judged");
  }

  void read_aborts(Scenario& scenario) {
    root_.each("abort", [&](Reader& reader) {
      AbortCondition condition;
      condition.probe = static_cast<ProbeKind>(reader.one_of("probe", probe_names()));
      condition.failing_for = reader.duration("failing_for");
      reader.finish();
      condition.place = place_of(reader);
      scenario.aborts.push_back(condition);
    });
  }

  /// Names of lists and ids of items, in the order of the file; each item once.
  void read_checklist(Scenario& scenario) {
    const auto lists = checklist_names();
    std::vector<std::string_view> known = lists;
    for (const ChecklistRow& row : checklist_table) known.push_back(row.id);
    for (const std::string& name : root_.strings("checklist")) {
      std::vector<ChecklistItem> items = checklist_items(name);
      if (const auto item = checklist_item_of(name)) items.assign(1, *item);
      if (items.empty()) root_.unknown("checklist", "checklist or item of one", name, known);
      for (const ChecklistItem item : items) {
        auto& all = scenario.checklist;
        if (std::find(all.begin(), all.end(), item) == all.end())
          all.push_back(item);
        else
          root_.problem("checklist",
                        "\"" + std::string(row_of(item).id) + "\" is in the checklist twice");
      }
    }
    scenario.checklist_required = root_.boolean("checklist_required", false);
    if (scenario.checklist_required && !root_.has("checklist"))
      root_.problem("checklist_required", "there is no \"checklist\" that could be required");
  }

  void read_counterpart(Scenario& scenario) {
    const std::string name = root_.string("counterpart", std::string());
    if (name.empty()) return;
    scenario.counterpart = beside(root_.file(), name);
    std::error_code error;
    if (!std::filesystem::exists(scenario.counterpart, error))
      root_.problem("counterpart", "there is no file \"" + scenario.counterpart + "\"");
  }

  Reader& root_;
  std::span<const Setting> settings_;
};

}  // namespace

std::optional<Value> read_value(const std::string& path, std::span<const Setting> settings,
                                std::string_view pointer) {
  Problems ignored;
  auto document = open_document(path, {}, ignored);
  if (!document) return std::nullopt;
  document->applied =
      apply_settings(document->root, own_settings(settings, document->root), ignored);
  for (const std::string_view part : {"/platform", "/runbook"}) {
    const Value* file = document->root.find(part.substr(1));
    const bool inside_it = pointer == part || pointer.starts_with(std::string(part) + "/");
    if (!inside_it || !file || file->kind != Value::Kind::string) continue;
    const std::string other = beside(path, file->text);
    const auto inner = settings_inside(settings, part);
    document = part == "/platform" ? open_platform(other, inner, {}, ignored)
                                   : open_document(other, inner, ignored);
    if (!document) return std::nullopt;
    pointer.remove_prefix(part.size());
    break;
  }
  const Value* found = find_value(document->root, pointer);
  return found ? std::optional(*found) : std::nullopt;
}

LoadedScenario read_scenario(const std::string& path, std::span<const Setting> settings,
                             std::span<const KnownParameter> known, Problems& problems,
                             std::span<const std::string> parameter_files) {
  LoadedScenario loaded;
  auto document = open_document(path, {}, problems);
  if (!document) return loaded;
  const auto own = own_settings(settings, document->root);
  document->applied = apply_settings(document->root, own, problems);

  Problems found;
  Problems elsewhere;
  Reader root(document->root, path, found);
  const std::string name = root.string("platform");
  bool sound = false;
  if (!name.empty()) {
    auto platform = read_platform(beside(path, name), settings_inside(settings, "/platform"), known,
                                  elsewhere, parameter_files);
    sound = platform.has_value() && elsewhere.empty();
    if (!platform)
      root.problem("platform", "\"" + beside(path, name) + "\" cannot be read as a platform");
    else
      loaded.platform = std::move(*platform);
  }
  ScenarioReader(root, settings)
      .read(loaded.scenario, sound ? &loaded.platform : nullptr, elsewhere);
  add_with_settings(found, document->applied, problems);
  for (const Problem& problem : elsewhere.all()) problems.add(problem);
  return loaded;
}

}  // namespace drdrill
