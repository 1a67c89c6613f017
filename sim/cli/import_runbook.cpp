#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>

#include "scenarios/procedures/import.hpp"
#include "sim/cli/audit_reading.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/import.hpp"
#include "sim/cli/map_procedures.hpp"
#include "sim/cli/messages.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::cli {
namespace {

std::string_view words_of(ImportNotice::Kind kind) {
  switch (kind) {
    case ImportNotice::Kind::unknown_command:
      return "not known to any model, a manual step: ";
    case ImportNotice::Kind::placeholder:
      return "to be filled in: ";
    case ImportNotice::Kind::argument:
      return "an argument, its name stands in for it: ";
    case ImportNotice::Kind::not_read:
      return "left out: ";
  }
  return "";
}

void write_notices(const ProcedureDocument& document, std::ostream& err) {
  std::set<std::string> said;
  for (const ImportNotice& notice : document.notices) {
    const std::string line = notice.place.file + ":" + std::to_string(notice.place.line) + ": " +
                             std::string(words_of(notice.kind)) + notice.text;
    if (said.insert(line).second) err << line << '\n';
  }
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (!out) throw UsageError("cannot write " + path);
}

/// Runbooks and scripts in the ConfigMaps of a file of manifests.
std::vector<ProcedureDocument> in_maps(const std::string& file, Problems& problems) {
  const auto text = bounded_text(file);
  if (!text) {
    problems.add({file, {}, "", "it cannot be read, or is larger than 32 MiB"});
    return {};
  }
  audit::Manifests manifests;
  manifests.file = file;
  Problems ignored;
  for (const Value& document : kube::parse_yaml_documents(*text, file, problems))
    if (document.find("kind") && document.find("apiVersion"))
      kube::read_manifest(document, file, ignored, manifests.objects);
  return procedures_in_maps({&manifests, 1}).documents;
}

}  // namespace

int import_runbook(const Options& given, Context& context) {
  const std::vector<std::string> files(given.positional().begin() + 1, given.positional().end());
  if (files.empty()) throw UsageError("import runbook needs a script or a document");
  std::vector<Procedure> all;
  Problems problems;
  std::vector<ProcedureDocument> documents;
  for (const std::string& file : files) {
    const std::size_t before = problems.count();
    const bool manifests = file.ends_with(".yaml") || file.ends_with(".yml");
    std::vector<ProcedureDocument> read;
    if (manifests)
      read = in_maps(file, problems);
    else
      read.push_back(procedures::import_file(file, problems));
    const bool none = std::all_of(read.begin(), read.end(), [](const ProcedureDocument& document) {
      return document.procedures.empty();
    });
    if (none && problems.count() == before)
      problems.add({file,
                    {},
                    "",
                    manifests ? "no ConfigMap in it holds a runbook in Markdown, or a script that "
                                "no container mounts"
                              : "there is no procedure in it: no command, and no numbered list "
                                "under a heading that somebody follows"});
    for (ProcedureDocument& document : read) documents.push_back(std::move(document));
  }
  leave_called_functions(documents);
  for (ProcedureDocument& document : documents) {
    write_notices(document, context.err);
    for (Procedure& procedure : document.procedures) all.push_back(std::move(procedure));
  }
  // What could be read is imported; the rest is told.
  if (all.empty()) return write_problems(problems, context.err);
  for (const Problem& problem : problems.all()) context.err << to_string(problem) << '\n';

  const std::string where = given.value("output", "-");
  const bool folder = std::filesystem::is_directory(where) || where.ends_with('/');
  if (all.size() > 1 && !folder) {
    std::string message = files.size() > 1 ? "these files have " : files.front() + " has ";
    message += std::to_string(all.size()) + " procedures; name a folder: -o runbooks/\n  ";
    for (const Procedure& each : all) message += each.runbook.name + " ";
    throw UsageError(message);
  }
  if (where == "-") {
    context.out << procedures::runbook_json(all.front());
    return exit_pass;
  }
  std::error_code failed;
  if (folder) std::filesystem::create_directories(where, failed);
  if (failed) throw UsageError(where + " is no folder and cannot be made one: " + failed.message());
  for (const Procedure& each : all) {
    const std::string path =
        folder ? (std::filesystem::path(where) / (each.runbook.name + ".json")).string() : where;
    write_file(path, procedures::runbook_json(each));
    context.out << path << "  " << counted(each.runbook.steps.size(), "step") << "  "
                << each.runbook.title << '\n';
  }
  return exit_pass;
}

}  // namespace drdrill::cli
