#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The little of SQL that recovery procedures ask servers: SELECT of expressions, from nothing or
/// from one of the server's statistics views.
namespace drdrill::models::sql {

struct Value {
  enum class Type { null, text, number, truth, position, instant, span };
  Type type = Type::null;
  std::string text;   ///< of text
  double number = 0;  ///< a number; 1 for true; bytes of a position; seconds since the drill's
                      ///< start of an instant; seconds of a span
  int decimals = -1;  ///< that a number is printed with; -1: as many as it has, six at most
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

/// What a server knows.
class Source {
 public:
  virtual ~Source() = default;
  /// A function's value; nothing: it is not known here.
  virtual std::optional<Value> call(std::string_view name,
                                    const std::vector<Value>& arguments) const = 0;
  /// A view's rows; nothing: it is not known here.
  virtual std::optional<Table> view(std::string_view name) const = 0;
  /// As PostgreSQL writes an instant.
  virtual std::string instant(double seconds) const = 0;
};

struct Answer {
  std::optional<Table> table;
  std::string error;  ///< "ERROR:  …" as psql shows it; empty with no table: not understood
};

/// Answers one SELECT. What it does not know is not understood, and never guessed.
Answer select(std::string_view statement, const Source& source);

/// One value as psql shows it; empty: null.
std::string written(const Value& value, const Source& source);
/// As psql prints it: aligned, or with -A separated by "|"; with -t rows only.
std::string printed(const Table& table, const Source& source, bool aligned, bool rows_only);

}  // namespace drdrill::models::sql
