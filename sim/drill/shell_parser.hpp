#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell.hpp"

/// The parser behind shell::parse: a descent over the characters, because in shell the words depend
/// on where they stand. Words are read in shell_lex.cpp, commands in shell_parse.cpp.
namespace drdrill::shell {

/// Thrown at the first mistake and caught by parse().
struct Mistake {
  SyntaxError error;
};

class Parser {
 public:
  Parser(std::string_view text, int line, int depth) : text_(text), line_(line), depth_(depth) {}

  /// The whole text as a list.
  std::shared_ptr<const List> program();
  /// The whole text as the inside of a here-document.
  Word document();

 private:
  struct Pending {
    std::shared_ptr<Word> document;
    std::string delimiter;
    bool quoted;
    bool cut_tabs;
  };

  class Deeper;

  // Characters.
  bool at_end() const { return pos_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool looking_at(std::string_view s) const { return text_.substr(pos_).starts_with(s); }
  bool take(std::string_view s);
  char next();
  [[noreturn]] void fail(std::string message, int line = 0) const;
  [[noreturn]] void fail_unexpected(std::string_view expected = {}) const;
  void skip_blanks();
  void skip_newlines();

  // Words.
  bool at_word_end() const;
  Word word();
  void piece(Word& word);
  void single_quoted(Word& word);
  void escaped_text(Word& word);  ///< $'…'
  void double_quoted(Word& word);
  void dollar(Word& word, bool quoted);
  void braced(Word& word, bool quoted);
  void operation(Part& part, bool quoted);
  void indirection(Part& part);
  Word argument_until(std::string_view enders, bool quoted);
  void arithmetic(Word& word, bool quoted);
  void calculate(Word& word, int line);  ///< what follows $(( or ((
  void substitution(Word& word, bool quoted);
  void backticks(Word& word, bool quoted);
  std::string name();
  std::string index(Word& subscript);
  void process(Word& word);
  void replacement(Part& part);
  void slice(Part& part);
  /// Arithmetic up to one of the enders outside of all brackets.
  Word expression_until(std::initializer_list<std::string_view> enders);
  std::size_t subscript_end() const;

  // Commands.
  std::string_view peek_plain() const;
  bool take_plain(std::string_view word);
  void expect_plain(std::string_view word);
  bool at_list_end() const;
  std::shared_ptr<const List> list();
  std::shared_ptr<const List> body(std::string_view where);
  bool chain(List& list);
  Pipeline pipeline();
  void take_time();
  Command command();
  bool compound(Command& command);
  void simple(Command& command);
  bool assignment(Simple& simple, bool declares);
  bool array(Assignment& made);
  bool redirect(Command& command);
  void check_duplicate(Redirect& redirect, char arrow, bool numbered) const;
  void here_document(Redirect& redirect, bool cut_tabs);
  void read_documents();
  void for_loop(Command& command);
  void count_loop(Command& command);
  void if_then(Command& command);
  void while_loop(Command& command, bool until);
  void case_of(Command& command);
  void condition(Command& command);
  Word pattern_word();
  void refuse_extended(const Word& pattern) const;
  void calculation(Command& command);
  void function(Command& command, std::string name);

  std::string_view text_;
  std::size_t pos_ = 0;
  int line_;
  int depth_;
  int commands_ = 0;
  std::vector<Pending> pending_;  ///< here-documents that begin at the next line
};

/// Adds to the literal that the word ends with, or a new one.
void add_literal(Word& word, std::string_view text, bool quoted);
bool starts_name(char c);
bool in_name(char c);

/// Whether a word is one unquoted literal, as keywords and names are.
bool is_plain(const Word& word, std::string_view text);

/// {a,b} and {0..2} of unquoted text, as bash expands them before anything else. False when there
/// would be more than `limit` words.
bool expand_braces(Word word, std::vector<Word>& out, std::size_t limit);

}  // namespace drdrill::shell
