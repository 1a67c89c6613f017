#include "sim/cli/audit_baseline.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>

#include "reports/json_writer.hpp"
#include "scenarios/document.hpp"
#include "sim/cli/options.hpp"

namespace drdrill::cli {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// Is the number at `at` a line ("line 12", "db.yaml:12") or a time ("3m 04s", "11.6 s")?
bool is_passing(std::string_view text, std::size_t at, std::size_t end) {
  const std::string_view before = text.substr(0, at);
  if (before.ends_with("line ") || before.ends_with("lines ")) return true;
  const std::size_t dot = before.rfind('.');
  if (before.ends_with(":") && dot != std::string_view::npos &&
      before.find_first_of(" \"", dot) == std::string_view::npos)
    return true;
  const std::size_t unit = end < text.size() && text[end] == ' ' ? end + 1 : end;
  for (const std::string_view name : {"d", "h", "m", "s", "ms"}) {
    const std::size_t behind = unit + name.size();
    const bool whole =
        behind >= text.size() || std::isalnum(static_cast<unsigned char>(text[behind])) == 0;
    if (text.substr(std::min(unit, text.size())).starts_with(name) && whole) return true;
  }
  return false;
}

/// The sentence without what another version of the files changes: lines and simulated times.
std::string lasting(std::string_view evidence) {
  std::string out;
  for (std::size_t i = 0; i < evidence.size();) {
    if (!is_digit(evidence[i]) ||
        (i > 0 && std::isalnum(static_cast<unsigned char>(evidence[i - 1])) != 0)) {
      out += evidence[i++];
      continue;
    }
    std::size_t end = i;
    while (end < evidence.size() && (is_digit(evidence[end]) || evidence[end] == '.')) ++end;
    while (end > i && evidence[end - 1] == '.') --end;
    if (is_passing(evidence, i, end))
      out += '#';
    else
      out += evidence.substr(i, end - i);
    i = end;
  }
  return out;
}

using Key = std::string;
Key key_of(std::string_view rule, std::string_view file, std::string_view evidence) {
  return std::string(rule) + "\n" + std::string(file) + "\n" + lasting(evidence);
}

std::string word(const Value& row, std::string_view key) {
  const Value* value = row.find(key);
  return value ? value->text : std::string();
}

}  // namespace

void apply_baseline(const std::string& path, std::vector<audit::Finding>& findings) {
  Problems problems;
  const auto document = load_document(path, problems);
  const Value* accepted = document ? document->find("accepted") : nullptr;
  if (document && (!accepted || accepted->kind != Value::Kind::array))
    problems.add({path, {}, "", "this is no baseline: --write-baseline makes one"});
  if (!problems.empty()) throw InputError(std::move(problems));
  std::map<Key, int> left;
  for (const Value& row : accepted->items)
    ++left[key_of(word(row, "rule"), word(row, "file"), word(row, "evidence"))];
  for (audit::Finding& finding : findings) {
    if (!finding.accepted.empty()) continue;
    const auto known = left.find(key_of(finding.rule, finding.place.file, finding.evidence));
    if (known != left.end() && known->second-- > 0) finding.accepted = "baseline";
  }
}

void write_baseline(const std::string& path, const std::vector<audit::Finding>& findings) {
  reports::JsonWriter json;
  json.begin_object()
      .key("format")
      .string("drdrill-audit-baseline-2")
      .key("accepted")
      .begin_array();
  for (const audit::Finding& finding : findings) {
    // What its file accepts needs no second acceptance; another one like it is new.
    if (!finding.accepted.empty() && finding.accepted != "baseline") continue;
    json.begin_object(reports::JsonWriter::Layout::one_line);
    json.key("rule")
        .string(finding.rule)
        .key("file")
        .string(finding.place.file)
        .key("evidence")
        .string(lasting(finding.evidence));
    json.end_object();
  }
  json.end_array().end_object();
  std::ofstream out(path, std::ios::binary);
  out << json.take();
  out.flush();
  if (!out) throw UsageError("cannot write " + path);
}

}  // namespace drdrill::cli
