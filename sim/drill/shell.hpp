#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The syntax tree of a shell command. It is evaluated when a step runs, never before, because
/// `$(kubectl get …)` is only known then.
namespace drdrill::shell {

struct List;
struct Part;
using Word = std::vector<Part>;

/// A piece of a word.
struct Part {
  enum class Kind : std::uint8_t {
    literal,     ///< `text` as it is
    variable,    ///< $text, ${text}, ${text[index]}, and what `operation` does with it
    substitute,  ///< $( list )
    arithmetic,  ///< $(( argument ))
  };
  enum class Operation : std::uint8_t {
    none,
    length,          ///< ${#text}
    use_default,     ///< ${text-…}
    assign_default,  ///< ${text=…}
    use_other,       ///< ${text+…}
    require,         ///< ${text?…}
    cut_front,       ///< ${text#…}
    cut_back,        ///< ${text%…}
  };
  Kind kind = Kind::literal;
  bool quoted = false;  ///< inside quotes: not split into fields, no pattern
  Operation operation = Operation::none;
  bool strong = false;  ///< the colon of ${text:-…} (empty counts as unset); the second # or %
  std::string text;
  std::string index;  ///< "@", "*", or arithmetic; empty when there is none
  Word argument;
  std::shared_ptr<const List> list;
};

struct Assignment {
  std::string name;
  std::string index;  ///< name[index]=…
  bool append = false;
  bool array = false;  ///< name=( elements )
  Word value;
  std::vector<Word> elements;
};

struct Redirect {
  enum class Kind : std::uint8_t {
    read,       ///< < target
    write,      ///< > target
    append,     ///< >> target
    document,   ///< << or <<-
    text,       ///< <<< target
    duplicate,  ///< >&: target is "1", "2" or "-"
  };
  Kind kind = Kind::write;
  int stream = 1;     ///< 0 input, 1 output, 2 errors
  bool both = false;  ///< &> and &>>: output and errors
  Word target;
  std::shared_ptr<const Word> document;  ///< the lines of a here-document
};

struct Simple {
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  /// export, local and the like, `[[` and `((`: words are not split into fields.
  bool whole_words = false;
};

struct For {
  std::string variable;
  std::vector<Word> words;
  std::shared_ptr<const List> body;
};

struct If {
  std::shared_ptr<const List> condition, then, otherwise;  ///< `otherwise` may be null
};

struct While {
  std::shared_ptr<const List> condition, body;
  bool until = false;
};

struct Case {
  struct Arm {
    std::vector<Word> patterns;
    std::shared_ptr<const List> body;
  };
  Word subject;
  std::vector<Arm> arms;
};

struct Command {
  enum class Kind : std::uint8_t {
    simple,
    for_loop,
    if_then,
    while_loop,
    case_of,
    group,       ///< { … }
    subshell,    ///< ( … )
    background,  ///< … &: run in order, like a subshell
    function,    ///< name() …
  };
  Kind kind = Kind::simple;
  int line = 1;  ///< within the text that was parsed
  Simple simple;
  For for_loop;
  If if_then;
  While while_loop;
  Case case_of;
  std::string name;                   ///< of a function
  std::shared_ptr<const List> group;  ///< of group, subshell, background and function
  std::vector<Redirect> redirects;    ///< in order
};

struct Pipeline {
  std::vector<Command> commands;
  bool negated = false;
};

struct ListItem {
  enum class Joint : std::uint8_t { always, and_then, or_else };  ///< `;` or newline, `&&`, `||`
  Joint joint = Joint::always;  ///< how it hangs on the item before
  Pipeline pipeline;
};

struct List {
  std::vector<ListItem> items;
};

struct SyntaxError {
  int line = 1;
  std::string message;
};

struct Parsed {
  std::shared_ptr<const List> list;  ///< null when `error` is set
  std::optional<SyntaxError> error;
};

inline constexpr std::size_t text_limit = 1U << 20U;  ///< bytes that parse() takes
inline constexpr int nesting_limit = 64;

/// Parses the shell that recovery procedures are written in: simple commands, quotes, variables,
/// arrays, $( ), $(( )), {0..2}, pipelines, && || ; &, here-documents, redirections, for, while,
/// until, if, case, groups, [[ ]], (( )), simple functions, comments. What it does not know
/// (process substitution, coprocesses, select, for (( )), ${x/a/b}, ${!x}, associative arrays, file
/// descriptors above 2) is a syntax error that says so, never a guess. Depth and size are bounded.
Parsed parse(std::string_view text);

}  // namespace drdrill::shell
