#include "scenarios/platform_file.hpp"

#include <algorithm>

#include "scenarios/cluster_file.hpp"
#include "scenarios/origin.hpp"
#include "scenarios/parameter_file.hpp"
#include "scenarios/platform_overlay.hpp"
#include "scenarios/platform_sections.hpp"
#include "scenarios/postgres_file.hpp"

namespace drdrill {
namespace {

void read_regions(Reader& root, PlatformSpec& platform) {
  std::vector<std::string> zones;
  root.each("regions", [&](Reader& reader) {
    const std::string region = read_name(reader, "name");
    claim_name(reader, "name", region, platform.regions);
    for (std::string& zone : reader.strings("zones")) {
      claim_name(reader, "zones", zone, zones);
      platform.zones.push_back({std::move(zone), region});
    }
    reader.finish();
  });
  if (platform.regions.empty()) root.problem("regions", "a platform has at least one region");
}

/// Puts the parameters of a file into the table; false when there is no such file.
bool add_parameter_file(const std::string& path, std::span<const KnownParameter> known,
                        ParameterTable& table, Problems& problems) {
  const auto document = open_document(path, {}, problems);
  if (!document) return false;
  Reader file(document->root, path, problems);
  read_parameter_file(file, known, table);
  return true;
}

/// The files that the caller names go over everything but what a setting says.
void lay_over(std::span<const std::string> files, std::span<const KnownParameter> known,
              Problems& problems, ParameterTable& table) {
  for (const std::string& path : files) {
    ParameterTable over;
    if (!add_parameter_file(path, known, over, problems)) continue;
    for (Parameter parameter : over.all()) {
      const ParameterId before = table.find(parameter.id);
      const bool set = before != ParameterId::none && table[before].place.line == 0;
      if (set) continue;
      if (parameter.kept.empty() && before != ParameterId::none)
        parameter.kept = table[before].kept;
      table.put(std::move(parameter));
    }
  }
}

/// The parameter files in turn, then the overrides, then the files that the caller names.
void read_all_parameters(Reader& root, std::span<const KnownParameter> known,
                         std::span<const std::string> over, PlatformSpec& platform) {
  const Value* list = root.value().find("parameters");
  const std::size_t before = root.problems().count();
  std::size_t index = 0;
  for (const std::string& name : root.strings("parameters")) {
    const std::string path = beside(root.file(), name);
    Problems found;
    const bool there = add_parameter_file(path, known, platform.parameters, found);
    if (!there && list && index < list->items.size())
      root.problems().add({root.file(), list->items[index].at,
                           "/parameters/" + std::to_string(index),
                           "\"" + name + "\" cannot be read as a parameter file"});
    for (const Problem& problem : found.all()) root.problems().add(problem);
    ++index;
  }
  read_parameters(root, "overrides", known, platform.parameters);
  lay_over(over, known, root.problems(), platform.parameters);
  // A file that could not be read would make everything in it missing.
  if (root.problems().count() == before)
    report_missing(root, "parameters", known, platform.parameters);
}

/// A path that stays below the operator's working directory and is written plainly.
bool is_plain_path(std::string_view path) {
  std::size_t start = 0;
  while (start <= path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    start = end + 1;
  }
  return true;
}

/// Text, or its lines.
std::optional<std::string> text_of(const Value& value) {
  if (value.kind == Value::Kind::string) return value.text;
  if (value.kind != Value::Kind::array) return std::nullopt;
  std::string text;
  for (const Value& line : value.items) {
    if (line.kind != Value::Kind::string) return std::nullopt;
    text += line.text + "\n";
  }
  return text;
}

void read_files(Reader& root, PlatformSpec& platform) {
  root.each_member("files", [&](const std::string& path, Reader& reader) {
    if (path.starts_with("x-")) return;
    if (!is_plain_path(path))
      reader.problem(
          "expected a path from the operator's working directory, such as "
          "\"deployment/k8s/livekit.yaml\"");
    if (const auto text = text_of(reader.value()))
      platform.files[path] = *text;
    else
      reader.problem("expected the file's text, or an array of its lines");
  });
  platform.registry = root.strings("registry");
}

/// Defaults that a release of Kubernetes changed: reports show what the first cluster has.
void choose_release(PlatformSpec& platform) {
  if (platform.clusters.empty()) return;
  const int minor = platform.clusters.front().initial.version.minor;
  for (Parameter parameter : std::vector<Parameter>(platform.parameters.all())) {
    if (parameter.since.empty()) continue;
    parameter.value = parameter.value_in(minor);
    platform.parameters.put(std::move(parameter));
  }
}

/// Does the chain of bases end? A circle does not.
bool chain_ends(std::string path, std::string base) {
  constexpr int most_bases = 4;
  for (int i = 0; i < most_bases; ++i) {
    path = beside(path, base);
    Problems ignored;
    const auto document = open_document(path, {}, ignored);
    const Value* next = document ? document->root.find("based_on") : nullptr;
    if (!next || next->kind != Value::Kind::string) return true;
    base = next->text;
  }
  return false;
}

/// A platform that names another one in `based_on` is laid upon it. The other one has to be sound
/// by itself, so that what is reported of the whole is this file's doing.
bool lay_on_base(Value& root, const std::string& path, std::span<const KnownParameter> known,
                 Problems& problems) {
  const Value* base = root.find("based_on");
  if (!base) return true;
  const std::size_t before = problems.count();
  if (base->kind != Value::Kind::string || base->text.empty()) {
    problems.add({path, base->at, "/based_on", "expected the path of a platform file"});
    return false;
  }
  if (!chain_ends(path, base->text)) {
    problems.add({path, base->at, "/based_on",
                  "platforms are based on each other in a circle, or through more than 4 files"});
    return false;
  }
  const std::string other = beside(path, base->text);
  auto document = open_document(other, {}, problems);
  if (!document) return false;
  read_platform(other, {}, known, problems);
  if (problems.count() != before || !lay_on_base(document->root, other, known, problems))
    return false;
  std::erase_if(root.members, [](const auto& member) { return member.key == "based_on"; });
  root = overlay(document->root, root);
  return true;
}

/// People who set when a backup is made mean that it is made then, so the CronJob of its name
/// follows. In files the two may differ, as they do in life.
void set_firings(const Setting& setting, const Value& root, std::vector<Setting>& out) {
  constexpr std::string_view before = "/backups/", behind = "/schedule";
  if (!setting.pointer.starts_with(before) || !setting.pointer.ends_with(behind)) return;
  const std::string_view backup(setting.pointer.data(), setting.pointer.size() - behind.size());
  const Value* name = find_value(root, std::string(backup) + "/name");
  const Value* clusters = root.find("clusters");
  if (!name || !clusters) return;
  for (std::size_t c = 0; c < clusters->items.size(); ++c) {
    const std::string job = "/clusters/" + std::to_string(c) + "/objects/" +
                            pointer_token("CronJob:" + name->text) + "/spec/schedule";
    if (find_value(root, job)) out.push_back({job, setting.value, setting.pointer, setting.option});
  }
}

}  // namespace

std::optional<Document> open_platform(const std::string& path, std::span<const Setting> settings,
                                      std::span<const KnownParameter> known, Problems& problems) {
  auto document = open_document(path, {}, problems);
  if (!document || !lay_on_base(document->root, path, known, problems)) return std::nullopt;
  std::vector<Setting> plain;
  std::vector<Setting> overrides;
  for (const Setting& setting : settings) {
    if (auto made = as_override(setting, document->root))
      overrides.push_back(std::move(*made));
    else
      plain.push_back(setting);
    set_firings(setting, document->root, plain);
  }
  document->applied = apply_settings(document->root, plain, problems);
  document->applied.insert(document->applied.end(), overrides.begin(), overrides.end());
  return document;
}

std::optional<PlatformSpec> read_platform(const std::string& path,
                                          std::span<const Setting> settings,
                                          std::span<const KnownParameter> known, Problems& problems,
                                          std::span<const std::string> parameter_files) {
  const auto document = open_platform(path, settings, known, problems);
  if (!document) return std::nullopt;
  Problems found;
  Reader root(document->root, path, found);
  PlatformSpec platform;
  platform.file = path;
  platform.name = read_name(root, "name");
  platform.title = root.string("title", std::string());
  read_all_parameters(root, known, parameter_files, platform);
  read_regions(root, platform);
  std::vector<std::string> pools;
  name_shards(root, platform);
  read_clusters(root, platform, pools);
  choose_release(platform);
  read_files(root, platform);
  read_sections(root, platform);
  read_costs(root, platform, pools);
  add_timers(platform);
  root.finish();
  add_with_settings(found, document->applied, problems);
  return platform;
}

}  // namespace drdrill
