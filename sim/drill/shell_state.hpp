#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/drill/shell.hpp"

/// What a shell remembers while it runs: variables, options, files that were written.
namespace drdrill::shell {

/// Thrown when a run exceeds a bound; ends the run with status 2.
struct Exceeded {
  std::string what;
};

struct Variable {
  enum class Kind : std::uint8_t { plain, indexed, associative };
  enum class Letters : std::uint8_t { as_given, lower, upper };

  Kind kind = Kind::plain;
  Letters letters = Letters::as_given;  ///< declare -l and -u
  bool exported = false;
  bool readonly = false;
  bool integer = false;            ///< what is assigned is calculated
  bool reference = false;          ///< declare -n: `value` names the variable that is meant
  std::string value;               ///< of a plain variable
  std::vector<std::string> items;  ///< of an array
  std::vector<long long> indexes;  ///< of the items, ascending; empty: 0, 1, 2, …
  std::vector<std::string> keys;   ///< of the items of an associative array, as they were set

  bool array() const { return kind != Kind::plain; }
  /// Where the item is; nothing when there is none.
  std::optional<std::size_t> find(long long index) const;
  std::optional<std::size_t> find(std::string_view key) const;
  long long index_of(std::size_t place) const;
  /// Made if it is not there.
  std::string& item(long long index);
  std::string& item(std::string_view key);
  void erase(std::size_t place);
  /// The places of the items in the order in which bash lists them.
  std::vector<std::size_t> order() const;
  /// What $name gives: the value, or the item 0; null when there is none.
  const std::string* scalar() const;
};

/// Files that the run wrote itself; everything else on the disk is unknown.
using Files = std::map<std::string, std::string, std::less<>>;

struct Options {
  bool errexit = false;
  bool nounset = false;
  bool pipefail = false;
  bool errtrace = false;
  bool allexport = false;
  bool noglob = false;
  bool noclobber = false;
  bool nullglob = false;
  bool nocasematch = false;
  bool inherit_errexit = false;
  bool lastpipe = false;
};

/// Keeps a run's use of time and memory in proportion to what people write.
class Budget {
 public:
  /// What is done, in units that each take 10 to 40 ns where the fuzzer measures them: some loops
  /// of a hundred thousand commands are ten times as dear as others.
  static constexpr std::size_t work_limit = 20'000'000;
  static constexpr std::size_t parsing_work = 40;      ///< of a character
  static constexpr std::size_t calculating_work = 80;  ///< of a character of arithmetic
  static constexpr std::size_t commands_limit = 100'000;
  static constexpr std::size_t bytes_limit = 64U << 20U;  ///< all text that is made or looked at
  static constexpr std::size_t text_limit = 1U << 20U;    ///< one value or stream

  void command();
  void bytes(std::size_t count);
  void work(std::size_t units);
  /// Texts that are made or copied, beside what is in them.
  void items(std::size_t count);
  /// Adds to a value or stream.
  void append(std::string& to, std::string_view text);

 private:
  std::size_t commands_ = 0;
  std::size_t bytes_ = 0;
  std::size_t work_ = 0;
};

/// Variables with the scopes of subshells and functions. A subshell is a mark in the log of what
/// was overwritten since; going back to the mark restores everything. Copies share the variables
/// until one of them changes any.
class Variables {
 public:
  /// Follows references.
  const Variable* find(std::string_view name) const;
  /// Replaces the variable, attributes included.
  void set(std::string_view name, Variable value);
  void unset(std::string_view name);
  /// The name that is meant, when it is one of a reference.
  std::string_view resolved(std::string_view name) const;

  struct Saved {
    std::string name;
    std::optional<Variable> value;
  };
  Saved save(std::string_view name) const;
  void restore(Saved saved);
  /// What begins with the text, in the order of the alphabet.
  std::vector<std::string> names(std::string_view beginning) const;
  /// Takes away what a new process is not given.
  void keep_exported();

  std::size_t enter_subshell();
  void leave_subshell(std::size_t mark);

  /// $1, $2, …
  const std::vector<std::string>& arguments() const;
  void set_arguments(std::vector<std::string> arguments);

 private:
  using All = std::map<std::string, Variable, std::less<>>;

  const Variable* find_itself(std::string_view name) const;
  /// To be changed.
  All& own();

  std::shared_ptr<All> all_;  ///< null: none
  std::vector<Saved> log_;
  int subshells_ = 0;
};

using Functions = std::map<std::string, std::shared_ptr<const List>, std::less<>>;
/// Commands by signal: "EXIT", "ERR", "INT", …
using Traps = std::map<std::string, std::string, std::less<>>;

struct ShellState {
  Variables variables;
  Options options;
  Files files;
  Budget budget;
  /// Shared with the shell around this one until either changes them.
  std::shared_ptr<const Functions> functions;
  std::shared_ptr<const Traps> traps;
  int status = 0;
  std::vector<int> jobs;      ///< exit status of what was sent to the background
  std::vector<int> pipeline;  ///< PIPESTATUS
};

}  // namespace drdrill::shell
