#include "sim/cli/explore_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "scenarios/document.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/ensure.hpp"
#include "sim/cli/explore_values.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/study/replication.hpp"

namespace drdrill::cli {
namespace {

namespace fs = std::filesystem;
using study::Break;

const std::string mark = "-explored-";

Value document_of(const fs::path& path) {
  Problems problems;
  auto document = load_document(path.string(), problems);
  if (!document || !problems.empty()) throw InputError(std::move(problems));
  return std::move(*document);
}

/// The names of a platform's parameter files, which may be those of what it is based on.
std::vector<std::string> parameter_files_of(fs::path path) {
  while (true) {
    const Value platform = document_of(path);
    if (const Value* own = platform.find("parameters")) {
      std::vector<std::string> names;
      for (const Value& item : own->items) names.push_back(item.text);
      return names;
    }
    const Value* base = platform.find("based_on");
    if (!base) return {};
    path = path.parent_path() / base->text;
  }
}

void write_file(const fs::path& path, const Value& value) {
  std::ofstream out(path, std::ios::binary);
  out << json_of(value);
  out.close();
  if (!out) throw UsageError("--output: cannot write " + path.string());
}

/// "01-crash-pod-postgres-primary"
std::string slug_of(const study::Space& space, const Break& made, std::size_t number) {
  constexpr std::size_t longest = 60;
  std::string out = (number < 10 ? "0" : "") + std::to_string(number);
  for (const study::Pick& pick : made.picks) {
    out += '-';
    for (const char c : space.ingredients[pick.ingredient].words) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (plain || out.back() != '-') out += plain ? c : '-';
    }
  }
  out.resize(std::min(out.size(), longest));
  while (out.ends_with('-')) out.pop_back();
  return out;
}

class Writer {
 public:
  Writer(fs::path folder, const Explored& explored, const study::Exploration& found)
      : folder_(std::move(folder)),
        beside_(fs::path(explored.path).parent_path()),
        explored_(explored),
        scenario_(explored.scenario),
        space_(found.space),
        document_(load_value(explored.path, explored.settings, "").value()) {
    for (const Setting& setting : explored.settings) {
      platform_is_set_ = platform_is_set_ || inside(setting, "/platform");
      runbook_is_set_ = runbook_is_set_ || inside(setting, "/runbook");
    }
  }

  std::string write(const Break& made, std::size_t number) {
    const std::string name = scenario_.name + mark + slug_of(space_, made, number);
    Value out = document_;
    std::erase_if(out.members, [](const auto& member) { return member.key == "counterpart"; });
    for (const char* key : {"$schema", "platform", "runbook"}) move_path(out, key);
    if (runbook_is_set_)
      set(out, "runbook", load_value(explored_.path, explored_.settings, "/runbook").value());
    set(out, "name", text_value(name));
    set(out, "title", text_value(title_of(made)));
    add_faults(out, made);
    Value platform = platform_base();
    if (change_platform(space_, made, platform) || platform_is_set_) {
      const std::string file = name + "-platform.json";
      write_file(folder_ / file, platform);
      set(out, "platform", text_value(file));
    }
    set(out, "x-explored", told(made));
    const fs::path file = folder_ / (name + ".json");
    write_file(file, out);
    verify(file.string(), made);
    return file.string();
  }

 private:
  std::string seen_from_folder(const fs::path& path) const {
    return fs::proximate(fs::absolute(path), fs::absolute(folder_)).generic_string();
  }

  /// What is relative to the scenario becomes relative to the folder.
  void move_path(Value& out, const char* key) const {
    const Value* value = out.find(key);
    if (value && value->kind == Value::Kind::string)
      set(out, key, text_value(seen_from_folder(beside_ / value->text)));
  }

  /// Laid on the scenario's platform, or the whole of it where something of it was set. Inherited
  /// names of parameter files would be looked for beside the new file, so they are said again.
  Value platform_base() const {
    const fs::path base = beside_ / document_.find("platform")->text;
    Value out = platform_is_set_
                    ? load_value(explored_.path, explored_.settings, "/platform").value()
                    : object_value();
    set(out, "$schema", text_value("schema/platform.json"));
    if (!platform_is_set_) set(out, "based_on", text_value(seen_from_folder(base)));
    keep_overrides(out);
    Value files;
    files.kind = Value::Kind::array;
    for (const std::string& name : parameter_files_of(base))
      files.items.push_back(text_value(seen_from_folder(base.parent_path() / name)));
    if (!files.items.empty()) set(out, "parameters", std::move(files));
    return out;
  }

  /// What the command line set is what somebody assumes, once it stands in a file.
  static void keep_overrides(Value& platform) {
    for (Value::Member& member : platform.members) {
      if (member.key != "overrides") continue;
      for (Value::Member& override : member.value.members)
        if (const Value* from = override.value.find("provenance"); from && from->text == "set")
          set(override.value, "provenance", text_value("estimate"));
    }
  }

  std::string title_of(const Break& made) const {
    return (scenario_.title.empty() ? scenario_.name : scenario_.title) + "; and " +
           spelled(space_, made.picks);
  }

  void add_faults(Value& out, const Break& made) const {
    const Scenario changed = combined(scenario_, space_, made.picks);
    set(out, "start", text_value(spell_time(changed.start)));
    Value faults;
    faults.kind = Value::Kind::array;
    if (const Value* there = out.find("faults")) faults = *there;
    for (std::size_t i = scenario_.faults.size(); i < changed.faults.size(); ++i)
      faults.items.push_back(fault_value(changed.faults[i]));
    set(out, "faults", std::move(faults));
  }

  Value told(const Break& made) const {
    Value out = object_value();
    set(out, "seed", whole_value(static_cast<std::int64_t>(explored_.seed)));
    set(out, "replication", whole_value(static_cast<std::int64_t>(made.replication.front())));
    Value missed;
    missed.kind = Value::Kind::array;
    for (const study::TargetId target : made.targets)
      missed.items.push_back(text_value(spelled(scenario_, target)));
    set(out, "misses", std::move(missed));
    return out;
  }

  void verify(const std::string& file, const Break& made) const {
    const LoadedScenario loaded = load_scenario(file, {}, parameters_of_models());
    study::Replicator replicator(loaded.scenario, loaded.platform);
    replicator.run(explored_.seed, 0);
    ENSURE(replicator.journal().fingerprint == made.fingerprint,
           "a scenario that was written comes to what was explored");
  }

  fs::path folder_;
  fs::path beside_;
  const Explored& explored_;
  const Scenario& scenario_;
  const study::Space& space_;
  Value document_;
  bool platform_is_set_ = false;
  bool runbook_is_set_ = false;
};

}  // namespace

void prepare_folder(const std::string& folder, const std::string& scenario) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    throw UsageError("--output " + folder + ": cannot be made" +
                     (error ? ": " + error.message() : std::string()));
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().starts_with(scenario + mark))
      throw UsageError("--output " + folder + ": " + entry.path().filename().string() +
                       " lies there already; name another folder, or take it away");
}

std::vector<std::string> write_breaks(const std::string& folder, const Explored& explored,
                                      const study::Exploration& found) {
  Writer writer(folder, explored, found);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < found.breaks.size(); ++i)
    out.push_back(writer.write(found.breaks[i], i + 1));
  return out;
}

}  // namespace drdrill::cli
