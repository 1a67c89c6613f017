#include "sim/cli/listing.hpp"

#include <algorithm>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/terminal.hpp"
#include "reports/utf8.hpp"

namespace drdrill::cli {

void write_columns(const Listing& listing, std::ostream& out, bool colour) {
  using reports::Align;
  using reports::Cell;
  using reports::Ink;
  reports::TextTable table(std::vector<Align>(listing.columns.size(), Align::left));
  std::vector<Cell> head;
  for (const std::string& column : listing.columns) head.push_back({column, Ink::dim});
  table.add(std::move(head));
  for (const auto& row : listing.rows) {
    std::vector<Cell> cells;
    cells.reserve(row.size());
    for (const std::string& text : row) cells.push_back({reports::one_line(text), Ink::plain});
    table.add(std::move(cells));
  }
  constexpr std::size_t uncut = 100'000;
  table.write(out, reports::Pen(colour), 0, uncut);
}

void write_json(const Listing& listing, std::ostream& out) {
  using Layout = reports::JsonWriter::Layout;
  std::vector<std::string> keys = listing.columns;
  for (std::string& key : keys) std::replace(key.begin(), key.end(), ' ', '_');
  reports::JsonWriter json;
  json.begin_array();
  for (const auto& row : listing.rows) {
    json.begin_object(Layout::one_line);
    for (std::size_t i = 0; i < row.size(); ++i) json.key(keys[i]).string(row[i]);
    json.end_object();
  }
  json.end_array();
  out << json.take();
}

}  // namespace drdrill::cli
