#include "scenarios/fault_file.hpp"

#include <algorithm>

#include "scenarios/cluster_file.hpp"
#include "scenarios/files.hpp"
#include "scenarios/quantity.hpp"

namespace drdrill {
namespace {

constexpr std::int64_t most_targets = 10'000;
constexpr double most_amount = 86'400;

/// The names that a target of the level may have.
std::vector<std::string> names_at(const PlatformSpec& platform, Level level) {
  std::vector<std::string> names;
  switch (level) {
    case Level::process:
    case Level::pod:
      for (const ClusterSpec& cluster : platform.clusters)
        for (std::string& name : pod_names(cluster.initial)) names.push_back(std::move(name));
      break;
    case Level::node:
      for (const ClusterSpec& cluster : platform.clusters)
        for (const kube::Node& node : cluster.initial.nodes) names.push_back(node.meta.name);
      break;
    case Level::zone:
      for (const ZoneSpec& zone : platform.zones) names.push_back(zone.name);
      break;
    case Level::region:
      names = platform.regions;
      break;
    case Level::person:
      for (const PersonSpec& person : platform.people) {
        names.push_back(person.name);
        names.push_back(person.role);
      }
      break;
    case Level::volume:
      for (const ClusterSpec& cluster : platform.clusters)
        for (const kube::PersistentVolumeClaim& claim : cluster.initial.claims)
          names.push_back(claim.meta.name);
      for (const BucketSpec& bucket : platform.buckets) names.push_back(bucket.name);
      break;
    case Level::name:
      names.push_back(platform.entry.hostname);
      break;
    case Level::provider:
      if (!platform.dns.provider.empty()) names.push_back(platform.dns.provider);
      break;
  }
  return names;
}

/// How many things a target's name stands for.
std::int64_t count_of(const PlatformSpec& platform, const Target& target) {
  if (target.level == Level::person)
    return std::count_if(platform.people.begin(), platform.people.end(), [&](const PersonSpec& p) {
      return p.role == target.name || p.name == target.name;
    });
  if (target.level != Level::pod && target.level != Level::process) return 1;
  std::int64_t most = 1;
  for (const ClusterSpec& cluster : platform.clusters)
    for (const kube::Workload& workload : cluster.initial.workloads)
      if (workload.meta.name == target.name)
        most = workload.kind == kube::Workload::Kind::daemon_set
                   ? static_cast<std::int64_t>(cluster.initial.nodes.size())
                   : std::max<std::int64_t>(most, workload.replicas);
  return most;
}

const FaultRow* read_row(Reader& reader, FaultSpec& spec) {
  std::vector<std::string_view> ids;
  for (const FaultRow& row : fault_catalog()) ids.push_back(row.id);
  spec.catalog_id = reader.string("fault");
  const FaultRow* row = find_fault(spec.catalog_id);
  if (!row && reader.has("fault")) reader.unknown("fault", "fault", spec.catalog_id, ids);
  if (row) spec.effect.primitive = row->primitive;
  return row;
}

std::string levels_of(const FaultRow& row) {
  std::string text;
  for (Level level : row.levels)
    text += (text.empty() ? "" : ", ") + std::string(level_name(level));
  return text;
}

/// False when the member is no target at all.
bool read_target(Reader& reader, const char* key, const FaultRow* row, Target& target) {
  const std::string text = reader.string(key);
  const auto parsed = parse_target(text);
  if (!parsed) {
    if (reader.has(key)) {
      const auto slash = text.find('/');
      const auto levels = enum_names<Level>(level_count, level_name);
      if (slash == std::string::npos)
        reader.problem(key, "\"" + text.substr(0, 60) +
                                "\" is no target; write LEVEL/NAME, such as \"node/sfu-1\"");
      else
        reader.unknown(key, "level", text.substr(0, slash), levels);
    }
    return false;
  }
  target = *parsed;
  if (row && std::find(row->levels.begin(), row->levels.end(), target.level) == row->levels.end())
    reader.problem(key, "\"" + std::string(row->id) + "\" cannot be done to a " +
                            std::string(level_name(target.level)) +
                            "; possible: " + levels_of(*row));
  return true;
}

void look_up(Reader& reader, const char* key, const PlatformSpec& platform, const Target& target) {
  const auto names = names_at(platform, target.level);
  if (std::find(names.begin(), names.end(), target.name) == names.end()) {
    const auto known = views(names);
    reader.problem(key, "there is no " + std::string(level_name(target.level)) + " \"" +
                            target.name.substr(0, 60) + "\" on " + platform.name +
                            suggestion(target.name, known));
    return;
  }
  const std::int64_t there = count_of(platform, target);
  if (target.count > there)
    reader.problem("count", std::to_string(target.count) + " of \"" + target.name +
                                "\", but there " +
                                (there == 1 ? "is 1" : "are " + std::to_string(there)));
}

/// How much of it, and from whom, for the faults that have it.
void read_settings(Reader& reader, const PlatformSpec* platform, const FaultRow& row,
                   Effect& effect) {
  if (row.amount) {
    effect.amount = read_quantity(reader, "amount", *row.amount);
    const double least = row.primitive == Primitive::slow ? 1 : 0;
    if (reader.has("amount") && (effect.amount < least || effect.amount > most_amount))
      reader.problem("amount", "expected " + std::string(least > 0 ? "1 or more" : "0 or more") +
                                   ", and at most 86400");
  }
  if (row.directed && reader.has("direction"))
    effect.direction = static_cast<Direction>(
        reader.one_of("direction", enum_names<Direction>(direction_count, direction_name)));
  if (row.primitive != Primitive::cut) return;
  effect.other.emplace();
  if (read_target(reader, "from", &row, *effect.other) && platform)
    look_up(reader, "from", *platform, *effect.other);
  effect.other->count = static_cast<int>(most_targets);
}

void read_fault(Reader& reader, const PlatformSpec* platform, std::vector<std::string>& ids,
                Scenario& scenario) {
  FaultSpec spec;
  spec.effect.id = read_name(reader, "id");
  claim_name(reader, "id", spec.effect.id, ids);
  const FaultRow* row = read_row(reader, spec);
  const bool is_target = read_target(reader, "target", row, spec.effect.target);
  spec.effect.target.count = static_cast<int>(reader.integer("count", 1, most_targets, 1));
  if (platform && is_target) look_up(reader, "target", *platform, spec.effect.target);
  if (row) read_settings(reader, platform, *row, spec.effect);
  spec.after = reader.duration("after", Duration::zero());
  if (reader.has("lasts")) spec.lasts = reader.duration("lasts");
  reader.skip("lasts");
  if (scenario.horizon > scenario.steady_for && spec.after > scenario.horizon - scenario.steady_for)
    reader.problem("after", "this fault would come after the end of the drill (horizon " +
                                spell_duration(scenario.horizon) + ", steady_for " +
                                spell_duration(scenario.steady_for) + ")");
  reader.finish();
  spec.place = place_of(reader);
  scenario.faults.push_back(std::move(spec));
}

}  // namespace

void read_faults(Reader& root, const PlatformSpec* platform, Scenario& scenario) {
  std::vector<std::string> ids;
  root.each("faults", [&](Reader& reader) { read_fault(reader, platform, ids, scenario); });
}

}  // namespace drdrill
