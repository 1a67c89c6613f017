#include "reports/timeline.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "reports/utf8.hpp"
#include "reports/words.hpp"

namespace drdrill::reports {
namespace {

using Kind = TimelineRow::Kind;
using Tone = TimelineRow::Tone;
using std::chrono::seconds;

/// Happenings of one kind with at most so long between one and the next share a row; the next
/// window is taken when there are still too many rows.
constexpr std::array<Duration, 6> windows{seconds(5),   seconds(15),   seconds(60),
                                          seconds(300), seconds(1800), Duration::max()};

TimelineRow row_at(Offset at, Kind kind, std::string label, std::string_view id) {
  TimelineRow row;
  row.at = row.until = at;
  row.kind = kind;
  row.label = std::move(label);
  row.id = one_line(id);
  return row;
}

class Maker {
 public:
  Maker(const Journal& journal, std::size_t window)
      : journal_(journal),
        notes_within_(windows[window]),
        probes_within_(window == 0 ? Duration::zero() : windows[window]) {
    faults_.resize(journal.scenario.faults.size(), none);
    steps_.resize(journal.scenario.runbook.steps.size(), none);
    probes_.fill(none);
  }

  std::vector<TimelineRow> make() {
    for (const JournalEntry& entry : journal_.entries)
      std::visit([&](const auto& what) { add(entry.at, what); }, entry.what);
    finish();
    return std::move(rows_);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void add(Offset at, const StageBegan& stage) {
    using Stage = StageBegan::Stage;
    switch (stage.stage) {
      case Stage::steady:
        return stage_row(at, "steady", "watching the steady state");
      case Stage::drill:
        return;  // the first fault or step says so
      case Stage::undo:
        return stage_row(at, "undo", "the tool undoes what it did");
      case Stage::finished:
        return stage_row(at, "finished", "the drill is over");
    }
  }

  void stage_row(Offset at, std::string_view id, std::string text) {
    rows_.push_back(row_at(at, Kind::stage, "drill", id));
    rows_.back().text = std::move(text);
  }

  TimelineRow& fault_row(Offset at, std::uint32_t fault) {
    const bool known = fault < journal_.scenario.faults.size();
    rows_.push_back(row_at(at, Kind::fault, "fault",
                           known ? journal_.scenario.faults[fault].effect.id : std::string()));
    rows_.back().text = fault_words(journal_, fault);
    return rows_.back();
  }

  void add(Offset at, const FaultInjected& what) {
    fault_row(at, what.fault).tone = Tone::bad;
    if (what.fault < faults_.size()) faults_[what.fault] = rows_.size() - 1;
  }

  void add(Offset at, const FaultTook& what) {
    const std::size_t row = what.fault < faults_.size() ? faults_[what.fault] : none;
    if (row == none) return;
    rows_[row].until = at;
    faults_[what.fault] = none;
    if (at > rows_[row].at)
      rows_[row].text += ", in force after " + format_duration(at - rows_[row].at);
  }

  void add(Offset at, const FaultUndone& what) {
    TimelineRow& row = fault_row(at, what.fault);
    row.text += " is undone";
  }

  /// A step is one row from its start, and so is its verification.
  void add(Offset at, const StepStarted& what) {
    if (what.step >= steps_.size()) return;
    const Step& step = journal_.scenario.runbook.steps[what.step];
    TimelineRow row = row_at(at, Kind::step, "step " + std::to_string(what.step + 1), step.id);
    row.step = what.step;
    row.text = (what.verifying ? "verify: " : "") + one_line(step_name(journal_, what.step));
    if (what.attempt > 1 && !what.verifying)
      row.text += ", attempt " + std::to_string(what.attempt);
    rows_.push_back(std::move(row));
    steps_[what.step] = rows_.size() - 1;
  }

  void add(Offset at, const StepEnded& what) {
    if (what.step >= steps_.size()) return;
    if (steps_[what.step] == none) add(at, StepStarted{what.step, 1, what.verifying});
    TimelineRow& row = rows_[std::exchange(steps_[what.step], none)];
    row.until = at;
    row.output = first_line(what.told().output);
    row.text += ": " + outcome(row, what);
    const bool ok = what.why == StepEnded::Why::ended && what.exit_status == 0;
    row.tone = !ok ? Tone::bad : Tone::good;
  }

  static std::string outcome(TimelineRow& row, const StepEnded& what) {
    const std::string took = format_duration(row.until - row.at);
    switch (what.why) {
      case StepEnded::Why::timed_out:
        return "gave up after " + took;
      case StepEnded::Why::skipped:
        return "not run";
      case StepEnded::Why::cut_off:
        return "still running when the drill ended";
      case StepEnded::Why::ended:
        break;
    }
    row.exit_status = what.exit_status;
    const std::string unknown = what.understood ? "" : " (not understood: taken to change nothing)";
    if (what.exit_status == 0) return (row.until == row.at ? "ok" : "ok in " + took) + unknown;
    return "exit " + std::to_string(what.exit_status) +
           (row.until == row.at ? "" : " after " + took) + unknown;
  }

  void add(Offset at, const Aborted& what) {
    const auto& conditions = journal_.scenario.aborts;
    rows_.push_back(row_at(at, Kind::abort, "abort", "abort"));
    TimelineRow& row = rows_.back();
    row.tone = Tone::bad;
    row.text = "the drill is aborted: " +
               (what.world.empty() ? std::string("somebody asked for it") : what.world);
    if (what.step < journal_.scenario.runbook.steps.size())
      row.text = "the drill is aborted: step " + std::to_string(what.step + 1) + " failed";
    if (what.condition >= conditions.size()) return;
    const AbortCondition& condition = conditions[what.condition];
    row.text = "the drill is aborted: " + std::string(row_of(condition.probe).id) + " failed for " +
               format_duration(condition.failing_for);
  }

  void add(Offset, const Sample& sample) {
    const std::size_t index = static_cast<std::size_t>(sample.probe);
    std::optional<Answer>& last = answers_[index];
    const bool first = !last;
    if (last == sample.answer) return;
    last = sample.answer;
    if (first && sample.answer == Answer::holds) return;
    TimelineRow& row = probe_row(sample);
    row.until = sample.at;
    row.tone = sample.answer == Answer::holds ? Tone::good : Tone::bad;
    row.text = row.count == 1 ? answer_words(sample) : changes_words(row, sample);
  }

  TimelineRow& probe_row(const Sample& sample) {
    std::size_t& index = probes_[static_cast<std::size_t>(sample.probe)];
    if (index != none && sample.at - rows_[index].until < probes_within_) {
      ++rows_[index].count;
      return rows_[index];
    }
    const ProbeRow& probe = row_of(sample.probe);
    rows_.push_back(
        row_at(sample.at, Kind::probe, std::string(name_of(probe.component)), probe.id));
    rows_.back().component = probe.component;
    index = rows_.size() - 1;
    return rows_.back();
  }

  std::string changes_words(const TimelineRow& row, const Sample& sample) const {
    const std::string probe = " (" + std::string(row_of(sample.probe).id) + ")";
    const bool holds = sample.answer == Answer::holds;
    if (row.count == 2 && holds)
      return "does not hold for " + format_duration(row.until - row.at) + probe;
    return "changes " + std::to_string(row.count) + " times until " +
           clock_of(journal_, row.until) + ", then " + (holds ? "holds" : "does not hold") + probe;
  }

  static std::string answer_words(const Sample& sample) {
    const std::string probe(row_of(sample.probe).id);
    if (sample.answer == Answer::holds) return "holds again (" + probe + ")";
    if (sample.answer == Answer::unanswered) return "is not measured (" + probe + ")";
    const bool share = sample.probe == ProbeKind::media && sample.value > 0;
    return "no longer holds (" + probe + (share ? ": " + percent(sample.value) : "") + ")";
  }

  void add(Offset, const Note& note) {
    NoteGroup& group = groups_[static_cast<std::size_t>(note.kind)][index_of(note.component)];
    if (group.row != none && note.at - rows_[group.row].until <= notes_within_) {
      TimelineRow& row = rows_[group.row];
      ++row.count;
      row.until = note.at;
      group.same_subject = group.same_subject && group.subject == note.subject;
      return;
    }
    settle(group);
    TimelineRow row =
        row_at(note.at, Kind::note, std::string(name_of(note.component)), row_of(note.kind).id);
    row.component = note.component;
    row.text = note_words(journal_, note);
    row.context = row_of(note.kind).part == Part::info;
    rows_.push_back(std::move(row));
    group = {rows_.size() - 1, note.subject, true};
  }

  struct NoteGroup {
    std::size_t row = none;
    SubjectId subject = SubjectId::none;
    bool same_subject = true;
  };

  /// Says how many notes the row of a group stands for.
  void settle(const NoteGroup& group) {
    if (group.row == none) return;
    TimelineRow& row = rows_[group.row];
    if (row.count == 1) return;
    row.text += group.same_subject ? ", " + std::to_string(row.count) + " times"
                                   : "; " + std::to_string(row.count - 1) + " more alike";
    if (row.until > row.at) row.text += " within " + format_duration(row.until - row.at);
  }

  void finish() {
    for (const auto& of_kind : groups_)
      for (const NoteGroup& group : of_kind) settle(group);
    for (std::size_t row : faults_)
      if (row != none) rows_[row].text += ", never seen to take effect";
    for (std::size_t row : steps_)
      if (row != none) rows_[row].text += ": no end on record";
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const TimelineRow& a, const TimelineRow& b) { return a.at < b.at; });
  }

