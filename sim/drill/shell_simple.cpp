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
    const bool declares = made.whole_words;
    if ((made.words.empty() || declares) && assignment(made, declares)) continue;
    Word read = word();
    // {name}> would give the stream's number to a variable.
    if (read.size() == 1 && (peek() == '<' || peek() == '>') && read[0].text.starts_with('{') &&
        read[0].text.ends_with('}') && !read[0].quoted && read[0].text.size() > 2 &&
        starts_name(read[0].text[1]))
      fail(read[0].text + peek() + " is not known here");
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
  if (peek() == '(') {
    if (!made.words.empty()) refuse_extended(made.words.back());
    fail_unexpected();
  }
  if (pos_ == from) fail_unexpected("a command");
}

/// The place of the ] that closes the [ here; npos when none does before the word is over. Long
/// subscripts are none, so that many of them stay cheap.
std::size_t Parser::subscript_end() const {
  constexpr std::size_t longest = 500;
  int open = 0, nested = 0;
  char quote = 0;
  for (std::size_t at = pos_; at < text_.size() && at - pos_ < longest; ++at) {
    const char c = text_[at];
    if (c == '\\') {
      ++at;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '\n') {
      break;
    } else if (nested == 0 && std::string_view(";&|<>").find(c) != std::string_view::npos) {
      break;
    } else if (c == '(' || c == '{') {
      ++nested;
    } else if (c == ')' || c == '}') {
      if (--nested < 0) break;
    } else if (c == '[') {
      ++open;
    } else if (c == ']' && --open == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// name=value, name+=value, name[index]=value or name=( … ); false when it is none. Of what declare
/// and the like take only arrays and elements are: the others are words.
bool Parser::assignment(Simple& simple, bool declares) {
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
    const std::size_t stop = subscript_end();
    const std::string_view behind =
        stop == std::string_view::npos ? std::string_view() : text_.substr(stop + 1);
    if (!behind.starts_with("=") && !behind.starts_with("+=")) return none();
    made.index = index(made.subscript);
  }
  made.append = take("+=");
  if (!made.append && !take("=")) return none();
  if (declares && made.index.empty() && peek() != '(') return none();
  std::vector<Assignment>& all = declares ? simple.declared : simple.assignments;
  if (!array(made)) made.value = word();
  all.push_back(std::move(made));
  return true;
}

/// ( words and [subscript]=words )
bool Parser::array(Assignment& made) {
  if (!take("(")) return false;
  if (!made.index.empty()) fail("an element of an array cannot be an array");
  made.array = true;
  for (skip_newlines(); !at_word_end(); skip_newlines()) {
    Word subscript;
    if (peek() == '[') {
      const std::size_t stop = subscript_end();
      if (stop != std::string_view::npos && text_.substr(stop + 1).starts_with("=")) {
        index(subscript);
        take("=");
        made.elements.push_back(word());
        made.subscripts.resize(made.elements.size());
        made.subscripts.back() = std::move(subscript);
        continue;
      }
    }
    if (!expand_braces(word(), made.elements, braces_limit))
      fail("{ } would make more than " + std::to_string(braces_limit) + " words");
  }
  if (!take(")")) fail_unexpected(")");
  made.subscripts.resize(made.elements.size());
  return true;
}

/// @(a|b) and its like need another matcher.
void Parser::refuse_extended(const Word& pattern) const {
  if (peek() != '(' || pattern.empty()) return;
  const Part& last = pattern.back();
  if (last.kind == Part::Kind::literal && !last.quoted && !last.text.empty() &&
      std::string_view("?*+@!").find(last.text.back()) != std::string_view::npos)
    fail("extended patterns like @(a|b) are not known here");
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
    refuse_extended(made.words.back());
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
