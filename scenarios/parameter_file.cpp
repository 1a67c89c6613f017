#include "scenarios/parameter_file.hpp"

#include <algorithm>

#include "scenarios/files.hpp"
#include "scenarios/origin.hpp"
#include "scenarios/quantity.hpp"
#include "sim/kube/cluster.hpp"

namespace drdrill {
namespace {

const KnownParameter* find_known(std::span<const KnownParameter> known, std::string_view id) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const KnownParameter& row) { return row.id == id; });
  return found == known.end() ? nullptr : &*found;
}

std::vector<std::string_view> unit_names() {
  return enum_names<ParameterUnit>(7, unit_name);
}

/// The unit that the file states, or that the table knows; nothing after a report.
std::optional<ParameterUnit> read_unit(Reader& reader, const KnownParameter* row) {
  const auto units = unit_names();
  if (!row) return static_cast<ParameterUnit>(reader.one_of("unit", units));
  if (!reader.has("unit")) {
    reader.skip("unit");
    return row->unit;
  }
  const std::size_t before = reader.problems().count();
  const auto stated = static_cast<ParameterUnit>(reader.one_of("unit", units));
  if (reader.problems().count() != before) return std::nullopt;
  if (stated != row->unit) {
    reader.problem("unit", "\"" + std::string(row->id) + "\" is in " +
                               std::string(unit_name(row->unit)) + ", not " +
                               std::string(unit_name(stated)));
    return std::nullopt;
  }
  return stated;
}

/// "since_kubernetes": {"1.32": "50s"}: what holds from a release on; before it, "value".
void read_releases(Reader& reader, ParameterUnit unit, Parameter& parameter) {
  reader.each_member("since_kubernetes", [&](const std::string& release, Reader& value) {
    const auto version = kube::parse_version(release);
    if (!version)
      return value.problem("\"" + release.substr(0, 20) +
                           "\" is no Kubernetes version; write \"1.31\"");
    if (parameter.since.empty()) parameter.since.push_back({0, parameter.value});
    parameter.since.push_back({version->minor, read_distribution(value, unit)});
  });
  std::stable_sort(parameter.since.begin(), parameter.since.end(),
                   [](const ValueSince& a, const ValueSince& b) { return a.minor < b.minor; });
}

void read_parameter(const std::string& id, Reader& reader, std::span<const KnownParameter> known,
                    ParameterTable& table) {
  const KnownParameter* row = find_known(known, id);
  if (!row && !known.empty()) {
    std::vector<std::string_view> names;
    for (const KnownParameter& k : known) names.push_back(k.id);
    reader.problem("there is no parameter \"" + id.substr(0, 60) + "\"" + suggestion(id, names));
    return;
  }
  if (!reader.is_object()) return;
  // What the command line sets has no line of its own.
  const bool given = reader.at().line == 0;
  const auto provenances =
      enum_names<Provenance>(file_provenances + (given ? 1 : 0), provenance_name);
  Parameter parameter;
  parameter.id = id;
  const auto unit = read_unit(reader, row);
  auto value = reader.member("value", true);
  if (unit && value) {
    parameter.unit = *unit;
    parameter.value = read_distribution(*value, *unit);
  }
  if (unit) read_releases(reader, *unit, parameter);
  parameter.provenance = static_cast<Provenance>(reader.one_of("provenance", provenances));
  parameter.source = read_name(reader, "source");
  parameter.kept = reader.string("kept", std::string());
  const ParameterId replaced = table.find(id);
  if (parameter.kept.empty() && replaced != ParameterId::none)
    parameter.kept = table[replaced].kept;
  reader.skip("help");
  parameter.place = origin_of(reader);
  reader.finish();
  table.put(std::move(parameter));
}

Value text_value(std::string_view text) {
  Value value;
  value.kind = Value::Kind::string;
  value.text = text;
  return value;
}

}  // namespace

void read_parameters(Reader& parent, std::string_view key, std::span<const KnownParameter> known,
                     ParameterTable& table) {
  parent.each_member(key, [&](const std::string& id, Reader& reader) {
    if (!id.starts_with("x-")) read_parameter(id, reader, known, table);
  });
}

void read_parameter_file(Reader& root, std::span<const KnownParameter> known,
                         ParameterTable& table) {
  root.skip("title");
  if (!root.has("parameters")) root.problem("\"parameters\" is missing");
  read_parameters(root, "parameters", known, table);
  root.finish();
}

void report_missing(const Reader& reader, std::string_view key,
                    std::span<const KnownParameter> known, const ParameterTable& table) {
  constexpr std::size_t most_named = 12;
  std::string names;
  std::size_t missing = 0;
  for (const KnownParameter& row : known) {
    if (table.find(row.id) != ParameterId::none) continue;
    if (++missing <= most_named)
      names += (missing > 1 ? ", \"" : "\"") + std::string(row.id) + "\"";
  }
  if (missing == 0) return;
  if (missing > most_named) names += " and " + std::to_string(missing - most_named) + " more";
  reader.problem(key, "no file gives a value to " + names);
}

std::optional<Setting> as_override(const Setting& setting, Value& platform) {
  const auto rest = inside(setting, "/parameters");
  if (!rest) return std::nullopt;
  std::string id = rest->pointer.substr(1);
  if (id.ends_with("/value")) id.resize(id.size() - std::string_view("/value").size());
  if (id.empty() || id.find_first_not_of("0123456789") == std::string::npos) return std::nullopt;

  Value parameter;
  parameter.kind = Value::Kind::object;
  parameter.members.push_back({"value", {}, value_of(setting)});
  parameter.members.push_back({"provenance", {}, text_value("set")});
  parameter.members.push_back({"source", {}, text_value("given on the command line")});

  auto overrides = std::find_if(platform.members.begin(), platform.members.end(),
                                [](const Value::Member& m) { return m.key == "overrides"; });
  if (overrides == platform.members.end()) {
    Value empty;
    empty.kind = Value::Kind::object;
    platform.members.push_back({"overrides", {}, std::move(empty)});
    overrides = platform.members.end() - 1;
  }
  auto& members = overrides->value.members;
  std::erase_if(members, [&](const Value::Member& m) { return m.key == id; });
  members.push_back({id, {}, std::move(parameter)});
  return Setting{"/overrides/" + pointer_token(id), setting.value,
                 setting.given.empty() ? setting.pointer : setting.given, setting.option};
}

}  // namespace drdrill
