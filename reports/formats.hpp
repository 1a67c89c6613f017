#pragma once

#include <iosfwd>

#include "reports/report.hpp"

/// The functions behind the rows of the writer table, one for each file of that name.
namespace drdrill::reports {

void write_text(const Report& report, std::ostream& out, const WriteOptions& options);
void write_json(const Report& report, std::ostream& out, const WriteOptions& options);
void write_markdown(const Report& report, std::ostream& out, const WriteOptions& options);
void write_junit(const Report& report, std::ostream& out, const WriteOptions& options);
void write_measured(const Report& report, std::ostream& out, const WriteOptions& options);
void write_journal(const Report& report, std::ostream& out, const WriteOptions& options);

}  // namespace drdrill::reports
