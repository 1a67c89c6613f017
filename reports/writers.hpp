#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "reports/report.hpp"

/// The formats a report can be written in. `list formats` prints this table; a new format is one
/// file and one row.
namespace drdrill {

struct WriterRow {
  std::string_view id;
  std::string_view meaning;  ///< what it is and who reads it
  void (*write)(const Report& report, std::ostream& out, const WriteOptions& options);
};

std::span<const WriterRow> report_writers();
/// Null when there is no such format.
const WriterRow* find_writer(std::string_view id);

}  // namespace drdrill
