#include <cstdint>
#include <ostream>

#include "reports/formats.hpp"
#include "reports/markup.hpp"
#include "reports/words.hpp"

/// JUnit XML in the form that Jenkins, GitLab and GitHub actions read: one test case an
/// objective and an item of the checklist.
/// A drill that did not pass for another reason (left worse, aborted, residue) has one more test
/// case, "verdict", because a CI job must never show it as green.
namespace drdrill::reports {
namespace {

std::string milliseconds(Duration d) {
  const std::int64_t ms = d.count() / 1'000'000;
  const std::string rest = std::to_string(1000 + ms % 1000);
  return std::to_string(ms / 1000) + "." + rest.substr(1);
}

enum class Outcome { passed, failure, error, skipped };

struct TestCase {
  std::string name;
  Duration took{};
  Outcome outcome = Outcome::passed;
  std::string message;
  std::string detail;
};

std::string miss_words(const ObjectiveResult& result) {
  std::string out;
  if (result.rto.met == false)
    out = "RTO " + rto_words(result) + ", target " + target_words(result.rto.target);
  if (result.rpo.met == false)
    out += (out.empty() ? "RPO " : "; RPO ") + rpo_words(result) + ", target " +
           target_words(result.rpo.target);
  return out;
}

std::string breakdown_words(const Journal& journal, const ObjectiveResult& result) {
  std::string out = remark_words(journal, result);
  const Outage* outage = decisive_outage(result.rto.outages);
  if (outage == nullptr) return out;
  for (const PartOfOutage& part : outage->parts) {
    out += (out.empty() ? "" : "\n") + std::string(part_name(part.part)) + " " +
           format_duration(part.took);
    for (const Cause& cause : part.causes)
      out += "\n  " + format_duration(cause.to - cause.from) + " " + cause_words(journal, cause) +
             " " + cause_parameter_words(journal, cause);
  }
  return out;
}

TestCase case_of(const Journal& journal, const ObjectiveResult& result) {
  TestCase test;
  test.name = name_of(result.component);
  if (const Outage* outage = decisive_outage(result.rto.outages))
    test.took = length_of(*outage, end_of(journal));
  switch (mark_of(result)) {
    case Mark::met:
      return test;
    case Mark::missed:
      test.outcome = Outcome::failure;
      test.message = miss_words(result);
      test.detail = breakdown_words(journal, result);
      return test;
    case Mark::not_judged:
      break;
  }
  test.outcome = result.exercised ? Outcome::error : Outcome::skipped;
  test.message = result.exercised
                     ? "not judged: RTO " + rto_words(result) + ", RPO " + rpo_words(result)
                     : "not exercised: no fault touched it or anything that it depends on";
  return test;
}

/// Items of the checklist that nobody could tell are skipped, as those that are not done are where
/// the scenario does not require them: a CI job must not fail for what does not fail the drill.
TestCase case_of(const Journal& journal, const ChecklistAnswer& answer) {
  TestCase test;
  test.name = "checklist " + std::string(row_of(answer.item).id);
  if (answer.outcome == ChecklistAnswer::Outcome::done) return test;
  test.message = std::string(row_of(answer.item).title) + ": " + answer_words(journal, answer);
  test.outcome = Outcome::skipped;
  if (!journal.scenario.checklist_required) return test;
  const bool undone = answer.outcome == ChecklistAnswer::Outcome::not_done;
  test.outcome = undone ? Outcome::failure : Outcome::error;
  return test;
}

/// The case for a verdict that the objectives and the checklist do not show; nothing when they do.
std::vector<TestCase> cases_of(const Report& report) {
  const Judgement& judgement = *report.judgement;
  std::vector<TestCase> tests;
  bool shown = judgement.verdict == Verdict::pass;
  for (const ObjectiveResult& result : judgement.objectives)
    tests.push_back(case_of(*report.journal, result));
  for (const ChecklistAnswer& answer : report.journal->checklist)
    tests.push_back(case_of(*report.journal, answer));
  for (const TestCase& test : tests) {
    const Outcome outcome = test.outcome;
    shown = shown || (judgement.verdict == Verdict::fail && outcome == Outcome::failure) ||
            (judgement.verdict == Verdict::inconclusive && outcome == Outcome::error);
  }
  if (shown) return tests;
  TestCase test;
  test.name = "verdict";
  test.outcome = judgement.verdict == Verdict::fail ? Outcome::failure : Outcome::error;
  test.message = std::string(verdict_name(judgement.verdict));
  for (const std::string& reason : judgement.reasons)
    test.detail += (test.detail.empty() ? "" : "\n") + reason;
  tests.push_back(std::move(test));
  return tests;
}

struct Counts {
  std::size_t failures = 0, errors = 0, skipped = 0;
};

Counts count(const std::vector<TestCase>& tests) {
  Counts counts;
  for (const TestCase& test : tests) {
    counts.failures += test.outcome == Outcome::failure ? 1 : 0;
    counts.errors += test.outcome == Outcome::error ? 1 : 0;
    counts.skipped += test.outcome == Outcome::skipped ? 1 : 0;
  }
  return counts;
}

void put_property(std::ostream& out, std::string_view name, std::string_view value) {
  out << "      <property name=\"" << name << "\" value=\"" << xml_text(value) << "\"/>\n";
}

void put_case(std::ostream& out, const Scenario& scenario, const TestCase& test) {
  out << "    <testcase classname=\"drdrill." << xml_text(scenario.name) << "\" name=\""
      << xml_text(test.name) << "\" time=\"" << milliseconds(test.took) << '"';
  if (test.outcome == Outcome::passed) {
    out << "/>\n";
    return;
  }
  const std::string_view tag = test.outcome == Outcome::failure ? "failure"
                               : test.outcome == Outcome::error ? "error"
                                                                : "skipped";
  out << ">\n      <" << tag << " message=\"" << xml_text(test.message) << '"';
  if (test.outcome != Outcome::skipped) out << " type=\"" << tag << '"';
  if (test.detail.empty())
    out << "/>\n";
  else
    out << '>' << xml_text(test.detail) << "</" << tag << ">\n";
  out << "    </testcase>\n";
}

}  // namespace

void write_junit(const Report& report, std::ostream& out, const WriteOptions&) {
  const Journal& journal = *report.journal;
  const Judgement& judgement = *report.judgement;
  const auto tests = cases_of(report);
  const Counts counts = count(tests);
  const std::string totals = " tests=\"" + std::to_string(tests.size()) + "\" failures=\"" +
                             std::to_string(counts.failures) + "\" errors=\"" +
                             std::to_string(counts.errors) + "\" skipped=\"" +
                             std::to_string(counts.skipped) + "\" time=\"" +
                             milliseconds(end_of(journal)) + "\"";
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"drdrill\"" << totals
      << ">\n  <testsuite name=\"" << xml_text(scenario_words(journal.scenario)) << '"' << totals
      << ">\n    <properties>\n";
  put_property(out, "drdrill", journal.version);
  put_property(out, "world", journal.world);
  put_property(out, "platform", journal.scenario.platform);
  put_property(out, "seed", std::to_string(journal.seed));
  put_property(out, "replication", std::to_string(journal.replication));
  put_property(out, "verdict", verdict_name(judgement.verdict));
  put_property(out, "severity", severity_name(judgement.severity));
  put_property(out, "fingerprint", hex(journal.fingerprint));
  put_property(out, "reproduce", command_again(journal));
  out << "    </properties>\n";
  for (const TestCase& test : tests) put_case(out, journal.scenario, test);
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace drdrill::reports
