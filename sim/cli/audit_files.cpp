#include "sim/cli/audit_files.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "scenarios/document.hpp"
#include "scenarios/procedures/import.hpp"
#include "sim/cli/audit_platform.hpp"
#include "sim/cli/audit_reading.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/map_procedures.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/kube/helm.hpp"
#include "sim/kube/yaml.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

bool is_yaml(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

ProcedureDocument document_of(const Runbook& runbook, const std::string& file) {
  ProcedureDocument document;
  document.file = file;
  Procedure procedure;
  procedure.runbook = runbook;
  document.procedures.push_back(std::move(procedure));
  return document;
}

bool is_kubernetes(const Value& document) {
  return document.find("kind") && document.find("apiVersion");
}

}  // namespace

void AuditFiles::use_platform(const std::string& name) {
  platform_ = std::make_unique<PlatformSpec>(
      load_platform(find_platform(name, context_), {}, parameters_of_models()));
}

std::size_t AuditFiles::procedures() const {
  std::size_t count = scenarios_.size();
  for (const ProcedureDocument& document : input_.documents) count += document.procedures.size();
  return count;
}

void AuditFiles::not_read(SourcePlace place, std::string why, bool asked_for) {
  input_.unread.push_back({std::move(place), std::move(why),
                           asked_for ? audit::Severity::error : audit::Severity::warning});
}

void AuditFiles::add(const std::string& name, Problems& problems) {
  if (name == "-") {
    const auto text = bounded_text(std::cin);
    if (!text) return not_read({"-", 0}, "there is more of it than 32 MiB", true);
    if (!add_manifests(*text, "-", 1, true)) return;
    standard_input_ = *text;
    manifest_files_.emplace_back("-");
    files_.emplace_back("-");
    return;
  }
  std::error_code error;
  if (fs::is_directory(name, error)) return add_folder(shown_path(name), problems);
  if (fs::is_fifo(name, error) || fs::is_character_file(name, error)) {
    // Files are read more than once: to be looked at, imported, and for what their comments allow.
    problems.add({name, {}, "", "this is a pipe or a device; audit reads one of manifests as -"});
    return;
  }
  if (fs::exists(name, error)) return add_file(shown_path(name), true, problems);
  // The name of a shipped platform goes before that of a scenario.
  for (const std::string& folder : scenario_folders(context_)) {
    std::string path = folder;
    path.append("/platforms/").append(name).append(".json");
    if (fs::exists(path, error)) return add_file(path, true, problems);
  }
  add_file(find_scenario(name, context_), true, problems);
}

void AuditFiles::add_folder(const std::string& folder, Problems& problems) {
  folders_.push_back(folder);
  const FolderFiles found = files_below(folder);
  const std::size_t before = files_.size() + input_.unread.size() + templates_.size();
  for (const std::string& path : found.paths) add_file(path, false, problems);
  if (!found.all)
    not_read({folder, 0},
             "there are more than " + std::to_string(found.paths.size()) +
                 " files in it, and those that came later were not looked at",
             true);
  if (files_.size() + input_.unread.size() + templates_.size() == before)
    not_read({folder, 0},
             "no file in it has a procedure, a script, a manifest or anything of drdrill's", true);
}

void AuditFiles::add_file(const std::string& path, bool asked_for, Problems& problems) {
  if (procedures::is_procedure_file(path)) return add_document(path, asked_for);
  if (is_yaml(path)) return add_yaml(path, asked_for);
  if (path.ends_with(".json")) return add_json(path, asked_for, problems);
  if (asked_for)
    problems.add({path,
                  {},
                  "",
                  "expected a document (.md), a script (.sh), manifests (.yaml, .json) or one of "
                  "drdrill's files (.json)"});
}

void AuditFiles::add_document(const std::string& path, bool asked_for) {
  Problems problems;
  ProcedureDocument document = procedures::import_file(path, problems);
  for (const Problem& problem : problems.all())
    not_read({path, problem.at.line}, problem.message, asked_for);
  if (document.procedures.empty() && document.manifests.empty() && document.objectives.empty()) {
    for (const ImportNotice& notice : document.notices)
      if (asked_for && notice.kind == ImportNotice::Kind::not_read)
        return not_read(notice.place, notice.text, true);
    if (asked_for && problems.empty())
      not_read({path, 0}, "no procedure, manifest or objective was found in it", true);
    // In a folder there is much that is none of ours.
    if (!asked_for) return;
  }
  for (const ManifestText& manifest : document.manifests)
    add_manifests(manifest.text, manifest.place.file, manifest.place.line, false);
  input_.documents.push_back(std::move(document));
  if (path.ends_with(".md") || path.ends_with(".markdown") || path.ends_with(".mdx"))
    if (auto text = bounded_text(path)) input_.texts.push_back({path, std::move(*text)});
  files_.push_back(path);
}

