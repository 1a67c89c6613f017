#include "sim/drill/shell_nesting.hpp"
#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {

void Parser::arithmetic(Word& word, bool quoted) {
  const int line = line_;
  take("$");
  calculate(word, line);
  word.back().quoted = quoted;
}

/// (( … )), up to the matching ))
void Parser::calculate(Word& word, int line) {
  const Deeper deeper(*this);
  take("((");
  Part part;
  part.kind = Part::Kind::arithmetic;
  part.argument = expression_until({"))"});
  if (at_end()) fail("this (( is never closed", line);
  if (!take("))")) fail("(( is not closed by ))", line);
  word.push_back(std::move(part));
}

/// What is in it is expanded as within quotes, and then calculated. Stops before an ender, before a
/// bracket that closes nothing, and at the end of the text.
Word Parser::expression_until(std::initializer_list<std::string_view> enders) {
  Word word;
  int open = 0, choices = 0;
  const auto at_ender = [&] {
    for (const std::string_view ender : enders)
      if (looking_at(ender) && !(ender == ":" && choices > 0)) return true;
    return false;
  };
  while (!at_end() && (open > 0 || !at_ender())) {
    const char c = peek();
    if (c == '$') {
      dollar(word, true);
      continue;
    }
    if (c == '`') {
      backticks(word, true);
      continue;
    }
    if (c == '(' || c == '[') ++open;
    if (c == ')' || c == ']') {
      if (open == 0 && c == ')') return word;
      if (open > 0) --open;
    }
    if (c == '?') ++choices;
    if (c == ':') --choices;
    next();
    if (c == '"' || (c == '\\' && peek() == '\n')) continue;
    add_literal(word, std::string_view(&c, 1), true);
  }
  return word;
}

/// <( list ) and >( list )
void Parser::process(Word& word) {
  const Deeper deeper(*this);
  const int line = line_;
  Part part;
  part.kind = Part::Kind::process;
  part.text = std::string(1, next());
  take("(");
  part.list = list();
  if (at_end()) fail("this " + part.text + "( is never closed", line);
  if (!take(")")) fail_unexpected(")");
  word.push_back(std::move(part));
}

void Parser::substitution(Word& word, bool quoted) {
  const Deeper deeper(*this);
  const int line = line_;
  take("$(");
  Part part;
  part.kind = Part::Kind::substitute;
  part.quoted = quoted;
  part.list = list();
  if (at_end()) fail("this $( is never closed", line);
  if (!take(")")) fail_unexpected(")");
  word.push_back(std::move(part));
}

void Parser::backticks(Word& word, bool quoted) {
  const Deeper deeper(*this);
  const int line = line_;
  next();
  std::string inner;
  while (!at_end() && peek() != '`') {
    char c = next();
    if (c == '\\' && !at_end()) {
      const bool escapes = std::string_view("$`\\").find(peek()) != std::string_view::npos ||
                           (quoted && peek() == '"');
      if (escapes) c = next();
    }
    inner += c;
  }
  if (at_end()) fail("this ` is never closed", line);
  next();
  Part part;
  part.kind = Part::Kind::substitute;
  part.quoted = quoted;
  part.list = Parser(inner, line, depth_).program();
  word.push_back(std::move(part));
}

