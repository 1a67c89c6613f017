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
  int open = 0;
  while (!at_end() && (open > 0 || !looking_at("))"))) {
    const char c = peek();
    if (c == '$') {
      dollar(part.argument, true);
      continue;
    }
    if (c == '`') {
      backticks(part.argument, true);
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open < 0) fail("(( is not closed by ))", line);
    next();
    if (c == '"' || (c == '\\' && peek() == '\n')) continue;
    Part literal;
    literal.quoted = true;
    literal.text = std::string(1, c);
    if (!part.argument.empty() && part.argument.back().kind == Part::Kind::literal)
      part.argument.back().text += c;
    else
      part.argument.push_back(std::move(literal));
  }
  if (!take("))")) fail("this (( is never closed", line);
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
  Redirect redirect;
  if (digits > 1 || (digits == 1 && peek() > '2')) fail("streams above 2 are not known here");
  redirect.stream = arrow == '<' ? 0 : 1;
  if (digits == 1) redirect.stream = next() - '0';
  redirect.both = both;
  if (both) next();
  if ((arrow == '<') != (redirect.stream == 0)) fail("this redirection is not known here");
  if (looking_at("<(") || looking_at(">(")) fail("process substitution is not known here");
  if (looking_at("<>") || looking_at("<&")) fail("this redirection is not known here");
  if (take("<<<")) {
    redirect.kind = Redirect::Kind::text;
  } else if (take("<<")) {
    here_document(redirect, take("-"));
    command.redirects.push_back(std::move(redirect));
    return true;
  } else if (take("<")) {
    redirect.kind = Redirect::Kind::read;
  } else if (take(">>")) {
    redirect.kind = Redirect::Kind::append;
  } else if (take(">&")) {
    redirect.kind = Redirect::Kind::duplicate;
  } else {
    if (!take(">|")) take(">");
    redirect.kind = Redirect::Kind::write;
  }
  const bool touching = !at_word_end();
  skip_blanks();
  if (looking_at("<(") || looking_at(">(")) fail("process substitution is not known here");
  const std::size_t from = pos_;
  redirect.target = word();
  if (redirect.target.empty()) fail_unexpected("the name of a file");
  // `<pod-name>` is what people write where something is to be filled in.
  if (redirect.kind == Redirect::Kind::read && touching && peek() == '>')
    fail("<" + std::string(text_.substr(from, pos_ - from)) + "> has to be filled in");
  if (redirect.kind == Redirect::Kind::duplicate) {
    const Word& target = redirect.target;
    if (!is_plain(target, "1") && !is_plain(target, "2") && !is_plain(target, "-")) {
      if (target[0].kind == Part::Kind::literal && target[0].text.find_first_of("0123456789") == 0)
        fail("streams above 2 are not known here");
      redirect.kind = Redirect::Kind::write;
      redirect.both = true;
    }
  }
  command.redirects.push_back(std::move(redirect));
  return true;
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
