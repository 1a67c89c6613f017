#include "sim/drill/checklist.hpp"

#include <algorithm>
#include <cmath>

#include "sim/drill/journal.hpp"

namespace drdrill {
namespace {

using Outcome = ChecklistAnswer::Outcome;

static_assert(checklist_table.size() ==
                  static_cast<std::size_t>(ChecklistItem::alerts_resolved) + 1,
              "each item has its row");

constexpr std::array<std::string_view, 3> outcome_names{"done", "not-done", "not-evaluated"};

std::string_view list_of(std::string_view id) {
  return id.substr(0, id.find('.'));
}

ChecklistAnswer by_probe(const Journal& journal, ProbeKind probe) {
  const std::string name = "probe \"" + std::string(row_of(probe).id) + "\"";
  const Sample* last = nullptr;
  for (const JournalEntry& entry : journal.entries)
    if (const auto* sample = std::get_if<Sample>(&entry.what); sample && sample->probe == probe)
      last = sample;
  ChecklistAnswer answer;
  if (!last) {
    answer.detail = name + " is not asked in this world";
  } else if (last->answer == Answer::unanswered) {
    answer.detail = name + " has no answer";
  } else {
    const bool holds = last->answer == Answer::holds;
    answer.outcome = holds ? Outcome::done : Outcome::not_done;
    answer.detail = name + (holds ? " holds" : " fails");
    if (last->value > 0 && last->value < 1) {
      const auto tenths = std::llround(last->value * 1000);
      answer.detail +=
          ", " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
    }
  }
  return answer;
}

/// What was acknowledged and is gone; of one component or, for the whole platform, of all.
ChecklistAnswer by_ledger(const Journal& journal, ComponentId component) {
  std::uint64_t all = 0, lost = 0, worst = 0;
  std::string_view where;
  std::size_t streams = 0;
  for (const LedgerStream& stream : journal.ledger.streams) {
    if (component != ComponentId::platform && stream.component != component) continue;
    ++streams;
    std::uint64_t here = 0;
    for (const LedgerRun& run : stream.runs) {
      if (run.fate == Fate::unacknowledged) continue;
      all += run.count;
      if (run.fate == Fate::lost) here += run.count;
    }
    lost += here;
    if (here > worst) worst = here, where = stream.name;
  }
  if (streams == 0) return {{}, Outcome::not_evaluated, {}, "this world keeps no ledger of it"};
  if (lost == 0) return {{}, Outcome::done, {}, "none of " + std::to_string(all) + " lost"};
  return {{},
          Outcome::not_done,
          {},
          std::to_string(lost) + " of " + std::to_string(all) + " lost, most of them in " +
              std::string(where)};
}

}  // namespace

std::optional<ChecklistItem> checklist_item_of(std::string_view id) {
  for (std::size_t i = 0; i < checklist_table.size(); ++i)
    if (checklist_table[i].id == id) return static_cast<ChecklistItem>(i);
  return std::nullopt;
}

std::vector<std::string_view> checklist_names() {
  std::vector<std::string_view> names;
  for (const ChecklistRow& row : checklist_table)
    if (names.empty() || names.back() != list_of(row.id)) names.push_back(list_of(row.id));
  return names;
}

std::vector<ChecklistItem> checklist_items(std::string_view list) {
  std::vector<ChecklistItem> items;
  for (std::size_t i = 0; i < checklist_table.size(); ++i)
    if (list_of(checklist_table[i].id) == list) items.push_back(static_cast<ChecklistItem>(i));
  return items;
}

std::string_view outcome_name(ChecklistAnswer::Outcome outcome) {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

std::vector<ChecklistAnswer> fill_in_checklist(const Journal& journal, const World& world,
                                               bool drilled) {
  std::vector<ChecklistAnswer> answers;
  for (const ChecklistItem item : journal.scenario.checklist) {
    const ChecklistRow& row = row_of(item);
    ChecklistAnswer answer;
    if (!drilled)
      answer.detail = "the drill never began";
    else if (row.by == ChecklistRow::By::probe)
      answer = by_probe(journal, row.probe);
    else if (row.by == ChecklistRow::By::world)
      answer = world.answer(item);
    answer.item = item;
    answer.at = world.now();
    answers.push_back(std::move(answer));
  }
  return answers;
}

void fill_in_from_ledger(Journal& journal, Offset now) {
  for (ChecklistAnswer& answer : journal.checklist) {
    const ChecklistRow& row = row_of(answer.item);
    if (row.by != ChecklistRow::By::ledger) continue;
    const ChecklistItem item = answer.item;
    answer = by_ledger(journal, row.component);
    answer.item = item;
    answer.at = now;
  }
}

}  // namespace drdrill
