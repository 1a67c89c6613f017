#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "reports/report.hpp"
#include "sim/audit/audit.hpp"

/// What `drdrill audit` found, written down.
namespace drdrill {

struct AuditReport {
  std::span<const audit::Finding> findings;
  audit::Severity fail_on = audit::Severity::error;
  std::size_t files = 0;       ///< that were looked at
  std::size_t procedures = 0;  ///< that were found in them
  std::string platform;        ///< what they were rehearsed on; empty: they were not
};

struct AuditWriterRow {
  std::string_view id;
  std::string_view meaning;
  void (*write)(const AuditReport& report, std::ostream& out, const WriteOptions& options);
};

std::span<const AuditWriterRow> audit_writers();
/// Null when there is no such format.
const AuditWriterRow* find_audit_writer(std::string_view id);

}  // namespace drdrill
