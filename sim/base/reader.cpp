#include "sim/base/reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace drdrill {
namespace {

/// In ten digits, or in all when ten would show another number: what is a hair out of range must
/// not look like its limit.
std::string plain(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.10g", value);
  if (std::strtod(buffer.data(), nullptr) != value)
    std::snprintf(buffer.data(), buffer.size(), "%.17g", value);
  return buffer.data();
}

constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// As much of a user's text as a message needs, cut between characters.
std::string quoted(std::string_view text) {
  std::size_t most = 60;
  if (text.size() <= most) return "\"" + std::string(text) + "\"";
  while (most > 0 && continues_character(text[most])) --most;
  return "\"" + std::string(text.substr(0, most)) + "…\"";
}

}  // namespace

Reader::Reader(const Value& value, std::string file, Problems& problems, std::string pointer)
    : value_(&value), file_(std::move(file)), problems_(&problems), pointer_(std::move(pointer)) {}

std::string Reader::child_pointer(std::string_view key) const {
  return pointer_ + "/" + pointer_token(key);
}

const Value* Reader::take(std::string_view key, bool required) {
  skip(key);
  const Value* found = value_->find(key);
  if (!found && required && value_->kind == Value::Kind::object)
    problem("\"" + std::string(key) + "\" is missing");
  return found;
}

const Value* Reader::take(std::string_view key, Value::Kind kind, bool required) {
  const Value* found = take(key, required);
  if (!found) return nullptr;
  const bool fits =
      found->kind == kind || (kind == Value::Kind::number && found->kind == Value::Kind::integer);
  if (fits) return found;
  problem(key, "expected " + std::string(kind_name(kind)) + ", found " +
                   std::string(kind_name(found->kind)));
  return nullptr;
}

std::string Reader::string(std::string_view key) {
  const Value* found = take(key, Value::Kind::string, true);
  return found ? found->text : std::string();
}

std::string Reader::string(std::string_view key, std::string fallback) {
  const Value* found = take(key, Value::Kind::string, false);
  if (!found) return fallback;
  return found->text;
}

std::int64_t Reader::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  const Value* found = take(key, Value::Kind::integer, true);
  if (!found) return low;
  if (found->integer >= low && found->integer <= high) return found->integer;
  problem(key, std::to_string(found->integer) + " is out of range; expected " +
                   std::to_string(low) + " to " + std::to_string(high));
  return low;
}

std::int64_t Reader::integer(std::string_view key, std::int64_t low, std::int64_t high,
                             std::int64_t fallback) {
  if (has(key)) return integer(key, low, high);
  skip(key);
  return fallback;
}

double Reader::number(std::string_view key, double low, double high) {
  const Value* found = take(key, Value::Kind::number, true);
  if (!found) return low;
  if (found->number >= low && found->number <= high) return found->number;
  problem(key,
          plain(found->number) + " is out of range; expected " + plain(low) + " to " + plain(high));
  return low;
}

double Reader::number(std::string_view key, double low, double high, double fallback) {
  if (has(key)) return number(key, low, high);
  skip(key);
  return fallback;
}

bool Reader::boolean(std::string_view key, bool fallback) {
  const Value* found = take(key, Value::Kind::boolean, false);
  return found ? found->boolean : fallback;
}

Duration Reader::duration(std::string_view key) {
  const Value* found = take(key, Value::Kind::string, true);
  if (!found) return Duration::zero();
  if (const auto parsed = parse_duration(found->text)) return *parsed;
  problem(key, quoted(found->text) + " is no duration; write \"5m\", \"300s\" or \"1h30m\"");
  return Duration::zero();
}

Duration Reader::duration(std::string_view key, Duration fallback) {
  if (has(key)) return duration(key);
  skip(key);
  return fallback;
}

std::size_t Reader::one_of(std::string_view key, std::span<const std::string_view> known) {
  const Value* found = take(key, Value::Kind::string, true);
  if (!found) return 0;
  const auto at = std::find(known.begin(), known.end(), found->text);
  if (at != known.end()) return static_cast<std::size_t>(at - known.begin());
  problem(key, quoted(found->text) + " is not known here" + suggestion(found->text, known));
  return 0;
}

std::size_t Reader::one_of(std::string_view key, std::span<const std::string_view> known,
                           std::size_t fallback) {
  if (has(key)) return one_of(key, known);
  skip(key);
  return fallback;
}

std::vector<std::string> Reader::strings(std::string_view key) {
  std::vector<std::string> out;
  const Value* found = take(key, Value::Kind::array, false);
  if (!found) return out;
  for (std::size_t i = 0; i < found->items.size(); ++i) {
    const Value& item = found->items[i];
    if (item.kind == Value::Kind::string)
      out.push_back(item.text);
    else
      problems_->add({file_, item.at, child_pointer(key) + "/" + std::to_string(i),
                      "expected a string, found " + std::string(kind_name(item.kind))});
  }
  return out;
}

std::optional<Reader> Reader::member(std::string_view key, bool required) {
  const Value* found = take(key, required);
  if (!found) return std::nullopt;
  return Reader(*found, file_, *problems_, child_pointer(key));
}

std::optional<Reader> Reader::object(std::string_view key, bool required) {
  const Value* found = take(key, Value::Kind::object, required);
  if (!found) return std::nullopt;
  return Reader(*found, file_, *problems_, child_pointer(key));
}

void Reader::each(std::string_view key, const std::function<void(Reader&)>& f) {
  const Value* found = take(key, Value::Kind::array, false);
  if (!found) return;
  for (std::size_t i = 0; i < found->items.size(); ++i) {
    Reader item(found->items[i], file_, *problems_, child_pointer(key) + "/" + std::to_string(i));
    if (item.is_object()) f(item);
  }
}

void Reader::each_member(std::string_view key,
                         const std::function<void(const std::string&, Reader&)>& f) {
  const Value* found = take(key, Value::Kind::object, false);
  if (!found) return;
  for (const Value::Member& m : found->members) {
    Reader item(m.value, file_, *problems_, child_pointer(key) + "/" + pointer_token(m.key));
    f(m.key, item);
  }
}

void Reader::skip(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

void Reader::finish() {
  std::vector<std::string_view> names(known_.begin(), known_.end());
  for (const Value::Member& m : value_->members) {
    if (m.key == "$schema" || m.key.starts_with("x-")) continue;
    if (std::find(names.begin(), names.end(), m.key) != names.end()) continue;
    problems_->add({file_, m.at, child_pointer(m.key),
                    quoted(m.key) + " is not a key here" + suggestion(m.key, names)});
  }
}

void Reader::problem(std::string message) const {
  problems_->add({file_, value_->at, pointer_, std::move(message)});
}

void Reader::problem(std::string_view key, std::string message) const {
  const Value* found = value_->find(key);
  if (!found) return problem(std::move(message));
  problems_->add({file_, found->at, child_pointer(key), std::move(message)});
}

void Reader::unknown(std::string_view key, std::string_view kind, std::string_view name,
                     std::span<const std::string_view> known) const {
  problem(key, "there is no " + std::string(kind) + " " + quoted(name) + suggestion(name, known));
}

bool Reader::is_object() const {
  if (value_->kind == Value::Kind::object) return true;
  problem("expected an object, found " + std::string(kind_name(value_->kind)));
  return false;
}

}  // namespace drdrill
