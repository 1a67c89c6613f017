#include <algorithm>
#include <array>
#include <cctype>

#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

constexpr std::array<std::string_view, 5> whole_word_commands{"export", "local", "readonly",
                                                              "declare", "typeset"};
constexpr std::size_t braces_limit = 10000;

Word plain_word(std::string_view text) {
  Part part;
  part.text = text;
  return {part};
}

bool takes_whole_words(const Word& word) {
  return std::any_of(whole_word_commands.begin(), whole_word_commands.end(),
                     [&](std::string_view command) { return is_plain(word, command); });
}

}  // namespace

void Parser::simple(Command& command) {
  Simple& made = command.simple;
  const std::size_t from = pos_;
  for (;;) {
    skip_blanks();
    if (redirect(command)) continue;
    if (at_word_end()) break;
    if (made.words.empty() && assignment(made)) continue;
    Word read = word();
    if (made.words.empty()) made.whole_words = takes_whole_words(read);
    if (made.whole_words)
      made.words.push_back(std::move(read));
    else if (!expand_braces(std::move(read), made.words, braces_limit))
      fail("{ } would make more than " + std::to_string(braces_limit) + " words");
  }
  if (peek() == '(' && made.words.size() == 1 && made.words[0].size() == 1 &&
      made.words[0][0].kind == Part::Kind::literal && !made.words[0][0].quoted) {
    next();
    skip_blanks();
    if (!take(")")) fail_unexpected(")");
    const std::string called = made.words[0][0].text;
    made = {};
    return function(command, called);
  }
  if (peek() == '(') fail_unexpected();
  if (pos_ == from) fail_unexpected("a command");
}

/// name=value, name+=value, name[index]=value or name=( … ); false when it is none.
bool Parser::assignment(Simple& simple) {
  const std::size_t from = pos_;
  const int line = line_;
  Assignment made;
  made.name = name();
  const auto none = [&] {
    pos_ = from;
    line_ = line;
    return false;
  };
  if (made.name.empty()) return none();
  if (peek() == '[') {
    const std::size_t stop = text_.find_first_of("] \t\r\n;&|()<>'\"", pos_);
    const bool closed = stop != std::string_view::npos && text_[stop] == ']';
    const std::string_view behind = closed ? text_.substr(stop + 1) : std::string_view();
    if (!behind.starts_with("=") && !behind.starts_with("+=")) return none();
    made.index = index();
  }
  made.append = take("+=");
  if (!made.append && !take("=")) return none();
  if (!take("(")) {
    made.value = word();
    simple.assignments.push_back(std::move(made));
    return true;
  }
  if (!made.index.empty()) fail("an element of an array cannot be an array");
  made.array = true;
  for (skip_newlines(); !at_word_end(); skip_newlines()) {
    if (peek() == '[') fail("( [index]=value ) is not known here");
    if (!expand_braces(word(), made.elements, braces_limit))
      fail("{ } would make more than " + std::to_string(braces_limit) + " words");
  }
  if (!take(")")) fail_unexpected(")");
  simple.assignments.push_back(std::move(made));
  return true;
}

/// What follows [[: words and operators up to ]], kept as the words of a command "[[".
void Parser::condition(Command& command) {
  constexpr std::array<std::string_view, 6> operators{"&&", "||", "(", ")", "<", ">"};
  Simple& made = command.simple;
  made.whole_words = true;
  made.words.push_back(plain_word("[["));
  const int line = line_;
  for (;;) {
    skip_newlines();
    if (at_end()) fail("this [[ is never closed by ]]", line);
    if (is_plain(made.words.back(), "=~")) {
      made.words.push_back(pattern_word());
      if (made.words.back().empty()) fail_unexpected("a pattern");
      continue;
    }
    const auto found = std::find_if(operators.begin(), operators.end(),
                                    [&](std::string_view op) { return take(op); });
    if (found != operators.end()) {
      made.words.push_back(plain_word(*found));
      continue;
    }
    if (at_word_end()) fail_unexpected("]]");
    made.words.push_back(word());
    if (is_plain(made.words.back(), "]]")) break;
  }
  if (made.words.size() == 2) fail("nothing between [[ and ]]");
}

/// A regular expression after =~: brackets and bars belong to it.
Word Parser::pattern_word() {
  Word read;
  while (!at_end() && std::string_view(" \t\r\n").find(peek()) == std::string_view::npos) {
    if (!at_word_end()) {
      piece(read);
      continue;
    }
    Part part;
    part.text = std::string(1, next());
    read.push_back(std::move(part));
  }
  return read;
}

/// (( … )): the words "((" and the value.
void Parser::calculation(Command& command) {
  const int line = line_;
  Word value;
  calculate(value, line);
  value[0].quoted = true;
  command.simple.whole_words = true;
  command.simple.words.push_back(plain_word("(("));
  command.simple.words.push_back(std::move(value));
}

}  // namespace drdrill::shell
