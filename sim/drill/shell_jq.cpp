#include <algorithm>

#include "sim/drill/shell_jq_filter.hpp"
#include "sim/drill/shell_json.hpp"
#include "sim/drill/shell_tools.hpp"

/// jq, as far as procedures use it to look into what kubectl and curl print. A filter that is not
/// known here makes it a program that is not.
namespace drdrill::shell {
namespace {

constexpr int bad_input = 2;
constexpr int bad_value = 5;

std::string_view type_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "boolean";
    case Value::Kind::integer:
    case Value::Kind::number:
      return "number";
    case Value::Kind::string:
      return "string";
    case Value::Kind::array:
      return "array";
    case Value::Kind::object:
      return "object";
  }
  return "";
}

std::string text_of_value(const Value& value) {
  std::string out;
  put_json(value, true, out);
  return out;
}

Value count_of(std::size_t count) {
  Value out;
  out.kind = Value::Kind::number;
  out.number = static_cast<double>(count);
  out.text = std::to_string(count);
  return out;
}

/// What the acts from `next` on make of a value, appended to `out`. False and the reason when they
/// cannot be done to it.
bool apply(std::span<const JqAct> acts, const Value& value, std::vector<Value>& out,
           std::string& error) {
  if (acts.empty()) {
    out.push_back(value);
    return true;
  }
  const JqAct& act = acts.front();
  const auto rest = acts.subspan(1);
  static const Value null;
  switch (act.kind) {
    case JqAct::Kind::member: {
      if (value.kind == Value::Kind::null) return apply(rest, null, out, error);
      if (value.kind != Value::Kind::object) {
        error = "Cannot index " + std::string(type_of(value)) + " with \"" + act.name + "\"";
        return false;
      }
      const Value* found = value.find(act.name);
      return apply(rest, found ? *found : null, out, error);
    }
    case JqAct::Kind::item: {
      if (value.kind == Value::Kind::null) return apply(rest, null, out, error);
      if (value.kind != Value::Kind::array) {
        error = "Cannot index " + std::string(type_of(value)) + " with number";
        return false;
      }
      const auto size = static_cast<long long>(value.items.size());
      const long long at = act.index < 0 ? act.index + size : act.index;
      const bool there = at >= 0 && at < size;
      return apply(rest, there ? value.items[static_cast<std::size_t>(at)] : null, out, error);
    }
    case JqAct::Kind::each:
      for (const Value& item : value.items)
        if (!apply(rest, item, out, error)) return false;
      for (const Value::Member& member : value.members)
        if (!apply(rest, member.value, out, error)) return false;
      if (value.kind == Value::Kind::array || value.kind == Value::Kind::object) return true;
      error = "Cannot iterate over " + std::string(type_of(value)) +
              (value.kind == Value::Kind::null ? "" : " (" + text_of_value(value) + ")");
      return false;
    case JqAct::Kind::length:
      if (value.kind == Value::Kind::boolean) {
        error = "boolean (" + text_of_value(value) + ") has no length";
        return false;
      }
      return apply(
          rest,
          count_of(value.kind == Value::Kind::string ? value.text.size()
                                                     : value.items.size() + value.members.size()),
          out, error);
    case JqAct::Kind::keys: {
      if (value.kind != Value::Kind::object && value.kind != Value::Kind::array) {
        error = std::string(type_of(value)) + " (" + text_of_value(value) + ") has no keys";
        return false;
      }
      Value keys;
      keys.kind = Value::Kind::array;
      for (const Value::Member& member : value.members) {
        Value& key = keys.items.emplace_back();
        key.kind = Value::Kind::string;
        key.text = member.key;
      }
      std::sort(keys.items.begin(), keys.items.end(),
                [](const Value& a, const Value& b) { return a.text < b.text; });
      for (std::size_t i = 0; i < value.items.size(); ++i) keys.items.push_back(count_of(i));
      return apply(rest, keys, out, error);
    }
    case JqAct::Kind::select: {
      std::vector<Value> found;
      if (!apply(act.of, value, found, error)) return false;
      for (const Value& each : found)
        if ((text_of_value(each) == text_of_value(act.literal)) == act.equals &&
            !apply(rest, value, out, error))
          return false;
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Result> tool_jq(ToolCall& call) {
  const auto switches = read_options(call.argv, "rceM");
  if (!switches || switches->operands.empty()) return std::nullopt;
  const auto filter = jq_filter(switches->operands.front());
  if (!filter) return std::nullopt;
  const auto text = text_of(call, std::span(switches->operands).subspan(1));
  if (!text) return std::nullopt;
  JsonText json(*text);
  std::vector<Value> results;
  Result result;
  while (!json.at_end()) {
    Value value;
    if (!json.value(value)) {
      const std::string_view before = std::string_view(*text).substr(0, json.at());
      const auto lines = std::count(before.begin(), before.end(), '\n') + 1;
      result = failure("parse error: Invalid literal at line " + std::to_string(lines), bad_input);
      break;
    }
    std::string error;
    if (apply(*filter, value, results, error)) continue;
    result = failure("jq: error (at <stdin>:0): " + error, bad_value);
    break;
  }
  for (const Value& value : results) {
    std::string line;
    if (switches->has('r') && value.kind == Value::Kind::string)
      line = value.text;
    else
      put_json(value, switches->has('c'), line);
    call.budget.append(result.out, line + "\n");
  }
  const bool nothing = results.empty() || results.back().kind == Value::Kind::null ||
                       (results.back().kind == Value::Kind::boolean && !results.back().boolean);
  if (switches->has('e') && result.exit_status == 0 && nothing) result.exit_status = 1;
  return result;
}

}  // namespace drdrill::shell
