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
    process,     ///< <( list ) or >( list ), as `text` says: the name of a file
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
    replace,         ///< ${text/argument/second}; `anchor` says where
    slice,           ///< ${text:argument:second}
    upper,           ///< ${text^argument}
    lower,           ///< ${text,argument}
    keys,            ///< ${!text[@]}
    names,           ///< ${!text*}: variables that begin so
    transform,       ///< ${text@Q}: `anchor` is the letter
  };
  Kind kind = Kind::literal;
  bool quoted = false;  ///< inside quotes: not split into fields, no pattern
  Operation operation = Operation::none;
  /// The colon of ${text:-…} (empty counts as unset); the second of ## %% // ^^ ,,
  bool strong = false;
  bool indirect = false;  ///< ${!text}: of the variable that it names
  bool has_second = false;
  char anchor = 0;  ///< of replace: '#' at the front, '%' at the back
  std::string text;
  std::string index;  ///< as written: "@", "*" or an expression; empty when there is none
  Word subscript;     ///< the expression
  Word argument;
  Word second;
  std::shared_ptr<const List> list;
};

struct Assignment {
  std::string name;
  std::string index;  ///< name[index]=…, as written
  Word subscript;
  bool append = false;
  bool array = false;  ///< name=( elements )
  Word value;
  std::vector<Word> elements;
  std::vector<Word> subscripts;  ///< of elements, where [subscript]=… says one; else empty words
};

struct Redirect {
  enum class Kind : std::uint8_t {
    read,       ///< < target
    write,      ///< > target
    append,     ///< >> target
    document,   ///< << or <<-
    text,       ///< <<< target
    duplicate,  ///< >& and <&: target is a stream's number or "-"
  };
  Kind kind = Kind::write;
  int stream = 1;      ///< 0 input, 1 output, 2 errors; up to stream_limit
  bool both = false;   ///< &> and &>>: output and errors
  bool force = false;  ///< >|
  Word target;
  std::shared_ptr<const Word> document;  ///< the lines of a here-document
};

struct Simple {
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  /// Arrays that stand among the words of declare, local and the like: declare -A name=( … ).
  std::vector<Assignment> declared;
  /// export, local and the like, `[[` and `((`: words are not split into fields.
  bool whole_words = false;
};

struct For {
  std::string variable;
  std::vector<Word> words;
  std::shared_ptr<const List> body;
};

/// for ((init; condition; step)); the body is the command's `group`.
struct Count {
  Word init, condition, step;
};

struct If {
  std::shared_ptr<const List> condition, then, otherwise;  ///< `otherwise` may be null
};

struct While {
  std::shared_ptr<const List> condition, body;
  bool until = false;
};

struct Case {
  /// What ends an arm: ;; leaves, ;& runs the next arm too, ;;& looks at the next patterns too.
  enum class End : std::uint8_t { leave, fall_through, look_on };
  struct Arm {
    std::vector<Word> patterns;
    std::shared_ptr<const List> body;
    End end = End::leave;
  };
  Word subject;
  std::vector<Arm> arms;
};

struct Command {
  enum class Kind : std::uint8_t {
    simple,
    for_loop,
    count_loop,  ///< for (( … ))
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
  Count count;
  If if_then;
  While while_loop;
  Case case_of;
  std::string name;                   ///< of a function
  std::shared_ptr<const List> group;  ///< of group, subshell, background, function and count_loop
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
inline constexpr int stream_limit = 255;

/// Parses bash as recovery procedures are written in it: simple commands, quotes, parameter
/// expansions, arrays, $( ), $(( )), <( ), {0..2}, pipelines, && || ; &, here-documents,
/// redirections, for, while, until, if, case, groups, [[ ]], (( )), functions, comments. What it
/// does not know (coprocesses, select, <>, {name}>, extended patterns) is a syntax error that says
/// so, never a guess; so is a <placeholder>. Depth and size are bounded. sim/drill/README.md says
/// how this parser is held against that of shfmt.
Parsed parse(std::string_view text);

}  // namespace drdrill::shell
