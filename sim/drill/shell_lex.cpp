#include <cctype>

#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

constexpr std::string_view word_enders = " \t\r\n;&|<>()";
constexpr std::string_view special_names = "?#@*$!-0123456789";

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

void add_literal(Word& word, std::string_view text, bool quoted) {
  if (!word.empty() && word.back().kind == Part::Kind::literal && word.back().quoted == quoted) {
    word.back().text += text;
    return;
  }
  Part part;
  part.quoted = quoted;
  part.text = text;
  word.push_back(std::move(part));
}

}  // namespace

bool is_plain(const Word& word, std::string_view text) {
  return word.size() == 1 && word[0].kind == Part::Kind::literal && !word[0].quoted &&
         word[0].text == text;
}

bool Parser::take(std::string_view s) {
  if (!looking_at(s)) return false;
  for (std::size_t i = 0; i < s.size(); ++i) next();
  return true;
}

char Parser::next() {
  const char c = text_[pos_++];
  if (c == '\n') ++line_;
  return c;
}

void Parser::fail(std::string message, int line) const {
  throw Mistake{{line > 0 ? line : line_, std::move(message)}};
}

void Parser::fail_unexpected(std::string_view expected) const {
  std::string message;
  if (at_end())
    message = "the text ends too early";
  else if (peek() == '\n')
    message = "unexpected end of line";
  else
    message = "unexpected \"" + std::string(text_.substr(pos_, 1)) + "\"";
  if (!expected.empty()) message += "; expected " + std::string(expected);
  fail(std::move(message));
}

void Parser::skip_blanks() {
  while (!at_end()) {
    if (peek() == ' ' || peek() == '\t' || peek() == '\r')
      next();
    else if (!take("\\\n"))
      break;
  }
  if (peek() != '#') return;
  while (!at_end() && peek() != '\n') next();
}

void Parser::skip_newlines() {
  for (skip_blanks(); !at_end() && peek() == '\n'; skip_blanks()) {
    next();
    read_documents();
  }
}

bool Parser::at_word_end() const {
  return at_end() || word_enders.find(peek()) != std::string_view::npos;
}

Word Parser::word() {
  Word word;
  while (!at_word_end()) piece(word);
  return word;
}

void Parser::piece(Word& word) {
  switch (peek()) {
    case '\'':
      return single_quoted(word);
    case '"':
      return double_quoted(word);
    case '`':
      return backticks(word, false);
    case '$':
      return dollar(word, false);
    case '\\':
      if (take("\\\n")) return;
      next();
      if (at_end()) return add_literal(word, "\\", true);
      add_literal(word, text_.substr(pos_, 1), true);
      next();
      return;
    default:
      break;
  }
  const std::size_t from = pos_;
  while (!at_word_end() && std::string_view("'\"`$\\").find(peek()) == std::string_view::npos)
    next();
  add_literal(word, text_.substr(from, pos_ - from), false);
}

void Parser::single_quoted(Word& word) {
  const int line = line_;
  next();
  const std::size_t from = pos_;
  while (!at_end() && peek() != '\'') next();
  if (at_end()) fail("this quote ' is never closed", line);
  add_literal(word, text_.substr(from, pos_ - from), true);
  next();
}

void Parser::escaped_text(Word& word) {
  const int line = line_;
  std::string text;
  while (!at_end() && peek() != '\'') {
    char c = next();
    if (c == '\\' && !at_end()) {
      c = next();
      constexpr std::string_view from = "ntr\\'\"", to = "\n\t\r\\'\"";
      const std::size_t known = from.find(c);
      if (known == std::string_view::npos) fail("this escape is not known within $'…'");
      c = to[known];
    }
    text += c;
  }
  if (at_end()) fail("this quote $' is never closed", line);
  next();
  add_literal(word, text, true);
}

void Parser::double_quoted(Word& word) {
  const int line = line_;
  next();
  add_literal(word, "", true);
  while (!at_end() && peek() != '"') {
    const char c = peek();
    if (c == '$') {
      dollar(word, true);
    } else if (c == '`') {
      backticks(word, true);
    } else if (c == '\\' && pos_ + 1 < text_.size()) {
      next();
      const char escaped = next();
      if (std::string_view("$`\"\\").find(escaped) != std::string_view::npos)
        add_literal(word, std::string_view(&escaped, 1), true);
      else if (escaped != '\n')
        add_literal(word, std::string{'\\', escaped}, true);
    } else {
      const std::size_t from = pos_;
      do next();
      while (!at_end() && std::string_view("\"$`\\").find(peek()) == std::string_view::npos);
      add_literal(word, text_.substr(from, pos_ - from), true);
    }
  }
  if (at_end()) fail("this quote \" is never closed", line);
  next();
}