bool Parser::redirect(Command& command) {
  std::size_t digits = 0;
  while (peek(digits) >= '0' && peek(digits) <= '9') ++digits;
  const bool both = digits == 0 && looking_at("&>");
  const char arrow = peek(digits);
  if (!both && arrow != '<' && arrow != '>') return false;
  if (digits == 0 && (looking_at("<(") || looking_at(">("))) return false;
  Redirect redirect;
  redirect.stream = arrow == '<' ? 0 : 1;
  constexpr std::size_t most_digits = 3;
  if (digits > 0) {
    redirect.stream = digits > most_digits ? stream_limit + 1
                                           : std::stoi(std::string(text_.substr(pos_, digits)));
    if (redirect.stream > stream_limit)
      fail("streams above " + std::to_string(stream_limit) + " are not known here");
    pos_ += digits;
  }
  redirect.both = both;
  if (both) next();
  if (looking_at("<>")) fail("<> is not known here");
  if (take("<<<")) {
    redirect.kind = Redirect::Kind::text;
  } else if (take("<<")) {
    here_document(redirect, take("-"));
    command.redirects.push_back(std::move(redirect));
    return true;
  } else if (take("<&") || take(">&")) {
    redirect.kind = Redirect::Kind::duplicate;
  } else if (take("<")) {
    redirect.kind = Redirect::Kind::read;
  } else if (take(">>")) {
    redirect.kind = Redirect::Kind::append;
  } else {
    if (both && looking_at(">|")) fail_unexpected("the name of a file");
    redirect.force = take(">|");
    if (!redirect.force) take(">");
    redirect.kind = Redirect::Kind::write;
  }
  const bool touching = !at_word_end();
  skip_blanks();
  const std::size_t from = pos_;
  redirect.target = word();
  if (redirect.target.empty()) fail_unexpected("the name of a file");
  // `<pod-name>` is what people write where something is to be filled in.
  if (redirect.kind == Redirect::Kind::read && touching && digits == 0 && peek() == '>')
    fail("<" + std::string(text_.substr(from, pos_ - from)) + "> has to be filled in");
  if (redirect.kind == Redirect::Kind::duplicate) check_duplicate(redirect, arrow, digits > 0);
  command.redirects.push_back(std::move(redirect));
  return true;
}

/// >&file is &>file; numbers, "-" and variables are streams.
void Parser::check_duplicate(Redirect& redirect, char arrow, bool numbered) const {
  const Part& first = redirect.target[0];
  if (first.kind != Part::Kind::literal || first.text == "-") return;
  if (first.text.find_first_not_of("0123456789") == std::string::npos) return;
  if (redirect.target.size() == 1 && first.text.ends_with('-') &&
      first.text.find_first_not_of("0123456789") + 1 == first.text.size())
    fail("moving a stream (" + first.text + ") is not known here");
  if (arrow == '<' || numbered) fail("expected the number of a stream");
  redirect.kind = Redirect::Kind::write;
  redirect.both = true;
}

void Parser::here_document(Redirect& redirect, bool cut_tabs) {
  skip_blanks();
  const Word delimiter = word();
  if (delimiter.empty()) fail_unexpected("the word that ends the here-document");
  Pending pending{std::make_shared<Word>(), {}, false, cut_tabs};
  for (const Part& part : delimiter) {
    if (part.kind != Part::Kind::literal) fail("the word that ends a here-document must be plain");
    pending.quoted = pending.quoted || part.quoted;
    pending.delimiter += part.text;
  }
  redirect.kind = Redirect::Kind::document;
  redirect.document = pending.document;
  pending_.push_back(std::move(pending));
}

/// Called when the next character is the first of a line.
void Parser::read_documents() {
  std::vector<Pending> due;
  due.swap(pending_);
  for (Pending& pending : due) {
    const int first_line = line_;
    std::string text;
    for (bool found = false; !found;) {
      if (at_end()) fail("the here-document is never ended by " + pending.delimiter, first_line);
      if (pending.cut_tabs)
        while (peek() == '\t') next();
      const std::size_t from = pos_;
      while (!at_end() && peek() != '\n') next();
      const std::string_view line = text_.substr(from, pos_ - from);
      if (!at_end()) next();
      found = line == pending.delimiter;
      if (!found) (text += line) += '\n';
    }
    if (!pending.quoted) {
      *pending.document = Parser(text, first_line, depth_).document();
      continue;
    }
    Part part;
    part.quoted = true;
    part.text = std::move(text);
    pending.document->push_back(std::move(part));
  }
}

}  // namespace drdrill::shell
