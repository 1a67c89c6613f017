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
constexpr std::array<std::string_view, 10> compound{"+", "-", "*", "/",  "%",
                                                    "&", "^", "|", "<<", ">>"};

int digit_of(char c, int base) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  // Above 36 small and capital letters differ.
  if (c >= 'A' && c <= 'Z') return c - 'A' + (base <= 36 ? 10 : 36);
  if (c == '@') return 62;
  return c == '_' ? 63 : 64;
}

class Arithmetic {
 public:
  /// `depth` counts the values of variables that are expressions themselves.
  Arithmetic(std::string_view text, ShellState& state, int depth)
      : text_(text), state_(state), depth_(depth) {}

  Number whole() {
    skip();
    if (pos_ == text_.size()) return 0;
    const Number value = all();
    if (pos_ != text_.size()) fail();
    return value;
  }

 private:
  static constexpr int depth_limit = 64;

  /// A variable, or an item of one.
  struct Place {
    std::string name;
    std::string subscript;
    bool indexed = false;
  };

  [[noreturn]] void fail() const {
    throw BadExpansion{"\"" + std::string(text_.substr(0, 80)) + "\" is no arithmetic known here"};
  }
  void skip() {
    while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_])) != 0)
      ++pos_;
  }
  bool looking_at(std::string_view s) const { return text_.substr(pos_).starts_with(s); }
  bool take(std::string_view s) {
    if (!looking_at(s)) return false;
    pos_ += s.size();
    skip();
    return true;
  }
  void deeper() {
    if (++depth_ > depth_limit) throw BadExpansion{"arithmetic nested too deeply"};
  }

  /// a, b: the last one.
  Number all() {
    Number value = choice();
    while (take(",")) value = choice();
    return value;
  }

  Number choice() {
    deeper();
    Number value = binary(1);
    if (take("?")) {
      const Number first = only_if(value != 0, [&] { return all(); });
      if (!take(":")) fail();
      const Number second = only_if(value == 0, [&] { return choice(); });
      value = value != 0 ? first : second;
    }
    --depth_;
    return value;
  }

  /// Reads what `f` reads; unless it is wanted, nothing is assigned and no division fails.
  template <typename F>
  Number only_if(bool wanted, F f) {
    const bool before = idle_;
    idle_ = idle_ || !wanted;
    const Number value = f();
    idle_ = before;
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
      const bool matters = !(o->sign == "&&" && left == 0) && !(o->sign == "||" && left != 0);
      // ** leans to the right.
      const int next = o->sign == "**" ? o->strength : o->strength + 1;
      const Number right = only_if(matters, [&] { return binary(next); });
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
      if (b == 0 && idle_) return 0;
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

  Number power(Number base, Number exponent) const {
    if (exponent < 0 && idle_) return 0;
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
    for (const std::string_view sign : {"++", "--"})
      if (looking_at(sign)) {
        const std::size_t from = pos_;
        take(sign);
        if (auto place = this->place())
          return assign(*place,
                        wrapped(bits(value_of_place(*place)) + bits(sign == "++" ? 1 : -1)));
        pos_ = from;  // "--5" is -(-5)
        break;
      }
    if (take("-")) return wrapped(0 - bits(unary()));
    if (take("+")) return unary();
    if (take("!")) return unary() == 0;
    if (take("~")) return wrapped(~bits(unary()));
    if (take("(")) {
      const Number value = all();
      if (!take(")")) fail();
      return value;
    }
    return primary();
  }

  Number primary() {
    if (pos_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[pos_])) != 0) {
      const std::size_t from = pos_;
      while (pos_ < text_.size() &&
             (std::isalnum(static_cast<unsigned char>(text_[pos_])) != 0 || text_[pos_] == '#' ||
              text_[pos_] == '@' || text_[pos_] == '_'))
        ++pos_;
      const Number value = number(text_.substr(from, pos_ - from));
      skip();
      return value;
    }
    const bool braced = looking_at("${");
    if (braced)
      pos_ += 2;
    else if (pos_ < text_.size() && text_[pos_] == '$')
      ++pos_;
    const auto found = place();
    if (!found) fail();
    if (braced && !take("}")) fail();
    if (take("++")) return post_step(*found, 1);
    if (take("--")) return post_step(*found, -1);
    for (const std::string_view sign : compound)
      if (take(std::string(sign) + "=")) {
        const Number right = choice();
        return assign(*found, apply(sign, value_of_place(*found), right));
      }
    if (looking_at("=") && !looking_at("==")) {
      take("=");
      return assign(*found, choice());
    }
    return value_of_place(*found);
  }

  std::optional<Place> place() {
    const std::size_t from = pos_;
    while (pos_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[pos_])) != 0 || text_[pos_] == '_'))
      ++pos_;
    if (pos_ == from) return std::nullopt;
    Place made{std::string(text_.substr(from, pos_ - from)), {}, false};
    if (pos_ < text_.size() && text_[pos_] == '[') {
      int open = 0;
      const std::size_t begin = pos_ + 1;
      for (; pos_ < text_.size(); ++pos_) {
        if (text_[pos_] == '[') ++open;
        if (text_[pos_] == ']' && --open == 0) break;
      }
      if (pos_ == text_.size()) fail();
      made.subscript = text_.substr(begin, pos_ - begin);
      made.indexed = true;
      ++pos_;
    }
    skip();
    return made;
  }

  Number number(std::string_view digits) const {
    int base = 10;
    if (const std::size_t mark = digits.find('#'); mark != std::string_view::npos) {
      const auto given = digits.substr(0, mark);
      const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), base);
      if (error != std::errc{} || end != given.data() + given.size() || base < 2 || base > 64)
        fail();
      digits.remove_prefix(mark + 1);
    } else if (digits.starts_with("0x") || digits.starts_with("0X")) {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits[0] == '0') {
      base = 8;
    }
    unsigned long long value = 0;
    if (digits.empty()) fail();
    for (const char c : digits) {
      const int digit = digit_of(c, base);
      if (digit >= base)
        throw BadExpansion{std::string(digits.substr(0, 80)) + ": value too great for base"};
      value =
          value * static_cast<unsigned long long>(base) + static_cast<unsigned long long>(digit);
    }
    return wrapped(value);
  }

  Number value_of_place(const Place& place) {
    std::string buffer;
    const std::string* value = nullptr;
    if (!place.indexed) {
      value = value_of(place.name, state_, buffer);
    } else if (const Variable* variable = state_.variables.find(place.name)) {
      if (variable->kind == Variable::Kind::associative) {
        const auto found = variable->find(std::string_view(place.subscript));
        if (found) value = &variable->items[*found];
      } else {
        Number at = nested(place.subscript);
        variable = state_.variables.find(place.name);
        if (at < 0 && variable && !variable->items.empty())
          at += variable->index_of(variable->items.size() - 1) + 1;
        const auto found = variable ? variable->find(at) : std::nullopt;
        if (variable && variable->kind == Variable::Kind::plain && at == 0)
          value = &variable->value;
        else if (found)
          value = &variable->items[*found];
      }
    }
    if (!value && state_.options.nounset && !idle_)
      throw BadExpansion{place.name + ": unbound variable", BadExpansion::Ends::shell};
    if (!value || value->empty()) return 0;
    return nested(*value);
  }

  /// The value of a variable is an expression, too.
  Number nested(const std::string& expression) {
    deeper();
    state_.budget.work(expression.size() * Budget::calculating_work);
    // A copy: what is calculated may assign to the variable that it comes from.
    const Number value = Arithmetic(std::string(expression), state_, depth_).whole();
    --depth_;
    return value;
  }

  Number post_step(const Place& place, Number step) {
    const Number before = value_of_place(place);
    assign(place, wrapped(bits(before) + bits(step)));
    return before;
  }
  Number assign(const Place& place, Number value) {
    if (std::isdigit(static_cast<unsigned char>(place.name[0])) != 0) fail();
    if (idle_) return value;
    if (place.indexed)
      assign_element(state_, place.name, place.subscript, std::to_string(value));
    else
      shell::assign(state_, place.name, std::to_string(value));
    return value;
  }

  std::string_view text_;
  ShellState& state_;
  std::size_t pos_ = 0;
  int depth_ = 0;
  bool idle_ = false;  ///< what is read has no effect
};

}  // namespace

long long evaluate(std::string_view expression, ShellState& state) {
  state.budget.work(expression.size() * Budget::calculating_work);
  return Arithmetic(expression, state, 0).whole();
}

}  // namespace drdrill::shell
