#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell_state.hpp"

/// From words to fields. An expansion stops whenever it needs the output of a substitution.
namespace drdrill::shell {

/// Thrown when a word cannot be expanded or a variable not be set. As in bash the rest of the line
/// goes with the command, and with ${x?} and `set -u` the shell.
struct BadExpansion {
  enum class Ends : std::uint8_t { line, shell };
  std::string what;
  Ends ends = Ends::line;
};

/// Whether `text` as a whole matches a shell pattern (* ? [ ] and \ for the next character).
bool glob_match(std::string_view pattern, std::string_view text, bool any_case = false);
/// The same, and the work is charged.
bool glob_match(std::string_view pattern, std::string_view text, Budget& budget,
                bool any_case = false);

/// Where the item of a pattern that begins at `at` ends: a character, an escaped one, or [ ].
std::size_t pattern_item_end(std::string_view pattern, std::size_t at);

/// The value of an arithmetic expression; throws BadExpansion. Assigns to variables where it says
/// =.
long long evaluate(std::string_view expression, ShellState& state);

/// The value of $name, or null when it is not set. The text is good until the next call.
const std::string* value_of(std::string_view name, const ShellState& state, std::string& buffer);

/// name=value, keeping what declare said of the name. Throws BadExpansion when it is read-only.
void assign(ShellState& state, std::string_view name, std::string value, bool append = false);
/// name[subscript]=value; the subscript of an associative array is its key, that of others is
/// calculated.
void assign_element(ShellState& state, std::string_view name, std::string_view subscript,
                    std::string value, bool append = false);
/// A variable that may be changed, as it is or new; throws BadExpansion when it is read-only.
Variable changeable(const ShellState& state, std::string_view name);

/// ?, #, 1 and the like.
bool is_special(std::string_view name);
/// What stands between the items of "$*".
std::string separator_of(const ShellState& state);
std::string joined(const std::vector<std::string>& items, const std::string& separator,
                   ShellState& state);

/// Keeps the items of ${@:offset:length} and ${array[@]:offset:length}.
void slice_items(std::vector<std::string>& items, std::vector<long long>& indexes, long long offset,
                 std::optional<long long> length);

// ---- what ${ } does with a value (shell_operations.cpp) ----

/// `argument` and `second` are the expanded operands of the part; patterns have backslashes before
/// what was quoted.
std::string operated(const Part& part, std::string_view value, const std::string& argument,
                     const std::string& second, ShellState& state);
/// ${value:offset:length}
std::string sliced(std::string_view value, const Part& part, const std::string& offset,
                   const std::string& length, ShellState& state);
/// As printf %q writes it.
std::string quoted_for_shell(std::string_view text);
/// As `trap` lists commands.
std::string quoted_for_trap(std::string_view text);
/// "SIGINT", "int" and "2" are "INT", "0" is "EXIT"; "" when it is no signal.
std::string signal_name(std::string_view given);
/// As `trap` prints it: "SIGINT", "EXIT".
std::string long_signal_name(std::string_view name);
std::vector<std::string> signals_in_order();
/// Without the backslashes of a pattern.
std::string without_escapes(std::string_view pattern);

class Expander {
 public:
  enum class Mode : std::uint8_t {
    fields,       ///< split, and file names are matched
    whole,        ///< one field
    pattern,      ///< one field in which quoted characters are marked by a backslash
    replacement,  ///< one field in which a quoted & is marked so
  };

  void begin(const Word& word, Mode mode);
  /// Goes on. True when the word is done and its fields were appended to `out`; false when
  /// `wanted()` has to be evaluated and its output handed to substituted().
  bool run(ShellState& state, std::vector<std::string>& out);
  /// What has to be evaluated: a substitution, or <( ) or >( ).
  const Part& wanted() const { return *wanted_; }
  void substituted(std::string text) { substituted_ = std::move(text); }

 private:
  /// The operands of a part that are expanded so far.
  struct Operands {
    std::string subscript, argument, second;
    bool have_subscript = false, have_argument = false, have_second = false;
  };
  /// A word that is being read. One that belongs to a part is used as a whole, unless it stands in
  /// the part's place.
  struct Cursor {
    enum class Use : std::uint8_t { in_place, subscript, argument, second };
    const Word* word = nullptr;
    std::size_t part = 0;
    const Part* owner = nullptr;
    Use use = Use::in_place;
    Operands operands;
    std::string outer;  ///< the text before it
    Mode outer_mode = Mode::fields;
    bool outer_escaping = false;
    bool outer_field = false;
  };
  /// What a part is about: one value, or all of an array.
  struct Values {
    bool all = false;
    bool star = false;  ///< joined by the first of IFS when quoted
    bool set = false;
    bool declared = false;  ///< there is a variable, if without a value
    std::string one;
    std::vector<std::string> items;
    std::vector<long long> indexes;  ///< of the items, for slices
  };

  void part(const Part& part, ShellState& state, std::vector<std::string>& out);
  void variable(const Part& part, Operands operands, ShellState& state,
                std::vector<std::string>& out);
  static Values values_of_part(const Part& part, const Operands& operands, ShellState& state);
  static Values values_named(std::string_view name, std::string_view index, bool has_index,
                             ShellState& state);
  static Values indirect(const Values& names, ShellState& state);
  void operate(const Part& part, Values values, Operands operands, ShellState& state,
               std::vector<std::string>& out);
  bool wants_operand(const Part& part, const Values& values, Operands& operands);
  void use_or_other(const Part& part, const Values& values, Operands operands, ShellState& state,
                    std::vector<std::string>& out);
  void put(const Part& part, const Values& values, ShellState& state,
           std::vector<std::string>& out);
  void read_operand(const Part& part, const Word& word, Cursor::Use use, Mode mode,
                    Operands operands);
  void read_in_place(const Part& part);
  void finish_word(ShellState& state, std::vector<std::string>& out);
  void add(std::string_view text, bool quoted, ShellState& state, std::vector<std::string>& out);
  void split(std::string_view text, ShellState& state, std::vector<std::string>& out);
  void keep(std::string_view text, bool quoted, ShellState& state);
  void end_field(ShellState& state, std::vector<std::string>& out);

  Mode mode_ = Mode::fields;
  std::vector<Cursor> cursors_;
  std::string text_;          ///< of the field being made; escaped when `escaping_`
  bool escaping_ = false;     ///< quoted pattern characters carry a backslash
  bool field_ = false;        ///< there is a field even if it is empty
  bool after_space_ = false;  ///< the last field was ended by white space
  const Part* wanted_ = nullptr;
  std::optional<std::string> substituted_;
};

}  // namespace drdrill::shell
