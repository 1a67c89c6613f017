#include "scenarios/moment_file.hpp"

#include <algorithm>
#include <array>

#include "scenarios/files.hpp"

namespace drdrill {
namespace {

using MomentKind = Moment::Kind;
using QuantityKind = Quantity::Kind;

struct MomentRow {
  std::string_view key;
  MomentKind kind;
};
constexpr std::array<MomentRow, 6> moments{{{"fault", MomentKind::fault},
                                            {"undo", MomentKind::undo},
                                            {"step", MomentKind::step},
                                            {"step_end", MomentKind::step_ended},
                                            {"note", MomentKind::note},
                                            {"probe", MomentKind::probe}}};

struct QuantityRow {
  std::string_view key;
  QuantityKind kind;
};
constexpr std::array<QuantityRow, 3> quantities{
    {{"rto", QuantityKind::rto}, {"rpo", QuantityKind::rpo}, {"lost", QuantityKind::lost}}};

std::vector<std::string_view> note_names() {
  std::vector<std::string_view> names;
  for (const NoteRow& row : note_table) names.push_back(row.id);
  return names;
}

/// The place of a name among those of the scenario.
std::uint32_t read_index(Reader& reader, std::string_view key, std::string_view kind,
                         const std::vector<std::string_view>& names, bool look_up) {
  const std::string name = read_name(reader, key);
  const auto found = std::find(names.begin(), names.end(), name);
  if (look_up && !name.empty() && found == names.end()) reader.unknown(key, kind, name, names);
  return found == names.end() ? 0 : static_cast<std::uint32_t>(found - names.begin());
}

std::vector<std::string_view> fault_ids(const Scenario* scenario) {
  std::vector<std::string_view> ids;
  if (scenario)
    for (const FaultSpec& fault : scenario->faults) ids.push_back(fault.effect.id);
  return ids;
}

std::vector<std::string_view> step_ids(const Scenario* scenario) {
  std::vector<std::string_view> ids;
  if (scenario)
    for (const Step& step : scenario->runbook.steps) ids.push_back(step.id);
  return ids;
}

void read_moment_of(Reader& reader, std::string_view key, const Scenario* scenario,
                    Moment& moment) {
  switch (moment.kind) {
    case MomentKind::fault:
    case MomentKind::undo:
      moment.index = read_index(reader, key, "fault", fault_ids(scenario), scenario != nullptr);
      break;
    case MomentKind::step:
    case MomentKind::step_ended:
      moment.index = read_index(reader, key, "step", step_ids(scenario), scenario != nullptr);
      break;
    case MomentKind::note:
      moment.note = static_cast<NoteKind>(reader.one_of(key, note_names()));
      moment.about = reader.string("about", std::string());
      break;
    case MomentKind::probe: {
      constexpr std::array<std::string_view, 3> answers{"holds", "fails", "unanswered"};
      moment.probe = static_cast<ProbeKind>(reader.one_of(key, probe_names()));
      moment.answer = static_cast<Answer>(reader.one_of("is", answers));
      break;
    }
  }
}

Moment read_moment(Reader& parent, std::string_view key, const Scenario* scenario) {
  Moment moment;
  auto reader = parent.object(key, true);
  if (!reader) return moment;
  const auto given = std::count_if(moments.begin(), moments.end(),
                                   [&](const MomentRow& row) { return reader->has(row.key); });
  if (given != 1)
    reader->problem(
        "expected exactly one of \"fault\", \"undo\", \"step\", \"step_end\", \"note\" and "
        "\"probe\"");
  for (const MomentRow& row : moments) {
    reader->skip(row.key);
    if (given != 1 || !reader->has(row.key)) continue;
    moment.kind = row.kind;
    read_moment_of(*reader, row.key, scenario, moment);
  }
  if (given != 1)
    for (std::string_view detail : {"about", "is"}) reader->skip(detail);
  reader->finish();
  return moment;
}

void read_between(Reader& reader, const Scenario* scenario, Quantity& quantity) {
  quantity.from = read_moment(reader, "from", scenario);
  quantity.to = read_moment(reader, "to", scenario);
  quantity.last = reader.boolean("last", false);
}

void read_component(Reader& reader, std::string_view key, const Scenario* scenario,
                    Quantity& quantity) {
  const std::size_t before = reader.problems().count();
  quantity.component = static_cast<ComponentId>(reader.one_of(key, component_names()));
  if (!scenario || reader.problems().count() != before) return;
  const bool judged =
      std::any_of(scenario->objectives.begin(), scenario->objectives.end(),
                  [&](const Objective& o) { return o.component == quantity.component; });
  if (!judged)
    reader.problem(key, "the scenario has no objective for \"" +
                            std::string(name_of(quantity.component)) +
                            "\", so nothing of it is judged");
}

}  // namespace

Quantity read_quantity_measured(Reader& reader, const Scenario* scenario) {
  Quantity quantity;
  const auto given = std::count_if(quantities.begin(), quantities.end(),
                                   [&](const QuantityRow& row) { return reader.has(row.key); });
  if (given > 1 || (given == 1 && (reader.has("from") || reader.has("to")))) {
    reader.problem("expected \"from\" and \"to\", or one of \"rto\", \"rpo\" and \"lost\"");
  } else if (given == 0) {
    read_between(reader, scenario, quantity);
  }
  for (const QuantityRow& row : quantities) {
    reader.skip(row.key);
    if (given != 1 || !reader.has(row.key)) continue;
    quantity.kind = row.kind;
    read_component(reader, row.key, scenario, quantity);
  }
  for (std::string_view key : {"from", "to", "last"})
    if (given > 0) reader.skip(key);
  reader.finish();
  return quantity;
}

}  // namespace drdrill
