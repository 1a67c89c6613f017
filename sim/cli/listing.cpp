#include "sim/cli/listing.hpp"

#include <algorithm>
#include <ostream>

#include "reports/json_writer.hpp"
#include "reports/terminal.hpp"
#include "reports/utf8.hpp"

namespace drdrill::cli {

namespace {

using reports::Align;
using reports::Cell;
using reports::Ink;
using reports::Pen;
using reports::TextTable;
using Row = std::vector<std::string>;

TextTable table_of(const Listing& listing) {
  TextTable table(std::vector<Align>(listing.columns.size(), Align::left));
  const auto add = [&](const Row& row, Ink ink) {
    std::vector<Cell> cells;
    cells.reserve(row.size());
    for (const std::string& text : row) cells.push_back({reports::one_line(text), ink});
    table.add(std::move(cells));
  };
  add(listing.columns, Ink::dim);
  for (const Row& row : listing.rows) add(row, Ink::plain);
  return table;
}

/// How many columns are left for the last one.
std::size_t room_for_last(const TextTable& table, std::size_t width) {
  const auto widths = table.widths();
  std::size_t used = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) used += widths[i] + 2;
  return width > used ? width - used : 0;
}

/// From which column on a row says something that the row above does not.
std::size_t first_new(const Row& row, const Row* above) {
  if (above == nullptr) return 0;
  return static_cast<std::size_t>(
      std::mismatch(row.begin(), row.end(), above->begin(), above->end()).first - row.begin());
}

void write_paragraphs(const Listing& listing, std::ostream& out, const Pen& pen,
                      std::size_t width) {
  std::size_t label = 0;
  for (std::size_t i = 1; i < listing.columns.size(); ++i)
    label = std::max(label, reports::columns(listing.columns[i]));
  const std::size_t indent = label + 4;
  const Row* above = nullptr;
  for (const Row& row : listing.rows) {
    const std::size_t from = first_new(row, above);
    if (from == 0)
      out << (above == nullptr ? "" : "\n") << pen(Ink::bold, reports::one_line(row[0])) << '\n';
    for (std::size_t i = std::max<std::size_t>(from, 1); i < row.size(); ++i) {
      std::string lead = "  " + pen(Ink::dim, reports::pad_right(listing.columns[i], label + 2));
      const std::size_t room = width > indent ? width - indent : 1;
      for (const std::string& line : reports::wrap(reports::one_line(row[i]), room)) {
        out << lead << line << '\n';
        lead = std::string(indent, ' ');
      }
    }
    above = &row;
  }
}

}  // namespace

void write_columns(const Listing& listing, std::ostream& out) {
  constexpr std::size_t uncut = 100'000;
  table_of(listing).write(out, Pen(false), 0, uncut);
}

void write_fitted(const Listing& listing, std::ostream& out, bool colour, std::size_t width) {
  constexpr std::size_t narrowest_last = 28;
  const Pen pen(colour);
  const TextTable table = table_of(listing);
  const std::size_t room = room_for_last(table, width);
  if (room >= std::min(narrowest_last, table.widths().back()))
    table.write(out, pen, 0, width, reports::Last::wrapped);
  else
    write_paragraphs(listing, out, pen, width);
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
