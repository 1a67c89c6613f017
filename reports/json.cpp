#include <array>
#include <ostream>

#include "reports/formats.hpp"
#include "reports/json_writer.hpp"
#include "reports/timeline.hpp"
#include "reports/words.hpp"

/// The JSON report. Every member is always there; what does not exist is null or an empty list.
/// scenarios/schema/ describes it.
namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using std::string_view;

constexpr std::size_t timeline_rows = 400;

void put_text(JsonWriter& json, string_view key, string_view value) {
  json.key(key).string(value);
}

template <class Time>
void put_seconds(JsonWriter& json, string_view key, const Time& value) {
  json.key(key).seconds(value);
}

void put_place(JsonWriter& json, const SourcePlace& place) {
  json.key("file");
  place.file.empty() ? json.null() : json.string(place.file);
  json.key("line");
  place.file.empty() ? json.null() : json.integer(place.line);
}

void put_component(JsonWriter& json, const std::optional<ComponentId>& component) {
  json.key("component");
  component ? json.string(name_of(*component)) : json.null();
}

void put_step(JsonWriter& json, const Journal& journal, const std::optional<std::uint32_t>& step) {
  json.key("step");
  if (!step || *step >= journal.scenario.runbook.steps.size()) {
    json.null();
    return;
  }
  json.string(journal.scenario.runbook.steps[*step].id);
}

void put_cause(JsonWriter& json, const Journal& journal, const Cause& cause) {
  json.begin_object(Layout::one_line);
  put_seconds(json, "from_s", cause.from);
  put_seconds(json, "to_s", cause.to);
  put_text(json, "text", cause_words(journal, cause));
  put_step(json, journal, cause.step);
  json.key("fault");
  cause.fault&&* cause.fault < journal.scenario.faults.size()
      ? json.string(journal.scenario.faults[*cause.fault].effect.id)
      : json.null();
  json.key("note");
  cause.note ? json.string(row_of(cause.note->kind).id) : json.null();
  json.key("parameter");
  const UsedParameter* used = cause.note ? parameter_of(journal, *cause.note) : nullptr;
  used != nullptr ? json.string(used->id) : json.null();
  json.end_object();
}

void put_parts(JsonWriter& json, const Journal& journal, const Outage& outage) {
  json.begin_object();
  for (const PartOfOutage& part : outage.parts) {
    json.key(part_name(part.part)).begin_object();
    put_seconds(json, "took_s", part.took);
    json.key("causes").begin_array();
    for (const Cause& cause : part.causes) put_cause(json, journal, cause);
    json.end_array().end_object();
  }
  json.end_object();
}

void put_outage(JsonWriter& json, const Journal& journal, const Outage& outage) {
  json.begin_object(Layout::one_line);
  put_seconds(json, "began_s", outage.began);
  put_seconds(json, "ended_s", outage.ended);
  const bool known = outage.preceded_by && *outage.preceded_by < journal.entries.size();
  json.key("after");
  known ? json.string(happening_words(journal, *outage.preceded_by)) : json.null();
  json.key("after_s");
  known ? json.seconds(outage.began - journal.entries[*outage.preceded_by].at) : json.null();
  json.end_object();
}

void put_rto(JsonWriter& json, const Journal& journal, const ObjectiveResult& result) {
  const RtoResult& rto = result.rto;
  json.key("rto").begin_object();
  put_seconds(json, "target_s", rto.target);
  put_seconds(json, "achieved_s", rto.achieved);
  put_seconds(json, "censored_at_s", rto.censored_at);
  json.key("recovered");
  !rto.achieved && !rto.censored_at ? json.null() : json.boolean(!rto.censored_at.has_value());
  json.key("met").boolean(rto.met);
  put_seconds(json, "sum_s", rto.sum);
  json.key("estimate_share");
  const auto estimated = estimate_share(journal, rto);
  estimated ? json.number(*estimated) : json.null();
  if (rto.uncertainty > Duration::zero()) put_seconds(json, "uncertainty_s", rto.uncertainty);
  json.key("breakdown");
  const Outage* outage = decisive_outage(rto.outages);
  outage != nullptr ? put_parts(json, journal, *outage) : static_cast<void>(json.null());
  json.key("outages").begin_array();
  for (const Outage& each : rto.outages) put_outage(json, journal, each);
  json.end_array().end_object();
}

