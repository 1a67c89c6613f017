#include "reports/audit.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>

#include "sim/audit/audit.hpp"
#include "sim/cli/audit_baseline.hpp"
#include "sim/cli/audit_files.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 8> options{{
    {"platform", "PLATFORM",
     "rehearse procedures on this platform, in simulation: a file or a shipped name"},
    {"assume", "FILE",
     "decides what manifests cannot tell, as for `import kubernetes`, where they are what is "
     "rehearsed on"},
    {"fail-on", "LEVEL", "exit 1 for findings from this level on: error (default), warning, note"},
    {"baseline", "FILE", "what is listed there is accepted; only what is new counts"},
    {"write-baseline", "FILE", "list everything that is found now, for --baseline"},
    {"report", "FORMAT=FILE",
     "write a report (text, json, sarif, junit); \"-\" is stdout; may be repeated", true},
    {"quiet", "", "no text on stdout"},
    {"rules", "", "list the rules and do nothing else"},
}};

audit::Severity level_of(const Options& given) {
  const std::string name = given.value("fail-on", "error");
  const auto severity = audit::severity_of(name);
  if (!severity) throw UsageError("--fail-on " + name + ": expected error, warning or note");
  return *severity;
}

int list_rules(std::ostream& out) {
  for (const audit::Rule& rule : audit::rules())
    out << rule.id << "  " << severity_name(rule.severity) << "  " << rule.what
        << "; instead: " << rule.fix << '\n';
  return exit_pass;
}

std::vector<std::string_view> formats() {
  std::vector<std::string_view> ids;
  for (const AuditWriterRow& row : audit_writers()) ids.push_back(row.id);
  return ids;
}

int audit_command(const Options& given, Context& context) {
  if (given.has("rules")) return list_rules(context.out);
  if (given.positional().empty())
    throw UsageError(
        "audit needs something to look at: a document, a script, a folder, a platform, a scenario");
  const audit::Severity fail_on = level_of(given);
  const auto requests = given.values("report");
  const ReportFiles reports(requests, formats());

  AuditFiles files(context);
  Problems problems;
  if (given.has("platform")) files.use_platform(given.value("platform", ""));
  files.assume(given.value("assume", ""));
  for (const std::string& name : given.positional()) files.add(name, problems);
  if (!problems.empty()) return write_problems(problems, context.err);
  std::vector<audit::Finding> findings = files.audit();
  if (given.has("baseline")) apply_baseline(given.value("baseline", ""), findings);
  if (given.has("write-baseline")) write_baseline(given.value("write-baseline", ""), findings);

  const AuditReport report{findings, fail_on, files.count(), files.procedures(),
                           files.platform_names()};
  if (!given.has("quiet") && !reports.takes_stdout())
    find_audit_writer("text")->write(report, context.out, {context.colour, context.width});
  reports.write([&](std::string_view format,
                    std::ostream& out) { find_audit_writer(format)->write(report, out, {}); },
                context.out);
  const bool fails = std::any_of(findings.begin(), findings.end(), [&](const audit::Finding& f) {
    return f.accepted.empty() && f.severity >= fail_on;
  });
  return fails ? exit_fail : exit_pass;
}

}  // namespace

constexpr Subcommand audit_subcommand{
    "audit",
    "PATH…",
    "find what will not work, before an incident does",
    "Looks at procedures (Markdown, shell scripts), manifests (YAML), platforms, scenarios and\n"
    "runbooks, or at folders of them: commands that do not exist, backups that overwrite each "
    "other or\n"
    "die with what they are of, objectives that no schedule can meet, steps that wait for ever,\n"
    "single points of failure and more (--rules lists them). With --platform, or a scenario, "
    "every\n"
    "recovery is rehearsed in simulation, and findings say what it was answered, the RTO and the "
    "RPO.\n\n"
    "Exit code 1 when a finding is at or above --fail-on. A line \"drdrill: allow RULE REASON\" in "
    "a\n"
    "comment accepts a finding of this line or of the next one.\n\n"
    "  drdrill audit docs/ k8s/ --platform gomeet-500\n"
    "  drdrill audit docs/recovery.md --report sarif=audit.sarif --baseline audit-baseline.json\n"
    "  drdrill audit node-failure\n",
    options,
    audit_command};

}  // namespace drdrill::cli
