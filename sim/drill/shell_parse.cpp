#include <algorithm>
#include <array>
#include <cctype>

#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {
namespace {

constexpr std::array<std::string_view, 8> closing_words{"then", "elif", "else", "fi",
                                                        "do",   "done", "esac", "}"};
constexpr std::size_t braces_limit = 10000;
constexpr int commands_limit = 20000;  ///< of one text; it keeps the tree below some 20 MB

}  // namespace

Parsed parse(std::string_view text) {
  if (text.size() > text_limit) return {nullptr, SyntaxError{1, "the text is longer than 1 MB"}};
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    const auto lines =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
    return {nullptr, SyntaxError{static_cast<int>(lines) + 1, "a zero byte: this is no text"}};
  }
  try {
    return {Parser(text, 1, 0).program(), std::nullopt};
  } catch (const Mistake& mistake) {
    return {nullptr, mistake.error};
  }
}

std::shared_ptr<const List> Parser::program() {
  auto all = list();
  if (!at_end()) {
    if (const auto plain = peek_plain(); !plain.empty())
      fail("unexpected \"" + std::string(plain) + "\"");
    fail_unexpected();
  }
  return all;
}

/// The word here if it is made of ordinary characters only.
std::string_view Parser::peek_plain() const {
  std::size_t end = pos_;
  constexpr std::string_view enders = " \t\r\n;&|<>()";
  while (end < text_.size() && enders.find(text_[end]) == std::string_view::npos) {
    if (std::string_view("'\"`$\\").find(text_[end]) != std::string_view::npos) return {};
    ++end;
  }
  return text_.substr(pos_, end - pos_);
}

bool Parser::take_plain(std::string_view word) {
  if (peek_plain() != word) return false;
  pos_ += word.size();
  return true;
}

void Parser::expect_plain(std::string_view word) {
  skip_newlines();
  if (!take_plain(word)) fail_unexpected("\"" + std::string(word) + "\"");
}

bool Parser::at_list_end() const {
  if (at_end() || peek() == ')' || looking_at(";;") || looking_at(";&")) return true;
  const auto plain = peek_plain();
  return std::find(closing_words.begin(), closing_words.end(), plain) != closing_words.end();
}

std::shared_ptr<const List> Parser::list() {
  auto all = std::make_shared<List>();
  for (skip_newlines(); !at_list_end(); skip_newlines()) {
    const bool sent_off = chain(*all);
    skip_blanks();
    if (at_end() || peek() == '\n' || peek() == ')' || looking_at(";;") || looking_at(";&"))
      continue;
    if (!sent_off && !take(";")) fail_unexpected("; or the end of the line");
  }
  if (at_end() && !pending_.empty())
    fail("the here-document is never ended by " + pending_.front().delimiter);
  return all;
}

std::shared_ptr<const List> Parser::body(std::string_view where) {
  auto all = list();
  if (all->items.empty())
    fail("nothing to do " + std::string(where) + (at_end() ? ": the text ends too early" : ""));
  return all;
}

/// Pipelines joined by && and ||, up to ; & or the end of the line. True when it was &.
bool Parser::chain(List& list) {
  const std::size_t first = list.items.size();
  const int line = line_;
  ListItem::Joint joint = ListItem::Joint::always;
  for (;;) {
    list.items.push_back({joint, pipeline()});
    skip_blanks();
    if (take("&&"))
      joint = ListItem::Joint::and_then;
    else if (take("||"))
      joint = ListItem::Joint::or_else;
    else
      break;
    skip_newlines();
  }
  if (!take("&")) return false;
  auto inner = std::make_shared<List>();
  const auto from = list.items.begin() + static_cast<std::ptrdiff_t>(first);
  std::move(from, list.items.end(), std::back_inserter(inner->items));
  list.items.erase(from, list.items.end());
  Command command;
  command.kind = Command::Kind::background;
  command.line = line;
  command.group = std::move(inner);
  ListItem item;
  item.pipeline.commands.push_back(std::move(command));
  list.items.push_back(std::move(item));
  return true;
}

Pipeline Parser::pipeline() {
  Pipeline all;
  take_time();
  while (take_plain("!")) {
    all.negated = !all.negated;
    skip_blanks();
  }
  for (;;) {
    all.commands.push_back(command());
    skip_blanks();
    if (looking_at("||") || !take("|")) return all;
    if (take("&")) {
      Redirect redirect;
      redirect.kind = Redirect::Kind::duplicate;
      redirect.stream = 2;
      Part one;
      one.text = "1";
      redirect.target.push_back(one);
      all.commands.back().redirects.push_back(std::move(redirect));
    }
    skip_newlines();
  }
}

/// How long it takes is not known before it is run for real: `time` changes nothing.
void Parser::take_time() {
  if (!take_plain("time")) return;
  skip_blanks();
  if (take_plain("-p")) skip_blanks();
}

Command Parser::command() {
  const Deeper deeper(*this);
  if (++commands_ > commands_limit)
    fail("more than " + std::to_string(commands_limit) + " commands");
  Command made;
  made.line = line_;
  if (!compound(made)) {
    simple(made);
    return made;
  }
  for (skip_blanks(); redirect(made); skip_blanks()) {
  }
  return made;
}

