#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "reports/writers.hpp"
#include "tests/reports/sample_journal.hpp"

namespace drdrill::test {
namespace {

const std::string folder = "tests/reports/golden/";

std::string written(std::string_view format, const Journal& journal, const Judgement& judgement) {
  std::ostringstream out;
  find_writer(format)->write({&journal, &judgement}, out, {});
  return out.str();
}

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Accepts what is written instead of comparing when DRDRILL_ACCEPT is set; read the diff then.
void compare(const std::string& name, const std::string& text) {
  if (std::getenv("DRDRILL_ACCEPT") != nullptr)
    std::ofstream(folder + name, std::ios::binary) << text;
  CHECK(text == contents(folder + name));
}

}  // namespace

TEST_CASE("every format of the table has goldens that its reports equal") {
  for (const WriterRow& row : report_writers()) {
    const std::string name(row.id);
    CAPTURE(name);
    compare("sample." + name, written(row.id, sample_journal(), sample_judgement()));
    compare("quiet." + name, written(row.id, quiet_journal(), quiet_judgement()));
  }
}

TEST_CASE("a report of the same drill has the same bytes") {
  for (const WriterRow& row : report_writers())
    CHECK(written(row.id, sample_journal(), sample_judgement()) ==
          written(row.id, sample_journal(), sample_judgement()));
}

TEST_CASE("no format passes on control characters or bytes that are no UTF-8") {
  for (const WriterRow& row : report_writers()) {
    const std::string text = written(row.id, sample_journal(), sample_judgement());
    CAPTURE(std::string(row.id));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
  }
}

TEST_CASE("an unknown format is none") {
  CHECK(find_writer("yaml") == nullptr);
}

}  // namespace drdrill::test