/// What only a world that measures has to say.
void put_rpo_of_live(JsonWriter& json, const RpoResult& rpo) {
  if (rpo.at_least) put_seconds(json, "at_least_s", rpo.at_least);
  if (rpo.uncertainty > Duration::zero()) put_seconds(json, "uncertainty_s", rpo.uncertainty);
  if (rpo.resolution > Duration::zero()) put_seconds(json, "resolution_s", rpo.resolution);
  if (rpo.lost_after_undo > 0) json.key("lost_after_undo").natural(rpo.lost_after_undo);
  if (rpo.unread > 0) json.key("unread_writes").natural(rpo.unread);
}

void put_rpo(JsonWriter& json, const RpoResult& rpo) {
  json.key("rpo").begin_object();
  json.key("applicable").boolean(rpo.applicable);
  if (!rpo.applicable) {
    json.end_object();
    return;
  }
  json.key("evaluated").boolean(rpo.evaluated);
  put_seconds(json, "target_s", rpo.target);
  put_seconds(json, "achieved_s", rpo.achieved);
  json.key("lost_writes").natural(rpo.lost_writes);
  json.key("acknowledged_writes").natural(rpo.acknowledged);
  json.key("unacknowledged_survivors").natural(rpo.unacknowledged_survivors);
  json.key("worst_stream");
  rpo.worst_stream.empty() ? json.null() : json.string(rpo.worst_stream);
  json.key("met").boolean(rpo.met);
  put_rpo_of_live(json, rpo);
  json.end_object();
}

void put_objectives(JsonWriter& json, const Report& report) {
  json.key("objectives").begin_array();
  for (const ObjectiveResult& result : report.judgement->objectives) {
    json.begin_object();
    put_text(json, "component", name_of(result.component));
    json.key("exercised").boolean(result.exercised);
    json.key("evaluated").boolean(result.evaluated);
    json.key("met").boolean(result.met());
    put_rto(json, *report.journal, result);
    put_rpo(json, result.rpo);
    json.end_object();
  }
  json.end_array();
}

/// How finely a live drill was measured.
void put_measurement(JsonWriter& json, const Journal& journal) {
  if (journal.sampling.empty()) return;
  json.key("measurement").begin_object();
  json.key("probes").begin_array();
  for (const ProbeSampling& probe : journal.sampling) {
    json.begin_object(Layout::one_line);
    put_text(json, "probe", row_of(probe.probe).id);
    put_seconds(json, "period_s", probe.period);
    put_seconds(json, "longest_gap_s", probe.longest_gap);
    json.end_object();
  }
  json.end_array();
  json.key("ledgers").begin_array();
  for (const LedgerStream& stream : journal.ledger.streams) {
    json.begin_object(Layout::one_line);
    put_text(json, "component", name_of(stream.component));
    put_text(json, "stream", stream.name);
    json.key("planned_per_s").number(stream.planned_rate);
    json.key("achieved_per_s").number(stream.achieved_rate);
    put_seconds(json, "longest_gap_s", stream.longest_gap);
    json.key("unread");
    stream.unread.empty() ? json.null() : json.string(stream.unread);
    json.end_object();
  }
  json.end_array().end_object();
}

void put_impact(JsonWriter& json, const UserImpact& impact) {
  json.key("user_impact").begin_object();
  json.key("joined").integer(impact.joined);
  json.key("affected_30s").integer(impact.affected_30s);
  json.key("participant_minutes_lost").number(impact.participant_minutes_lost);
  json.key("without_media").begin_array();
  for (const UserImpact::Point& point : impact.curve) {
    put_seconds(json.begin_object(Layout::one_line), "at_s", point.at);
    json.key("participants").integer(point.without_media).end_object();
  }
  json.end_array().end_object();
}

void put_timeline(JsonWriter& json, const Journal& journal) {
  json.key("timeline").begin_array();
  for (const TimelineRow& row : make_timeline(journal, timeline_rows)) {
    json.begin_object(Layout::one_line);
    put_seconds(json, "at_s", row.at);
    put_seconds(json, "until_s", row.until);
    put_text(json, "clock", clock_of(journal, row.at));
    put_text(json, "kind", kind_name(row.kind));
    put_text(json, "id", row.id);
    put_component(json, row.component);
    put_text(json, "text", row.text);
    json.key("count").natural(row.count);
    if (row.kind == TimelineRow::Kind::step) {
      json.key("exit_status");
      row.exit_status ? json.integer(*row.exit_status) : json.null();
      put_text(json, "output", row.output);
    }
    json.end_object();
  }
  json.end_array();
}