  const Journal& journal_;
  Duration notes_within_;
  Duration probes_within_;
  std::vector<TimelineRow> rows_;
  std::vector<std::size_t> faults_;  ///< the row of a fault that has not taken effect yet
  std::vector<std::size_t> steps_;   ///< the row of a step that runs
  std::array<std::size_t, probe_table.size()> probes_{};
  std::array<std::optional<Answer>, probe_table.size()> answers_{};
  std::array<std::array<NoteGroup, component_count>, note_table.size()> groups_{};
};

bool may_be_condensed(const TimelineRow& row) {
  return row.kind == Kind::probe || row.kind == Kind::note;
}

}  // namespace

std::string_view kind_name(TimelineRow::Kind kind) {
  constexpr std::array<std::string_view, 6> names{"stage", "fault", "step",
                                                  "abort", "probe", "note"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<TimelineRow> make_timeline(const Journal& journal, std::size_t most) {
  std::vector<TimelineRow> rows;
  for (std::size_t window = 0; window < windows.size(); ++window) {
    rows = Maker(journal, window).make();
    const auto condensed = std::count_if(rows.begin(), rows.end(), may_be_condensed);
    if (static_cast<std::size_t>(condensed) <= most) return rows;
  }
  std::erase_if(rows, [](const TimelineRow& row) { return row.context; });
  return rows;
}

}  // namespace drdrill::reports
