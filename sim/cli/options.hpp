#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Options of one subcommand: a table of what there is, and what was given.
namespace drdrill::cli {

struct OptionRow {
  std::string_view name;      ///< without the dashes
  std::string_view argument;  ///< "N", "FILE"; empty for a switch
  std::string_view help;
  bool repeatable = false;
  char letter = '\0';  ///< "-o" is short for it; its value is the next word
};

/// The command line is wrong: exit code 64.
class UsageError {
 public:
  explicit UsageError(std::string message) : message_(std::move(message)) {}
  const std::string& message() const { return message_; }

 private:
  std::string message_;
};

class Options {
 public:
  /// Throws UsageError for options that the table does not have (with the nearest name), for a
  /// missing or superfluous value and for repeated options that are not repeatable.
  Options(std::span<const OptionRow> known, std::span<const std::string> arguments);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string value(std::string_view name, std::string_view fallback) const;
  std::vector<std::string> values(std::string_view name) const;
  /// A whole number from 0; throws UsageError when the value is none.
  std::uint64_t natural(std::string_view name, std::uint64_t fallback) const;
  /// What was given without an option's name.
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  const std::string* find(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<std::string> positional_;
};

}  // namespace drdrill::cli
