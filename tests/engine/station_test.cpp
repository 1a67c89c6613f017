#include "sim/engine/station.hpp"

#include <catch2/catch.hpp>

#include "sim/base/ensure.hpp"

/// What a station does, customer by customer; that queues come out as theory says is
/// tests/study/closed_forms_test.cpp.
namespace drdrill {
namespace {

using namespace std::chrono_literals;

TEST_CASE("customers are served in order, each by the server that is free first") {
  Station station(2);
  CHECK(station.offer(0s, 10s) == 10s);
  CHECK(station.offer(0s, 4s) == 4s);
  CHECK(station.wait(1s) == 3s);
  CHECK(station.offer(1s, 1s) == 5s);
  CHECK(station.offer(2s, 7s) == 12s);
  CHECK(station.busy(9s) == 2);
  CHECK(station.busy(10s) == 1);
  CHECK(station.wait(30s) == 0s);
}

TEST_CASE("a full queue refuses, and has room again when somebody's service starts") {
  Station station(1, 2);
  CHECK(station.offer(0s, 10s) == 10s);
  CHECK(station.offer(0s, 10s) == 20s);
  CHECK(station.offer(0s, 10s) == 30s);
  CHECK(station.waiting(0s) == 2);
  CHECK_FALSE(station.offer(9s, 10s));
  CHECK(station.offer(10s, 10s) == 40s);
  CHECK(station.waiting(35s) == 0);
}

TEST_CASE("the number of servers can change while customers keep what they were promised") {
  Station station(1);
  CHECK(station.offer(0s, 10s) == 10s);
  station.resize(2, 1s);
  CHECK(station.offer(1s, 2s) == 3s);
  station.resize(1, 2s);  // the server that is free at 3 s leaves first
  CHECK(station.offer(4s, 1s) == 11s);
  station.resize(0, 5s);
  CHECK_FALSE(station.offer(6s, 1s));
  CHECK(station.wait(6s) == never);
  station.resize(3, 7s);
  CHECK(station.offer(7s, 1s) == 8s);
}

TEST_CASE("a reset station is a new one") {
  Station station(1, 1);
  station.offer(5s, 10s);
  station.offer(5s, 10s);
  station.reset();
  CHECK(station.waiting(0s) == 0);
  CHECK(station.offer(0s, 1s) == 1s);
}

TEST_CASE("a service that ends beyond all time ends never") {
  Station station(1);
  CHECK(station.offer(5s, Duration::max()) == never);
  CHECK(station.offer(6s, 1s) == never);
}

TEST_CASE("arrivals out of order are our own bug") {
  Station station(1);
  station.offer(5s, 1s);
  CHECK_THROWS_AS(station.offer(4s, 1s), Bug);
  CHECK_THROWS_AS(station.offer(6s, -1s), Bug);
}

}  // namespace
}  // namespace drdrill