void AuditFiles::add_yaml(const std::string& path, bool asked_for) {
  const auto text = bounded_text(path);
  if (!text) return not_read({path, 0}, "it cannot be read, or is larger than 32 MiB", asked_for);
  if (kube::is_helm_template(*text)) {
    templates_.push_back(path);
    if (asked_for)
      not_read({path, 0},
               "it is a Helm template, and no manifest yet: audit what `helm template` makes of it",
               true);
    return;
  }
  // Rules of Prometheus, and other files that no cluster is given, tell of the platform, too.
  const bool alerts =
      text->find("alert:") != std::string::npos && text->find("expr:") != std::string::npos;
  const bool manifests = add_manifests(*text, path, 1, asked_for && !alerts);
  if (manifests || alerts) files_.push_back(path);
  if (manifests) manifest_files_.push_back(path);
}

void AuditFiles::add_json(const std::string& path, bool asked_for, Problems& problems) {
  const auto known = parameters_of_models();
  const Checked checked = check_file(path, known);
  if (!checked.kind) {
    const auto text = bounded_text(path);
    const bool manifest = text && text->find("\"apiVersion\"") != std::string::npos &&
                          add_manifests(*text, path, 1, asked_for);
    if (manifest) files_.push_back(path);
    if (manifest) manifest_files_.push_back(path);
    if (manifest || !asked_for) return;
  }
  if (!asked_for)
    for (const Problem& problem : checked.problems.all())
      not_read({problem.file, problem.at.line}, problem.message, false);
  else
    for (const Problem& problem : checked.problems.all()) problems.add(problem);
  if (!checked.problems.empty()) return;
  files_.push_back(path);
  switch (*checked.kind) {
    case FileKind::runbook:
      input_.documents.push_back(document_of(load_runbook(path), path));
      return;
    case FileKind::platform:
      platforms_.push_back(std::make_unique<PlatformSpec>(load_platform(path, {}, known)));
      return;
    case FileKind::scenario:
      scenarios_.push_back(std::make_unique<LoadedScenario>(load_scenario(path, {}, known)));
      return;
    case FileKind::parameters:
    case FileKind::validation:
      return;
  }
}

bool AuditFiles::add_manifests(const std::string& text, const std::string& file, int line,
                               bool asked_for) {
  audit::Manifests made;
  made.file = file;
  made.first_line = line;
  kube::YamlLimits limits;
  limits.bytes = most_audited_bytes;
  Problems problems;
  if (Problems none; file.ends_with(".json"))
    if (auto whole = parse_json(text, file, none)) made.documents.push_back(std::move(*whole));
  if (made.documents.empty())
    made.documents = kube::parse_yaml_documents(kube::without_notes(text), file, problems, limits);
  const std::size_t tests = std::erase_if(made.documents, [](const Value& document) {
    return kube::hook_of(document) == kube::Hook::test;
  });
  bool kubernetes = tests > 0;
  for (const Value& document : made.documents) {
    if (!is_kubernetes(document)) continue;
    kubernetes = true;
    Problems own;
    kube::read_manifest(document, file, own, made.objects);
    // Folders hold parts of objects, too: what kustomize lays over others.
    if (!asked_for) continue;
    for (const Problem& problem : own.all())
      input_.unread.push_back({{file, line + std::max(problem.at.line, 1) - 1},
                               problem.pointer + ": " + problem.message,
                               audit::Severity::note});
  }
  // What is no YAML in a document is often part of one, or something to fill in.
  const bool whole_file = line == 1;
  if (whole_file || kubernetes || text.find("apiVersion:") != std::string::npos)
    for (const Problem& problem : problems.all())
      not_read({file, line + std::max(problem.at.line, 1) - 1}, problem.message,
               asked_for && whole_file);
  if (!made.documents.empty()) input_.manifests.push_back(std::move(made));
  if (asked_for && whole_file && !kubernetes && problems.empty())
    not_read({file, 0}, "it is YAML, and none of Kubernetes'", true);
  return kubernetes;
}

void AuditFiles::add_map_procedures() {
  MapProcedures found = procedures_in_maps(input_.manifests);
  for (ProcedureDocument& document : found.documents) {
    for (const ManifestText& manifest : document.manifests)
      add_manifests(manifest.text, manifest.place.file, manifest.place.line, false);
    input_.documents.push_back(std::move(document));
  }
  for (audit::DocumentText& text : found.texts) input_.texts.push_back(std::move(text));
  leave_called_functions(input_.documents);
}

