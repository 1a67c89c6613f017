#include "tests/reports/sample_journal.hpp"

#include <algorithm>

namespace drdrill::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr SubjectId subject(std::uint32_t n) {
  return SubjectId{n};
}
constexpr ParameterId alert_hold{3};
constexpr ParameterId acknowledge{7};
constexpr ParameterId replay{9};

Step step(std::string id, std::string title, int line) {
  Step s;
  s.id = std::move(id);
  s.title = std::move(title);
  s.run = "kubectl get pods";
  s.place = {"scenarios/runbooks/sample.json", line};
  return s;
}

Scenario sample_scenario() {
  Scenario s;
  s.name = "sample-outage";
  s.title = "A node dies and the runbook does what it can";
  s.variant = "as documented";
  s.file = "scenarios/sample-outage.json";
  s.counterpart = "sample-outage-corrected.json";
  s.platform = "gomeet-500";
  s.start = *parse_wall_time("2026-11-23T14:00:00+08:00");
  s.steady_for = seconds(60);
  s.stable_for = seconds(60);
  s.horizon = minutes(60);
  s.faults.push_back({{"node-dies", Primitive::crash, {Level::node, "db-1", 1}},
                      "crash",
                      {},
                      minutes(40),
                      {"scenarios/sample-outage.json", 12}});
  s.faults.push_back({{"nobody-there", Primitive::absent, {Level::person, "on-call", 1}},
                      "absent",
                      seconds(5),
                      {},
                      {"scenarios/sample-outage.json", 14}});
  s.runbook.name = "sample";
  s.runbook.steps = {
      step("page", "Get hold of the on-call", 8), step("promote", "Promote replica 0", 14),
      step("reroute", "Point the Service at the new primary", 22),
      step("restore", "Restore | what <is> *missing*", 30), step("scale-back", "", 38)};
  s.runbook.steps[3].verify = "kubectl exec verify";
  for (ComponentId c :
       {ComponentId::livekit_sfu, ComponentId::api, ComponentId::postgres, ComponentId::redis,
        ComponentId::load_balancer, ComponentId::monitoring, ComponentId::platform})
    s.objectives.push_back({c, minutes(5), minutes(1), {"scenarios/sample-outage.json", 20}});
  s.aborts.push_back({ProbeKind::join, minutes(50), {"scenarios/sample-outage.json", 30}});
  return s;
}

class Entries {
 public:
  explicit Entries(Journal& journal) : journal_(journal) {}
  void at(Duration t, Happening what) { journal_.entries.push_back({t, std::move(what)}); }
  void sample(Duration t, ProbeKind probe, Answer answer, double value) {
    at(t, Sample{t, probe, answer, value});
  }
  void note(Duration t, Duration began, NoteKind kind, ComponentId c, SubjectId s,
            ParameterId p = ParameterId::none) {
    at(t, Note{t, began, kind, c, s, p});
  }
  void step(Duration from, Duration to, std::uint32_t index, StepEnded end, int attempt = 1) {
    at(from, StepStarted{index, attempt, end.verifying});
    end.step = index;
    at(to, std::move(end));
  }

 private:
  Journal& journal_;
};

void add_notes(Entries& e) {
  e.note(seconds(60), seconds(60), NoteKind::postgres_stopped, ComponentId::postgres, subject(1));
  e.note(seconds(100), seconds(60), NoteKind::node_not_ready, ComponentId::postgres, subject(2));
  e.note(seconds(180), seconds(60), NoteKind::alert_firing, ComponentId::postgres, subject(3),
         alert_hold);
  e.note(seconds(400), seconds(180), NoteKind::page_acknowledged, ComponentId::postgres, subject(4),
         acknowledge);
  e.note(minutes(15), seconds(800), NoteKind::postgres_started, ComponentId::postgres, subject(5),
         replay);
  // A burst that one line must stand for, and a long trickle of the same.
  for (int i = 0; i < 240; ++i)
    e.note(seconds(70) + milliseconds(10 * i), seconds(60), NoteKind::clients_noticed,
           ComponentId::livekit_sfu, subject(6 + static_cast<std::uint32_t>(i % 3)));
  for (int i = 0; i < 300; ++i)
    e.note(seconds(200 + 10 * i), seconds(200 + 10 * i), NoteKind::container_restarted,
           ComponentId::api, subject(9));
}

