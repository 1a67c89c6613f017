#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell_state.hpp"

/// From words to fields. An expansion stops whenever it needs the output of a substitution.
namespace drdrill::shell {

/// Thrown when a word cannot be expanded; the shell ends with status 1, as bash does.
struct BadExpansion {
  std::string what;
};

/// Whether `text` as a whole matches a shell pattern (* ? [ ] and \ for the next character).
bool glob_match(std::string_view pattern, std::string_view text);
/// The same, and the work is charged.
bool glob_match(std::string_view pattern, std::string_view text, Budget& budget);

/// The value of an arithmetic expression; throws BadExpansion. Assigns to variables where it says
/// =.
long long evaluate(std::string_view expression, ShellState& state);

/// The value of $name, or null when it is not set. The text is good until the next call.
const std::string* value_of(std::string_view name, const ShellState& state, std::string& buffer);

class Expander {
 public:
  enum class Mode : std::uint8_t {
    fields,   ///< split, and file names are matched
    whole,    ///< one field
    pattern,  ///< one field in which quoted characters are marked by a backslash
  };

  void begin(const Word& word, Mode mode);
  /// Goes on. True when the word is done and its fields were appended to `out`; false when
  /// `wanted()` has to be evaluated and its output handed to substituted().
  bool run(ShellState& state, std::vector<std::string>& out);
  const List& wanted() const { return *wanted_; }
  void substituted(std::string text) { substituted_ = std::move(text); }

 private:
  struct Cursor {
    const Word* word = nullptr;
    std::size_t part = 0;
    const Part* owner = nullptr;  ///< whose argument this is, when it is used as a whole
    std::string outer;            ///< the text before it
    Mode outer_mode = Mode::fields;
    bool outer_escaping = false;
  };

  void part(const Part& part, ShellState& state, std::vector<std::string>& out);
  void variable(const Part& part, ShellState& state, std::vector<std::string>& out);
  void items(const Part& part, const std::vector<std::string>& items, ShellState& state,
             std::vector<std::string>& out);
  void operate(const Part& part, const std::string* value, ShellState& state,
               std::vector<std::string>& out);
  void argument(const Part& part, Mode mode);
  void finish_argument(ShellState& state, std::vector<std::string>& out);
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
  const List* wanted_ = nullptr;
  std::optional<std::string> substituted_;
};

}  // namespace drdrill::shell
