#include <algorithm>
#include <array>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/regression.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

/// SARIF 2.1.0 (OASIS): one result for each figure that is worse and each line that explains it, so
/// that a code review shows it there.
namespace drdrill::reports {
namespace {

using Layout = JsonWriter::Layout;
using study::RegressionRow;
using study::ScenarioRegression;

struct Rule {
  std::string_view id;
  std::string_view text;
};
/// In the order of the figures.
constexpr std::array<Rule, 8> rules{{
    {"rto-worse", "The 95th percentile of a recovery time got worse"},
    {"rpo-worse", "The 95th percentile of what is lost got worse"},
    {"missed-more-often", "A target is missed more often"},
    {"no-longer-exercised", "An objective is no longer exercised"},
    {"rto-target-weaker", "Less is asked of a recovery time than before"},
    {"rpo-target-weaker", "More may be lost than before"},
    {"scenario-gone", "A scenario is gone"},
    {"waiver-expired", "A waiver has expired"},
}};

/// The part behind "origin/main:" is a path in the repository.
std::string uri_of(const SourcePlace& place) {
  const std::size_t colon = place.file.find(':');
  std::string path = colon == std::string::npos ? place.file : place.file.substr(colon + 1);
  std::string out;
  for (const char c : path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-_.~").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

void put_result(JsonWriter& json, std::size_t rule, bool waived, const std::string& reason,
                const std::string& text, const SourcePlace& place) {
  json.begin_object();
  json.key("ruleId").string(rules[rule].id);
  json.key("ruleIndex").natural(rule);
  json.key("level").string("error");
  json.key("message").begin_object(Layout::one_line).key("text").string(text).end_object();
  json.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
  json.key("artifactLocation").begin_object(Layout::one_line).key("uri").string(uri_of(place));
  json.end_object();
  json.key("region")
      .begin_object(Layout::one_line)
      .key("startLine")
      .integer(std::max(place.line, 1));
  json.end_object().end_object().end_object().end_array();
  if (waived) {
    json.key("suppressions").begin_array().begin_object(Layout::one_line);
    json.key("kind").string("external").key("justification").string(reason);
    json.end_object().end_array();
  }
  json.end_object();
}

void put_row(JsonWriter& json, const study::Regression& regression,
             const ScenarioRegression& scenario, const RegressionRow& row) {
  const std::string reason = row.waiver ? waiver_words(regression.waivers[*row.waiver]) : "";
  const std::string text = scenario.name + ": " + regressed_name(row) + " " + figure_before(row) +
                           " → " + figure_after(row) + " " + difference_words(row);
  const auto rule = static_cast<std::size_t>(row.figure);
  if (row.because.empty())
    put_result(json, rule, row.waiver.has_value(), reason, text + "; " + cause_words(scenario, row),
               {scenario.file, 1});
  for (const study::Blame& blame : row.because) {
    const study::ChangedValue& change = scenario.changes[blame.change];
    put_result(json, rule, row.waiver.has_value(), reason,
               text + " because " + change_words(change), change.place);
  }
}

}  // namespace

void write_regression_sarif(const study::Regression& regression, std::ostream& out,
                            const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("$schema").string("https://json.schemastore.org/sarif-2.1.0.json");
  json.key("version").string("2.1.0");
  json.key("runs").begin_array().begin_object();
  // What code scanning tells our several uploads for one commit apart by.
  json.key("automationDetails").begin_object(Layout::one_line).key("id").string("drdrill/compare/");
  json.end_object();
  json.key("tool").begin_object().key("driver").begin_object();
  json.key("name").string("drdrill");
  json.key("version").string(drdrill_version());
  json.key("rules").begin_array();
  for (const Rule& rule : rules) {
    json.begin_object(Layout::one_line).key("id").string(rule.id).key("shortDescription");
    json.begin_object().key("text").string(rule.text).end_object().end_object();
  }
  json.end_array().end_object().end_object();
  json.key("results").begin_array();
  constexpr std::size_t gone = 6, expired = 7;
  for (const ScenarioRegression& scenario : regression.scenarios) {
    if (scenario.presence == ScenarioRegression::Presence::removed)
      put_result(json, gone, scenario.waiver.has_value(),
                 scenario.waiver ? waiver_words(regression.waivers[*scenario.waiver]) : "",
                 "the scenario " + scenario.name + " is gone", {scenario.file, 1});
    for (const RegressionRow& row : scenario.rows)
      if (row.state == RegressionRow::State::worse) put_row(json, regression, scenario, row);
  }
  for (const study::Waiver& waiver : regression.waivers)
    if (waiver.expired) put_result(json, expired, false, "", waiver_words(waiver), waiver.place);
  json.end_array().end_object().end_array().end_object();
  out << json.take();
}

}  // namespace drdrill::reports
