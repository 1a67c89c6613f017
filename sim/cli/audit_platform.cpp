#include "sim/cli/audit_platform.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "models/simulated_world.hpp"
#include "scenarios/loader.hpp"
#include "sim/cli/audit_reading.hpp"
#include "sim/cli/import.hpp"
#include "sim/cli/scratch.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

constexpr std::size_t most_named_files = 500;
constexpr std::size_t most_named_bytes = std::size_t{1} << 20;

/// The words that follow -f, --filename and -k in commands of the text.
std::set<std::string> named_in(const std::string& text) {
  std::set<std::string> out;
  std::istringstream words(text);
  std::string before, word;
  while (words >> word) {
    const bool option = before == "-f" || before == "--filename" || before == "-k";
    if (word.starts_with("--filename=")) out.insert(word.substr(11));
    if (option && word.find_first_of("$<>|;'\"*") == std::string::npos && word != "-")
      out.insert(word);
    before = word;
  }
  return out;
}

/// The namespace that most commands of the documents name.
std::string namespace_in(const std::vector<ProcedureDocument>& documents) {
  std::map<std::string, int> named;
  for (const ProcedureDocument& document : documents)
    for (const Procedure& procedure : document.procedures)
      for (const Step& step : procedure.runbook.steps) {
        std::istringstream words(step.run);
        std::string before, word;
        for (; words >> word; before = word)
          if ((before == "-n" || before == "--namespace") &&
              word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos)
            ++named[word];
      }
  const auto most = std::max_element(
      named.begin(), named.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == named.end() ? "" : most->first;
}

/// Where a path of a document may lead: from the working directory, or from a folder of the
/// document's.
std::string found_path(const std::string& name, const std::string& document) {
  std::error_code error;
  if (fs::path(name).is_absolute()) return {};
  if (fs::exists(name, error)) return name;
  for (fs::path folder = fs::path(document).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    const fs::path path = folder / name;
    if (fs::exists(path, error)) return path.lexically_normal().string();
    if (folder == folder.parent_path()) break;
  }
  return {};
}

class NamedFiles {
 public:
  explicit NamedFiles(PlatformSpec& platform) : platform_(platform) {}

  void add(const std::string& name, const std::string& document) {
    const std::string path = found_path(name, document);
    if (path.empty()) return;
    std::error_code error;
    if (!fs::is_directory(path, error)) return add_file(name, path);
    for (const std::string& file : files_below(path, most_named_files).paths) {
      const std::string below = fs::path(file).lexically_relative(path).string();
      add_file((fs::path(name) / below).lexically_normal().string(), file);
    }
  }

 private:
  void add_file(const std::string& name, const std::string& path) {
    if (++count_ > most_named_files) return;
    if (auto text = bounded_text(path, most_named_bytes))
      platform_.files.emplace(name, std::move(*text));
  }

  PlatformSpec& platform_;
  std::size_t count_ = 0;
};

}  // namespace

audit::Rehearsal rehearse(const PlatformSpec& platform, const Scenario& scenario,
                          const audit::Input::Files& files) {
  std::unique_ptr<PlatformSpec> with_files;
  if (!files.empty()) {
    with_files = std::make_unique<PlatformSpec>(platform);
    for (const auto& [name, text] : files) with_files->files.emplace(name, text);
  }
  SimulatedWorld world(with_files ? *with_files : platform, scenario.start);
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

ManifestPlatform platform_of_manifests(ImportRequest request,
                                       const std::vector<ProcedureDocument>& documents,
                                       const Context& context) {
  ManifestPlatform made;
  request.home = namespace_in(documents);
  const Scratch scratch;
  const std::string file = scratch / "manifests.json";
  request.parameter_files = shipped_parameter_files(scratch.path(), context);
  request.name = "the-given-manifests";
  try {
    const ImportedPlatform imported = import_kubernetes(request);
    for (const ImportRemark& remark : imported.remarks) {
      if (remark.kind == ImportRemark::Kind::not_in_force)
        made.not_in_force.push_back({remark.place, remark.words, audit::Severity::warning});
      if (remark.kind == ImportRemark::Kind::refused)
        made.refused.push_back({remark.place, remark.words, audit::Severity::error});
      if (remark.kind == ImportRemark::Kind::not_expanded)
        made.not_expanded.push_back({remark.place, remark.words, audit::Severity::error});
    }
    std::ofstream(file, std::ios::binary) << platform_text(imported.platform);
    made.platform = std::make_unique<PlatformSpec>(load_platform(file, {}, parameters_of_models()));
  } catch (const InputError& error) {
    made.why = error.problems().all().front().message;
  }
  return made;
}

void add_named_files(const std::vector<ProcedureDocument>& documents, PlatformSpec& platform) {
  NamedFiles files(platform);
  for (const ProcedureDocument& document : documents)
    for (const Procedure& procedure : document.procedures)
      for (const Step& step : procedure.runbook.steps)
        for (const std::string& name : named_in(step.run)) files.add(name, document.file);
}

}  // namespace drdrill::cli
