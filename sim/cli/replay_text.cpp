#include "sim/cli/replay_text.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "reports/terminal.hpp"
#include "reports/words.hpp"
#include "sim/drill/critical_path.hpp"

namespace drdrill::cli {
namespace {

using reports::rpo_words;
using reports::rto_words;

/// A step is told of as not reproduced when it is off by more.
constexpr Duration worth_telling = std::chrono::milliseconds(10);

std::string difference(const std::optional<Duration>& from, const std::optional<Duration>& to) {
  if (!from || !to) return "";
  if (*from == *to) return "the same";
  return (*to < *from ? "-" : "+") + format_duration(*to < *from ? *from - *to : *to - *from);
}

/// One figure of one objective in each of the runs.
struct Row {
  ComponentId component = ComponentId::platform;
  std::string_view what;
  std::string measured, replayed, changed;
  std::optional<Duration> was, is, would_be;
  bool exercised = false;
};

std::vector<Row> rows_of(const ReplayPage& page, const Judgement& measured) {
  std::vector<Row> rows;
  const auto& again = page.replay.same().judgement.objectives;
  for (std::size_t i = 0; i < measured.objectives.size() && i < again.size(); ++i) {
    const ObjectiveResult& was = measured.objectives[i];
    const ObjectiveResult* then = nullptr;
    if (page.changed)
      for (const ObjectiveResult& each : page.changed->judgement.objectives)
        if (each.component == was.component) then = &each;
    Row rto{was.component,         "RTO",       rto_words(was),
            rto_words(again[i]),   "",          was.rto.achieved,
            again[i].rto.achieved, std::nullopt};
    Row rpo{was.component,         "RPO",       rpo_words(was),
            rpo_words(again[i]),   "",          was.rpo.achieved,
            again[i].rpo.achieved, std::nullopt};
    rto.exercised = rpo.exercised = was.exercised || again[i].exercised;
    if (then) {
      rto.changed = rto_words(*then);
      rto.would_be = then->rto.achieved;
      rpo.changed = rpo_words(*then);
      rpo.would_be = then->rpo.achieved;
    }
    rows.push_back(rto);
    if (was.rpo.applicable) rows.push_back(rpo);
  }
  return rows;
}

void write_objectives(const ReplayPage& page, const std::vector<Row>& rows, Context& context) {
  using reports::Align;
  using reports::Cell;
  using reports::Ink;
  std::vector<Align> aligns(page.changed ? 7 : 5, Align::left);
  reports::TextTable table(aligns);
  const Ink bold = Ink::bold;
  std::vector<Cell> head{
      {"objective", bold}, {"", bold}, {"measured", bold}, {"replayed", bold}, {"", bold}};
  if (page.changed) head.insert(head.end(), {{"changed", bold}, {"", bold}});
  table.add(std::move(head));
  for (const Row& row : rows) {
    std::vector<Cell> cells{{row.what == "RTO" ? std::string(name_of(row.component)) : ""},
                            {std::string(row.what)},
                            {row.measured},
                            {row.replayed},
                            {row.exercised ? difference(row.was, row.is) : ""}};
    if (page.changed)
      cells.insert(cells.end(), {{row.changed}, {difference(row.is, row.would_be)}});
    table.add(std::move(cells));
  }
  table.write(context.out, reports::Pen(context.colour), 2, context.width);
}

/// "Had people been paged 4m 00s sooner: RTO of api 3m 10s instead of 7m 08s."
void write_sentence(const ReplayPage& page, const std::vector<Row>& rows, Context& context) {
  if (!page.changed) return;
  std::string differ;
  for (const Row& row : rows)
    if (row.changed != row.replayed)
      differ += (differ.empty() ? "" : "; ") + std::string(row.what) + " of " +
                std::string(name_of(row.component)) + " would have been " + row.changed +
                " instead of " + row.replayed;
  context.out << "\n  Had " << page.had << ": "
              << (differ.empty() ? "no objective would have been any different" : differ) << ".\n";
}

std::string phase_words(const ObservedTimes::Values& values) {
  std::string words = values.parameter;
  std::string_view between = ": ";
  for (const auto& value : values.values) {
    words += std::string(between) + (value ? format_duration(*value) : "drawn");
    between = ", ";
  }
  return words;
}

std::string step_words(const Journal& journal, const study::ObservedStep& step) {
  return (step.verifying ? "verification of " : "step ") +
         journal.scenario.runbook.steps[step.step].id +
         (step.nth > 0 ? ", time " + std::to_string(step.nth + 1) : "");
}

void write_taken(const ReplayPage& page, Context& context) {
  const study::Observed& observed = page.replay.observed();
  const Journal& journal = page.journal;
  std::ostream& out = context.out;
  if (page.replay.exact()) {
    out << "\n  The journal's own seed gives the same run, event by event (fingerprint "
        << reports::hex(journal.fingerprint) << "): nothing had to be taken from it.\n";
    return;
  }
  out << "\n  Taken from the journal\n    the steady state was watched for "
      << format_duration(observed.steady) << '\n';
  for (std::size_t i = 0; i < observed.injected.size(); ++i)
    if (observed.injected[i] != never)
      out << "    fault " << journal.scenario.faults[i].effect.id << " struck after "
          << format_duration(observed.injected[i]) << '\n';
  for (const ObservedTimes::Person& person : observed.times.people) {
    out << "    " << person.who;
    if (person.paged) out << " was paged after " << format_duration(*person.paged) << ',';
    if (person.acknowledged)
      out << " acknowledged after " << format_duration(*person.acknowledged) << ',';
    out << " knew what to do after " << format_duration(person.ready) << '\n';
  }
  for (const study::ReplayedStep& step : page.replay.same().steps)
    if (step.observed.took)
      out << "    " << step_words(journal, step.observed) << " took "
          << format_duration(*step.observed.took) << '\n';
  for (const ObservedTimes::Values& values : observed.times.values)
    out << "    " << phase_words(values) << '\n';
}

void write_not_taken(const ReplayPage& page, Context& context) {
  if (page.replay.exact()) return;
  std::vector<std::string> lines;
  for (const study::ReplayedStep& step : page.replay.same().steps) {
    if (!step.observed.took) continue;
    const std::string name = step_words(page.journal, step.observed) + " took " +
                             format_duration(*step.observed.took) + " and ";
    if (!step.again || !step.again->took) {
      lines.push_back(name + "is not done, or not to its end, in the replay");
      continue;
    }
    const Duration off = step.again->all() - step.observed.all();
    if (off > worth_telling || off < -worth_telling)
      lines.push_back(name + format_duration(*step.again->took) +
                      " in the replay: the rest of it waits for what the platform does");
  }
  for (const std::string& line : page.replay.observed().undated) lines.push_back(line);
  if (lines.empty()) return;
  context.out << "\n  Not to be had from the journal\n";
  for (const std::string& line : lines) context.out << "    " << line << '\n';
}

/// What the replayed outages waited for that no duration of the journal sets.
void write_drawn(const ReplayPage& page, Context& context) {
  if (page.replay.exact()) return;
  const study::Replayed& same = page.replay.same();
  const ObservedTimes& times = page.replay.observed().times;
  std::vector<ParameterId> in_steps;  // what they take in all is the journal's
  for (const JournalEntry& entry : same.journal.entries)
    if (const auto* step = std::get_if<StepEnded>(&entry.what))
      for (const TimeSpent& spent : step->told().spent) in_steps.push_back(spent.parameter);
  const auto is_observed = [&](const UsedParameter& parameter) {
    return std::count(in_steps.begin(), in_steps.end(), parameter.number) > 0 ||
           std::any_of(times.values.begin(), times.values.end(),
                       [&](const auto& one) { return one.parameter == parameter.id; });
  };
  const auto is_of_people = [](NoteKind kind) {
    return kind == NoteKind::page_sent || kind == NoteKind::page_acknowledged ||
           kind == NoteKind::diagnosed;
  };
  std::map<std::string, Duration> drawn;  // parameter or mechanism; the most of any outage
  for (const ObjectiveResult& objective : same.judgement.objectives)
    for (const CauseTime& time : objective.rto.path) {
      if (!time.on_path || time.own <= Duration::zero()) continue;
      std::string words;
      if (time.cause.kind == CauseId::Kind::timer) {
        const auto* parameter =
            parameter_of(same.journal, static_cast<ParameterId>(time.cause.index));
        if (!parameter || is_observed(*parameter)) continue;
        words = parameter->id + " = " + parameter->value + " (" +
                std::string(provenance_name(parameter->provenance)) + ": " + parameter->source +
                ")";
      } else if (time.cause.kind == CauseId::Kind::mechanism) {
        if (is_of_people(static_cast<NoteKind>(time.cause.index))) continue;
        words = "the mechanism behind " +
                std::string(row_of(static_cast<NoteKind>(time.cause.index)).id);
      } else if (time.cause.kind == CauseId::Kind::unexplained) {
        words = "what nothing explains";
      } else {
        continue;
      }
      drawn[words] = std::max(drawn[words], time.own);
    }
  if (drawn.empty()) return;
  std::vector<std::pair<Duration, std::string>> rows;
  rows.reserve(drawn.size());
  for (const auto& [words, time] : drawn) rows.emplace_back(time, words);
  std::sort(rows.rbegin(), rows.rend());
  context.out << "\n  Drawn or worked out by the model, with what the longest outages owe to it\n";
  for (const auto& [time, words] : rows)
    context.out << "    " << format_duration(time) << "  " << words << '\n';
}

}  // namespace

void write_replay(const ReplayPage& page, Context& context) {
  const std::vector<Row> rows = rows_of(page, judge(page.journal));
  context.out << page.journal.scenario.name << " · " << page.journal.world << " · seed "
              << page.journal.seed << ", replayed in simulation\n\n";
  write_objectives(page, rows, context);
  write_sentence(page, rows, context);
  write_taken(page, context);
  write_not_taken(page, context);
  write_drawn(page, context);
}

}  // namespace drdrill::cli
