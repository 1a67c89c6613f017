#include <ostream>

#include "reports/markup.hpp"
#include "reports/validation.hpp"

namespace drdrill::reports {

using study::Agreement;
using study::ValidationRow;

void write_validation_junit(const study::Validation& validation, std::ostream& out,
                            const WriteOptions&) {
  const std::string counts =
      "tests=\"" + std::to_string(validation.rows.size()) + "\" failures=\"" +
      std::to_string(validation.count(Agreement::outside)) + "\" errors=\"0\" skipped=\"" +
      std::to_string(validation.count(Agreement::not_comparable)) + "\"";
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " << counts
      << ">\n  <testsuite name=\"drdrill validate\" " << counts << ">\n";
  for (const ValidationRow& row : validation.rows) {
    out << "    <testcase classname=\"drdrill.validate\" name=\"" << xml_text(row.what) << '"';
    if (row.agreement == Agreement::ok) {
      out << "/>\n";
      continue;
    }
    const char* element = row.agreement == Agreement::outside ? "failure" : "skipped";
    out << ">\n      <" << element << " message=\"" << xml_text(row_remarks(row)) << "\">"
        << xml_text("known " + known_words(row) + ", predicted " + predicted_words(row) +
                    "\nsource: " + row.source)
        << "</" << element << ">\n    </testcase>\n";
  }
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace drdrill::reports
