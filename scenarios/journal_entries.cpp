#include "scenarios/journal_entries.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/row_reader.hpp"

namespace drdrill {
namespace {

constexpr std::array<std::string_view, 9> entry_kinds{
    "stage",      "fault-injected", "fault-took", "fault-undone", "step-started",
    "step-ended", "aborted",        "sample",     "note"};
constexpr std::array<std::string_view, 4> stages{"steady", "drill", "undo", "finished"};
constexpr std::array<std::string_view, 4> endings{"ended", "timed-out", "skipped", "cut-off"};
constexpr std::array<std::string_view, 3> answers{"holds", "fails", "unanswered"};

/// Reads the entries one by one; what they point into is read already.
class EntryReader {
 public:
  explicit EntryReader(const Journal& journal) : journal_(journal) {
    for (const ProbeRow& row : probe_table) probes_.push_back(row.id);
    for (const NoteRow& row : note_table) notes_.push_back(row.id);
  }

  JournalEntry read(RowReader& row) {
    JournalEntry entry;
    entry.at = row.time();
    switch (row.one_of(entry_kinds)) {
      case 0:
        entry.what = StageBegan{static_cast<StageBegan::Stage>(row.one_of(stages))};
        break;
      case 1:
        entry.what = FaultInjected{fault(row)};
        break;
      case 2: {
        const std::uint32_t index = fault(row);
        entry.what = FaultTook{index, row.components()};
        break;
      }
      case 3:
        entry.what = FaultUndone{fault(row)};
        break;
      case 4:
        entry.what = step_started(row);
        break;
      case 5:
        entry.what = step_ended(row);
        break;
      case 6:
        entry.what = aborted(row);
        break;
      case 7:
        entry.what = sample(row);
        break;
      default:
        entry.what = note(row);
    }
    return entry;
  }

 private:
  std::uint32_t fault(RowReader& row) const { return row.index(journal_.scenario.faults.size()); }
  std::uint32_t step(RowReader& row) const {
    return row.index(journal_.scenario.runbook.steps.size());
  }

  StepStarted step_started(RowReader& row) const {
    StepStarted what;
    what.step = step(row);
    what.attempt = static_cast<int>(row.integer(0, 1'000'000));
    what.verifying = row.boolean();
    return what;
  }

  StepEnded step_ended(RowReader& row) const {
    StepEnded what;
    what.step = step(row);
    what.why = static_cast<StepEnded::Why>(row.one_of(endings));
    what.exit_status = static_cast<int>(row.integer(-2'147'483'647, 2'147'483'647));
    what.verifying = row.boolean();
    what.changed_something = row.boolean();
    what.understood = row.boolean();
    what.touched = row.components();
    StepTold told;
    told.output = row.string();
    if (!row.done()) told.hidden_error = row.string();
    for (TimeSpent& spent : told.spent) {
      if (row.done()) break;
      spent.parameter = static_cast<ParameterId>(row.index(most_parameters));
      spent.time = row.time();
    }
    what.said = std::make_shared<const StepTold>(std::move(told));
    return what;
  }

  Aborted aborted(RowReader& row) const {
    Aborted what;
    what.condition = row.index_or_null(journal_.scenario.aborts.size()).value_or(Aborted::none);
    what.step = row.index_or_null(journal_.scenario.runbook.steps.size()).value_or(Aborted::none);
    if (!row.done()) what.world = row.string();
    return what;
  }

  Sample sample(RowReader& row) const {
    Sample what;
    what.at = row.time();
    what.probe = static_cast<ProbeKind>(row.one_of(probes_));
    what.answer = static_cast<Answer>(row.one_of(answers));
    what.value = row.number();
    if (!row.done()) what.slack = row.time();
    return what;
  }

  Note note(RowReader& row) const {
    Note what;
    what.at = row.time();
    what.began = row.time();
    what.kind = static_cast<NoteKind>(row.one_of(notes_));
    what.component = row.component();
    if (const auto subject = row.index_or_null(journal_.subjects.size()))
      what.subject = static_cast<SubjectId>(*subject);
    if (const auto parameter = row.index_or_null(most_parameters))
      what.parameter = static_cast<ParameterId>(*parameter);
    return what;
  }

  static constexpr std::size_t most_parameters = 0xffff;

  const Journal& journal_;
  std::vector<std::string_view> probes_;
  std::vector<std::string_view> notes_;
};

}  // namespace

void read_entries(Reader& root, Journal& journal) {
  EntryReader entries(journal);
  each_row(root, "entries", [&](RowReader& row) {
    JournalEntry entry = entries.read(row);
    if (!journal.entries.empty() && entry.at < journal.entries.back().at)
      row.problem("entries are in order of time; this one is before the one above");
    journal.entries.push_back(std::move(entry));
  });
}

}  // namespace drdrill
