#include <algorithm>
#include <ostream>
#include <vector>

#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/utf8.hpp"
#include "reports/validation.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Agreement;
using study::ValidationRow;

std::string_view words_of(ValidationRow::Kind kind) {
  if (kind == ValidationRow::Kind::measured) return "measured ";
  return kind == ValidationRow::Kind::documented ? "documented " : "exact ";
}

constexpr std::size_t source_columns = 24;  // fewer say nothing: then sources go on their own lines

Cell mark_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::ok:
      return {"ok", Ink::green};
    case Agreement::outside:
      return {"OUTSIDE", Ink::red};
    case Agreement::not_comparable:
      break;
  }
  return {"–", Ink::dim};
}

std::string prediction_of(const ValidationRow& row) {
  return row.agreement == Agreement::not_comparable ? "not comparable" : predicted_words(row);
}

/// Closed forms or failovers, one row each.
class Block {
 public:
  Block(const study::Validation& validation, bool failovers, const Page& page)
      : failovers_(failovers), page_(page) {
    for (const ValidationRow& row : validation.rows)
      if (is_failover(row) == failovers) rows_.push_back(&row);
  }

  void write() const {
    if (rows_.empty()) return;
    page_.out << '\n';
    const TextTable whole = table();
    const auto widths = whole.widths();
    std::size_t taken = 2;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) taken += widths[i] + 2;
    if (taken + source_columns <= page_.width)
      whole.write(page_.out, page_.pen, 2, page_.width, Last::wrapped);
    else
      write_stacked();
  }

 private:
  TextTable table() const {
    TextTable out({Align::left, Align::left, Align::left, Align::left, Align::left});
    out.add({{""},
             {failovers_ ? "failover" : "closed form", Ink::dim},
             {failovers_ ? "measured, or exact" : "exact", Ink::dim},
             {failovers_ ? "predicted, 95 % of runs" : "simulated, 99.9 %", Ink::dim},
             {"source", Ink::dim}});
    for (const ValidationRow* row : rows_)
      out.add({mark_of(row->agreement),
               {one_line(row->what)},
               {known_words(*row)},
               {prediction_of(*row)},
               {one_line(row->source), Ink::dim}});
    return out;
  }

  /// On a narrow terminal: what is compared on one line, the figures below it.
  void write_stacked() const {
    for (const ValidationRow* row : rows_) {
      const Cell mark = mark_of(row->agreement);
      page_.out << "  " << page_.pen(mark.ink, pad_right(mark.text, 9)) << one_line(row->what)
                << '\n';
      const std::string figures = std::string(words_of(row->kind)) + known_words(*row) +
                                  ", predicted " + prediction_of(*row) + " · " +
                                  one_line(row->source);
      for (const std::string& line : wrap(figures, page_.width - 11))
        page_.out << std::string(11, ' ') << page_.pen(Ink::dim, line) << '\n';
    }
  }

  bool failovers_;
  const Page& page_;
  std::vector<const ValidationRow*> rows_;
};

/// Rows of which there is more to say, with their words.
void put_remarks(const study::Validation& validation, Agreement agreement, std::string_view title,
                 const Page& page) {
  bool first = true;
  for (const ValidationRow& row : validation.rows) {
    const std::string words = row_remarks(row);
    if (row.agreement != agreement || words.empty()) continue;
    if (first) page.out << "\n  " << page.pen(Ink::bold, title) << '\n';
    first = false;
    const auto lines = wrap(one_line(row.what) + ": " + one_line(words), page.width - 4);
    for (std::size_t i = 0; i < lines.size(); ++i)
      page.out << (i == 0 ? "  - " : "    ") << lines[i] << '\n';
  }
}

}  // namespace

void write_validation_text(const study::Validation& validation, std::ostream& out,
                           const WriteOptions& options) {
  const Page page{out, Pen(options.colour), std::max(options.width, narrowest)};
  out << "drdrill " << drdrill_version() << " · validate · seed " << validation.seed << '\n';
  Block(validation, false, page).write();
  Block(validation, true, page).write();
  put_remarks(validation, Agreement::outside, "Outside", page);
  put_remarks(validation, Agreement::not_comparable, "Not comparable", page);
  put_remarks(validation, Agreement::ok, "Remarks", page);
  const bool agrees = validation.agrees();
  out << "\n  " << page.pen(agrees ? Ink::green : Ink::red, agrees ? "OK" : "OUTSIDE") << "  "
      << count_words(validation) << '\n';
}

}  // namespace drdrill::reports
