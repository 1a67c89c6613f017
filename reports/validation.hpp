#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "reports/report.hpp"
#include "sim/study/validation.hpp"

/// What `drdrill validate` found, written down: the model beside what is known. The same validation
/// gives the same bytes.
namespace drdrill {

struct ValidationWriterRow {
  std::string_view id;
  std::string_view meaning;
  void (*write)(const study::Validation& validation, std::ostream& out,
                const WriteOptions& options);
};

std::span<const ValidationWriterRow> validation_writers();
/// Null when there is no such format.
const ValidationWriterRow* find_validation_writer(std::string_view id);

namespace reports {

// The writers, one for each file.
void write_validation_text(const study::Validation& validation, std::ostream& out,
                           const WriteOptions& options);
void write_validation_json(const study::Validation& validation, std::ostream& out,
                           const WriteOptions& options);
void write_validation_markdown(const study::Validation& validation, std::ostream& out,
                               const WriteOptions& options);
void write_validation_junit(const study::Validation& validation, std::ostream& out,
                            const WriteOptions& options);

// The words that they share.

/// "7.83 s (6.06 to 8.55; n 16)", "36 s", "at least 180 s", "0.135335", "–"
std::string known_words(const study::ValidationRow& row);
/// "7.91 s (6.27 to 9.21)", "4.9987 (4.9312 to 5.0662)", "–"
std::string predicted_words(const study::ValidationRow& row);
/// "104 rows: 95 ok, 1 outside, 8 not comparable"
std::string count_words(const study::Validation& validation);
/// Reason and remark, and what a row that is outside is to be seen with; or "".
std::string row_remarks(const study::ValidationRow& row);
bool is_failover(const study::ValidationRow& row);

}  // namespace reports
}  // namespace drdrill