Word Parser::document() {
  Word word;
  while (!at_end()) {
    const char c = peek();
    if (c == '$') {
      dollar(word, true);
    } else if (c == '`') {
      backticks(word, true);
    } else if (c == '\\' && pos_ + 1 < text_.size()) {
      next();
      const char escaped = next();
      if (std::string_view("$`\\").find(escaped) != std::string_view::npos)
        add_literal(word, std::string_view(&escaped, 1), true);
      else if (escaped != '\n')
        add_literal(word, std::string{'\\', escaped}, true);
    } else {
      const std::size_t from = pos_;
      do next();
      while (!at_end() && std::string_view("$`\\").find(peek()) == std::string_view::npos);
      add_literal(word, text_.substr(from, pos_ - from), true);
    }
  }
  return word;
}

std::string Parser::name() {
  const std::size_t from = pos_;
  if (!at_end() && starts_name(peek()))
    while (!at_end() && in_name(peek())) next();
  return std::string(text_.substr(from, pos_ - from));
}

void Parser::dollar(Word& word, bool quoted) {
  const char c = peek(1);
  if (looking_at("$((")) return arithmetic(word, quoted);
  if (c == '(') return substitution(word, quoted);
  if (c == '{') return braced(word, quoted);
  if (c == '\'' && !quoted) {
    take("$'");
    return escaped_text(word);
  }
  if (c == '"' && !quoted) {
    next();
    return double_quoted(word);
  }
  Part part;
  part.kind = Part::Kind::variable;
  part.quoted = quoted;
  if (starts_name(c)) {
    next();
    part.text = name();
  } else if (c != '\0' && special_names.find(c) != std::string_view::npos) {
    next();
    part.text = std::string(1, next());
  } else {
    next();
    return add_literal(word, "$", quoted);
  }
  word.push_back(std::move(part));
}

std::string Parser::index() {
  if (peek() != '[') return {};
  const int line = line_;
  next();
  const std::size_t from = pos_;
  int depth = 1;
  for (; !at_end() && depth > 0; next()) {
    if (peek() == '[') ++depth;
    if (peek() == ']') --depth;
  }
  if (depth > 0) fail("this [ is never closed", line);
  std::string text(text_.substr(from, pos_ - 1 - from));
  if (text.empty()) fail("an empty index", line);
  if (text.find_first_of("`\"'") != std::string::npos || text.find("$(") != std::string::npos)
    fail("an index may hold numbers and variables only", line);
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
  }
  if (peek() == '!') fail("${!name} is not known here");
  part.text = name();
  if (part.text.empty()) {
    if (at_end() || special_names.find(peek()) == std::string_view::npos)
      fail_unexpected("the name of a variable");
    do part.text += next();
    while (std::isdigit(static_cast<unsigned char>(part.text[0])) != 0 &&
           std::isdigit(static_cast<unsigned char>(peek())) != 0);
  }
  part.index = index();
  if (peek() != '}') operation(part, quoted);
  if (!take("}")) fail_unexpected("}");
  word.push_back(std::move(part));
}

void Parser::operation(Part& part, bool quoted) {
  if (part.operation == Part::Operation::length) fail_unexpected("}");
  if (at_end()) fail_unexpected("}");
  part.strong = take(":");
  const char c = at_end() ? '\0' : next();
  switch (c) {
    case '-':
      part.operation = Part::Operation::use_default;
      break;
    case '=':
      part.operation = Part::Operation::assign_default;
      break;
    case '+':
      part.operation = Part::Operation::use_other;
      break;
    case '?':
      part.operation = Part::Operation::require;
      break;
    case '#':
    case '%':
      if (part.strong) fail("this ${ } is not known here");
      part.operation = c == '#' ? Part::Operation::cut_front : Part::Operation::cut_back;
      part.strong = take(std::string_view(&c, 1));
      break;
    default:
      fail(part.strong ? "${name:offset} is not known here"
                       : "this ${ } is not known here (known: :- := :+ :? # ## % %%)");
  }
  const bool cuts = c == '#' || c == '%';
  part.argument = argument_until_brace(quoted && !cuts);
}

Word Parser::argument_until_brace(bool quoted) {
  Word word;
  const int line = line_;
  while (!at_end() && peek() != '}') {
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
      add_literal(word, std::string_view(&escaped, 1), true);
    } else {
      const char plain = next();
      add_literal(word, std::string_view(&plain, 1), quoted);
    }
  }
  if (at_end()) fail("this ${ is never closed", line);
  return word;
}

}  // namespace drdrill::shell