/// Reads what begins with a keyword or a bracket; false for a simple command.
bool Parser::compound(Command& command) {
  if (looking_at("((")) {
    calculation(command);
    return true;
  }
  if (take("(")) {
    command.kind = Command::Kind::subshell;
    command.group = body("within ( )");
    if (!take(")")) fail_unexpected(")");
    return true;
  }
  const std::string_view word = peek_plain();
  if (word.empty()) return false;
  if (word == "select" || word == "coproc") fail(std::string(word) + " is not known here");
  const auto keyword = [&](std::string_view k) { return word == k && take_plain(k); };
  if (keyword("for")) {
    for_loop(command);
  } else if (keyword("if")) {
    if_then(command);
  } else if (keyword("while")) {
    while_loop(command, false);
  } else if (keyword("until")) {
    while_loop(command, true);
  } else if (keyword("case")) {
    case_of(command);
  } else if (keyword("[[")) {
    condition(command);
  } else if (keyword("{")) {
    command.kind = Command::Kind::group;
    command.group = body("within { }");
    expect_plain("}");
  } else if (keyword("function")) {
    skip_blanks();
    std::string called(peek_plain());
    if (called.empty()) fail_unexpected("the name of a function");
    pos_ += called.size();
    skip_blanks();
    if (take("(")) {
      skip_blanks();
      if (!take(")")) fail_unexpected(")");
    }
    function(command, std::move(called));
  } else {
    return false;
  }
  return true;
}

void Parser::for_loop(Command& command) {
  command.kind = Command::Kind::for_loop;
  skip_blanks();
  if (looking_at("((")) return count_loop(command);
  command.for_loop.variable = name();
  if (command.for_loop.variable.empty()) fail_unexpected("the name of a variable");
  skip_newlines();
  if (take_plain("in")) {
    for (skip_blanks(); !at_word_end(); skip_blanks())
      if (!expand_braces(word(), command.for_loop.words, braces_limit))
        fail("{ } would make more than " + std::to_string(braces_limit) + " words");
    if (peek() != ';' && peek() != '\n') fail_unexpected("; or the end of the line");
  } else {
    Part all;
    all.kind = Part::Kind::variable;
    all.quoted = true;
    all.text = "@";
    command.for_loop.words.push_back({all});
  }
  skip_blanks();
  take(";");
  expect_plain("do");
  command.for_loop.body = body("after do");
  expect_plain("done");
}

/// for ((init; condition; step)); do …; done
void Parser::count_loop(Command& command) {
  const int line = line_;
  command.kind = Command::Kind::count_loop;
  take("((");
  Count& count = command.count;
  for (Word* each : {&count.init, &count.condition}) {
    *each = expression_until({";", "))"});
    if (!take(";")) fail("expected three expressions with ; between them", line);
  }
  count.step = expression_until({";", "))"});
  if (!take("))")) fail("this (( is never closed", line);
  skip_blanks();
  take(";");
  skip_newlines();
  if (take_plain("{")) {
    command.group = body("within { }");
    return expect_plain("}");
  }
  expect_plain("do");
  command.group = body("after do");
  expect_plain("done");
}

void Parser::if_then(Command& command) {
  command.kind = Command::Kind::if_then;
  If& made = command.if_then;
  made.condition = body("after if");
  expect_plain("then");
  made.then = body("after then");
  if (take_plain("elif")) {
    const Deeper deeper(*this);
    auto otherwise = std::make_shared<List>();
    Command inner;
    inner.line = line_;
    if_then(inner);
    ListItem item;
    item.pipeline.commands.push_back(std::move(inner));
    otherwise->items.push_back(std::move(item));
    made.otherwise = std::move(otherwise);
    return;
  }
  if (take_plain("else")) made.otherwise = body("after else");
  expect_plain("fi");
}

void Parser::while_loop(Command& command, bool until) {
  command.kind = Command::Kind::while_loop;
  command.while_loop.until = until;
  command.while_loop.condition = body("after while");
  expect_plain("do");
  command.while_loop.body = body("after do");
  expect_plain("done");
}

void Parser::case_of(Command& command) {
  command.kind = Command::Kind::case_of;
  skip_blanks();
  command.case_of.subject = word();
  if (command.case_of.subject.empty()) fail_unexpected("a word after case");
  expect_plain("in");
  for (skip_newlines(); !take_plain("esac"); skip_newlines()) {
    Case::Arm arm;
    take("(");
    for (;;) {
      skip_blanks();
      arm.patterns.push_back(word());
      if (arm.patterns.back().empty()) fail_unexpected("a pattern or esac");
      refuse_extended(arm.patterns.back());
      skip_blanks();
      if (!take("|")) break;
    }
    if (!take(")")) fail_unexpected(")");
    arm.body = list();
    skip_newlines();
    const bool look_on = take(";;&"), fall = !look_on && take(";&");
    arm.end = look_on ? Case::End::look_on : fall ? Case::End::fall_through : Case::End::leave;
    command.case_of.arms.push_back(std::move(arm));
    if (look_on || fall || take(";;")) continue;
    expect_plain("esac");
    break;
  }
}

void Parser::function(Command& command, std::string called) {
  command.kind = Command::Kind::function;
  command.name = std::move(called);
  skip_newlines();
  auto wrapped = std::make_shared<List>();
  ListItem item;
  item.pipeline.commands.push_back(this->command());
  if (item.pipeline.commands[0].kind == Command::Kind::simple)
    fail("expected { after the name of a function");
  wrapped->items.push_back(std::move(item));
  command.group = std::move(wrapped);
}

}  // namespace drdrill::shell
