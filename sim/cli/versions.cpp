#include "sim/cli/versions.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "models/simulated_world.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/drill/drill.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

/// Files somewhere on the disk, and what people call that place.
struct Place {
  std::string path;
  std::string folder;  ///< where a revision was unpacked; empty: `path` is the user's own
  std::string prefix;  ///< "origin/main:" in place of `folder`
};

std::string known_as(const std::string& file, const Place& place) {
  if (place.folder.empty() || !file.starts_with(place.folder + "/")) return file;
  return place.prefix + file.substr(place.folder.size() + 1);
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string git(std::vector<std::string> words, const Scratch& scratch, const std::string& given) {
  words.insert(words.begin(), "git");
  const ProgramResult result = run_program(words, scratch);
  if (!result.started) throw UsageError(given + ": no such file, and git cannot be started");
  if (result.status != 0)
    throw UsageError(given + ": no such file, and no revision that git knows" +
                     (result.err.empty() ? "" : " (" + result.err + ")"));
  return result.out;
}

/// All JSON files of a revision, in a folder of their own.
Place unpacked(const std::string& given, const std::string& other, Scratch& scratch) {
  const std::size_t colon = given.find(':');
  const std::string revision = given.substr(0, colon);
  const std::string commit =
      git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}, scratch,
          given);
  const std::string top = git({"rev-parse", "--show-toplevel"}, scratch, given);
  const std::string here = git({"rev-parse", "--show-prefix"}, scratch, given);
  std::string path;
  if (colon != std::string::npos) {
    path = given.substr(colon + 1);
    if (path.starts_with("./") || path.starts_with("../")) path = here + path;
  } else {
    const std::size_t others = other.find(':');
    path = exists(other) && fs::path(other).is_relative()  ? here + other
           : !exists(other) && others != std::string::npos ? other.substr(others + 1)
                                                           : here + "scenarios";
  }
  Place place;
  place.folder = scratch.folder();
  place.prefix = revision + ":";
  const std::string archive = scratch / "revision.tar";
  git({"-C", top, "archive", "--format=tar", "-o", archive, commit, "--", "*.json"}, scratch,
      given);
  const ProgramResult tar = run_program({"tar", "-xf", archive, "-C", place.folder}, scratch);
  if (tar.status != 0) throw UsageError(given + ": tar cannot unpack it: " + tar.err);
  place.path = fs::path(place.folder + "/" + path).lexically_normal().string();
  if (place.path.ends_with('/')) place.path.pop_back();
  if (!exists(place.path))
    throw UsageError(given + ": there is no " + path + " in revision " + revision);
  return place;
}

[[noreturn]] void refuse(const Problems& problems, const Place& place) {
  Problems told;
  for (Problem problem : problems.all()) {
    problem.file = known_as(problem.file, place);
    told.add(std::move(problem));
  }
  throw InputError(std::move(told));
}

Version version_of(std::string name, const BundleFiles& files, const Place& place) {
  // What is wrong with the files is told with their lines, before they are taken apart.
  for (const std::string& file : {files.scenario, files.platform, files.runbook}) {
    if (file.empty()) continue;
    if (const Checked checked = check_file(file, parameters_of_models()); !checked.problems.empty())
      refuse(checked.problems, place);
  }
  Version version{std::move(name), read_bundle(files), {}};
  for (BundleDocument& document : version.bundle.documents)
    document.file = known_as(document.file, place);
  return version;
}

/// Scenarios of folders in the folder, which are not looked at: "lab (12), large (2)".
std::string left_out(const std::string& folder) {
  std::string out;
  std::vector<std::string> inner;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_directory(ignored)) inner.push_back(entry.path().string());
  std::sort(inner.begin(), inner.end());
  for (const std::string& each : inner) {
    const auto files = json_files(each);
    const auto count = std::count_if(files.begin(), files.end(), [](const std::string& file) {
      return check_file(file, {}).kind == FileKind::scenario;
    });
    if (count == 0) continue;
    out += (out.empty() ? "" : ", ") + fs::path(each).filename().string() + " (" +
           std::to_string(count) + ")";
  }
  return out;
}

std::vector<Version> versions_in_folder(const Place& place, std::vector<std::string>& remarks) {
  std::vector<Version> versions;
  for (const std::string& file : json_files(place.path))
    if (check_file(file, {}).kind == FileKind::scenario)
      versions.push_back(version_of(fs::path(file).stem(), {file, {}, {}}, place));
  if (versions.empty())
    throw UsageError(known_as(place.path, place) + ": there is no scenario in this folder");
  if (const std::string others = left_out(place.path); !others.empty())
    remarks.push_back("scenarios in folders of " + known_as(place.path, place) +
                      " are not compared with it: " + others + "; name a folder to compare it");
  return versions;
}

}  // namespace

std::vector<Version> find_versions(const std::string& given, const std::string& other,
                                   std::span<const std::string> scenarios, Scratch& scratch,
                                   const Context& context, std::vector<std::string>& remarks) {
  Place place;
  if (exists(given))
    place.path =
        given.size() > 1 && given.ends_with('/') ? given.substr(0, given.size() - 1) : given;
  else
    place = unpacked(given, other, scratch);
  std::error_code ignored;
  if (fs::is_directory(place.path, ignored)) return versions_in_folder(place, remarks);
  const auto kind = check_file(place.path, {}).kind;
  if (kind == FileKind::scenario)
    return {version_of(fs::path(place.path).stem(), {place.path, {}, {}}, place)};
  if (kind != FileKind::platform && kind != FileKind::runbook)
    throw UsageError(given + ": compare takes scenarios, platforms, runbooks and folders");
  if (scenarios.empty())
    throw UsageError(given + " is a " + std::string(file_kind_name(*kind)) +
                     "; name the scenarios that it is to be laid into: --scenario FILE");
  std::vector<Version> versions;
  for (const std::string& name : scenarios) {
    BundleFiles files{find_scenario(name, context), {}, {}};
    (kind == FileKind::platform ? files.platform : files.runbook) = place.path;
    versions.push_back(version_of(fs::path(files.scenario).stem(), files, place));
  }
  return versions;
}

LoadedScenario load_bundle(const Bundle& bundle, Scratch& scratch) {
  const std::string folder = scratch.folder();
  const std::string path = write_bundle(bundle, folder);
  Problems told;
  try {
    LoadedScenario loaded = load_scenario(path, {}, parameters_of_models());
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    const SimulatedWorld world(loaded.platform, loaded.scenario.start);
    told = preflight(loaded.scenario, world);
    if (told.empty()) return loaded;
  } catch (const InputError& error) {
    told = error.problems();
  }
  Problems renamed;
  for (Problem problem : told.all()) {
    const std::string role = fs::path(problem.file).stem();
    if (const BundleDocument* document = bundle.find(role)) {
      problem.file = document->file;
      problem.at = {};
      problem.pointer = document->inside + problem.pointer;
    }
    renamed.add(std::move(problem));
  }
  throw InputError(std::move(renamed));
}

}  // namespace drdrill::cli
