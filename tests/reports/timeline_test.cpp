#include "reports/timeline.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/reports/sample_journal.hpp"

namespace drdrill::reports {
namespace {

using std::chrono::seconds;
using Kind = TimelineRow::Kind;

std::size_t count(const std::vector<TimelineRow>& rows, Kind kind) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.kind == kind; }));
}

const TimelineRow& find(const std::vector<TimelineRow>& rows, std::string_view id) {
  const auto it =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == id; });
  REQUIRE(it != rows.end());
  return *it;
}

}  // namespace

TEST_CASE("a timeline is in order of time and keeps every fault, step and abort") {
  const auto rows = make_timeline(test::sample_journal(), 40);
  CHECK(std::is_sorted(rows.begin(), rows.end(),
                       [](const auto& a, const auto& b) { return a.at < b.at; }));
  CHECK(count(rows, Kind::fault) == 3);
  CHECK(count(rows, Kind::step) == 7);
  CHECK(count(rows, Kind::abort) == 1);
}

TEST_CASE("a timeline keeps to its rows by letting alike happenings share one") {
  for (std::size_t most : {15U, 40U, 400U}) {
    const auto rows = make_timeline(test::sample_journal(), most);
    CHECK(count(rows, Kind::note) + count(rows, Kind::probe) <= most);
  }
}

TEST_CASE("no happening of a journal is lost when rows are shared") {
  const Journal journal = test::sample_journal();
  for (std::size_t most : {15U, 40U, 1000U}) {
    std::size_t notes = 0;
    for (const TimelineRow& row : make_timeline(journal, most))
      if (row.kind == Kind::note) notes += row.count;
    CHECK(notes == static_cast<std::size_t>(std::count_if(
                       journal.entries.begin(), journal.entries.end(),
                       [](const auto& e) { return std::holds_alternative<Note>(e.what); })));
  }
}

TEST_CASE("many alike notes in a moment are one row that says how many") {
  const auto rows = make_timeline(test::sample_journal(), 1000);
  const TimelineRow& row = find(rows, "clients-noticed");
  CHECK(row.count == 240);
  CHECK(row.text == "clients of livekit-sfu-0 notice; 239 more alike within 2.4 s");
}

TEST_CASE("a fault that nobody saw take effect says so") {
  const auto rows = make_timeline(test::sample_journal(), 40);
  CHECK(find(rows, "nobody-there").text == "absent person/on-call, never seen to take effect");
  CHECK(find(rows, "node-dies").text == "crash node/db-1, in force after 300 ms");
}

TEST_CASE("only changes of a probe make rows") {
  Journal journal = test::quiet_journal();
  journal.entries.clear();
  for (int i = 0; i < 10; ++i)
    journal.entries.push_back({seconds(i), Sample{seconds(i), ProbeKind::join,
                                                  i == 5 ? Answer::fails : Answer::holds, 1}});
  const auto rows = make_timeline(journal, 40);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at == seconds(5));
  CHECK(rows[1].text == "holds again (join)");
}

}  // namespace drdrill::reports