void add_steps(Entries& e) {
  StepEnded ok;
  ok.said = std::make_shared<const StepTold>(StepTold{"\n  t\nsecond line", {}, {}});
  ok.changed_something = true;
  StepEnded failed;
  failed.exit_status = 1;
  failed.said = std::make_shared<const StepTold>(StepTold{
      "Error from server \x1b[31m(NotFound)\x1b[0m: \xff services \"db\" & <none> | not found",
      {},
      {}});
  StepEnded late;
  late.why = StepEnded::Why::timed_out;
  StepEnded skipped;
  skipped.why = StepEnded::Why::skipped;
  StepEnded unknown;
  unknown.understood = false;
  unknown.verifying = true;
  e.step(seconds(180), seconds(400), 0, {});
  e.step(seconds(400), milliseconds(400'200), 1, ok);
  e.step(milliseconds(400'200), milliseconds(401'200), 2, failed);
  e.step(seconds(411), seconds(412), 2, failed, 2);
  e.step(seconds(412), seconds(712), 3, late);
  e.step(seconds(712), seconds(713), 3, unknown);
  e.step(seconds(713), seconds(713), 4, skipped);
}

void add_samples(Entries& e) {
  for (std::size_t i = 0; i < probe_table.size(); ++i)
    e.sample({}, static_cast<ProbeKind>(i), Answer::holds, 1);
  e.sample(seconds(60), ProbeKind::postgres_write, Answer::fails, 0);
  e.sample(seconds(61), ProbeKind::api_requests, Answer::fails, 0);
  e.sample(seconds(62), ProbeKind::media, Answer::fails, 0.54);
  e.sample(seconds(63), ProbeKind::media, Answer::fails, 0.5);
  e.sample(seconds(95), ProbeKind::media, Answer::holds, 0.998);
  e.sample(seconds(64), ProbeKind::scrapes, Answer::unanswered, 0);
  e.sample(minutes(15), ProbeKind::postgres_write, Answer::holds, 1);
  // Flapping until the end.
  for (int i = 0; i < 60; ++i)
    e.sample(minutes(20) + seconds(20 * i), ProbeKind::join,
             i % 2 == 0 ? Answer::fails : Answer::holds, i % 2);
}

Outage postgres_outage() {
  Outage o{seconds(60), minutes(15), 2, {}};
  const Note fired{seconds(180),          seconds(60), NoteKind::alert_firing,
                   ComponentId::postgres, subject(3),  alert_hold};
  const Note acknowledged{seconds(400),          seconds(180), NoteKind::page_acknowledged,
                          ComponentId::postgres, subject(4),   acknowledge};
  const Note started{minutes(15),           seconds(800), NoteKind::postgres_started,
                     ComponentId::postgres, subject(5),   replay};
  o.parts = {{Part::detect, seconds(120), {{seconds(60), seconds(180), {}, fired}}},
             {Part::decide, seconds(220), {{seconds(180), seconds(400), {}, acknowledged}}},
             {Part::act,
              seconds(313),
              {{seconds(412), seconds(712), 3, {}},
               {milliseconds(400'200), milliseconds(401'200), 2, {}},
               {seconds(411), seconds(412), 2, {}},
               {seconds(400), milliseconds(400'200), 1, {}}}},
             {Part::restore, seconds(187), {{seconds(800), minutes(15), {}, started}}}};
  return o;
}

ObjectiveResult objective(ComponentId c, bool exercised = true) {
  ObjectiveResult r;
  r.component = c;
  r.exercised = exercised;
  r.evaluated = exercised;
  r.rto.target = minutes(5);
  if (exercised) {
    r.rto.achieved = Duration::zero();
    r.rto.met = true;
  }
  r.rpo.applicable = has_state_to_lose(c);
  if (!r.rpo.applicable) return r;
  r.rpo.target = minutes(1);
  if (exercised) {
    r.rpo.achieved = Duration::zero();
    r.rpo.acknowledged = 24'000;
    r.rpo.met = true;
  }
  return r;
}

ObjectiveResult missed_postgres() {
  ObjectiveResult r = objective(ComponentId::postgres);
  r.rto.outages = {postgres_outage(), {minutes(20), minutes(21), 9, {}}};
  r.rto.on_estimates = seconds(160);
  r.rto.achieved = minutes(14);
  r.rto.sum = minutes(15);
  r.rto.met = false;
  r.rpo.achieved = milliseconds(680);
  r.rpo.lost_writes = 41;
  r.rpo.unacknowledged_survivors = 2;
  r.rpo.worst_stream = "gomeet_primary";
  return r;
}

ObjectiveResult broken_api() {
  ObjectiveResult r = objective(ComponentId::api);
  r.rto.outages = {{seconds(61), {}, 2, {{Part::detect, minutes(60) - seconds(61), {}}}}};
  r.rto.achieved.reset();
  r.rto.censored_at = minutes(60);
  r.rto.sum = minutes(60) - seconds(61);
  r.rto.met = false;
  r.rpo.achieved.reset();
  r.rpo.met = false;
  return r;
}

ObjectiveResult met_sfu() {
  ObjectiveResult r = objective(ComponentId::livekit_sfu);
  r.rto.outages = {{seconds(62), seconds(95), 2, {{Part::detect, seconds(33), {}}}}};
  r.rto.achieved = seconds(33);
  r.rto.sum = seconds(33);
  return r;
}

ObjectiveResult unseen_monitoring() {
  ObjectiveResult r = objective(ComponentId::monitoring);
  r.evaluated = false;
  r.rto.achieved.reset();
  r.rto.met.reset();
  r.rpo.achieved.reset();
  r.rpo.met.reset();
  return r;
}

}  // namespace

Journal sample_journal() {
  Journal j;
  j.version = "0.1.0";
  j.scenario = sample_scenario();
  j.settings = {"/horizon=1h", "/runbook/steps/2/title=it's here"};
  j.world = "simulated";
  j.seed = 20261123;
  j.replication = 4;
  j.fingerprint = 0x00c0ffee12345678;
  Entries e(j);
  e.at({}, StageBegan{StageBegan::Stage::steady});
  e.at(seconds(60), StageBegan{StageBegan::Stage::drill});
  e.at(seconds(60), FaultInjected{0});
  e.at(milliseconds(60'300), FaultTook{0, j.touched});
  e.at(seconds(65), FaultInjected{1});
  add_samples(e);
  add_notes(e);
  add_steps(e);
  e.at(minutes(40), FaultUndone{0});
  e.at(minutes(59), Aborted{0});
  e.at(minutes(59), StageBegan{StageBegan::Stage::undo});
  e.at(minutes(60), StageBegan{StageBegan::Stage::finished});
  std::stable_sort(j.entries.begin(), j.entries.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  j.inventory_before = {
      {ComponentId::postgres, "streaming replicas", 2, InventoryItem::Better::higher, false}};
  j.inventory_after = {
      {ComponentId::postgres, "streaming replicas", 0, InventoryItem::Better::higher, false}};
  j.touched.add(ComponentId::postgres);
  j.exercised.add(ComponentId::postgres);
  j.exercised.add(ComponentId::api);
  j.ledger.streams.push_back({ComponentId::postgres,
                              "gomeet_primary",
                              {{seconds(0), seconds(59), 23'959, Fate::kept},
                               {milliseconds(59'320), seconds(60), 41, Fate::lost},
                               {seconds(60), seconds(60), 2, Fate::unacknowledged}}});
  j.scenario.checklist = {ChecklistItem::pods_rescheduled, ChecklistItem::no_data_loss,
                          ChecklistItem::query_performance};
  using Outcome = ChecklistAnswer::Outcome;
  j.checklist = {
      {j.scenario.checklist[0], Outcome::done, minutes(60), "79 of 79 pods run"},
      {j.scenario.checklist[1], Outcome::not_done, minutes(60),
       "41 of 24000 lost, most of them in gomeet_primary | \x1b[31m<b>&"},
      {j.scenario.checklist[2], Outcome::not_evaluated, minutes(60), "nobody asks that here"}};
  j.impact = {500,
              260,
              8140.25,
              {{seconds(62), 230},
               {seconds(63), 260},
               {seconds(80), 120},
               {seconds(95), 1},
               {minutes(4), 0}}};
  j.parameters = {{alert_hold,
                   "monitoring.rule_hold",
                   "120 s",
                   Provenance::documented,
                   "alert rules of the platform",
                   {"scenarios/platforms/gomeet-500.json", 118}},
                  {acknowledge,
                   "people.acknowledge",
                   "lognormal median 120 s, sigma 0.6",
                   Provenance::estimate,
                   "no figure is published",
                   {"scenarios/parameters/people.json", 9}},
                  {replay,
                   "postgres.crash_recovery",
                   "100 s",
                   Provenance::measured,
                   "8 runs of PostgreSQL 15.18",
                   {}}};
  j.subjects = {"",
                "postgres-primary-0",
                "db-1",
                "PostgresDown",
                "on-call",
                "postgres-replica-0",
                "livekit-sfu-0",
                "livekit-sfu-1",
                "livekit-sfu-2",
                "auth-service-0"};
  return j;
}

Judgement sample_judgement() {
  Judgement j;
  j.verdict = Verdict::residue;
  j.reasons = {"1 NetworkPolicy of drdrill is still there",
               "postgres was broken for 14m 00s, the target is 5m 00s",
               "api had not recovered when the drill ended"};
  j.severity = Severity::sev0;
  j.objectives = {met_sfu(),
                  broken_api(),
                  missed_postgres(),
                  objective(ComponentId::redis, false),
                  objective(ComponentId::load_balancer),
                  unseen_monitoring(),
                  objective(ComponentId::platform)};
  j.findings = {
      {"step-failed",
       FindingLevel::error,
       "Step 3 exits 1: no Service is named \"db\"; 2 of 2 attempts, and nothing after it "
       "changes what the Service routes to.",
       milliseconds(401'200),
       ComponentId::postgres,
       2,
       {"scenarios/runbooks/sample.json", 22}},
      {"fault-without-effect",
       FindingLevel::warning,
       "nobody-there never took effect",
       {},
       {},
       {},
       {}},
      {"not-understood",
       FindingLevel::note,
       "`verify` of step 4 is not a known command",
       seconds(713),
       {},
       3,
       {"scenarios/runbooks/sample.json", 30}}};
  j.residue = {
      {{ComponentId::redis, "NetworkPolicies of drdrill", 0, InventoryItem::Better::lower, true},
       {ComponentId::redis, "NetworkPolicies of drdrill", 1, InventoryItem::Better::lower, true}}};
  j.left_worse = {
      {{ComponentId::postgres, "streaming replicas", 2, InventoryItem::Better::higher, false},
       {ComponentId::postgres, "streaming replicas", 0, InventoryItem::Better::higher, false}}};
  j.first_fault = milliseconds(60'300);
  return j;
}

Journal quiet_journal() {
  Journal j;
  j.version = "0.1.0";
  j.scenario.name = "quiet";
  j.scenario.platform = "gomeet-500";
  j.scenario.start = *parse_wall_time("2026-11-23T23:59:30Z");
  j.world = "lab";
  j.seed = 1;
  j.entries = {{{}, StageBegan{StageBegan::Stage::steady}},
               {minutes(2), StageBegan{StageBegan::Stage::finished}}};
  return j;
}

Judgement quiet_judgement() {
  Judgement j;
  j.verdict = Verdict::pass;
  j.objectives = {objective(ComponentId::redis)};
  return j;
}

}  // namespace drdrill::test
