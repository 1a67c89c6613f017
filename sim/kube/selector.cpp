#include "sim/kube/selector.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace drdrill::kube {
namespace {

auto lower_bound(const Labels& labels, std::string_view key) {
  return std::lower_bound(labels.begin(), labels.end(), key,
                          [](const Label& l, std::string_view k) { return l.key < k; });
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool compares(const Requirement& r, const std::string* value) {
  if (!value || r.values.empty()) return false;
  const auto have = whole(*value);
  const auto limit = whole(r.values.front());
  if (!have || !limit) return false;
  return r.op == Requirement::Op::greater ? *have > *limit : *have < *limit;
}

bool holds(const Requirement& r, const Labels& labels) {
  const std::string* value = find_label(labels, r.key);
  const auto listed = [&] {
    return std::find(r.values.begin(), r.values.end(), *value) != r.values.end();
  };
  switch (r.op) {
    case Requirement::Op::in:
      return value && listed();
    case Requirement::Op::not_in:
      return !value || !listed();
    case Requirement::Op::exists:
      return value != nullptr;
    case Requirement::Op::absent:
      return value == nullptr;
    case Requirement::Op::greater:
    case Requirement::Op::less:
      return compares(r, value);
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_name(std::string_view text) {
  constexpr std::string_view allowed = "-_./";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           allowed.find(c) != std::string_view::npos;
  });
}

/// Splits at commas outside parentheses.
std::vector<std::string_view> split_terms(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      out.push_back(trimmed(text.substr(start, i - start)));
      start = i + 1;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      --depth;
    }
  }
  return out;
}

std::optional<Requirement> make(std::string_view key, Requirement::Op op,
                                std::vector<std::string> values) {
  if (key.empty() || !is_name(key)) return std::nullopt;
  for (const std::string& value : values)
    if (!is_name(value)) return std::nullopt;
  return Requirement{std::string(key), op, std::move(values)};
}

/// "key in (a, b)" and "key notin (a, b)".
std::optional<Requirement> parse_set_term(std::string_view term) {
  const std::size_t open = term.find('(');
  if (term.back() != ')') return std::nullopt;
  const std::string_view head = trimmed(term.substr(0, open));
  const std::size_t space = head.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view word = head.substr(space + 1);
  if (word != "in" && word != "notin") return std::nullopt;
  std::vector<std::string> values;
  for (std::string_view value : split_terms(term.substr(open + 1, term.size() - open - 2)))
    values.emplace_back(value);
  const auto op = word == "in" ? Requirement::Op::in : Requirement::Op::not_in;
  return make(trimmed(head.substr(0, space)), op, std::move(values));
}

std::optional<Requirement> parse_term(std::string_view term) {
  if (term.empty()) return std::nullopt;
  if (term.find('(') != std::string_view::npos) return parse_set_term(term);
  if (const std::size_t at = term.find("!="); at != std::string_view::npos)
    return make(trimmed(term.substr(0, at)), Requirement::Op::not_in,
                {std::string(trimmed(term.substr(at + 2)))});
  if (const std::size_t at = term.find('='); at != std::string_view::npos) {
    const std::size_t skip = term.substr(at).starts_with("==") ? 2 : 1;
    return make(trimmed(term.substr(0, at)), Requirement::Op::in,
                {std::string(trimmed(term.substr(at + skip)))});
  }
  if (term.front() == '!') return make(trimmed(term.substr(1)), Requirement::Op::absent, {});
  return make(term, Requirement::Op::exists, {});
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ",") + value;
  return "(" + out + ")";
}

std::string text_of(const Requirement& r) {
  switch (r.op) {
    case Requirement::Op::in:
      return r.values.size() == 1 ? r.key + "=" + r.values[0] : r.key + " in " + listed(r.values);
    case Requirement::Op::not_in:
      return r.values.size() == 1 ? r.key + "!=" + r.values[0]
                                  : r.key + " notin " + listed(r.values);
    case Requirement::Op::exists:
      return r.key;
    case Requirement::Op::absent:
      return "!" + r.key;
    case Requirement::Op::greater:
      return r.key + ">" + (r.values.empty() ? "" : r.values[0]);
    case Requirement::Op::less:
      return r.key + "<" + (r.values.empty() ? "" : r.values[0]);
  }
  return {};
}

}  // namespace

const std::string* find_label(const Labels& labels, std::string_view key) {
  // Objects have few labels: telling keys apart is quicker than ordering them.
  for (const Label& l : labels)
    if (l.key == key) return &l.value;
  return nullptr;
}

void set_label(Labels& labels, std::string_view key, std::string_view value) {
  const auto index = lower_bound(labels, key) - labels.begin();
  const auto at = labels.begin() + index;
  if (at != labels.end() && at->key == key)
    at->value = value;
  else
    labels.insert(at, Label{std::string(key), std::string(value)});
}

bool remove_label(Labels& labels, std::string_view key) {
  const auto index = lower_bound(labels, key) - labels.begin();
  const auto at = labels.begin() + index;
  if (at == labels.end() || at->key != key) return false;
  labels.erase(at);
  return true;
}

std::string to_string(const Labels& labels) {
  if (labels.empty()) return "<none>";
  std::string out;
  for (const Label& l : labels) {
    if (!out.empty()) out += ',';
    out.append(l.key).append("=").append(l.value);
  }
  return out;
}

bool Selector::matches(const Labels& labels) const {
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const Requirement& r) { return holds(r, labels); });
}

Selector selector_of(const Labels& labels) {
  Selector out;
  for (const Label& l : labels) out.requirements.push_back({l.key, Requirement::Op::in, {l.value}});
  return out;
}

std::optional<Selector> parse_selector(std::string_view text) {
  Selector out;
  if (trimmed(text).empty()) return out;
  for (std::string_view term : split_terms(text)) {
    auto requirement = parse_term(term);
    if (!requirement) return std::nullopt;
    out.requirements.push_back(std::move(*requirement));
  }
  return out;
}

std::string to_string(const Selector& selector) {
  if (selector.empty()) return "<none>";
  std::string out;
  for (const Requirement& r : selector.requirements) out += (out.empty() ? "" : ",") + text_of(r);
  return out;
}

std::optional<std::vector<FieldTerm>> parse_field_selector(std::string_view text) {
  std::vector<FieldTerm> out;
  if (trimmed(text).empty()) return out;
  for (std::string_view term : split_terms(text)) {
    const std::size_t at = term.find('=');
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const bool equal = term[at - 1] != '!';
    const std::size_t skip = term.substr(at).starts_with("==") ? 2 : 1;
    const std::string_view path = trimmed(term.substr(0, equal ? at : at - 1));
    if (path.empty()) return std::nullopt;
    out.push_back({std::string(path), std::string(trimmed(term.substr(at + skip))), equal});
  }
  return out;
}

}  // namespace drdrill::kube
