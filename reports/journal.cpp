#include <array>
#include <ostream>

#include "reports/formats.hpp"
#include "reports/json_writer.hpp"
#include "reports/words.hpp"

/// The journal as a file. Its members are described in scenarios/README.md, whose reader takes them
/// back; a journal that was written and read gives the same judgement.
namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using std::string_view;

void put(JsonWriter& json, Duration d) {
  json.integer(d.count());
}

void put(JsonWriter& json, string_view key, const SourcePlace& place) {
  json.key(key).begin_array(Layout::one_line).string(place.file).integer(place.line).end_array();
}

void put(JsonWriter& json, string_view key, ComponentSet set) {
  if (!key.empty()) json.key(key);
  json.begin_array(Layout::one_line);
  for (std::size_t i = 0; i < component_count; ++i)
    if (set.has(static_cast<ComponentId>(i))) json.string(components[i].id);
  json.end_array();
}

void put(JsonWriter& json, string_view key, const std::vector<std::uint32_t>& numbers) {
  json.key(key).begin_array(Layout::one_line);
  for (std::uint32_t n : numbers) json.natural(n);
  json.end_array();
}

void put_text(JsonWriter& json, string_view key, string_view value) {
  json.key(key).string(value);
}

void put_time(JsonWriter& json, string_view key, Duration value) {
  put(json.key(key), value);
}

void put_time(JsonWriter& json, string_view key, const std::optional<Duration>& value) {
  if (value) put_time(json, key, *value);
}

void put_fault(JsonWriter& json, const FaultSpec& fault) {
  json.begin_object(Layout::one_line);
  put_text(json, "id", fault.effect.id);
  put_text(json, "fault", fault.catalog_id);
  put_text(json, "primitive", primitive_name(fault.effect.primitive));
  put_text(json, "target", to_string(fault.effect.target));
  json.key("count").integer(fault.effect.target.count);
  if (fault.effect.other) put_text(json, "from", to_string(*fault.effect.other));
  if (fault.effect.amount != 0) json.key("amount").number(fault.effect.amount);
  put_time(json, "after", fault.after);
  if (fault.effect.direction != Direction::both)
    put_text(json, "direction", direction_name(fault.effect.direction));
  put_time(json, "lasts", fault.lasts);
  put(json, "place", fault.place);
  json.end_object();
}

void put_step(JsonWriter& json, const Step& step) {
  json.begin_object(Layout::one_line);
  put_text(json, "id", step.id);
  put_text(json, "title", step.title);
  put_text(json, "phase", phase_name(step.phase));
  put_text(json, "actor", step.actor);
  put_text(json, "run", step.run);
  if (step.by_hand) json.key("by_hand").boolean(true);
  put_text(json, "verify", step.verify);
  put(json, "needs", step.needs);
  if (step.wait_for) put_text(json, "wait_for", row_of(*step.wait_for).id);
  put_time(json, "time_limit", step.time_limit);
  json.key("retries").integer(step.retries);
  put_text(json, "on_failure", on_failure_name(step.on_failure));
  put(json, "rollback", step.rollback);
  json.key("only_as_rollback").boolean(step.only_as_rollback);
  put(json, "place", step.place);
  json.end_object();
}

void put_runbook(JsonWriter& json, const Runbook& runbook) {
  json.begin_object();
  put_text(json, "name", runbook.name);
  put_text(json, "title", runbook.title);
  put_text(json, "source", runbook.source);
  put(json, "place", runbook.place);
  json.key("steps").begin_array();
  for (const Step& step : runbook.steps) put_step(json, step);
  json.end_array().end_object();
}

void put_objective(JsonWriter& json, const Objective& objective) {
  json.begin_object(Layout::one_line);
  put_text(json, "component", name_of(objective.component));
  put_time(json, "rto", objective.rto);
  put_time(json, "rpo", objective.rpo);
  put(json, "place", objective.place);
  json.end_object();
}

void put_abort(JsonWriter& json, const AbortCondition& condition) {
  json.begin_object(Layout::one_line);
  put_text(json, "probe", row_of(condition.probe).id);
  put_time(json, "failing_for", condition.failing_for);
  put(json, "place", condition.place);
  json.end_object();
}

