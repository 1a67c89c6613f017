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
  Condition(std::span<const std::string> words, bool extended, ShellState& state)
      : words_(words), extended_(extended), state_(state), files_(state.files) {}

  std::vector<std::string> matched;

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
    while (take(extended_ ? "||" : "-o")) value = unless(value, [&] { return all(); }) || value;
    return value;
  }
  bool all() {
    bool value = negation();
    while (take(extended_ ? "&&" : "-a"))
      value = unless(!value, [&] { return negation(); }) && value;
    return value;
  }
  /// Reads what `f` reads; when the answer is known already, nothing is calculated.
  template <typename F>
  bool unless(bool known, F f) {
    const bool before = idle_;
    idle_ = idle_ || known;
    const bool value = f();
    idle_ = before;
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
    if (word == "-nt" || word == "-ot" || word == "-ef") return true;
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
        return files_.contains(plain_path(operand));
      case 's': {
        const auto file = files_.find(plain_path(operand));
        return file != files_.end() && !file->second.empty();
      }
      case 'd': {
        const std::string folder = operand + (operand.ends_with('/') ? "" : "/");
        const auto inside = files_.lower_bound(folder);
        return inside != files_.end() && inside->first.starts_with(folder);
      }
      case 'v':
        return is_set(operand);
      case 't':  // nobody sits at a terminal
        return false;
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

  bool is_set(const std::string& name) const {
    const std::size_t open = name.find('[');
    const Variable* variable = state_.variables.find(name.substr(0, open));
    if (!variable) return false;
    if (open == std::string::npos) return variable->scalar() != nullptr;
    const std::string inside = name.substr(open + 1, name.size() - open - 2);
    if (variable->kind == Variable::Kind::associative)
      return variable->find(std::string_view(inside)).has_value();
    return variable->find(evaluate(inside, state_)).has_value();
  }

  long long number(const std::string& word) const {
    // [[ calculates, test and [ want numbers.
    if (extended_) return idle_ ? 0 : evaluate(word, state_);
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
      state_.budget.work(b.size() * Budget::parsing_work);
      const auto pattern =
          Pattern::compile(b, Pattern::Syntax::extended, state_.options.nocasematch);
      if (!pattern) throw BadCondition{b.substr(0, 80) + ": this pattern is not known here"};
      if (idle_) return false;
      auto match = pattern->find(a, 0, state_.budget, true);
      if (match) matched = std::move(match->groups);
      return match.has_value();
    }
    if (sign == "-nt" || sign == "-ot")  // when files were written is not known here
      return sign == "-nt" ? files_.contains(a) && !files_.contains(b)
                           : files_.contains(b) && !files_.contains(a);
    if (sign == "-ef") return files_.contains(a) && a == b;
    const long long x = number(a), y = number(b);
    if (sign == "-eq") return x == y;
    if (sign == "-ne") return x != y;
    if (sign == "-lt") return x < y;
    if (sign == "-le") return x <= y;
    if (sign == "-gt") return x > y;
    return x >= y;
  }

  bool same(const std::string& a, const std::string& b) {
    return extended_ ? glob_match(b, a, state_.budget, state_.options.nocasematch) : a == b;
  }

  std::span<const std::string> words_;
  bool extended_;
  ShellState& state_;
  const Files& files_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool idle_ = false;
};

}  // namespace

ConditionOutcome evaluate_condition(std::span<const std::string> argv, ShellState& state) {
  const bool extended = argv[0] == "[[";
  std::span<const std::string> words = argv.subspan(1);
  if (argv[0] != "test") {
    const std::string_view close = extended ? "]]" : "]";
    if (words.empty() || words.back() != close)
      return {2, "missing `" + std::string(close) + "'", {}};
    words = words.first(words.size() - 1);
  }
  try {
    Condition condition(words, extended, state);
    const bool holds = condition.whole();
    return {holds ? 0 : 1, {}, std::move(condition.matched)};
  } catch (const BadCondition& bad) {
    return {2, bad.what, {}};
  }
}

}  // namespace drdrill::shell
