#include "reports/audit.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <tuple>

#include "reports/json_writer.hpp"
#include "reports/markup.hpp"

namespace drdrill {
namespace {

using audit::Finding;
using audit::Severity;
using reports::JsonWriter;

std::string place_words(const SourcePlace& place) {
  return place.file + (place.line > 0 ? ":" + std::to_string(place.line) : "");
}

std::size_t count(const AuditReport& report, Severity severity) {
  return static_cast<std::size_t>(std::count_if(
      report.findings.begin(), report.findings.end(),
      [&](const Finding& f) { return f.severity == severity && f.accepted.empty(); }));
}

std::size_t accepted(const AuditReport& report) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(),
                    [](const Finding& f) { return !f.accepted.empty(); }));
}

std::string number(std::size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string summary(const AuditReport& report) {
  std::string text = number(count(report, Severity::error), "error") + ", " +
                     number(count(report, Severity::warning), "warning") + ", " +
                     number(count(report, Severity::note), "note");
  if (accepted(report) > 0) text += ", " + std::to_string(accepted(report)) + " accepted";
  text += " · " + number(report.files, "file") + ", " + number(report.procedures, "procedure");
  return text + (report.platform.empty() ? ", not rehearsed: no platform (--platform)"
                                         : ", rehearsed on simulated " + report.platform);
}

/// A path as a URI reference, relative where the path is.
std::string uri_of(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      ((out += '%') += hex[byte >> 4U]) += hex[byte & 15U];
  }
  return out;
}

/// Findings that people are told at once: those of a rule that says the same of each place, and
/// those that say the same to the letter. In the order of the first of each.
std::vector<std::vector<const Finding*>> told_together(const AuditReport& report) {
  const auto key_of = [](const Finding& finding) {
    const audit::Rule* rule = audit::find_rule(finding.rule);
    return std::tuple(finding.rule, finding.severity, finding.objective,
                      rule && rule->alike ? std::string() : finding.evidence);
  };
  std::map<decltype(key_of(report.findings.front())), std::vector<const Finding*>> alike;
  for (const Finding& finding : report.findings)
    if (finding.accepted.empty()) alike[key_of(finding)].push_back(&finding);
  std::vector<std::vector<const Finding*>> out;
  for (const Finding& finding : report.findings) {
    if (!finding.accepted.empty()) continue;
    const auto& all = alike[key_of(finding)];
    // So many are read one by one.
    const std::size_t few = finding.severity == Severity::error ? 5 : 3;
    if (all.size() < few)
      out.push_back({&finding});
    else if (all.front() == &finding)
      out.push_back(all);
  }
  return out;
}

/// "a.md:3, 9; b.md:4" of all but the first.
std::string other_places(const std::vector<const Finding*>& alike) {
  constexpr std::size_t most = 24;
  std::string text, file;
  for (std::size_t i = 1; i < alike.size(); ++i) {
    const SourcePlace& place = alike[i]->place;
    if (i > most) return text + " …";
    if (place.file == file)
      text += ", " + std::to_string(place.line);
    else
      text += (text.empty() ? "" : "; ") + place_words(place);
    file = place.file;
  }
  return text;
}

void write_text(const AuditReport& report, std::ostream& out, const WriteOptions& options) {
  const auto colour = [&](Severity severity) {
    if (!options.colour) return "";
    return severity == Severity::error     ? "\033[31m"
           : severity == Severity::warning ? "\033[33m"
                                           : "\033[2m";
  };
  for (const auto& alike : told_together(report)) {
    const Finding& finding = *alike.front();
    out << place_words(finding.place) << ": " << colour(finding.severity)
        << severity_name(finding.severity) << (options.colour ? "\033[0m" : "") << " ["
        << finding.rule << "] " << finding.evidence << '\n';
    if (alike.size() > 1)
      out << "    " << alike.size() - 1 << " more  " << other_places(alike) << '\n';
    if (!finding.objective.empty()) out << "    endangers  " << finding.objective << '\n';
    out << "    instead    " << finding.fix << '\n';
  }
  out << (report.findings.empty() ? "" : "\n") << summary(report) << '\n';
}

void write_json(const AuditReport& report, std::ostream& out, const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-audit-1");
  json.key("platform").string(report.platform);
  json.key("errors").natural(count(report, Severity::error));
  json.key("warnings").natural(count(report, Severity::warning));
  json.key("notes").natural(count(report, Severity::note));
  json.key("accepted").natural(accepted(report));
  json.key("findings").begin_array();
  for (const Finding& finding : report.findings) {
    json.begin_object();
    json.key("rule").string(finding.rule);
    json.key("severity").string(severity_name(finding.severity));
    json.key("file").string(finding.place.file);
    json.key("line").integer(finding.place.line);
    json.key("evidence").string(finding.evidence);
    json.key("objective").string(finding.objective);
    json.key("fix").string(finding.fix);
    if (!finding.accepted.empty()) json.key("accepted").string(finding.accepted);
    json.end_object();
  }
  json.end_array().end_object();
  out << json.take();
}