void put_scenario(JsonWriter& json, const Scenario& scenario) {
  json.begin_object();
  put_text(json, "name", scenario.name);
  put_text(json, "title", scenario.title);
  put_text(json, "variant", scenario.variant);
  put_text(json, "file", scenario.file);
  put_text(json, "counterpart", scenario.counterpart);
  put_text(json, "platform", scenario.platform);
  json.key("start").begin_array(Layout::one_line).integer(scenario.start.utc_ns);
  json.integer(scenario.start.utc_offset_minutes).end_array();
  put_time(json, "steady_for", scenario.steady_for);
  put_time(json, "stable_for", scenario.stable_for);
  put_time(json, "horizon", scenario.horizon);
  json.key("faults").begin_array();
  for (const FaultSpec& fault : scenario.faults) put_fault(json, fault);
  json.end_array();
  put_runbook(json.key("runbook"), scenario.runbook);
  json.key("objectives").begin_array();
  for (const Objective& objective : scenario.objectives) put_objective(json, objective);
  json.end_array();
  json.key("abort").begin_array();
  for (const AbortCondition& condition : scenario.aborts) put_abort(json, condition);
  json.end_array();
  json.key("checklist").begin_array(Layout::one_line);
  for (const ChecklistItem item : scenario.checklist) json.string(row_of(item).id);
  json.end_array();
  json.key("checklist_required").boolean(scenario.checklist_required).end_object();
}

/// What comes after the time in an entry.
struct EntryTail {
  JsonWriter& json;

  void operator()(const StageBegan& stage) const {
    constexpr std::array<string_view, 4> names{"steady", "drill", "undo", "finished"};
    json.string("stage").string(names[static_cast<std::size_t>(stage.stage)]);
  }
  void operator()(const FaultInjected& what) const {
    json.string("fault-injected").natural(what.fault);
  }
  void operator()(const FaultTook& what) const {
    put(json.string("fault-took").natural(what.fault), "", what.touched);
  }
  void operator()(const FaultUndone& what) const {
    json.string("fault-undone").natural(what.fault);
  }
  void operator()(const StepStarted& what) const {
    json.string("step-started").natural(what.step).integer(what.attempt).boolean(what.verifying);
  }
  void operator()(const StepEnded& what) const {
    constexpr std::array<string_view, 4> names{"ended", "timed-out", "skipped", "cut-off"};
    json.string("step-ended").natural(what.step).string(names[static_cast<std::size_t>(what.why)]);
    json.integer(what.exit_status).boolean(what.verifying);
    json.boolean(what.changed_something).boolean(what.understood);
    put(json, "", what.touched);
    json.string(what.told().output);
    const bool told = what.told().spent.front().parameter != ParameterId::none;
    if (told || !what.told().hidden_error.empty()) json.string(what.told().hidden_error);
    for (const TimeSpent& spent : what.told().spent)
      if (spent.parameter != ParameterId::none)
        put(json.natural(static_cast<std::uint64_t>(spent.parameter)), spent.time);
  }
  void operator()(const Aborted& what) const {
    json.string("aborted");
    what.condition == Aborted::none ? json.null() : json.natural(what.condition);
    what.step == Aborted::none ? json.null() : json.natural(what.step);
    if (!what.world.empty()) json.string(what.world);
  }
  void operator()(const Sample& sample) const {
    constexpr std::array<string_view, 3> names{"holds", "fails", "unanswered"};
    put(json.string("sample"), sample.at);
    json.string(row_of(sample.probe).id).string(names[static_cast<std::size_t>(sample.answer)]);
    json.number(sample.value);
    if (sample.slack > Duration::zero()) put(json, sample.slack);
  }
  void operator()(const Note& note) const {
    put(json.string("note"), note.at);
    put(json, note.began);
    json.string(row_of(note.kind).id).string(name_of(note.component));
    note.subject == SubjectId::none ? json.null()
                                    : json.natural(static_cast<std::uint32_t>(note.subject));
    note.parameter == ParameterId::none ? json.null()
                                        : json.natural(static_cast<std::uint16_t>(note.parameter));
  }
};

void put_inventory(JsonWriter& json, string_view key, const Inventory& inventory) {
  json.key(key).begin_array();
  for (const InventoryItem& item : inventory) {
    json.begin_array(Layout::one_line).string(name_of(item.component)).string(item.name);
    json.integer(item.value).string(better_name(item.better)).boolean(item.tool_made).end_array();
  }
  json.end_array();
}

