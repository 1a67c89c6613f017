#include <cctype>

#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

/// ${ … }: names, subscripts and what is done with the value.
namespace drdrill::shell {
namespace {

constexpr std::string_view special_names = "?#@*$!-0123456789";
constexpr std::string_view transforms = "QULuE";

}  // namespace

/// [ … ] behind a name: the text as written, and the words that it is made of.
std::string Parser::index(Word& subscript) {
  if (peek() != '[') return {};
  const Deeper deeper(*this);
  const int line = line_;
  next();
  const std::size_t from = pos_;
  int open = 1;
  while (!at_end()) {
    const char c = peek();
    if (c == '$') {
      dollar(subscript, true);
    } else if (c == '`') {
      backticks(subscript, true);
    } else if (c == '"') {
      double_quoted(subscript);
    } else if (c == '\'') {
      single_quoted(subscript);
    } else if (c == '\\' && pos_ + 1 < text_.size()) {
      next();
      const char escaped = next();
      add_literal(subscript, std::string_view(&escaped, 1), true);
    } else {
      if (c == '[') ++open;
      if (c == ']' && --open == 0) break;
      next();
      add_literal(subscript, std::string_view(&c, 1), true);
    }
  }
  if (at_end()) fail("this [ is never closed", line);
  std::string text(text_.substr(from, pos_ - from));
  next();
  if (text.empty()) fail("an empty index", line);
  return text;
}

void Parser::braced(Word& word, bool quoted) {
  const Deeper deeper(*this);
  take("${");
  Part part;
  part.kind = Part::Kind::variable;
  part.quoted = quoted;
  if (peek() == '#' && peek(1) != '}') {
    next();
    part.operation = Part::Operation::length;
  } else if (peek() == '!' && peek(1) != '}') {
    next();
    part.indirect = true;
  }
  part.text = name();
  if (part.text.empty()) {
    if (at_end() || special_names.find(peek()) == std::string_view::npos)
      fail_unexpected("the name of a variable");
    do part.text += next();
    while (std::isdigit(static_cast<unsigned char>(part.text[0])) != 0 &&
           std::isdigit(static_cast<unsigned char>(peek())) != 0);
  }
  part.index = index(part.subscript);
  if (part.indirect) indirection(part);
  if (peek() != '}') operation(part, quoted);
  if (!take("}")) fail_unexpected("}");
  word.push_back(std::move(part));
}

/// ${!name[@]} are keys, ${!name*} are names; the others are of the variable that name names.
void Parser::indirection(Part& part) {
  if (part.index == "@" || part.index == "*") {
    part.indirect = false;
    part.operation = Part::Operation::keys;
  } else if ((peek() == '*' || peek() == '@') && peek(1) == '}') {
    part.indirect = false;
    part.operation = Part::Operation::names;
    part.index = std::string(1, next());
  }
}

void Parser::operation(Part& part, bool quoted) {
  using Operation = Part::Operation;
  if (part.operation != Operation::none) fail_unexpected("}");
  if (at_end()) fail_unexpected("}");
  part.strong = take(":");
  const char c = at_end() ? '\0' : peek();
  if (part.strong && std::string_view("-=+?").find(c) == std::string_view::npos) return slice(part);
  next();
  switch (c) {
    case '-':
      part.operation = Operation::use_default;
      break;
    case '=':
      part.operation = Operation::assign_default;
      break;
    case '+':
      part.operation = Operation::use_other;
      break;
    case '?':
      part.operation = Operation::require;
      break;
    case '#':
    case '%':
    case '^':
    case ',':
      part.operation = c == '#'   ? Operation::cut_front
                       : c == '%' ? Operation::cut_back
                       : c == '^' ? Operation::upper
                                  : Operation::lower;
      part.strong = take(std::string_view(&c, 1));
      part.argument = argument_until("", false);
      return;
    case '/':
      return replacement(part);
    case '@':
      part.operation = Operation::transform;
      part.anchor = at_end() ? '\0' : next();
      if (transforms.find(part.anchor) == std::string_view::npos)
        fail("this ${ @ } is not known here");
      return;
    default:
      fail("this ${ } is not known here");
  }
  part.argument = argument_until("", quoted);
}

void Parser::replacement(Part& part) {
  part.operation = Part::Operation::replace;
  part.strong = take("/");
  if (!part.strong && (peek() == '#' || peek() == '%')) part.anchor = next();
  part.argument = argument_until("/", false);
  if (!take("/")) return;
  part.has_second = true;
  part.second = argument_until("", false);
}

void Parser::slice(Part& part) {
  part.operation = Part::Operation::slice;
  part.strong = false;
  part.argument = expression_until({":", "}"});
  part.has_second = take(":");
  if (part.has_second) part.second = expression_until({"}"});
}

Word Parser::argument_until(std::string_view enders, bool quoted) {
  Word word;
  const int line = line_;
  while (!at_end() && peek() != '}' && enders.find(peek()) == std::string_view::npos) {
    const char c = peek();
    if (c == '$') {
      dollar(word, quoted);
    } else if (c == '`') {
      backticks(word, quoted);
    } else if (c == '"') {
      double_quoted(word);
    } else if (c == '\'' && !quoted) {
      single_quoted(word);
    } else if (c == '\\' && pos_ + 1 < text_.size()) {
      next();
      const char escaped = next();
      if (escaped != '\n') add_literal(word, std::string_view(&escaped, 1), true);
    } else {
      const char plain = next();
      add_literal(word, std::string_view(&plain, 1), quoted);
    }
  }
  if (at_end()) fail("this ${ is never closed", line);
  return word;
}

}  // namespace drdrill::shell