/// SARIF 2.1.0 (OASIS): rules, results with locations, suppressions of what is accepted.
void write_sarif(const AuditReport& report, std::ostream& out, const WriteOptions&) {
  JsonWriter json;
  json.begin_object();
  json.key("$schema").string("https://json.schemastore.org/sarif-2.1.0.json");
  json.key("version").string("2.1.0");
  json.key("runs").begin_array().begin_object();
  json.key("automationDetails").begin_object().key("id").string("drdrill/audit/").end_object();
  json.key("originalUriBaseIds").begin_object().key("%SRCROOT%").begin_object();
  json.key("description").begin_object();
  json.key("text").string("where the audit ran").end_object().end_object().end_object();
  json.key("columnKind").string("utf16CodeUnits");
  json.key("tool").begin_object().key("driver").begin_object();
  json.key("name").string("drdrill");
  json.key("rules").begin_array();
  for (const audit::Rule& rule : audit::rules()) {
    json.begin_object();
    json.key("id").string(rule.id);
    json.key("shortDescription").begin_object().key("text").string(rule.what).end_object();
    json.key("help").begin_object().key("text").string(rule.fix).end_object();
    json.key("defaultConfiguration")
        .begin_object()
        .key("level")
        .string(severity_name(rule.severity))
        .end_object();
    json.end_object();
  }
  json.end_array().end_object().end_object();
  json.key("results").begin_array();
  for (const Finding& finding : report.findings) {
    json.begin_object();
    json.key("ruleId").string(finding.rule);
    if (const audit::Rule* rule = audit::find_rule(finding.rule))
      json.key("ruleIndex").natural(static_cast<std::size_t>(rule - audit::rules().data()));
    json.key("level").string(severity_name(finding.severity));
    std::string text = finding.evidence;
    if (!finding.objective.empty()) text += " (endangers " + finding.objective + ")";
    json.key("message")
        .begin_object()
        .key("text")
        .string(text + ". Instead: " + finding.fix)
        .end_object();
    json.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
    json.key("artifactLocation").begin_object().key("uri").string(uri_of(finding.place.file));
    if (!finding.place.file.starts_with('/')) json.key("uriBaseId").string("%SRCROOT%");
    json.end_object();
    json.key("region")
        .begin_object()
        .key("startLine")
        .integer(std::max(finding.place.line, 1))
        .end_object();
    json.end_object().end_object().end_array();
    if (!finding.accepted.empty()) {
      json.key("suppressions").begin_array().begin_object();
      json.key("kind").string(finding.accepted == "baseline" ? "external" : "inSource");
      json.key("justification").string(finding.accepted).end_object().end_array();
    }
    json.end_object();
  }
  json.end_array().end_object().end_array().end_object();
  out << json.take();
}

void write_junit(const AuditReport& report, std::ostream& out, const WriteOptions&) {
  const auto fails = [&](const Finding& f) {
    return f.accepted.empty() && f.severity >= report.fail_on;
  };
  const auto failures = std::count_if(report.findings.begin(), report.findings.end(), fails);
  const std::string counts = "tests=\"" + std::to_string(report.findings.size()) +
                             "\" failures=\"" + std::to_string(failures) +
                             "\" errors=\"0\" skipped=\"" + std::to_string(accepted(report)) + "\"";
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " << counts
      << ">\n  <testsuite name=\"drdrill audit\" " << counts << ">\n";
  for (const Finding& finding : report.findings) {
    out << "    <testcase classname=\"" << reports::xml_text(finding.place.file) << "\" name=\""
        << reports::xml_text(finding.rule + " line " + std::to_string(finding.place.line)) << '"';
    if (!finding.accepted.empty())
      out << ">\n      <skipped message=\"" << reports::xml_text(finding.accepted)
          << "\"/>\n    </testcase>\n";
    else if (fails(finding))
      out << ">\n      <failure message=\"" << reports::xml_text(finding.evidence) << "\">"
          << reports::xml_text("Instead: " + finding.fix) << "</failure>\n    </testcase>\n";
    else
      out << ">\n      <system-out>" << reports::xml_text(finding.evidence)
          << "</system-out>\n    </testcase>\n";
  }
  out << "  </testsuite>\n</testsuites>\n";
}

constexpr std::array<AuditWriterRow, 4> table{{
    {"text", "for people; what is the same in many places, once", write_text},
    {"json", "everything, for programs", write_json},
    {"sarif", "SARIF 2.1.0, for code review", write_sarif},
    {"junit", "JUnit XML, for CI", write_junit},
}};

}  // namespace

std::span<const AuditWriterRow> audit_writers() {
  return table;
}

const AuditWriterRow* find_audit_writer(std::string_view id) {
  for (const AuditWriterRow& row : table)
    if (row.id == id) return &row;
  return nullptr;
}

}  // namespace drdrill