void put_findings(JsonWriter& json, const Report& report) {
  json.key("findings").begin_array();
  for (const Finding& finding : report.judgement->findings) {
    json.begin_object(Layout::one_line);
    put_text(json, "rule", finding.rule);
    put_text(json, "level", level_name(finding.level));
    put_text(json, "text", finding.text);
    put_seconds(json, "at_s", finding.at);
    put_component(json, finding.component);
    put_step(json, *report.journal, finding.step);
    put_place(json, finding.place);
    json.end_object();
  }
  json.end_array();
}

void put_checklist(JsonWriter& json, const Report& report) {
  json.key("checklist").begin_array();
  for (const ChecklistAnswer& answer : report.journal->checklist) {
    const ChecklistRow& row = row_of(answer.item);
    json.begin_object(Layout::one_line);
    put_text(json, "id", row.id);
    put_text(json, "title", row.title);
    put_text(json, "asks", row.question);
    put_text(json, "component", name_of(row.component));
    put_text(json, "outcome", outcome_name(answer.outcome));
    put_seconds(json, "at_s", answer.at);
    put_text(json, "detail", answer.detail);
    json.end_object();
  }
  json.end_array();
}

void put_changes(JsonWriter& json, string_view key, const std::vector<Change>& changes) {
  json.key(key).begin_array();
  for (const Change& change : changes) {
    json.begin_object(Layout::one_line);
    put_text(json, "component", name_of(change.before.component));
    put_text(json, "name", change.before.name);
    json.key("before").integer(change.before.value);
    json.key("after").integer(change.after.value);
    json.end_object();
  }
  json.end_array();
}

void put_parameters(JsonWriter& json, const Journal& journal) {
  json.key("parameters").begin_array();
  for (const UsedParameter& used : journal.parameters) {
    json.begin_object(Layout::one_line);
    put_text(json, "id", used.id);
    put_text(json, "value", used.value);
    put_text(json, "provenance", provenance_name(used.provenance));
    put_text(json, "source", used.source);
    put_place(json, used.place);
    json.end_object();
  }
  json.end_array();
}

void put_head(JsonWriter& json, const Report& report) {
  const Journal& journal = *report.journal;
  put_text(json, "drdrill", journal.version);
  put_text(json, "scenario", journal.scenario.name);
  put_text(json, "variant", journal.scenario.variant);
  put_text(json, "file", journal.scenario.file);
  put_text(json, "platform", journal.scenario.platform);
  put_text(json, "world", journal.world);
  json.key("seed").natural(journal.seed);
  json.key("replication").natural(journal.replication);
  json.key("settings").begin_array(Layout::one_line);
  for (const std::string& setting : journal.settings) json.string(setting);
  json.end_array();
  put_text(json, "reproduce", command_again(journal));
}

void put_verdict(JsonWriter& json, const Report& report) {
  const Judgement& judgement = *report.judgement;
  put_text(json, "verdict", verdict_name(judgement.verdict));
  json.key("exit_code").integer(exit_code(judgement.verdict));
  put_text(json, "severity", severity_name(judgement.severity));
  put_text(json, "fingerprint", hex(report.journal->fingerprint));
  json.key("reasons").begin_array();
  for (const std::string& reason : judgement.reasons) json.string(reason);
  json.end_array();
  put_seconds(json, "first_fault_s", judgement.first_fault);
  put_seconds(json, "ended_s", end_of(*report.journal));
}

}  // namespace

void write_json(const Report& report, std::ostream& out, const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  put_head(json, report);
  put_verdict(json, report);
  put_objectives(json, report);
  put_measurement(json, *report.journal);
  put_impact(json, report.journal->impact);
  put_timeline(json, *report.journal);
  put_findings(json, report);
  put_checklist(json, report);
  put_changes(json, "residue", report.judgement->residue);
  put_changes(json, "left_worse", report.judgement->left_worse);
  put_changes(json, "restored_by_undo", report.judgement->restored_by_undo);
  put_parameters(json, *report.journal);
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
