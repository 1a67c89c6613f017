#include "scenarios/journal.hpp"

#include <array>
#include <charconv>

#include "scenarios/document.hpp"
#include "scenarios/files.hpp"
#include "scenarios/journal_entries.hpp"
#include "scenarios/journal_scenario.hpp"
#include "scenarios/row_reader.hpp"

namespace drdrill {
namespace {

constexpr JsonLimits limits{std::size_t{64} << 20, 100, 2'000'000};
constexpr std::size_t most_numbers = 1'000'000;

constexpr std::array<std::string_view, 4> fates{"kept", "lost", "unacknowledged", "unread"};
constexpr std::array<std::string_view, 3> betters{"higher", "lower", "equal"};

/// A 64-bit number without sign, as text.
std::uint64_t read_unsigned(Reader& reader, std::string_view key, int base) {
  const std::string text = reader.string(key);
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  if (!whole && reader.has(key))
    reader.problem(key, "\"" + text.substr(0, 40) + "\" is no number of 64 bits");
  return value;
}

Inventory read_inventory(Reader& root, std::string_view key) {
  Inventory inventory;
  each_row(root, key, [&](RowReader& row) {
    InventoryItem item;
    item.component = row.component();
    item.name = row.string();
    item.value = row.integer(INT64_MIN, INT64_MAX);
    item.better = static_cast<InventoryItem::Better>(row.one_of(betters));
    item.tool_made = row.boolean();
    inventory.push_back(std::move(item));
  });
  return inventory;
}

LedgerRun read_run(RowReader& row) {
  LedgerRun run;
  run.first = row.time();
  run.last = row.time();
  run.count = row.natural();
  run.fate = static_cast<Fate>(row.one_of(fates));
  if (run.last < run.first) row.problem("a run ends before it begins");
  return run;
}

Ledger read_ledger(Reader& root) {
  const auto names = enum_names<ComponentId>(component_count, name_of);
  Ledger ledger;
  root.each("ledger", [&](Reader& reader) {
    LedgerStream stream;
    stream.component = static_cast<ComponentId>(reader.one_of("component", names));
    stream.name = reader.string("name");
    constexpr double most_records = 1e9;
    if (reader.has("planned_rate")) {
      stream.planned_rate = reader.number("planned_rate", 0, most_records);
      stream.achieved_rate = reader.number("achieved_rate", 0, most_records);
      stream.longest_gap = Duration(reader.integer("longest_gap", 0, INT64_MAX));
    }
    if (reader.has("unread")) stream.unread = reader.string("unread");
    each_row(reader, "runs", [&](RowReader& row) { stream.runs.push_back(read_run(row)); });
    reader.finish();
    ledger.streams.push_back(std::move(stream));
  });
  return ledger;
}

std::vector<std::string_view> probe_ids() {
  std::vector<std::string_view> ids;
  ids.reserve(probe_table.size());
  for (const ProbeRow& row : probe_table) ids.push_back(row.id);
  return ids;
}

std::vector<UnaskedProbe> read_unasked(Reader& root) {
  const std::vector<std::string_view> ids = probe_ids();
  std::vector<UnaskedProbe> unasked;
  each_row(root, "unasked", [&](RowReader& row) {
    const auto probe = static_cast<ProbeKind>(row.one_of(ids));
    unasked.push_back({probe, row.string()});
  });
  return unasked;
}

std::vector<ProbeSampling> read_sampling(Reader& root) {
  const std::vector<std::string_view> ids = probe_ids();
  std::vector<ProbeSampling> sampling;
  each_row(root, "sampling", [&](RowReader& row) {
    ProbeSampling probe;
    probe.probe = static_cast<ProbeKind>(row.one_of(ids));
    probe.period = row.time();
    probe.longest_gap = row.time();
    sampling.push_back(probe);
  });
  return sampling;
}

std::vector<ChecklistAnswer> read_checklist(Reader& root) {
  std::vector<ChecklistAnswer> checklist;
  std::vector<std::string_view> ids;
  ids.reserve(checklist_table.size());
  for (const ChecklistRow& row : checklist_table) ids.push_back(row.id);
  const auto outcomes = enum_names<ChecklistAnswer::Outcome>(3, outcome_name);
  each_row(root, "checklist", [&](RowReader& row) {
    ChecklistAnswer answer;
    answer.item = static_cast<ChecklistItem>(row.one_of(ids));
    answer.outcome = static_cast<ChecklistAnswer::Outcome>(row.one_of(outcomes));
    answer.at = row.time();
    answer.detail = row.string();
    checklist.push_back(std::move(answer));
  });
  return checklist;
}

UserImpact read_impact(Reader& root) {
  constexpr double most_minutes = 1e15;
  UserImpact impact;
  auto reader = root.object("impact", true);
  if (!reader) return impact;
  impact.joined = reader->integer("joined", 0, INT64_MAX);
  impact.affected_30s = reader->integer("affected_30s", 0, INT64_MAX);
  impact.participant_minutes_lost = reader->number("participant_minutes_lost", 0, most_minutes);
  each_row(*reader, "curve", [&](RowReader& row) {
    const Offset at = row.time();
    impact.curve.push_back({at, row.integer(0, INT64_MAX)});
  });
  reader->finish();
  return impact;
}

std::vector<UsedParameter> read_used_parameters(Reader& root) {
  const auto provenances = enum_names<Provenance>(file_provenances + 1, provenance_name);
  constexpr std::int64_t most_number = 0xfffe;
  std::vector<UsedParameter> used;
  root.each("parameters", [&](Reader& reader) {
    UsedParameter parameter;
    parameter.number = static_cast<ParameterId>(reader.integer("number", 0, most_number));
    parameter.id = reader.string("id");
    parameter.value = reader.string("value");
    parameter.provenance = static_cast<Provenance>(reader.one_of("provenance", provenances));
    parameter.source = reader.string("source");
    parameter.place = read_stored_place(reader);
    reader.finish();
    if (!used.empty() && parameter.number <= used.back().number)
      reader.problem("number", "parameters are in order of their numbers");
    used.push_back(std::move(parameter));
  });
  return used;
}

void read_dependents(Reader& root, Journal& journal) {
  RowReader row = row_of(root, "dependents");
  for (ComponentSet& set : journal.dependents) set = row.components();
  row.finish();
}

Journal read_journal(Reader& root) {
  Journal journal;
  const std::string format = root.string("format");
  if (root.has("format") && format != "drdrill-journal-1")
    root.problem("format", "\"" + format.substr(0, 40) +
                               "\" is no format of a journal; expected \"drdrill-journal-1\"");
  journal.version = root.string("version");
  journal.world = root.string("world");
  journal.seed = read_unsigned(root, "seed", 10);
  journal.replication = read_unsigned(root, "replication", 10);
  journal.fingerprint = read_unsigned(root, "fingerprint", 16);
  if (root.has("settings")) journal.settings = root.strings("settings");
  if (root.has("parameter_files")) journal.parameter_files = root.strings("parameter_files");
  if (auto scenario = root.object("scenario", true))
    journal.scenario = read_stored_scenario(*scenario);
  journal.subjects = root.strings("subjects");
  if (journal.subjects.size() > most_numbers) root.problem("subjects", "too many");
  read_entries(root, journal);
  journal.inventory_before = read_inventory(root, "inventory_before");
  if (root.has("inventory_recovered"))
    journal.inventory_recovered = read_inventory(root, "inventory_recovered");
  journal.inventory_after = read_inventory(root, "inventory_after");
  journal.touched = read_components(root, "touched");
  journal.exercised = read_components(root, "exercised");
  read_dependents(root, journal);
  journal.ledger = read_ledger(root);
  if (root.has("sampling")) journal.sampling = read_sampling(root);
  if (root.has("unasked")) journal.unasked = read_unasked(root);
  if (root.has("checklist")) journal.checklist = read_checklist(root);
  journal.impact = read_impact(root);
  journal.parameters = read_used_parameters(root);
  if (root.has("left_behind")) journal.left_behind = root.strings("left_behind");
  root.finish();
  return journal;
}

Journal from_document(const std::optional<Value>& root, const std::string& file,
                      Problems problems) {
  if (!root) throw InputError(std::move(problems));
  Reader reader(*root, file, problems);
  Journal journal;
  if (reader.is_object()) journal = read_journal(reader);
  if (!problems.empty()) throw InputError(std::move(problems));
  return journal;
}

}  // namespace

Journal load_journal(const std::string& path) {
  Problems problems;
  const auto root = load_document(path, problems, limits);
  return from_document(root, path, std::move(problems));
}

Journal parse_journal(std::string_view text, const std::string& file) {
  Problems problems;
  const auto root = parse_json(text, file, problems, limits);
  return from_document(root, file, std::move(problems));
}

}  // namespace drdrill
