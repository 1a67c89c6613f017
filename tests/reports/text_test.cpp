#include <algorithm>
#include <regex>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/utf8.hpp"
#include "reports/words.hpp"
#include "reports/writers.hpp"
#include "tests/reports/sample_journal.hpp"

namespace drdrill::test {
namespace {

std::string text(const Journal& journal, const Judgement& judgement, WriteOptions options = {}) {
  std::ostringstream out;
  find_writer("text")->write({&journal, &judgement}, out, options);
  return out.str();
}

}  // namespace

TEST_CASE("colours change nothing but colours") {
  const std::string coloured = text(sample_journal(), sample_judgement(), {true, 100});
  const std::string plain = text(sample_journal(), sample_judgement(), {false, 100});
  CHECK(coloured != plain);
  CHECK(std::regex_replace(coloured, std::regex("\x1b\\[[0-9]+m"), "") == plain);
}

TEST_CASE("text fills no more columns than it was given, but for a word that cannot be broken") {
  std::istringstream lines(text(sample_journal(), sample_judgement(), {false, 90}));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const bool repeats = line.find("drdrill run") != std::string::npos ||
                         line.find("drdrill 0.1.0") != std::string::npos;
    CHECK((repeats || reports::columns(line) <= 90));
    CHECK((line.empty() || line.back() != ' '));
  }
}

TEST_CASE("a report stays short however much happened") {
  const std::string report = text(sample_journal(), sample_judgement());
  CHECK(std::count(report.begin(), report.end(), '\n') < 120);
}

TEST_CASE("the command that repeats a run is one that a shell takes") {
  Journal journal = quiet_journal();
  journal.scenario.file = "my drills/it's.json";
  journal.settings = {"/a=b c"};
  CHECK(reports::command_again(journal) ==
        "drdrill run 'my drills/it'\\''s.json' --world lab --seed 1 --set '/a=b c'");
}

TEST_CASE("the next scenario lies beside this one") {
  Journal journal = sample_journal();
  CHECK(reports::command_next(journal) == "drdrill run scenarios/sample-outage-corrected.json");
  journal.scenario.counterpart = "";
  CHECK(reports::command_next(journal).empty());
}

TEST_CASE("shares are only 0 or 100 percent when they are") {
  CHECK(reports::percent(0) == "0 %");
  CHECK(reports::percent(0.001) == "< 1 %");
  CHECK(reports::percent(0.999) == "> 99 %");
  CHECK(reports::percent(1) == "100 %");
  CHECK(reports::grouped(8140.25) == "8,140");
  CHECK(reports::grouped(-1234567) == "-1,234,567");
  CHECK(reports::grouped(999) == "999");
}

}  // namespace drdrill::test
