#include "sim/drill/shell_expand.hpp"
#include "sim/drill/shell_regex.hpp"
#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {
namespace {

struct BadCondition {
  std::string what;
};

/// The grammar of test, [ and [[: or, and, not, brackets, comparisons.
class Condition {
 public:
  Condition(std::span<const std::string> words, bool extended, const Files& files, Budget& budget)
      : words_(words), extended_(extended), files_(files), budget_(budget) {}

  bool whole() {
    if (words_.empty()) return false;
    const bool value = any();
    if (at_ != words_.size())
      throw BadCondition{"unexpected \"" + words_[at_].substr(0, 80) + "\""};
    return value;
  }

 private:
  std::size_t left() const { return words_.size() - at_; }
  bool next_is(std::string_view word) const { return left() > 0 && words_[at_] == word; }
  bool take(std::string_view word) {
    if (!next_is(word)) return false;
    ++at_;
    return true;
  }
  void deeper() {
    if (++depth_ > nesting_limit) throw BadCondition{"nested too deeply"};
  }

  bool any() {
    bool value = all();
    while (take(extended_ ? "||" : "-o")) value = all() || value;
    return value;
  }
  bool all() {
    bool value = negation();
    while (take(extended_ ? "&&" : "-a")) value = negation() && value;
    return value;
  }

  bool negation() {
    // `[ ! ]` and `[ ! = x ]` compare the text "!".
    if (next_is("!") && left() > 1 && !(left() >= 3 && is_binary(words_[at_ + 1]))) {
      ++at_;
      deeper();
      const bool value = !negation();
      --depth_;
      return value;
    }
    if (next_is("(") && left() > 2 && !is_binary(words_[at_ + 1])) {
      ++at_;
      deeper();
      const bool value = any();
      --depth_;
      if (!take(")")) throw BadCondition{"expected \")\""};
      return value;
    }
    return comparison();
  }

  bool is_binary(std::string_view word) const {
    if (word == "=" || word == "==" || word == "!=" || word == "<" || word == ">") return true;
    if (word == "=~") return extended_;
    return word == "-eq" || word == "-ne" || word == "-lt" || word == "-le" || word == "-gt" ||
           word == "-ge";
  }

  bool comparison() {
    if (left() == 0) throw BadCondition{"argument expected"};
    if (left() >= 3 && is_binary(words_[at_ + 1])) {
      const std::string &a = words_[at_], &sign = words_[at_ + 1], &b = words_[at_ + 2];
      at_ += 3;
      return compare(a, sign, b);
    }
    const std::string& word = words_[at_];
    const bool single = word.size() == 2 && word[0] == '-' && left() >= 2;
    if (!single || (left() >= 2 && (words_[at_ + 1] == "&&" || words_[at_ + 1] == "||"))) {
      ++at_;
      return !word.empty();
    }
    const std::string& operand = words_[at_ + 1];
    at_ += 2;
    switch (word[1]) {
      case 'z':
        return operand.empty();
      case 'n':
        return !operand.empty();
      case 'e':
      case 'f':
      case 'r':
      case 'w':
        return files_.contains(operand);
      case 's': {
        const auto file = files_.find(operand);
        return file != files_.end() && !file->second.empty();
      }
      case 'd':
      case 'x':
      case 'L':
      case 'h':
      case 'p':
      case 'S':
        return false;
      default:
        throw BadCondition{word + ": this condition is not known here"};
    }
  }

  static long long number(const std::string& word) {
    std::string_view text = word;
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
    const auto value = to_number(text);
    if (!value) throw BadCondition{word.substr(0, 80) + ": integer expression expected"};
    return *value;
  }

  bool compare(const std::string& a, const std::string& sign, const std::string& b) {
    if (sign == "=" || sign == "==") return same(a, b);
    if (sign == "!=") return !same(a, b);
    if (sign == "<") return a < b;
    if (sign == ">") return a > b;
    if (sign == "=~") {
      const auto pattern = Pattern::compile(b, Pattern::Syntax::extended, false);
      if (!pattern) throw BadCondition{b.substr(0, 80) + ": this pattern is not known here"};
      return pattern->find(a, 0, budget_).has_value();
    }
    const long long x = number(a), y = number(b);
    if (sign == "-eq") return x == y;
    if (sign == "-ne") return x != y;
    if (sign == "-lt") return x < y;
    if (sign == "-le") return x <= y;
    if (sign == "-gt") return x > y;
    return x >= y;
  }

  bool same(const std::string& a, const std::string& b) {
    return extended_ ? glob_match(b, a, budget_) : a == b;
  }

  std::span<const std::string> words_;
  bool extended_;
  const Files& files_;
  Budget& budget_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

int evaluate_condition(std::span<const std::string> argv, const Files& files, Budget& budget,
                       std::string& error) {
  const bool extended = argv[0] == "[[";
  std::span<const std::string> words = argv.subspan(1);
  if (argv[0] != "test") {
    const std::string_view close = extended ? "]]" : "]";
    if (words.empty() || words.back() != close) {
      error = "missing `" + std::string(close) + "'";
      return 2;
    }
    words = words.first(words.size() - 1);
  }
  try {
    return Condition(words, extended, files, budget).whole() ? 0 : 1;
  } catch (const BadCondition& bad) {
    error = bad.what;
    return 2;
  }
}

}  // namespace drdrill::shell
