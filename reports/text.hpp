#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "reports/report.hpp"
#include "reports/terminal.hpp"

/// The parts of the text format below the table of objectives. Each writes nothing when it has
/// nothing to say, and otherwise begins with an empty line.
namespace drdrill::reports {

inline constexpr std::size_t narrowest = 60;  ///< columns that are used whatever there is

Ink ink_of(Verdict verdict);
std::string verdict_word(Verdict verdict);  ///< "PASS"

struct Page {
  std::ostream& out;
  Pen pen;
  std::size_t width;
};

void write_outages(const Report& report, const Page& page);
void write_timeline(const Report& report, const Page& page);
/// How finely a live drill was measured.
void write_precision(const Report& report, const Page& page);
void write_users(const Report& report, const Page& page);
void write_checklist(const Report& report, const Page& page);
void write_findings(const Report& report, const Page& page);
void write_changes(const Report& report, const Page& page);

}  // namespace drdrill::reports
