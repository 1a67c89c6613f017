#include "sim/cli/sweep_report.hpp"

#include <ostream>

#include "reports/sweep.hpp"

namespace drdrill::cli {

std::vector<std::string_view> sweep_formats() {
  std::vector<std::string_view> ids;
  for (const SweepWriterRow& row : sweep_writers()) ids.push_back(row.id);
  return ids;
}

void write_sweep(const study::SweepPart& part, const ReportFiles& reports, bool quiet,
                 Context& context) {
  constexpr std::size_t unbroken = 200;  // columns, where no terminal limits them
  if (!quiet && !reports.takes_stdout())
    find_sweep_writer("text")->write(part, context.out,
                                     {context.colour, context.terminal ? context.width : unbroken});
  reports.write([&](std::string_view format,
                    std::ostream& out) { find_sweep_writer(format)->write(part, out, {}); },
                context.out);
}

}  // namespace drdrill::cli
