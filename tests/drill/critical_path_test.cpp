#include "sim/drill/critical_path.hpp"

#include <chrono>

#include <catch2/catch.hpp>

namespace drdrill::test {

using namespace std::chrono_literals;

TEST_CASE("the critical path is what ended last, walked backwards; the rest has slack") {
  const auto timer = [](std::uint16_t number, Offset from, Offset to) {
    return Cause{from, to, {}, Note{to, from, NoteKind::pod_ready, {}, {}, ParameterId(number)}};
  };
  Outage outage;
  outage.began = 10s;
  outage.ended = 110s;
  // 1 and 2 run side by side, 2 longer; 3 follows on 2; then nothing is known for 20 s; a step is
  // last.
  outage.parts.push_back(
      {Part::detect, 60s, {timer(1, 10s, 35s), timer(2, 10s, 40s), timer(3, 40s, 70s)}});
  outage.parts.push_back({Part::act, 40s, {Cause{90s, 110s, 5, {}}}});
  CriticalPath path;
  const auto rows = path.walk({}, outage);
  using Kind = CauseId::Kind;
  REQUIRE(rows.size() == 5);
  const auto check = [&](std::size_t i, CauseId cause, Duration critical, Duration slack) {
    CHECK(rows[i].cause == cause);
    CHECK(rows[i].on_path == (critical > 0s));
    CHECK(rows[i].critical == critical);
    CHECK(rows[i].slack == slack);
  };
  check(0, {}, 20s, 0s);
  check(1, {Kind::step, 5}, 20s, 0s);
  check(2, {Kind::timer, 1}, 0s, 5s);
  check(3, {Kind::timer, 2}, 30s, 0s);
  check(4, {Kind::timer, 3}, 30s, 0s);
}

}  // namespace drdrill::test
