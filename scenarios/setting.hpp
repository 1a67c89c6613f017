#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/problem.hpp"
#include "sim/base/value.hpp"

/// `--set POINTER=VALUE`: one value of a file replaced before the file is read.
namespace drdrill {

struct Setting {
  /// JSON pointer; array members by index, `id` or `name`, objects of Kubernetes also by
  /// "CronJob:postgres-backup".
  std::string pointer;
  std::string value;  ///< JSON or, failing that, a string
  std::string given;  ///< the pointer as the user wrote it, where `pointer` no longer is
  std::string_view option = "--set";  ///< that it was given with
};

/// "/horizon=1h"; nothing when it is not POINTER=VALUE.
std::optional<Setting> parse_setting(std::string_view text);

/// How a setting is named in problems: "--set /horizon=1h", "--vary /horizon=1h".
std::string spelled(const Setting& setting);

/// The setting's value as a Value without a position.
Value value_of(const Setting& setting);

/// What a setting of this pointer would replace; null when there is nothing.
const Value* find_value(const Value& root, std::string_view pointer);

/// The setting with `prefix` ("/platform") taken off its pointer; nothing when it points elsewhere.
std::optional<Setting> inside(const Setting& setting, std::string_view prefix);

/// Replaces the value that each setting points to, or adds it as a member of an object that exists.
/// A pointer that leads nowhere is a problem, with the nearest name that would. Returns what was
/// applied, with pointers of indexes only.
std::vector<Setting> apply_settings(Value& root, std::span<const Setting> settings,
                                    Problems& problems);

/// Copies `found` to `problems`, naming the setting instead of the file where a value that was set
/// is what is wrong.
void add_with_settings(const Problems& found, std::span<const Setting> applied, Problems& problems);

}  // namespace drdrill
