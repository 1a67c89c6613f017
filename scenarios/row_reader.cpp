#include "scenarios/row_reader.hpp"

#include <algorithm>

#include "scenarios/files.hpp"

namespace drdrill {

RowReader::RowReader(const Value& row, std::string file, Problems& problems, std::string pointer)
    : row_(&row), file_(std::move(file)), problems_(&problems), pointer_(std::move(pointer)) {
  if (row.kind != Value::Kind::array)
    problem("expected an array, found " + std::string(kind_name(row.kind)));
}

void RowReader::problem(std::string message) const {
  problems_->add({file_, row_->at, pointer_, std::move(message)});
}

const Value* RowReader::take(Value::Kind kind) {
  if (row_->kind != Value::Kind::array) return nullptr;
  if (done()) {
    if (next_++ == row_->items.size())
      problem("too short: expected " + std::string(kind_name(kind)) + " after " +
              std::to_string(row_->items.size()) + " elements");
    return nullptr;
  }
  const Value& value = row_->items[next_++];
  const bool fits =
      value.kind == kind || (kind == Value::Kind::number && value.kind == Value::Kind::integer);
  if (fits) return &value;
  problems_->add({file_, value.at, pointer_ + "/" + std::to_string(next_ - 1),
                  "expected " + std::string(kind_name(kind)) + ", found " +
                      std::string(kind_name(value.kind))});
  return nullptr;
}

Duration RowReader::time() {
  const Value* value = take(Value::Kind::integer);
  return Duration(value ? value->integer : 0);
}

std::int64_t RowReader::integer(std::int64_t low, std::int64_t high) {
  const Value* value = take(Value::Kind::integer);
  if (!value) return low;
  if (value->integer >= low && value->integer <= high) return value->integer;
  problems_->add({file_, value->at, pointer_ + "/" + std::to_string(next_ - 1),
                  std::to_string(value->integer) + " is out of range; expected " +
                      std::to_string(low) + " to " + std::to_string(high)});
  return low;
}

double RowReader::number() {
  const Value* value = take(Value::Kind::number);
  return value ? value->number : 0;
}

bool RowReader::boolean() {
  const Value* value = take(Value::Kind::boolean);
  return value && value->boolean;
}

std::string RowReader::string() {
  const Value* value = take(Value::Kind::string);
  return value ? value->text : std::string();
}

std::uint32_t RowReader::index(std::size_t count) {
  const Value* value = take(Value::Kind::integer);
  if (!value) return 0;
  if (value->integer >= 0 && static_cast<std::uint64_t>(value->integer) < count)
    return static_cast<std::uint32_t>(value->integer);
  problems_->add({file_, value->at, pointer_ + "/" + std::to_string(next_ - 1),
                  std::to_string(value->integer) + " is no index into " + std::to_string(count)});
  return 0;
}

std::optional<std::uint32_t> RowReader::index_or_null(std::size_t count) {
  if (row_->kind == Value::Kind::array && !done() && row_->items[next_].kind == Value::Kind::null) {
    ++next_;
    return std::nullopt;
  }
  return index(count);
}

std::size_t RowReader::one_of(std::span<const std::string_view> names) {
  const Value* value = take(Value::Kind::string);
  if (!value) return 0;
  const auto found = std::find(names.begin(), names.end(), value->text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  problems_->add(
      {file_, value->at, pointer_ + "/" + std::to_string(next_ - 1),
       "\"" + value->text.substr(0, 60) + "\" is not known here" + suggestion(value->text, names)});
  return 0;
}

ComponentId RowReader::component() {
  return static_cast<ComponentId>(one_of(component_names()));
}

ComponentSet RowReader::components() {
  ComponentSet set;
  const Value* list = take(Value::Kind::array);
  if (!list) return set;
  RowReader inner(*list, file_, *problems_, pointer_ + "/" + std::to_string(next_ - 1));
  while (!inner.done()) set.add(inner.component());
  return set;
}

void RowReader::finish() {
  if (row_->kind == Value::Kind::array && next_ < row_->items.size())
    problem("too long: " + std::to_string(row_->items.size()) + " elements, expected " +
            std::to_string(next_));
}

RowReader row_of(Reader& reader, std::string_view key) {
  static const Value nothing = [] {
    Value empty;
    empty.kind = Value::Kind::array;
    return empty;
  }();
  const auto member = reader.member(key, true);
  return {member ? member->value() : nothing, reader.file(), reader.problems(),
          reader.pointer() + "/" + std::string(key)};
}

ComponentSet read_components(Reader& reader, std::string_view key) {
  ComponentSet set;
  RowReader row = row_of(reader, key);
  while (!row.done()) set.add(row.component());
  return set;
}

}  // namespace drdrill
