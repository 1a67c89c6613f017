#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "reports/report.hpp"

/// The formats in which the result of a study can be written: a table for each study, of which a
/// row is a format. The same result gives the same bytes.
namespace drdrill {

template <class Result>
struct StudyWriterRow {
  std::string_view id;
  std::string_view meaning;
  void (*write)(const Result& result, std::ostream& out, const WriteOptions& options);
};

template <class Result>
using StudyWriters = std::span<const StudyWriterRow<Result>>;

}  // namespace drdrill
