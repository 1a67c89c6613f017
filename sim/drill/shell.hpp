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

/// A piece of a word.
struct Part {
  enum class Kind : std::uint8_t {
    literal,     ///< `text` as it is
    variable,    ///< $text or ${text}; `fallback` for ${text:-…}
    substitute,  ///< $( list )
  };
  Kind kind = Kind::literal;
  bool quoted = false;  ///< inside quotes: not split into fields
  std::string text;
  std::string fallback;
  std::shared_ptr<const List> list;
};
using Word = std::vector<Part>;

struct Assignment {
  std::string name;
  Word value;
};

struct Simple {
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  std::optional<Word> input;  ///< here-document or here-string
  bool to_file = false;       ///< output goes to a file (or /dev/null): not to the next command
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
  enum class Kind : std::uint8_t { simple, for_loop, if_then, while_loop, case_of, group };
  Kind kind = Kind::simple;
  int line = 1;  ///< within the text that was parsed
  Simple simple;
  For for_loop;
  If if_then;
  While while_loop;
  Case case_of;
  std::shared_ptr<const List> group;  ///< { … } or ( … )
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

/// Parses the shell that recovery procedures are written in: simple commands, quotes, variables,
/// $( ), pipelines, && || ;, here-documents, redirections, for, while, if, case, groups, comments.
/// What it does not know (arithmetic, functions, arrays, process substitution) is a syntax error
/// that says so, never a guess. Depth and size are bounded.
Parsed parse(std::string_view text);

}  // namespace drdrill::shell