void put_ledger(JsonWriter& json, const Ledger& ledger) {
  constexpr std::array<string_view, 4> fates{"kept", "lost", "unacknowledged", "unread"};
  json.key("ledger").begin_array();
  for (const LedgerStream& stream : ledger.streams) {
    json.begin_object(Layout::one_line);
    put_text(json, "component", name_of(stream.component));
    put_text(json, "name", stream.name);
    if (stream.planned_rate > 0) {
      json.key("planned_rate").number(stream.planned_rate);
      json.key("achieved_rate").number(stream.achieved_rate);
      put_time(json, "longest_gap", stream.longest_gap);
    }
    if (!stream.unread.empty()) put_text(json, "unread", stream.unread);
    json.key("runs").begin_array();
    for (const LedgerRun& run : stream.runs) {
      json.begin_array();
      put(json, run.first);
      put(json, run.last);
      json.natural(run.count).string(fates[static_cast<std::size_t>(run.fate)]).end_array();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void put_sampling(JsonWriter& json, const std::vector<ProbeSampling>& sampling) {
  if (sampling.empty()) return;
  json.key("sampling").begin_array();
  for (const ProbeSampling& probe : sampling) {
    json.begin_array(Layout::one_line).string(row_of(probe.probe).id);
    put(json, probe.period);
    put(json, probe.longest_gap);
    json.end_array();
  }
  json.end_array();
}

void put_checklist(JsonWriter& json, const std::vector<ChecklistAnswer>& answers) {
  json.key("checklist").begin_array();
  for (const ChecklistAnswer& answer : answers) {
    json.begin_array(Layout::one_line).string(row_of(answer.item).id);
    put(json.string(outcome_name(answer.outcome)), answer.at);
    json.string(answer.detail).end_array();
  }
  json.end_array();
}

void put_impact(JsonWriter& json, const UserImpact& impact) {
  json.key("impact").begin_object();
  json.key("joined").integer(impact.joined);
  json.key("affected_30s").integer(impact.affected_30s);
  json.key("participant_minutes_lost").number(impact.participant_minutes_lost);
  json.key("curve").begin_array(Layout::one_line);
  for (const UserImpact::Point& point : impact.curve) {
    put(json.begin_array(), point.at);
    json.integer(point.without_media).end_array();
  }
  json.end_array().end_object();
}

void put_parameters(JsonWriter& json, const std::vector<UsedParameter>& parameters) {
  json.key("parameters").begin_array();
  for (const UsedParameter& used : parameters) {
    json.begin_object(Layout::one_line);
    json.key("number").natural(static_cast<std::uint16_t>(used.number));
    put_text(json, "id", used.id);
    put_text(json, "value", used.value);
    put_text(json, "provenance", provenance_name(used.provenance));
    put_text(json, "source", used.source);
    put(json, "place", used.place);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_journal(const Report& report, std::ostream& out, const WriteOptions&) {
  const Journal& journal = *report.journal;
  JsonWriter json;
  json.begin_object();
  put_text(json, "format", "drdrill-journal-1");
  put_text(json, "version", journal.version);
  put_text(json, "world", journal.world);
  put_text(json, "seed", std::to_string(journal.seed));
  put_text(json, "replication", std::to_string(journal.replication));
  put_text(json, "fingerprint", hex(journal.fingerprint));
  json.key("settings").begin_array(Layout::one_line);
  for (const std::string& setting : journal.settings) json.string(setting);
  json.end_array();
  if (!journal.parameter_files.empty()) {
    json.key("parameter_files").begin_array(Layout::one_line);
    for (const std::string& file : journal.parameter_files) json.string(file);
    json.end_array();
  }
  put_scenario(json.key("scenario"), journal.scenario);
  json.key("entries").begin_array();
  for (const JournalEntry& entry : journal.entries) {
    put(json.begin_array(Layout::one_line), entry.at);
    std::visit(EntryTail{json}, entry.what);
    json.end_array();
  }
  json.end_array();
  put_inventory(json, "inventory_before", journal.inventory_before);
  put_inventory(json, "inventory_recovered", journal.inventory_recovered);
  put_inventory(json, "inventory_after", journal.inventory_after);
  put(json, "touched", journal.touched);
  put(json, "exercised", journal.exercised);
  json.key("dependents").begin_array();
  for (const ComponentSet& set : journal.dependents) put(json, "", set);
  json.end_array();
  put_ledger(json, journal.ledger);
  put_sampling(json, journal.sampling);
  if (!journal.unasked.empty()) {
    json.key("unasked").begin_array();
    for (const UnaskedProbe& unasked : journal.unasked)
      json.begin_array(Layout::one_line)
          .string(row_of(unasked.probe).id)
          .string(unasked.reason)
          .end_array();
    json.end_array();
  }
  put_checklist(json, journal.checklist);
  put_impact(json, journal.impact);
  put_parameters(json, journal.parameters);
  json.key("subjects").begin_array(Layout::one_line);
  for (const std::string& subject : journal.subjects) json.string(subject);
  json.end_array();
  if (!journal.left_behind.empty()) {
    json.key("left_behind").begin_array();
    for (const std::string& sentence : journal.left_behind) json.string(sentence);
    json.end_array();
  }
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
