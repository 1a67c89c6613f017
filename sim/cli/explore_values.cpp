#include "sim/cli/explore_values.hpp"

#include <chrono>
#include <utility>

#include "reports/json_writer.hpp"

namespace drdrill::cli {
namespace {

using reports::JsonWriter;
using study::Axis;
using study::Ingredient;

void put_value(JsonWriter& json, const Value& value, int depth) {
  const auto layout = depth < 2 ? JsonWriter::Layout::lines : JsonWriter::Layout::one_line;
  switch (value.kind) {
    case Value::Kind::null:
      json.null();
      break;
    case Value::Kind::boolean:
      json.boolean(value.boolean);
      break;
    case Value::Kind::integer:
      json.integer(value.integer);
      break;
    case Value::Kind::number:
      json.number(value.number);
      break;
    case Value::Kind::string:
      json.string(value.text);
      break;
    case Value::Kind::array:
      json.begin_array(layout);
      for (const Value& item : value.items) put_value(json, item, depth + 1);
      json.end_array();
      break;
    case Value::Kind::object:
      json.begin_object(layout);
      for (const Value::Member& member : value.members) {
        json.key(member.key);
        put_value(json, member.value, depth + 1);
      }
      json.end_object();
  }
}

Value amount_of(const FaultSpec& fault, ParameterUnit unit) {
  if (unit == ParameterUnit::seconds)
    return text_value(spell_duration(from_seconds(fault.effect.amount)));
  Value value;
  value.kind = Value::Kind::number;
  value.number = fault.effect.amount;
  return value;
}

}  // namespace

Value fault_value(const FaultSpec& fault) {
  Value out = object_value();
  set(out, "id", text_value(fault.effect.id));
  set(out, "fault", text_value(fault.catalog_id));
  set(out, "target", text_value(to_string(fault.effect.target)));
  if (fault.effect.target.count > 1) set(out, "count", whole_value(fault.effect.target.count));
  if (fault.effect.other) set(out, "from", text_value(to_string(*fault.effect.other)));
  const FaultRow* row = find_fault(fault.catalog_id);
  if (row->amount) set(out, "amount", amount_of(fault, *row->amount));
  set(out, "after", text_value(spell_duration(fault.after)));
  if (fault.lasts) set(out, "lasts", text_value(spell_duration(*fault.lasts)));
  return out;
}

std::string spell_time(const WallTime& time) {
  constexpr std::int64_t minute = 60;
  const auto nanoseconds = std::chrono::nanoseconds(time.utc_ns);
  const auto local = std::chrono::floor<std::chrono::seconds>(nanoseconds) +
                     std::chrono::minutes(time.utc_offset_minutes);
  const std::chrono::sys_seconds at(local);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  const std::int64_t second = (at - day).count();
  const std::int64_t offset = std::abs(time.utc_offset_minutes);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         "T" + two(second / (minute * minute)) + ":" + two(second / minute % minute) + ":" +
         two(second % minute) + (time.utc_offset_minutes < 0 ? "-" : "+") + two(offset / minute) +
         ":" + two(offset % minute);
}

bool change_platform(const study::Space& space, const study::Break& made, Value& out) {
  bool changed = false;
  for (const study::Pick& pick : made.picks) {
    const Ingredient& ingredient = space.ingredients[pick.ingredient];
    if (ingredient.axis == Axis::load) {
      const Value* known = out.find("load");
      Value load = known ? *known : object_value();
      set(load, "participants_per_meeting", whole_value(ingredient.participants));
      set(out, "load", std::move(load));
      changed = true;
    }
    if (ingredient.axis != Axis::lag) continue;
    const Value* known = out.find("overrides");
    Value overrides = known ? *known : object_value();
    for (const std::string_view id : study::lag_parameters) {
      Value parameter = object_value();
      set(parameter, "value", text_value(spell_duration(ingredient.lag)));
      set(parameter, "provenance", text_value("estimate"));
      set(parameter, "source", text_value("drdrill explore: " + ingredient.words));
      set(overrides, id, std::move(parameter));
    }
    set(out, "overrides", std::move(overrides));
    changed = true;
  }
  return changed;
}

std::string json_of(const Value& value) {
  JsonWriter json;
  put_value(json, value, 0);
  return json.take();
}

}  // namespace drdrill::cli
