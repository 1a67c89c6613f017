#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "models/postgres_text.hpp"
#include "models/sql_select.hpp"

/// Values and tables as psql shows them.
namespace drdrill::models::sql {
namespace {

using Type = Value::Type;

/// Without the zeros at the end of a fraction.
std::string trimmed(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string number_text(double number, int decimals) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals < 0 ? 6 : decimals, number);
  return decimals < 0 ? trimmed(text.data()) : std::string(text.data());
}

/// "00:01:30.25" of seconds.
std::string span_text(double seconds) {
  const double all = std::abs(seconds);
  const double minutes = std::floor(all / 60);
  std::array<char, 60> text{};
  std::snprintf(text.data(), text.size(), "%s%02.0f:%02.0f:%09.6f", seconds < 0 ? "-" : "",
                std::floor(minutes / 60), minutes - 60 * std::floor(minutes / 60),
                all - 60 * minutes);
  return trimmed(text.data());
}

}  // namespace

std::string written(const Value& value, const Source& source) {
  switch (value.type) {
    case Type::null:
      return {};
    case Type::text:
      return value.text;
    case Type::number:
      return number_text(value.number, value.decimals);
    case Type::truth:
      return value.number != 0 ? "t" : "f";
    case Type::position:
      return lsn_text(value.number);
    case Type::instant:
      return source.instant(value.number);
    case Type::span:
      return span_text(value.number);
  }
  return {};
}

std::string printed(const Table& table, const Source& source, bool aligned, bool rows_only) {
  const std::size_t columns = table.columns.size();
  std::vector<std::size_t> widths(columns);
  for (std::size_t i = 0; i < columns; ++i) widths[i] = table.columns[i].size();
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : table.rows) {
    cells.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) {
      cells.back().push_back(written(row[i], source));
      widths[i] = std::max(widths[i], cells.back()[i].size());
    }
  }
  std::string out;
  if (!rows_only) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::size_t room = aligned ? widths[i] - table.columns[i].size() : 0;
      if (aligned)
        out += (i == 0 ? " " : "| ") + std::string(room / 2, ' ') + table.columns[i] +
               std::string(room - room / 2 + 1, ' ');
      else
        out += (i == 0 ? "" : "|") + table.columns[i];
      line += (i == 0 ? "" : "+") + std::string(widths[i] + 2, '-');
    }
    out += "\n";
    if (aligned) out += line + "\n";
  }
  for (std::size_t r = 0; r < cells.size(); ++r) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string& text = cells[r][i];
      const Type type = table.rows[r][i].type;
      const std::size_t room = aligned ? widths[i] - text.size() : 0;
      const bool right = type == Type::number;
      if (!aligned)
        out += i == 0 ? "" : "|";
      else
        out += i == 0 ? " " : " | ";
      if (right) out.append(room, ' ');
      out += text;
      if (!right && i + 1 < columns) out.append(room, ' ');
    }
    out += "\n";
  }
  if (!rows_only)
    out += "(" + std::to_string(cells.size()) + (cells.size() == 1 ? " row)\n" : " rows)\n");
  if (aligned) out += "\n";
  return out;
}

}  // namespace drdrill::models::sql
