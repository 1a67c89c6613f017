#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "models/postgres_text.hpp"
#include "models/sql_select.hpp"

/// Expressions of SQL. Internal to sql_select.cpp.
namespace drdrill::models::sql {

inline Value number_value(double number) {
  return {Value::Type::number, {}, number};
}
inline Value truth_value(bool is) {
  return {Value::Type::truth, {}, is ? 1.0 : 0.0};
}

struct NotUnderstood {};
struct Refused {
  std::string message;
};

/// A row's values by the names of its columns; no names: there is no view.
struct Scope {
  const Table* table = nullptr;
  const std::vector<Value>* row = nullptr;
};

/// Reads and evaluates at once: statements are short and evaluated a few times at most.
class Reader {
 public:
  Reader(std::string_view text, const Source& source) : text_(text), source_(source) {}

  std::size_t at() const { return at_; }
  void go_to(std::size_t at) { at_ = at; }

  bool word(std::string_view expected) {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (!equal(text_.substr(at_, end - at_), expected)) return false;
    at_ = end;
    return true;
  }
  bool mark(std::string_view expected) {
    skip();
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  bool done() {
    skip();
    return at_ >= text_.size();
  }
  std::string name() {
    skip();
    std::string out;
    while (at_ < text_.size() && (is_name(text_[at_]) || text_[at_] == '.'))
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[at_++])));
    return out;
  }
  /// A quoted or bare name after AS.
  std::string alias() {
    skip();
    if (at_ >= text_.size() || text_[at_] != '"') return name();
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) throw NotUnderstood{};
    std::string out(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return out;
  }

  /// `column`: what PostgreSQL would call it.
  Value expression(const Scope& scope, std::string& column) {
    Value left = comparison(scope, column);
    for (;;) {
      std::string other;
      if (word("and")) {
        const Value right = comparison(scope, other);
        left = truth_value(left.number != 0 && right.number != 0);
      } else if (word("or")) {
        const Value right = comparison(scope, other);
        left = truth_value(left.number != 0 || right.number != 0);
      } else {
        return left;
      }
      column = "?column?";
    }
  }

 private:
  static constexpr int deepest = 50;

  static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
  static bool equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
             return std::tolower(static_cast<unsigned char>(x)) == y;
           });
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  Value comparison(const Scope& scope, std::string& column) {
    Value left = sum(scope, column);
    constexpr std::array<std::string_view, 7> marks{"<>", "!=", "<=", ">=", "=", "<", ">"};
    for (std::string_view sign : marks) {
      if (!mark(sign)) continue;
      std::string other;
      const Value right = sum(scope, other);
      column = "?column?";
      if (left.type == Value::Type::null || right.type == Value::Type::null) return {};
      const bool texts = left.type == Value::Type::text && right.type == Value::Type::text;
      const int order = texts ? left.text.compare(right.text)
                              : (left.number > right.number) - (left.number < right.number);
      if (!texts && (left.type == Value::Type::text || right.type == Value::Type::text))
        throw NotUnderstood{};
      return truth_value(sign == "="                    ? order == 0
                         : sign == "<>" || sign == "!=" ? order != 0
                         : sign == "<"                  ? order < 0
                         : sign == ">"                  ? order > 0
                         : sign == "<="                 ? order <= 0
                                                        : order >= 0);
    }
    return left;
  }

  Value sum(const Scope& scope, std::string& column) {
    Value left = product(scope, column);
    for (;;) {
      const bool less = mark("-");
      if (!less && !mark("+")) return left;
      std::string other;
      const Value right = product(scope, other);
      column = "?column?";
      if (left.type == Value::Type::null || right.type == Value::Type::null) {
        left = {};
        continue;
      }
      if (left.type == Value::Type::text || right.type == Value::Type::text) throw NotUnderstood{};
      const bool apart = less && left.type == right.type;
      const Value::Type type = apart && left.type == Value::Type::position  ? Value::Type::number
                               : apart && left.type == Value::Type::instant ? Value::Type::span
                                                                            : left.type;
      left = {type, {}, less ? left.number - right.number : left.number + right.number};
    }
  }

  Value product(const Scope& scope, std::string& column) {
    Value left = term(scope, column);
    for (;;) {
      const bool over = mark("/");
      if (!over && !mark("*")) return left;
      std::string other;
      const Value right = term(scope, other);
      column = "?column?";
      if (left.type != Value::Type::number || right.type != Value::Type::number)
        throw NotUnderstood{};
      if (over && right.number == 0) throw Refused{"division by zero"};
      left = number_value(over ? left.number / right.number : left.number * right.number);
    }
  }

  Value term(const Scope& scope, std::string& column) {
    if (++depth_ > deepest) throw NotUnderstood{};
    Value value = bare_term(scope, column);
    --depth_;
    while (mark("::")) {
      const std::string type = name();
      if (type == "text" && value.type == Value::Type::number)
        value = {Value::Type::text, written(value, source_), 0};
    }
    return value;
  }

  Value bare_term(const Scope& scope, std::string& column) {
    skip();
    column = "?column?";
    if (at_ >= text_.size()) throw NotUnderstood{};
    const char first = text_[at_];
    if (first == '(') {
      ++at_;
      Value inner = expression(scope, column);
      if (!mark(")")) throw NotUnderstood{};
      return inner;
    }
    if (first == '\'') {
      const std::size_t end = text_.find('\'', at_ + 1);
      if (end == std::string_view::npos) throw NotUnderstood{};
      Value out{Value::Type::text, std::string(text_.substr(at_ + 1, end - at_ - 1)), 0};
      at_ = end + 1;
      return out;
    }
    if (std::isdigit(static_cast<unsigned char>(first))) {
      const std::string digits(text_.substr(at_));
      char* end = nullptr;
      const double number = std::strtod(digits.c_str(), &end);
      at_ += static_cast<std::size_t>(end - digits.c_str());
      return number_value(number);
    }
    const std::string called = name();
    if (called.empty()) throw NotUnderstood{};
    if (called == "true" || called == "false") return truth_value(called == "true");
    if (called == "null") return {};
    column = called;
    if (called == "current_timestamp") return value_of("now", {});
    if (!mark("(")) return column_value(scope, called);
    if (called == "extract") {
      std::string inner;
      if (!word("epoch") || !word("from")) throw NotUnderstood{};
      Value of = expression(scope, inner);
      if (!mark(")")) throw NotUnderstood{};
      if (of.type == Value::Type::null) return {};
      if (of.type != Value::Type::span) throw NotUnderstood{};
      return {Value::Type::number, {}, of.number, 6};
    }
    std::vector<Value> arguments;
    while (!mark(")")) {
      if (!arguments.empty() && !mark(",")) throw NotUnderstood{};
      std::string inner;
      arguments.push_back(expression(scope, inner));
      if (arguments.size() > 8) throw NotUnderstood{};
    }
    return value_of(called, arguments);
  }

  Value value_of(const std::string& called, const std::vector<Value>& arguments) {
    if (called == "coalesce") {
      for (const Value& one : arguments)
        if (one.type != Value::Type::null) return one;
      return {};
    }
    if (called == "pg_wal_lsn_diff" && arguments.size() == 2) {
      double apart = 0;
      for (std::size_t i = 0; i < 2; ++i) {
        if (arguments[i].type == Value::Type::null) return {};
        double at = arguments[i].number;
        if (arguments[i].type == Value::Type::text) {
          const auto position = position_in(arguments[i].text);
          if (!position)
            throw Refused{"invalid input syntax for type pg_lsn: \"" + arguments[i].text + "\""};
          at = *position;
        }
        apart += i == 0 ? at : -at;
      }
      return number_value(std::round(apart));
    }
    if (called == "round" && !arguments.empty() && arguments[0].type == Value::Type::number)
      return number_value(std::round(arguments[0].number));
    if (called == "pg_size_pretty" && arguments.size() == 1 &&
        arguments[0].type == Value::Type::number)
      return {Value::Type::text, pretty(arguments[0].number), 0};
    auto known = source_.call(called, arguments);
    if (!known) throw NotUnderstood{};
    return *known;
  }

  Value column_value(const Scope& scope, const std::string& called) const {
    if (!scope.table) throw Refused{"column \"" + called + "\" does not exist"};
    const std::string_view bare = std::string_view(called).substr(called.rfind('.') + 1);
    for (std::size_t i = 0; i < scope.table->columns.size(); ++i)
      if (scope.table->columns[i] == bare) return scope.row ? (*scope.row)[i] : Value{};
    throw Refused{"column \"" + called + "\" does not exist"};
  }

  static std::string pretty(double bytes) {
    constexpr std::array<std::string_view, 5> units{"bytes", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= 10240 && unit + 1 < units.size()) bytes /= 1024, ++unit;
    return std::to_string(std::llround(bytes)) + " " + std::string(units[unit]);
  }

  std::string_view text_;
  const Source& source_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace drdrill::models::sql
