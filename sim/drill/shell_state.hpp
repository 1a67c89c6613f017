#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell.hpp"

/// What a shell remembers while it runs: variables, options, files that were written.
namespace drdrill::shell {

/// Thrown when a run exceeds a bound; ends the run with status 2.
struct Exceeded {
  std::string what;
};

struct Variable {
  std::string value;               ///< of a plain variable
  std::vector<std::string> items;  ///< of an array
  bool array = false;
};

/// Files that the run wrote itself; everything else on the disk is unknown.
using Files = std::map<std::string, std::string, std::less<>>;

struct Options {
  bool errexit = false;
  bool nounset = false;
  bool pipefail = false;
};

/// Keeps a run's use of time and memory in proportion to what people write.
class Budget {
 public:
  static constexpr std::size_t commands_limit = 100'000;
  static constexpr std::size_t bytes_limit = 64U << 20U;  ///< all text that is made or looked at
  static constexpr std::size_t text_limit = 1U << 20U;    ///< one value or stream

  void command();
  void bytes(std::size_t count);
  /// Adds to a value or stream.
  void append(std::string& to, std::string_view text);

 private:
  std::size_t commands_ = 0;
  std::size_t bytes_ = 0;
};

/// Variables with the scopes of subshells and functions. A subshell is a mark in the log of what
/// was overwritten since; going back to the mark restores everything.
class Variables {
 public:
  const Variable* find(std::string_view name) const;
  void set(std::string_view name, Variable value);
  void set(std::string_view name, std::string value);
  void unset(std::string_view name);

  struct Saved {
    std::string name;
    std::optional<Variable> value;
  };
  Saved save(std::string_view name) const;
  void restore(Saved saved);

  std::size_t enter_subshell();
  void leave_subshell(std::size_t mark);

  /// $1, $2, …
  const std::vector<std::string>& arguments() const;
  void set_arguments(std::vector<std::string> arguments);

 private:
  std::map<std::string, Variable, std::less<>> all_;
  std::vector<Saved> log_;
  int subshells_ = 0;
};

struct ShellState {
  Variables variables;
  Options options;
  Files files;
  Budget budget;
  std::map<std::string, std::shared_ptr<const List>, std::less<>> functions;
  int status = 0;
  std::vector<int> jobs;  ///< exit status of what was sent to the background
};

}  // namespace drdrill::shell