/// What everything is that belongs to no scenario and to no platform of its own.
audit::Input AuditFiles::whole_input() const {
  audit::Input input = input_;
  std::map<std::string, std::vector<std::string>> charts;
  for (const std::string& path : templates_) charts[chart_of(path)].push_back(path);
  for (const auto& [chart, files] : charts) {
    std::string words = std::to_string(files.size());
    words.append(files.size() == 1 ? " file of " : " files of ")
        .append(chart)
        .append(files.size() == 1 ? " is a Helm template" : " are Helm templates")
        .append(", and no manifests yet: helm template ")
        .append(chart)
        .append(" | drdrill audit -");
    input.unread.push_back({{files.front(), 0}, std::move(words), audit::Severity::warning});
  }
  return input;
}

void AuditFiles::make_platform() {
  if (platform_ || !platforms_.empty() || !scenarios_.empty()) return;
  const bool runs =
      std::any_of(input_.manifests.begin(), input_.manifests.end(), [](const auto& file) {
        return std::any_of(file.objects.begin(), file.objects.end(),
                           [](const kube::Object& object) {
                             return std::holds_alternative<kube::Workload>(object);
                           });
      });
  if (!runs || manifest_files_.empty()) return;
  ImportRequest request;
  request.paths = manifest_files_;
  request.standard_input = standard_input_;
  request.assume = assume_;
  ManifestPlatform made = platform_of_manifests(std::move(request), input_.documents, context_);
  if (!made.platform) {
    input_.no_platform = made.why;
    return;
  }
  platform_ = std::move(made.platform);
  input_.not_in_force = std::move(made.not_in_force);
  input_.refused = std::move(made.refused);
  input_.not_expanded = std::move(made.not_expanded);
  imported_ = true;
}

std::vector<audit::Input> AuditFiles::inputs() const {
  std::vector<audit::Input> all;
  all.push_back(whole_input());
  audit::Input& whole = all.front();
  const bool rehearses = !whole.documents.empty() || !whole.manifests.empty();
  std::size_t first = 0;  // of the named platforms that are audited by themselves
  if (platform_) {
    whole.platform = platform_.get();
    whole.imported = imported_;
  } else if (!platforms_.empty()) {
    whole.platform = platforms_.front().get();
    whole.platform_itself = true;
    first = 1;
  } else if (!scenarios_.empty() && rehearses) {
    whole.platform = &scenarios_.front()->platform;
  }
  for (std::size_t i = first; i < platforms_.size(); ++i) {
    audit::Input& one = all.emplace_back();
    one.platform = platforms_[i].get();
    one.platform_itself = true;
  }
  for (const auto& loaded : scenarios_) {
    audit::Input& one = all.emplace_back();
    one.documents.push_back(document_of(loaded->scenario.runbook, loaded->scenario.file));
    one.scenario = &loaded->scenario;
    one.objectives = loaded->scenario.objectives;
    one.platform = &loaded->platform;
  }
  return all;
}

std::vector<audit::Finding> AuditFiles::audit() {
  std::vector<audit::Finding> findings;
  std::set<std::string> platforms;
  add_map_procedures();
  make_platform();
  if (platform_)
    add_named_files(input_.documents, *platform_);
  else if (!platforms_.empty())
    add_named_files(input_.documents, *platforms_.front());
  std::vector<audit::Input> all = inputs();
  for (audit::Input& input : all) {
    if (input.platform) platforms.insert(input.platform->name);
    input.named_path = [this](const std::string& path, const std::string& document) {
      return path_named_in(path, document, folders_);
    };
    if (input.platform)
      input.rehearse = [platform = input.platform](const Scenario& scenario,
                                                   const audit::Input::Files& files) {
        return rehearse(*platform, scenario, files);
      };
    for (audit::Finding& finding : audit::audit(input)) findings.push_back(std::move(finding));
  }
  for (const std::string& name : platforms)
    platform_names_ += (platform_names_.empty() ? "" : ", ") + name;
  audit::put_in_order(findings);
  std::set<std::string> named(files_.begin(), files_.end());
  for (const audit::Finding& finding : findings) named.insert(finding.place.file);
  for (const std::string& file : named)
    if (const auto text = bounded_text(file)) audit::apply_allowances(*text, file, findings);
  return findings;
}

}  // namespace drdrill::cli
