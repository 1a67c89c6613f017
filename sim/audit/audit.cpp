#include "sim/audit/audit.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "sim/audit/look.hpp"

namespace drdrill::audit {
namespace {

constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
constexpr std::string_view mark = "drdrill: allow ";

struct Allowance {
  int line = 0;
  std::string rule;
  std::string reason;
  bool alone = false;  ///< nothing else stands in the line
};

std::vector<Allowance> allowances_of(std::string_view text) {
  std::vector<Allowance> out;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view here = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const std::size_t at = here.find(mark);
    if (at == std::string_view::npos) continue;
    std::string_view rest = here.substr(at + mark.size());
    for (const std::string_view closing : {"-->", "*/", "\","})
      if (const auto close = rest.find(closing); close != std::string_view::npos)
        rest = rest.substr(0, close);
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    std::string reason(rest.substr(std::min(blank + 1, rest.size())));
    while (!reason.empty() &&
           (reason.back() == ' ' || reason.back() == '\r' || reason.back() == '"'))
      reason.pop_back();
    const std::size_t first = here.find_first_not_of(" \t");
    const bool alone = here[first] == '#' || here.substr(first).starts_with("<!--") ||
                       here.substr(first).starts_with("//");
    out.push_back({line, std::string(rest.substr(0, blank)), reason, alone});
  }
  return out;
}

/// The platform's and those that it was imported of, without what was given to be looked at.
std::set<std::string> files_of_platform(const Input& input) {
  std::set<std::string> files{input.platform->file};
  for (const ClusterSpec& cluster : input.platform->clusters)
    for (const auto& [id, place] : cluster.places) files.insert(place.file);
  for (const Manifests& given : input.manifests) files.erase(given.file);
  for (const ProcedureDocument& given : input.documents) files.erase(given.file);
  return files;
}

}  // namespace

std::string_view severity_name(Severity severity) {
  return names[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_of(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Severity>(i);
  return std::nullopt;
}

std::vector<Finding> audit(const Input& input) {
  Look look(input);
  for (const Rule& rule : rules()) {
    if (!rule.check) continue;
    look.rule = &rule;
    rule.check(look);
  }
  auto& found = look.found;
  // Who asks about procedures does not ask about the platform that they are rehearsed on.
  if (input.platform && !input.platform_itself) {
    const std::set<std::string> files = files_of_platform(input);
    std::erase_if(found, [&](const Finding& f) { return files.count(f.place.file) != 0; });
  }
  put_in_order(found);
  return std::move(found);
}

void put_in_order(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) {
    return std::tie(f.place.file, f.place.line, f.rule, f.evidence);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [&](const Finding& a, const Finding& b) { return key(a) == key(b); }),
                 findings.end());
}

void apply_allowances(std::string_view text, const std::string& file,
                      std::vector<Finding>& findings) {
  for (const Allowance& allowance : allowances_of(text)) {
    if (allowance.reason.empty()) {
      const Rule& rule = *find_rule("allowance-without-reason");
      findings.push_back({std::string(rule.id),
                          rule.severity,
                          {file, allowance.line},
                          "\"" + allowance.rule + "\" is allowed here, and nobody says why",
                          "",
                          std::string(rule.fix),
                          ""});
      continue;
    }
    for (Finding& finding : findings) {
      const bool here = finding.place.line == allowance.line ||
                        (allowance.alone && finding.place.line == allowance.line + 1);
      if (finding.place.file == file && here && finding.rule == allowance.rule)
        finding.accepted = allowance.reason;
    }
  }
}

}  // namespace drdrill::audit
