#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/base/value.hpp"

namespace drdrill {

/// Takes one value of a document apart and reports every mistake with its place. Getters return a
/// fallback after they have reported, so that reading goes on and all mistakes are found at once.
///
///   Reader r(root, "scenario.json", problems);
///   s.name = r.string("name");                       // required
///   s.horizon = r.duration("horizon", 2h);           // optional, with default
///   r.each("faults", [&](Reader& f) { … });
///   r.finish();                                      // whatever was not asked for is unknown
class Reader {
 public:
  Reader(const Value& value, std::string file, Problems& problems, std::string pointer = {});

  const Value& value() const { return *value_; }
  const std::string& file() const { return file_; }
  const std::string& pointer() const { return pointer_; }
  Position at() const { return value_->at; }
  Problems& problems() const { return *problems_; }

  bool has(std::string_view key) const { return value_->find(key) != nullptr; }

  // Members of an object. Without a fallback the member is required.
  std::string string(std::string_view key);
  std::string string(std::string_view key, std::string fallback);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                       std::int64_t fallback);
  double number(std::string_view key, double low, double high);
  double number(std::string_view key, double low, double high, double fallback);
  bool boolean(std::string_view key, bool fallback);
  Duration duration(std::string_view key);
  Duration duration(std::string_view key, Duration fallback);
  /// One of the names in `known`; the index of the one found. Reports with the nearest known name.
  std::size_t one_of(std::string_view key, std::span<const std::string_view> known);
  std::size_t one_of(std::string_view key, std::span<const std::string_view> known,
                     std::size_t fallback);
  std::vector<std::string> strings(std::string_view key);  ///< optional array of strings

  /// The member, as a reader of its own; nothing (and, when required, a problem) if it is absent.
  std::optional<Reader> member(std::string_view key, bool required = false);
  std::optional<Reader> object(std::string_view key, bool required = false);
  /// Calls `f` for each element of an optional array of objects.
  void each(std::string_view key, const std::function<void(Reader&)>& f);
  /// Calls `f(key, reader)` for each member of an optional object whose keys are free names.
  void each_member(std::string_view key, const std::function<void(const std::string&, Reader&)>& f);

  /// Reports each member that no getter asked for. `$schema` and keys that start with "x-" are
  /// always allowed.
  void finish();
  /// Marks a member as known without reading it.
  void skip(std::string_view key);

  /// Reports against this value, or against its member `key` (the whole value if it has none).
  void problem(std::string message) const;
  void problem(std::string_view key, std::string message) const;
  /// Reports `there is no KIND "NAME"` with the nearest known name, against member `key`.
  void unknown(std::string_view key, std::string_view kind, std::string_view name,
               std::span<const std::string_view> known) const;

  /// Is this value an object? Reports if not.
  bool is_object() const;

 private:
  const Value* take(std::string_view key, bool required);
  const Value* take(std::string_view key, Value::Kind kind, bool required);
  std::string child_pointer(std::string_view key) const;

  const Value* value_;
  std::string file_;
  Problems* problems_;
  std::string pointer_;
  std::vector<std::string> known_;
};

}  // namespace drdrill
