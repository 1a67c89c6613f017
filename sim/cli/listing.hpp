#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace drdrill::cli {

/// A table for `drdrill list`: printed in columns for people, or as a JSON array of objects.
struct Listing {
  std::vector<std::string> columns;  ///< also the keys of the objects, with _ for spaces
  std::vector<std::vector<std::string>> rows;
};

void write_columns(const Listing& listing, std::ostream& out, bool colour);
void write_json(const Listing& listing, std::ostream& out);

}  // namespace drdrill::cli
