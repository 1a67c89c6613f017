#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>

#include "scenarios/procedures/import.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/import.hpp"
#include "sim/cli/messages.hpp"

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

}  // namespace

int import_runbook(const Options& given, Context& context) {
  const std::vector<std::string> files(given.positional().begin() + 1, given.positional().end());
  if (files.empty()) throw UsageError("import runbook needs a script or a document");
  std::vector<Procedure> all;
  Problems problems;
  for (const std::string& file : files) {
    const std::size_t before = problems.count();
    ProcedureDocument document = procedures::import_file(file, problems);
    write_notices(document, context.err);
    if (document.procedures.empty() && problems.count() == before)
      problems.add({file,
                    {},
                    "",
                    "there is no procedure in it: no command, and no numbered list "
                    "under a heading that somebody follows"});
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
