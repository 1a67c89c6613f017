#include <catch2/catch.hpp>

#include "models/tcp.hpp"
#include "sim/drill/measurement.hpp"
#include "tests/models/drilling.hpp"

/// Peers that vanish without a word: how long the kernel waits, and what PostgreSQL's clients make
/// of it.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/" + id, value, ""};
}

/// From the fault until clients write again, in the lab whose standby is promoted at once.
double silence(const std::vector<Setting>& changes, std::uint64_t replication = 0) {
  std::vector<Setting> settings{
      parameter("kubernetes.api_call", "0"), parameter("commands.local", "0"),
      parameter("postgres.promote", "100ms"), parameter("postgres.pool_reconnect", "10ms")};
  settings.insert(settings.end(), changes.begin(), changes.end());
  const auto drilled =
      test::drill("validation/scenarios/postgres-peer-silent", settings, 1, replication);
  Quantity quantity;
  quantity.to.kind = Moment::Kind::probe;
  quantity.to.probe = ProbeKind::postgres_write;
  const auto seconds = measure(drilled.journal, quantity);
  REQUIRE(seconds);
  return *seconds;
}

}  // namespace

TEST_CASE("timeouts that double up to two minutes add up to the kernel's limits") {
  using models::model_timeout;
  CHECK(model_timeout(15, 200ms, 120s) == 924600ms);
  CHECK(model_timeout(8, 200ms, 120s) == 102200ms);
  CHECK(model_timeout(5, 200ms, 120s) == 12600ms);
  CHECK(model_timeout(6, 1s, 120s) == 127s);
}

TEST_CASE("timers are the coarser the longer they run, as the kernel's wheel has it") {
  using models::timer_granularity;
  CHECK(timer_granularity(62) == 1);
  CHECK(timer_granularity(63) == 8);
  CHECK(timer_granularity(503) == 8);
  CHECK(timer_granularity(504) == 64);
  CHECK(timer_granularity(30'000) == 512);  // 120 s at 250 Hz: up to 2 s longer
  CHECK(timer_granularity(120'000) == 4096);
}

TEST_CASE("a silent connection is resent ever more seldom and given up past the limit") {
  const auto loaded = test::load("validation/scenarios/postgres-peer-silent");
  models::Context context(loaded.platform);
  models::Retransmissions resending(context, 0);
  for (int i = 0; i < 200; ++i) {
    resending.begin();
    CHECK(resending.given_up() >= 924600ms);
    CHECK(resending.given_up() <= 924600ms + 1023 * 10ms + 20s);
    const Duration first = resending.next(0s);
    CHECK(first >= 200ms);
    CHECK(first <= 240ms);
    CHECK(resending.next(first) == first);
    CHECK(resending.next(300s) >= 300s);
    CHECK(resending.next(300s) <= 423s);
    CHECK(resending.next(2h) == resending.given_up());
  }
}

TEST_CASE("clients of a machine that vanished wait for their timeout before they go elsewhere") {
  CHECK(silence({parameter("postgres.client_timeout", "2s")}) == Approx(2.01).margin(0.001));
  CHECK(silence({parameter("postgres.client_timeout", "20s")}) == Approx(20.01).margin(0.001));
}

TEST_CASE("without a timeout of their own they wait as long as the kernel does") {
  const Setting patient = parameter("postgres.client_timeout", "1h");
  for (std::uint64_t replication = 0; replication < 5; ++replication) {
    const double by_default = silence({patient}, replication);
    CHECK(by_default >= 924.6);
    CHECK(by_default <= 960);
    const double fewer = silence({patient, parameter("tcp.retries2", "8")}, replication);
    CHECK(fewer >= 102.2);
    CHECK(fewer <= 110);
  }
}

TEST_CASE("a process that dies closes its connections, and nobody waits") {
  const std::vector<Setting> killed{{"/faults/vanish/fault", "crash", ""},
                                    {"/faults/vanish/target", "pod/postgres-primary-0", ""},
                                    parameter("postgres.client_timeout", "1h")};
  CHECK(silence(killed) < 1);
}

TEST_CASE("a partition that ends sooner than the patience of clients costs no reconnection") {
  const auto partitioned = [](const std::string& timeout, std::uint64_t replication) {
    return silence({{"/faults/vanish/fault", "partition", ""},
                    {"/faults/vanish/lasts", "3500ms", ""},
                    {"/runbook/steps/promote/run", "\"true\"", ""},
                    parameter("postgres.pool_reconnect", "10s"),
                    parameter("postgres.client_timeout", timeout)},
                   replication);
  };
  for (std::uint64_t replication = 0; replication < 5; ++replication) {
    // Resent after 0.2, 0.6, 1.4, 3 and 6.2 s, and a little later.
    const double patient = partitioned("20s", replication);
    CHECK(patient >= 6.2);
    CHECK(patient <= 7);
    // Given up after 2 s; a pool tries again 10 s after the server can be reached.
    CHECK(partitioned("2s", replication) == Approx(13.5).margin(0.2));
  }
}
