#include "sim/cli/audit_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "models/simulated_world.hpp"
#include "reports/json_writer.hpp"
#include "scenarios/document.hpp"
#include "scenarios/procedures/import.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::cli {
namespace {

constexpr std::size_t most_files = 5000;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_yaml(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

audit::Rehearsal rehearse(const PlatformSpec& platform, const Scenario& scenario) {
  SimulatedWorld world(platform, scenario.start);
  world.reset(1, 0);
  audit::Rehearsal done;
  if (const Problems refused = preflight(scenario, world); !refused.empty()) {
    done.refused = refused.all().front().message;
    return done;
  }
  run_drill(scenario, world, {}, done.journal);
  done.judgement = judge(done.journal);
  return done;
}

ProcedureDocument document_of(const Runbook& runbook, const std::string& file) {
  ProcedureDocument document;
  document.file = file;
  Procedure procedure;
  procedure.runbook = runbook;
  document.procedures.push_back(std::move(procedure));
  return document;
}

std::string key_of(std::string_view rule, std::string_view file, std::string_view evidence) {
  return std::string(rule) + "\n" + std::string(file) + "\n" + std::string(evidence);
}

}  // namespace

AuditFiles::AuditFiles() = default;
AuditFiles::~AuditFiles() = default;

void AuditFiles::use_platform(const std::string& name, const Context& context) {
  platform_ = std::make_unique<PlatformSpec>(
      load_platform(find_platform(name, context), {}, parameters_of_models()));
  input_.platform = platform_.get();
}

std::size_t AuditFiles::procedures() const {
  std::size_t count = 0;
  for (const ProcedureDocument& document : input_.documents) count += document.procedures.size();
  return count;
}

std::string AuditFiles::platform_name() const {
  return input_.platform ? input_.platform->name : "";
}

void AuditFiles::add(const std::string& name, const Context& context, Problems& problems) {
  namespace fs = std::filesystem;
  if (!fs::exists(name)) {
    // The name of a shipped platform goes before that of a scenario.
    for (const std::string& folder : scenario_folders(context))
      if (const std::string path = folder + "/platforms/" + name + ".json"; fs::exists(path))
        return add_file(path, true, problems);
    return add_file(find_scenario(name, context), true, problems);
  }
  if (!fs::is_directory(name)) return add_file(name, true, problems);
  std::vector<std::string> paths;
  for (auto it =
           fs::recursive_directory_iterator(name, fs::directory_options::skip_permission_denied);
       it != fs::recursive_directory_iterator(); ++it) {
    const std::string leaf = it->path().filename().string();
    if (it->is_directory() &&
        (leaf.starts_with(".") || leaf == "node_modules" || leaf == "vendor" || leaf == "build")) {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_regular_file()) paths.push_back(it->path().string());
    if (paths.size() > most_files) break;
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) add_file(path, false, problems);
}

void AuditFiles::add_file(const std::string& path, bool asked_for, Problems& problems) {
  if (procedures::is_procedure_file(path)) {
    Problems own;
    ProcedureDocument document = procedures::import_file(path, own);
    // In a folder there is much that is none of ours.
    if (asked_for)
      for (const Problem& problem : own.all()) problems.add(problem);
    if (document.procedures.empty() && document.manifests.empty() && document.objectives.empty() &&
        !asked_for)
      return;
    for (const ManifestText& manifest : document.manifests)
      add_manifests(manifest.text, manifest.place.file, manifest.place.line);
    input_.documents.push_back(std::move(document));
    files_.push_back(path);
    return;
  }
  if (is_yaml(path)) {
    add_manifests(text_of(path), path, 1);
    files_.push_back(path);
    return;
  }
  if (path.ends_with(".json")) return add_json(path, asked_for, problems);
  if (asked_for)
    problems.add({path,
                  {},
                  "",
                  "expected a document (.md), a script (.sh), manifests (.yaml) or one of "
                  "drdrill's files (.json)"});
}

void AuditFiles::add_json(const std::string& path, bool asked_for, Problems& problems) {
  const auto known = parameters_of_models();
  const Checked checked = check_file(path, known);
  if (!checked.kind && !asked_for) return;
  for (const Problem& problem : checked.problems.all()) problems.add(problem);
  if (!checked.problems.empty() || !checked.kind) return;
  files_.push_back(path);
  switch (*checked.kind) {
    case FileKind::runbook:
      input_.documents.push_back(document_of(load_runbook(path), path));
      return;
    case FileKind::platform:
      if (platform_ || scenario_) return;
      platform_ = std::make_unique<PlatformSpec>(load_platform(path, {}, known));
      input_.platform = platform_.get();
      input_.platform_itself = true;
      return;
    case FileKind::scenario: {
      if (scenario_) return;
      scenario_ = std::make_unique<LoadedScenario>(load_scenario(path, {}, known));
      input_.documents.push_back(document_of(scenario_->scenario.runbook, path));
      input_.scenario = &scenario_->scenario;
      for (const Objective& objective : scenario_->scenario.objectives)
        input_.objectives.push_back(objective);
      if (!platform_) input_.platform = &scenario_->platform;
      return;
    }
    case FileKind::parameters:
    case FileKind::validation:
      return;
  }
}

/// Kinds that are not known, and templates that are no YAML yet, say nothing here.
void AuditFiles::add_manifests(const std::string& text, const std::string& file, int line) {
  audit::Manifests made;
  made.file = file;
  made.first_line = line;
  Problems ignored;
  made.documents = kube::parse_yaml_documents(text, file, ignored);
  for (const Value& document : made.documents) {
    if (!document.find("kind") || !document.find("apiVersion")) continue;
    Problems own;
    kube::read_manifest(document, file, own, made.objects);
  }
  input_.manifests.push_back(std::move(made));
}

std::vector<audit::Finding> AuditFiles::audit() const {
  audit::Input input = input_;
  if (input.platform) {
    const PlatformSpec& platform = *input.platform;
    input.rehearse = [&platform](const Scenario& scenario) { return rehearse(platform, scenario); };
  }
  std::vector<audit::Finding> findings = audit::audit(input);
  std::set<std::string> named;
  for (const audit::Finding& finding : findings) named.insert(finding.place.file);
  for (const std::string& file : files_) named.insert(file);
  for (const std::string& file : named)
    if (!file.empty()) audit::apply_allowances(text_of(file), file, findings);
  return findings;
}

void apply_baseline(const std::string& path, std::vector<audit::Finding>& findings) {
  Problems problems;
  const auto document = load_document(path, problems);
  const Value* accepted = document ? document->find("accepted") : nullptr;
  if (document && (!accepted || accepted->kind != Value::Kind::array))
    problems.add({path, {}, "", "this is no baseline: --write-baseline makes one"});
  if (!problems.empty()) throw InputError(std::move(problems));
  const auto word = [](const Value& row, std::string_view key) {
    const Value* value = row.find(key);
    return value ? value->text : std::string();
  };
  std::set<std::string> known;
  for (const Value& row : accepted->items)
    known.insert(key_of(word(row, "rule"), word(row, "file"), word(row, "evidence")));
  for (audit::Finding& finding : findings)
    if (finding.accepted.empty() &&
        known.count(key_of(finding.rule, finding.place.file, finding.evidence)) != 0)
      finding.accepted = "baseline";
}

void write_baseline(const std::string& path, const std::vector<audit::Finding>& findings) {
  reports::JsonWriter json;
  json.begin_object()
      .key("format")
      .string("drdrill-audit-baseline-1")
      .key("accepted")
      .begin_array();
  for (const audit::Finding& finding : findings) {
    json.begin_object(reports::JsonWriter::Layout::one_line);
    json.key("rule")
        .string(finding.rule)
        .key("file")
        .string(finding.place.file)
        .key("evidence")
        .string(finding.evidence);
    json.end_object();
  }
  json.end_array().end_object();
  std::ofstream out(path, std::ios::binary);
  out << json.take();
  out.flush();
  if (!out) throw UsageError("cannot write " + path);
}

}  // namespace drdrill::cli
