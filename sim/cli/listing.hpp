#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace drdrill::cli {

/// A table for `drdrill list`: printed in columns for people, or as a JSON array of objects.
struct Listing {
  std::vector<std::string> columns;  ///< also the keys of the objects, with _ for spaces
  std::vector<std::vector<std::string>> rows;
};

/// Columns, one line a row, however wide: for grep.
void write_columns(const Listing& listing, std::ostream& out);
/// Fitted to a terminal: columns with the last one wrapped or, where that leaves it no room, a
/// paragraph for each row, or for all rows that begin alike.
void write_fitted(const Listing& listing, std::ostream& out, bool colour, std::size_t width);
void write_json(const Listing& listing, std::ostream& out);

}  // namespace drdrill::cli
