#include <cctype>

#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

constexpr std::string_view word_enders = " \t\r\n;&|<>()";
constexpr std::string_view special_names = "?#@*$!-0123456789";

/// As UTF-8.
void append_code_point(std::string& out, unsigned long code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | ((code >> 18U) & 0x07U));
    out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

}  // namespace

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
  if (looking_at("<(") || looking_at(">(")) return false;
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
    case '<':
    case '>':
      return process(word);
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
  const auto digits = [&](std::size_t most, int base) {
    constexpr std::string_view all = "0123456789abcdef";
    unsigned long value = 0;
    for (std::size_t i = 0; i < most && !at_end(); ++i) {
      const auto digit =
          all.find(static_cast<char>(std::tolower(static_cast<unsigned char>(peek()))));
      if (digit >= static_cast<std::size_t>(base)) break;
      value = value * static_cast<unsigned long>(base) + digit;
      next();
    }
    return value;
  };
  while (!at_end() && peek() != '\'') {
    char c = next();
    if (c != '\\' || at_end()) {
      text += c;
      continue;
    }
    constexpr std::string_view from = "ntr\\'\"?abeEfv", to = "\n\t\r\\'\"?\a\b\x1b\x1b\f\v";
    const std::size_t known = from.find(peek());
    if (known != std::string_view::npos) {
      next();
      text += to[known];
    } else if (peek() >= '0' && peek() <= '7') {
      text += static_cast<char>(digits(3, 8) & 0xFFU);
    } else if (take("x")) {
      text += static_cast<char>(digits(2, 16) & 0xFFU);
    } else if (peek() == 'u' || peek() == 'U') {
      append_code_point(text, digits(next() == 'u' ? 4 : 8, 16) & 0x1FFFFFU);
    } else {
      fail("this escape is not known within $'…'");
    }
  }
  if (at_end()) fail("this quote $' is never closed", line);
  next();
  if (text.find('\0') != std::string::npos) text.resize(text.find('\0'));
  add_literal(word, text, true);
}

void Parser::double_quoted(Word& word) {
  const int line = line_;
  next();
  if (peek() == '"') add_literal(word, "", true);
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

}  // namespace drdrill::shell
