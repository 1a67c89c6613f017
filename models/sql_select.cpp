#include "models/sql_select.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "models/sql_reader.hpp"

namespace drdrill::models::sql {
namespace {

/// FROM, not inside parentheses or quotes.
std::size_t from_at(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && i > 0 && std::isspace(static_cast<unsigned char>(text[i - 1])) &&
        text.size() - i > 4 && std::isspace(static_cast<unsigned char>(text[i + 4]))) {
      std::string four(text.substr(i, 4));
      for (char& letter : four)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      if (four == "from") return i;
    }
  }
  return std::string_view::npos;
}

/// The rows of the view that WHERE leaves. ORDER BY and LIMIT change nothing that is asked for
/// here.
void read_view(Reader& reader, const Source& source, Table& view) {
  const std::string name = reader.name();
  auto known = source.view(name.substr(name.rfind('.') + 1));
  if (!known) throw NotUnderstood{};
  view = std::move(*known);
  if (reader.word("where")) {
    const std::size_t condition = reader.at();
    std::vector<std::vector<Value>> kept;
    std::string column;
    reader.expression({&view, nullptr}, column);
    const std::size_t end = reader.at();
    for (std::vector<Value>& row : view.rows) {
      reader.go_to(condition);
      const Value holds = reader.expression({&view, &row}, column);
      if (holds.type == Value::Type::truth && holds.number != 0) kept.push_back(std::move(row));
    }
    reader.go_to(end);
    view.rows = std::move(kept);
  }
  if (reader.word("order") || reader.word("limit")) return;
  if (!reader.done()) throw NotUnderstood{};
}

/// The aggregate that begins here, if one does; the reader stands behind its parenthesis then.
std::string aggregate_at(Reader& reader) {
  const std::size_t before = reader.at();
  for (std::string_view name : {"count", "sum", "max", "min"})
    if (reader.word(name)) {
      if (reader.mark("(")) return std::string(name);
      reader.go_to(before);
    }
  return {};
}

Value aggregated(Reader& reader, const std::string& name, const Table& view) {
  if (name == "count" && reader.mark("*"))
    return number_value(static_cast<double>(view.rows.size()));
  const std::size_t begin = reader.at();
  std::string column;
  Value out = name == "count" ? number_value(0) : Value{};
  reader.expression({&view, nullptr}, column);
  const std::size_t end = reader.at();
  for (const auto& row : view.rows) {
    reader.go_to(begin);
    const Value one = reader.expression({&view, &row}, column);
    if (one.type == Value::Type::null) continue;
    if (name == "count")
      out.number += 1;
    else if (out.type == Value::Type::null)
      out = one;
    else if (name == "sum")
      out.number += one.number;
    else
      out.number =
          name == "max" ? std::max(out.number, one.number) : std::min(out.number, one.number);
  }
  reader.go_to(end);
  return out;
}

/// One pass over the list of what is selected, for one row, or for all when there are aggregates.
void read_list(Reader& reader, const Table* view, const std::vector<Value>* row, Table& out,
               bool& aggregates) {
  std::vector<Value> values;
  std::vector<std::string> columns;
  do {
    if (view && reader.mark("*")) {
      columns.insert(columns.end(), view->columns.begin(), view->columns.end());
      if (row) values.insert(values.end(), row->begin(), row->end());
      continue;
    }
    std::string column;
    if (const std::string name = view ? aggregate_at(reader) : std::string(); !name.empty()) {
      aggregates = true;
      values.push_back(aggregated(reader, name, *view));
      column = name;
      if (!reader.mark(")")) throw NotUnderstood{};
    } else {
      values.push_back(reader.expression({view, row}, column));
    }
    const bool as = reader.word("as");
    const std::string named = reader.alias();
    if (as && named.empty()) throw NotUnderstood{};
    columns.push_back(named.empty() ? column : named);
  } while (reader.mark(","));
  if (!reader.done()) throw NotUnderstood{};
  out.columns = std::move(columns);
  if (row || !view || aggregates) out.rows.push_back(std::move(values));
}

}  // namespace

Answer select(std::string_view statement, const Source& source) {
  Answer answer;
  try {
    Reader head(statement, source);
    if (!head.word("select")) return answer;
    const std::string_view rest = statement.substr(head.at());
    const std::size_t from = from_at(rest);
    const std::string_view list = rest.substr(0, from);
    Table out;
    bool aggregates = false;
    if (from == std::string_view::npos) {
      Reader reader(list, source);
      read_list(reader, nullptr, nullptr, out, aggregates);
    } else {
      Table view;
      Reader tail(rest.substr(from + 4), source);
      read_view(tail, source, view);
      Reader first(list, source);
      read_list(first, &view, nullptr, out, aggregates);
      for (std::size_t i = 0; !aggregates && i < view.rows.size(); ++i) {
        Reader reader(list, source);
        read_list(reader, &view, &view.rows[i], out, aggregates);
      }
    }
    answer.table = std::move(out);
  } catch (const NotUnderstood&) {
  } catch (const Refused& refused) {
    answer.error = "ERROR:  " + refused.message + "\n";
  }
  return answer;
}

}  // namespace drdrill::models::sql
