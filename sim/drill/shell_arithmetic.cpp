#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "sim/drill/shell_expand.hpp"

namespace drdrill::shell {
namespace {

using Number = long long;

/// Wraps around as bash does.
Number wrapped(unsigned long long value) {
  return static_cast<Number>(value);
}
unsigned long long bits(Number value) {
  return static_cast<unsigned long long>(value);
}

struct Operator {
  std::string_view sign;
  int strength;
};
/// Longest first, so that the first that fits is meant.
constexpr std::array<Operator, 19> operators{{
    {"<<", 8}, {">>", 8},  {"<=", 7}, {">=", 7}, {"==", 6}, {"!=", 6}, {"&&", 2},
    {"||", 1}, {"**", 11}, {"*", 10}, {"/", 10}, {"%", 10}, {"+", 9},  {"-", 9},
    {"<", 7},  {">", 7},   {"&", 5},  {"^", 4},  {"|", 3},
}};

class Arithmetic {
 public:
  Arithmetic(std::string_view text, ShellState& state) : text_(text), state_(state) {}

  Number whole() {
    skip();
    if (pos_ == text_.size()) return 0;
    const Number value = choice();
    if (pos_ != text_.size()) fail();
    return value;
  }

 private:
  static constexpr int depth_limit = 64;

  [[noreturn]] void fail() const {
    throw BadExpansion{"\"" + std::string(text_.substr(0, 80)) + "\" is no arithmetic known here"};
  }
  void skip() {
    while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_])) != 0)
      ++pos_;
  }
  bool take(std::string_view s) {
    if (!text_.substr(pos_).starts_with(s)) return false;
    pos_ += s.size();
    skip();
    return true;
  }
  void deeper() {
    if (++depth_ > depth_limit) throw BadExpansion{"arithmetic nested too deeply"};
  }

  Number choice() {
    deeper();
    Number value = binary(1);
    if (take("?")) {
      const Number first = choice();
      if (!take(":")) fail();
      const Number second = choice();
      value = value != 0 ? first : second;
    }
    --depth_;
    return value;
  }

  const Operator* next_operator() const {
    const auto found = std::find_if(operators.begin(), operators.end(), [&](const Operator& o) {
      return text_.substr(pos_).starts_with(o.sign);
    });
    return found == operators.end() ? nullptr : found;
  }

  Number binary(int least) {
    Number left = unary();
    for (const Operator* o = next_operator(); o && o->strength >= least; o = next_operator()) {
      take(o->sign);
      deeper();
      const Number right = binary(o->strength + 1);
      --depth_;
      left = apply(o->sign, left, right);
    }
    return left;
  }

  Number apply(std::string_view sign, Number a, Number b) const {
    if (sign == "+") return wrapped(bits(a) + bits(b));
    if (sign == "-") return wrapped(bits(a) - bits(b));
    if (sign == "*") return wrapped(bits(a) * bits(b));
    if (sign == "/" || sign == "%") {
      if (b == 0) throw BadExpansion{"division by 0"};
      if (b == -1) return sign == "/" ? wrapped(0 - bits(a)) : 0;
      return sign == "/" ? a / b : a % b;
    }
    if (sign == "**") return power(a, b);
    if (sign == "<<") return wrapped(bits(a) << (bits(b) & 63U));
    if (sign == ">>") return a >> (bits(b) & 63U);
    if (sign == "<") return a < b;
    if (sign == ">") return a > b;
    if (sign == "<=") return a <= b;
    if (sign == ">=") return a >= b;
    if (sign == "==") return a == b;
    if (sign == "!=") return a != b;
    if (sign == "&&") return a != 0 && b != 0;
    if (sign == "||") return a != 0 || b != 0;
    if (sign == "&") return wrapped(bits(a) & bits(b));
    if (sign == "|") return wrapped(bits(a) | bits(b));
    return wrapped(bits(a) ^ bits(b));
  }

  static Number power(Number base, Number exponent) {
    if (exponent < 0) throw BadExpansion{"an exponent below 0"};
    unsigned long long value = 1, factor = bits(base);
    for (unsigned long long e = bits(exponent); e > 0; e >>= 1U, factor *= factor)
      if ((e & 1U) != 0) value *= factor;
    return wrapped(value);
  }

  Number unary() {
    deeper();
    const Number value = unary_inner();
    --depth_;
    return value;
  }
  Number unary_inner() {
    if (text_.substr(pos_).starts_with("++") || text_.substr(pos_).starts_with("--")) {
      const Number step = text_[pos_] == '+' ? 1 : -1;
      pos_ += 2;
      skip();
      const std::string called = name();
      if (called.empty()) fail();
      return assign(called, wrapped(bits(value_of_name(called)) + bits(step)));
    }
    if (take("-")) return wrapped(0 - bits(unary()));
    if (take("+")) return unary();
    if (take("!")) return unary() == 0;
    if (take("~")) return wrapped(~bits(unary()));
    if (take("(")) {
      const Number value = choice();
      if (!take(")")) fail();
      return value;
    }
    return primary();
  }

  Number primary() {
    if (pos_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[pos_])) != 0) {
      const std::size_t from = pos_;
      while (pos_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[pos_])) != 0)
        ++pos_;
      const Number value = number(text_.substr(from, pos_ - from));
      skip();
      return value;
    }
    const bool braced = text_.substr(pos_).starts_with("${");
    if (braced)
      pos_ += 2;
    else if (pos_ < text_.size() && text_[pos_] == '$')
      ++pos_;
    const std::string called = name();
    if (called.empty()) fail();
    if (braced && !take("}")) fail();
    if (take("++")) return post_step(called, 1);
    if (take("--")) return post_step(called, -1);
    for (const std::string_view sign : {"+", "-", "*", "/", "%"}) {
      const std::string compound = std::string(sign) + "=";
      if (take(compound)) return assign(called, apply(sign, value_of_name(called), choice()));
    }
    if (text_.substr(pos_).starts_with("=") && !text_.substr(pos_).starts_with("==")) {
      take("=");
      return assign(called, choice());
    }
    return value_of_name(called);
  }

  std::string name() {
    const std::size_t from = pos_;
    while (pos_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[pos_])) != 0 || text_[pos_] == '_'))
      ++pos_;
    std::string called(text_.substr(from, pos_ - from));
    skip();
    return called;
  }

  Number number(std::string_view digits) const {
    int base = 10;
    if (digits.starts_with("0x") || digits.starts_with("0X")) {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits[0] == '0') {
      base = 8;
    }
    Number value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (error != std::errc{} || stop != end) fail();
    return value;
  }

  Number value_of_name(const std::string& called) const {
    std::string buffer;
    const std::string* value = value_of(called, state_, buffer);
    if (!value || value->empty()) return 0;
    const bool negative = (*value)[0] == '-';
    const std::string_view digits = std::string_view(*value).substr(negative ? 1 : 0);
    if (digits.empty() || std::isdigit(static_cast<unsigned char>(digits[0])) == 0)
      throw BadExpansion{called + ": \"" + value->substr(0, 80) + "\" is no number"};
    const Number read = number(digits);
    return negative ? -read : read;
  }

  Number post_step(const std::string& called, Number step) {
    const Number before = value_of_name(called);
    assign(called, wrapped(bits(before) + bits(step)));
    return before;
  }
  Number assign(const std::string& called, Number value) {
    if (std::isdigit(static_cast<unsigned char>(called[0])) != 0) fail();
    state_.variables.set(called, std::to_string(value));
    return value;
  }

  std::string_view text_;
  ShellState& state_;
  std::size_t pos_ = 0;
  int depth_ = 0;
};

}  // namespace

long long evaluate(std::string_view expression, ShellState& state) {
  state.budget.bytes(expression.size());
  return Arithmetic(expression, state).whole();
}

}  // namespace drdrill::shell
