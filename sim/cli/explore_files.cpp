#include "sim/cli/explore_files.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "reports/json_writer.hpp"
#include "scenarios/document.hpp"
#include "scenarios/loader.hpp"
#include "sim/base/ensure.hpp"
#include "sim/base/value.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/worlds.hpp"
#include "sim/study/replication.hpp"

namespace drdrill::cli {
namespace {

namespace fs = std::filesystem;
using reports::JsonWriter;
using study::Axis;
using study::Break;
using study::Ingredient;

const std::string mark = "-explored-";

void put_value(JsonWriter& json, const Value& value, int depth) {
  const auto layout = depth < 2 ? JsonWriter::Layout::lines : JsonWriter::Layout::one_line;
  switch (value.kind) {
    case Value::Kind::null:
      json.null();
      break;
    case Value::Kind::boolean:
      json.boolean(value.boolean);
      break;
    case Value::Kind::integer:
      json.integer(value.integer);
      break;
    case Value::Kind::number:
      json.number(value.number);
      break;
    case Value::Kind::string:
      json.string(value.text);
      break;
    case Value::Kind::array:
      json.begin_array(layout);
      for (const Value& item : value.items) put_value(json, item, depth + 1);
      json.end_array();
      break;
    case Value::Kind::object:
      json.begin_object(layout);
      for (const Value::Member& member : value.members) {
        json.key(member.key);
        put_value(json, member.value, depth + 1);
      }
      json.end_object();
  }
}

Value text_value(const std::string& text) {
  Value value;
  value.kind = Value::Kind::string;
  value.text = text;
  return value;
}

Value whole_value(std::int64_t number) {
  Value value;
  value.kind = Value::Kind::integer;
  value.integer = number;
  value.number = static_cast<double>(number);
  return value;
}

Value object() {
  Value value;
  value.kind = Value::Kind::object;
  return value;
}

void set(Value& object, const std::string& key, Value value) {
  for (Value::Member& member : object.members)
    if (member.key == key) {
      member.value = std::move(value);
      return;
    }
  object.members.push_back({key, {}, std::move(value)});
}

/// "2026-11-23T14:00:00+08:00"
std::string spell_time(const WallTime& time) {
  constexpr std::int64_t minute = 60;
  const auto nanoseconds = std::chrono::nanoseconds(time.utc_ns);
  const auto local = std::chrono::floor<std::chrono::seconds>(nanoseconds) +
                     std::chrono::minutes(time.utc_offset_minutes);
  const std::chrono::sys_seconds at(local);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  const std::int64_t second = (at - day).count();
  const std::int64_t offset = std::abs(time.utc_offset_minutes);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         "T" + two(second / (minute * minute)) + ":" + two(second / minute % minute) + ":" +
         two(second % minute) + (time.utc_offset_minutes < 0 ? "-" : "+") + two(offset / minute) +
         ":" + two(offset % minute);
}

Value amount_of(const FaultSpec& fault, ParameterUnit unit) {
  if (unit == ParameterUnit::seconds)
    return text_value(spell_duration(from_seconds(fault.effect.amount)));
  Value value;
  value.kind = Value::Kind::number;
  value.number = fault.effect.amount;
  return value;
}

Value fault_value(const FaultSpec& fault) {
  Value out = object();
  set(out, "id", text_value(fault.effect.id));
  set(out, "fault", text_value(fault.catalog_id));
  set(out, "target", text_value(to_string(fault.effect.target)));
  if (fault.effect.target.count > 1) set(out, "count", whole_value(fault.effect.target.count));
  if (fault.effect.other) set(out, "from", text_value(to_string(*fault.effect.other)));
  const FaultRow* row = find_fault(fault.catalog_id);
  if (row->amount) set(out, "amount", amount_of(fault, *row->amount));
  set(out, "after", text_value(spell_duration(fault.after)));
  if (fault.lasts) set(out, "lasts", text_value(spell_duration(*fault.lasts)));
  return out;
}

/// Adds what the break changes of the platform; false when it changes nothing.
bool change_platform(const study::Space& space, const Break& made, Value& out) {
  bool changed = false;
  for (const study::Pick& pick : made.picks) {
    const Ingredient& ingredient = space.ingredients[pick.ingredient];
    if (ingredient.axis == Axis::load) {
      Value load = object();
      set(load, "participants_per_meeting", whole_value(ingredient.participants));
      set(out, "load", std::move(load));
      changed = true;
    }
    if (ingredient.axis != Axis::lag) continue;
    Value overrides = object();
    for (const std::string_view id : study::lag_parameters) {
      Value parameter = object();
      set(parameter, "value", text_value(spell_duration(ingredient.lag)));
      set(parameter, "provenance", text_value("estimate"));
      set(parameter, "source", text_value("drdrill explore: " + ingredient.words));
      set(overrides, std::string(id), std::move(parameter));
    }
    set(out, "overrides", std::move(overrides));
    changed = true;
  }
  return changed;
}

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
  JsonWriter json;
  put_value(json, value, 0);
  std::ofstream out(path, std::ios::binary);
  out << json.take();
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
  Writer(fs::path folder, const std::string& path, const Scenario& scenario, std::uint64_t seed,
         const study::Exploration& found)
      : folder_(std::move(folder)),
        beside_(fs::path(path).parent_path()),
        scenario_(scenario),
        seed_(seed),
        space_(found.space),
        document_(document_of(path)) {}

  std::string write(const Break& made, std::size_t number) {
    const std::string name = scenario_.name + mark + slug_of(space_, made, number);
    Value out = document_;
    std::erase_if(out.members, [](const auto& member) { return member.key == "counterpart"; });
    for (const char* key : {"$schema", "platform", "runbook"}) move_path(out, key);
    set(out, "name", text_value(name));
    set(out, "title", text_value(title_of(made)));
    add_faults(out, made);
    Value platform = platform_base();
    if (change_platform(space_, made, platform)) {
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

  /// Laid on the scenario's platform. Inherited names of parameter files would be looked for beside
  /// the new file, so they are said again.
  Value platform_base() const {
    const fs::path base = beside_ / document_.find("platform")->text;
    Value out = object();
    set(out, "$schema", text_value("schema/platform.json"));
    set(out, "based_on", text_value(seen_from_folder(base)));
    Value files;
    files.kind = Value::Kind::array;
    for (const std::string& name : parameter_files_of(base))
      files.items.push_back(text_value(seen_from_folder(base.parent_path() / name)));
    if (!files.items.empty()) set(out, "parameters", std::move(files));
    return out;
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
    Value out = object();
    set(out, "seed", whole_value(static_cast<std::int64_t>(seed_)));
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
    replicator.run(seed_, 0);
    ENSURE(replicator.journal().fingerprint == made.fingerprint,
           "a scenario that was written comes to what was explored");
  }

  fs::path folder_;
  fs::path beside_;
  const Scenario& scenario_;
  std::uint64_t seed_;
  const study::Space& space_;
  Value document_;
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

std::vector<std::string> write_breaks(const std::string& folder, const std::string& path,
                                      const Scenario& scenario, std::uint64_t seed,
                                      const study::Exploration& found) {
  Writer writer(folder, path, scenario, seed, found);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < found.breaks.size(); ++i)
    out.push_back(writer.write(found.breaks[i], i + 1));
  return out;
}

}  // namespace drdrill::cli
