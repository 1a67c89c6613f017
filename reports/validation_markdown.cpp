#include <ostream>

#include "reports/markup.hpp"
#include "reports/validation.hpp"

namespace drdrill::reports {
namespace {

using study::Agreement;
using study::ValidationRow;

void put_block(const study::Validation& validation, bool failovers, std::ostream& out) {
  bool first = true;
  for (const ValidationRow& row : validation.rows) {
    if (is_failover(row) != failovers) continue;
    if (first)
      out << (failovers
                  ? "\n| failover | measured, or exact | predicted, 95 % of runs | | source |\n"
                  : "\n| closed form | exact | simulated, 99.9 % | | source |\n")
          << "| --- | --- | --- | --- | --- |\n";
    first = false;
    const bool outside = row.agreement == Agreement::outside;
    const std::string verdict(study::agreement_name(row.agreement));
    out << "| " << markdown_text(row.what) << " | " << known_words(row) << " | "
        << predicted_words(row) << " | " << (outside ? "**" + verdict + "**" : verdict) << " | "
        << markdown_text(row.source) << " |\n";
  }
}

}  // namespace

void write_validation_markdown(const study::Validation& validation, std::ostream& out,
                               const WriteOptions&) {
  out << "## " << (validation.agrees() ? "✅" : "❌") << " The model beside what is known\n\n**"
      << count_words(validation) << "**, seed " << validation.seed << "\n";
  put_block(validation, false, out);
  put_block(validation, true, out);
  bool first = true;
  for (const ValidationRow& row : validation.rows) {
    const std::string words = row_remarks(row);
    if (words.empty()) continue;
    out << (first ? "\n" : "") << "- " << markdown_text(row.what) << ": " << markdown_text(words)
        << '\n';
    first = false;
  }
}

}  // namespace drdrill::reports
