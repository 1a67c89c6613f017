#include "reports/precision.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/words.hpp"

namespace drdrill::reports {
namespace {

std::string rate_text(double rate) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), rate < 100 ? "%.1f" : "%.0f", rate);
  return text.data();
}

/// What the streams of one component have in common: the coarsest of them counts.
PrecisionRow ledgers_of(ComponentId component, const std::vector<const LedgerStream*>& streams) {
  double planned = 0, slowest = streams.front()->achieved_rate;
  Duration longest{};
  for (const LedgerStream* stream : streams) {
    planned = std::max(planned, stream->planned_rate);
    slowest = std::min(slowest, stream->achieved_rate);
    longest = std::max(longest, stream->longest_gap);
  }
  std::string words = rate_text(slowest) + " records a second in the slowest of " +
                      std::to_string(streams.size()) + " (planned " + rate_text(planned) + ")";
  if (slowest > 0) words += ", one in " + format_duration(from_seconds(1 / slowest));
  return {"ledgers of " + std::string(name_of(component)),
          words + "; at most " + format_duration(longest) + " without an acknowledgement"};
}

}  // namespace

std::vector<PrecisionRow> precision_of(const Journal& journal) {
  std::vector<PrecisionRow> rows;
  for (const ProbeSampling& probe : journal.sampling)
    rows.push_back({std::string(row_of(probe.probe).id),
                    "asked every " + format_duration(probe.period) + ", at most " +
                        format_duration(probe.longest_gap) + " apart"});
  for (std::size_t i = 0; i < component_count; ++i) {
    std::vector<const LedgerStream*> streams;
    for (const LedgerStream& stream : journal.ledger.streams)
      if (index_of(stream.component) == i && stream.planned_rate > 0) streams.push_back(&stream);
    if (!streams.empty()) rows.push_back(ledgers_of(static_cast<ComponentId>(i), streams));
  }
  return rows;
}

void write_precision(const Report& report, const Page& page) {
  const auto rows = precision_of(*report.journal);
  if (rows.empty()) return;
  constexpr std::size_t column = 24;
  page.out << "\n  " << page.pen(Ink::bold, "How finely it was measured") << '\n';
  for (const PrecisionRow& row : rows) {
    std::string lead = "    " + pad_right(row.what, column - 4);
    for (const std::string& line : wrap(row.words, page.width - column)) {
      page.out << lead << line << '\n';
      lead = std::string(column, ' ');
    }
  }
}

}  // namespace drdrill::reports
