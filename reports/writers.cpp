#include "reports/writers.hpp"

#include <array>

#include "reports/formats.hpp"

namespace drdrill {
namespace {

constexpr std::array<WriterRow, 6> writers{{
    {"text", "for people: verdict, objectives, where the time went, timeline", reports::write_text},
    {"json", "for programs; described by `drdrill schema report`", reports::write_json},
    {"markdown", "for a pull request or a wiki page", reports::write_markdown},
    {"junit", "for CI: JUnit XML, one test case an objective", reports::write_junit},
    {"measured", "a parameter file of what the drill measured, for --parameters of later runs",
     reports::write_measured},
    {"journal", "everything that happened; `drdrill judge` reads it again", reports::write_journal},
}};

}  // namespace

std::span<const WriterRow> report_writers() {
  return writers;
}

const WriterRow* find_writer(std::string_view id) {
  for (const WriterRow& row : writers)
    if (row.id == id) return &row;
  return nullptr;
}

}  // namespace drdrill
