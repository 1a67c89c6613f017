#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/writers.hpp"
#include "tests/reports/sample_journal.hpp"

namespace drdrill::test {
namespace {

std::string junit(const Journal& journal, const Judgement& judgement) {
  std::ostringstream out;
  find_writer("junit")->write({&journal, &judgement}, out, {});
  return out.str();
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

/// Well-formed as far as JUnit files go: tags nest, attributes are quoted, no stray < or &.
bool well_formed(std::string_view xml) {
  std::vector<std::string> open;
  xml.remove_prefix(xml.find("?>") + 2);
  while (!xml.empty()) {
    if (xml.front() == '&') {
      const std::size_t end = xml.find(';');
      if (end == std::string_view::npos || end > 8) return false;
    }
    if (xml.front() != '<') {
      xml.remove_prefix(1);
      continue;
    }
    std::size_t end = 1;
    bool quoted = false;
    for (; end < xml.size() && (quoted || xml[end] != '>'); ++end) {
      if (xml[end] == '"') quoted = !quoted;
      if (xml[end] == '<') return false;
    }
    if (end >= xml.size()) return false;
    const std::string tag(xml.substr(1, end - 1));
    xml.remove_prefix(end + 1);
    if (tag.front() == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
  }
  return open.empty();
}

}  // namespace

TEST_CASE("the check for well-formed XML can fail") {
  CHECK_FALSE(well_formed("<?xml?><a><b></a></b>"));
  CHECK_FALSE(well_formed("<?xml?><a b=\"<\"/>"));
  CHECK_FALSE(well_formed("<?xml?><a>x & y</a>"));
  CHECK(well_formed("<?xml?><a b=\"&lt;\"><c/></a>"));
}

TEST_CASE("JUnit is well-formed whatever a drill is called") {
  Journal journal = sample_journal();
  journal.scenario.name = "a\"b<c>&d\x01\xff\n";
  CHECK(well_formed(junit(journal, sample_judgement())));
}

TEST_CASE("JUnit counts missed, not judged and not exercised apart") {
  const std::string xml = junit(sample_journal(), sample_judgement());
  CHECK(count(xml, "<failure ") == 2);
  CHECK(count(xml, "<skipped ") == 3);  // redis was not exercised, and of the checklist two
  CHECK(count(xml, "<error ") == 2);    // monitoring was not evaluated, and the verdict is residue
  CHECK(xml.find("tests=\"11\" failures=\"2\" errors=\"2\" skipped=\"3\"") != std::string::npos);
}

TEST_CASE("JUnit shows an item that is required and not done as red, and as an error when untold") {
  Journal journal = sample_journal();
  journal.scenario.checklist_required = true;
  const std::string xml = junit(journal, sample_judgement());
  CHECK(count(xml, "<skipped ") == 1);
  CHECK(count(xml, "<failure ") == 3);
  CHECK(count(xml, "<error ") == 3);
}

TEST_CASE("a pass is green and nothing but a pass is") {
  CHECK(count(junit(quiet_journal(), quiet_judgement()), "<testcase ") == 1);
  for (Verdict verdict :
       {Verdict::fail, Verdict::inconclusive, Verdict::aborted, Verdict::residue}) {
    Judgement judgement = quiet_judgement();
    judgement.verdict = verdict;
    const std::string xml = junit(quiet_journal(), judgement);
    CHECK(count(xml, "<failure ") + count(xml, "<error ") == 1);
    CHECK(count(xml, "name=\"verdict\" time") == 1);
  }
}

TEST_CASE("an objective without a ledger is not green though its RTO was met") {
  Judgement judgement = quiet_judgement();
  judgement.verdict = Verdict::inconclusive;
  judgement.objectives.front().rpo.evaluated = false;
  const std::string xml = junit(quiet_journal(), judgement);
  CHECK(count(xml, "<error ") == 1);
  CHECK(count(xml, "<testcase ") == 1);
}

}  // namespace drdrill::test
