#include <algorithm>
#include <iostream>
#include <set>

#include <catch2/catch.hpp>

#include "sim/live/clients/ledger_writer.hpp"
#include "tests/live/servers.hpp"

using namespace std::chrono_literals;
using namespace drdrill;
using namespace drdrill::live;
using drdrill::test::Postgres;
using drdrill::test::Services;
using drdrill::test::soon;

namespace {

/// A system in memory that a test breaks as it likes.
struct Memory {
  std::mutex mutex;
  std::set<std::uint64_t> records;
  bool refuses = false;
  bool forgets_to_answer = false;  ///< does it, and answers nothing
};

class MemoryStore final : public LedgerStore {
 public:
  explicit MemoryStore(Memory& memory) : memory_(memory) {}
  Reply write(std::uint64_t number, Deadline) override {
    const std::lock_guard lock(memory_.mutex);
    if (memory_.refuses) return refused("no");
    memory_.records.insert(number);
    return memory_.forgets_to_answer ? timed_out("write") : Reply{};
  }
  Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present,
             Deadline) override {
    const std::lock_guard lock(memory_.mutex);
    if (memory_.refuses) return refused("no");
    for (const std::uint64_t n : memory_.records)
      if (n >= first && n <= last) present.push_back(n);
    return {};
  }
  void disconnect() override {}

 private:
  Memory& memory_;
};

LedgerPlan plan_for(Memory& memory) {
  LedgerPlan plan;
  plan.name = "memory";
  plan.store = [&memory] { return std::make_unique<MemoryStore>(memory); };
  plan.rate = 1000;
  plan.lanes = 4;
  plan.first_number = 1001;
  return plan;
}

LedgerPlan plan_for(const Services& services, std::uint64_t first_number) {
  LedgerPlan plan;
  plan.name = "a";
  plan.store = [&services] { return sql_ledger(services, {"db", "a", "postgres"}); };
  plan.rate = 200;
  plan.first_number = first_number;
  plan.deadline = 500ms;
  return plan;
}

bool reached(const LedgerWriter& writer, std::uint64_t acknowledged) {
  return soon([&] { return writer.counts().acknowledged >= acknowledged; });
}

std::uint64_t records_in(const LedgerStream& stream, Fate fate) {
  std::uint64_t out = 0;
  for (const LedgerRun& run : stream.runs)
    if (run.fate == fate) out += run.count;
  return out;
}

/// The server that the tests of this file share; each leaves it running.
Postgres& server() {
  static Postgres postgres(1);
  return postgres;
}

bool skipped() {
  const std::string why = Postgres::missing();
  if (!why.empty()) std::cout << "skipped: " << why << '\n';
  return !why.empty();
}

}  // namespace

TEST_CASE(
    "what is gone from a store is a run of lost records at the time of its acknowledgements") {
  Memory memory;
  const auto epoch = Clock::now();
  LedgerWriter writer(plan_for(memory), epoch);
  writer.start();
  REQUIRE(reached(writer, 300));
  writer.stop();
  for (std::uint64_t n = 1101; n <= 1200; ++n) memory.records.erase(n);
  const VerifiedStream verified = writer.verify(Clock::now() + 5s);
  REQUIRE(verified.evaluated);
  CHECK(verified.lost == 100);
  CHECK(verified.kept + verified.lost == writer.counts().acknowledged);
  CHECK(verified.survivors == 0);
  CHECK(records_in(verified.stream, Fate::lost) == 100);
  CHECK(std::is_sorted(verified.stream.runs.begin(), verified.stream.runs.end(),
                       [](const LedgerRun& a, const LedgerRun& b) { return a.last < b.first; }));
  CHECK(verified.stream.runs.front().first >= 0ns);
  CHECK(verified.stream.runs.back().last <= Clock::now() - epoch);
}

TEST_CASE("a record that was given up and is there all the same is an unacknowledged survivor") {
  Memory memory;
  memory.forgets_to_answer = true;
  LedgerPlan plan = plan_for(memory);
  plan.patience = 20ms;
  LedgerWriter writer(plan, Clock::now());
  writer.start();
  REQUIRE(soon([&] { return writer.counts().given_up >= 8; }));
  writer.stop();
  CHECK(writer.counts().acknowledged == 0);
  memory.records.erase(1001);  // neither acknowledged nor there: no record at all
  const VerifiedStream verified = writer.verify(Clock::now() + 5s);
  REQUIRE(verified.evaluated);
  CHECK(verified.survivors == writer.counts().given_up - 1);
  CHECK(verified.lost == 0);
}

TEST_CASE("a store that cannot be read back is not evaluated, and why is said") {
  Memory memory;
  LedgerWriter writer(plan_for(memory), Clock::now());
  writer.start();
  REQUIRE(reached(writer, 10));
  writer.stop();
  memory.refuses = true;
  const VerifiedStream verified = writer.verify(Clock::now() + 200ms);
  CHECK_FALSE(verified.evaluated);
  REQUIRE(verified.stream.runs.size() == 1);
  CHECK(verified.stream.runs.front().fate == Fate::unread);
  CHECK(verified.stream.runs.front().count == writer.counts().acknowledged);
  CHECK(verified.stream.unread == "no");
}

TEST_CASE("a run of records ends where something was undone, and how fast they came is said") {
  Memory memory;
  const auto epoch = Clock::now();
  LedgerWriter writer(plan_for(memory), epoch);
  writer.start();
  REQUIRE(reached(writer, 100));
  const std::vector<Offset> cuts{Clock::now() - epoch};
  REQUIRE(reached(writer, 300));
  writer.stop();
  const LedgerStream stream = writer.verify(Clock::now() + 5s, cuts).stream;
  REQUIRE(stream.runs.size() == 2);
  CHECK(stream.runs[0].last < cuts.front());
  CHECK(stream.runs[1].first >= cuts.front());
  CHECK(stream.planned_rate == 1000);
  CHECK(stream.achieved_rate > 0);
  CHECK(stream.longest_gap > 0ns);
}

TEST_CASE("a writer keeps its rate with several connections and makes up for nothing", "[.lab]") {
  Memory memory;
  LedgerPlan plan = plan_for(memory);
  LedgerWriter writer(plan, Clock::now());
  writer.start();
  REQUIRE(reached(writer, 100));
  {
    const std::lock_guard lock(memory.mutex);
    memory.refuses = true;
  }
  const auto before = writer.counts().acknowledged;
  std::this_thread::sleep_for(1s);
  CHECK(writer.counts().acknowledged <= before + plan.lanes);
  CHECK(writer.counts().failed_attempts >= 4);
  {
    const std::lock_guard lock(memory.mutex);
    memory.refuses = false;
  }
  const auto from = Clock::now();
  REQUIRE(reached(writer, before + 500));
  // A thousand that were missed in between would be there at once if they were made up for.
  CHECK(Clock::now() - from > 400ms);
}

TEST_CASE("a writer sees the rows that are taken from PostgreSQL") {
  if (skipped()) return;
  Services services;
  services.set("db", {server().endpoint()});
  LedgerWriter writer(plan_for(services, 1'000'000), Clock::now());
  writer.start();
  REQUIRE(reached(writer, 100));
  writer.stop();
  SqlClient other(services, {"db", "a", "postgres"});
  REQUIRE(other.run("DELETE FROM ledger WHERE n BETWEEN 1000020 AND 1000039", {}, Clock::now() + 5s)
              .ok());
  const VerifiedStream verified = writer.verify(Clock::now() + 10s);
  REQUIRE(verified.evaluated);
  CHECK(verified.lost == 20);
  CHECK(verified.kept == writer.counts().acknowledged - 20);
  REQUIRE(verified.stream.runs.size() == 3);
  CHECK(verified.stream.runs[1].fate == Fate::lost);
  CHECK(verified.stream.runs[1].count == 20);

  // A system without the table has none of them; one without the database cannot be asked.
  REQUIRE(other.run("ALTER TABLE ledger RENAME TO away", {}, Clock::now() + 5s).ok());
  CHECK(writer.verify(Clock::now() + 10s).lost == writer.counts().acknowledged);
  REQUIRE(other.run("ALTER TABLE away RENAME TO ledger", {}, Clock::now() + 5s).ok());
}

TEST_CASE("a writer retries the same record over a restart, and nothing is lost") {
  if (skipped()) return;
  Services services;
  services.set("db", {server().endpoint()});
  LedgerWriter writer(plan_for(services, 2'000'000), Clock::now());
  writer.start();
  REQUIRE(reached(writer, 50));
  server().kill();
  REQUIRE(soon([&] { return writer.counts().failed_attempts >= 3; }));
  server().start();
  REQUIRE(reached(writer, writer.counts().acknowledged + 50));
  writer.stop();
  const VerifiedStream verified = writer.verify(Clock::now() + 10s);
  REQUIRE(verified.evaluated);
  CHECK(verified.lost == 0);
  CHECK(verified.kept == writer.counts().acknowledged);
  // No number was skipped: what failed was written again under its own.
  SqlClient other(services, {"db", "a", "postgres"});
  const SqlReply rows =
      other.run("SELECT max(n) - min(n) + 1 - count(*) FROM ledger WHERE n >= 2000000", {},
                Clock::now() + 5s);
  REQUIRE(rows.values == std::vector<std::string>{"0"});
}

TEST_CASE("a statement that PostgreSQL finishes after its client gave up is a survivor") {
  if (skipped()) return;
  Services services;
  services.set("db", {server().endpoint()});
  LedgerWriter writer(plan_for(services, 3'000'000), Clock::now());
  writer.start();
  REQUIRE(reached(writer, 20));
  {
    SqlClient other(services, {"db", "a", "postgres"});
    const auto soon_enough = Clock::now() + 5s;
    REQUIRE(other.run("BEGIN", {}, soon_enough).ok());
    REQUIRE(other.run("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE", {}, soon_enough).ok());
    REQUIRE(soon([&] { return writer.counts().failed_attempts >= 1; }));
    writer.stop();
  }
  REQUIRE(soon([&] { return writer.verify(Clock::now() + 5s).survivors == 1; }));
  CHECK(writer.verify(Clock::now() + 5s).lost == 0);
}

TEST_CASE(
    "a client stays where it is connected when the Service moves, and follows when it breaks") {
  if (skipped()) return;
  Services services;
  services.set("db", {server().endpoint()});
  SqlClient client(services, {"db", "a", "postgres"});
  REQUIRE(client.run("SELECT 1", {}, Clock::now() + 5s).ok());
  services.set("db", {});
  CHECK(client.led_astray());
  CHECK(client.run("SELECT 1", {}, Clock::now() + 5s).ok());
  client.disconnect();
  const SqlReply reply = client.run("SELECT 1", {}, Clock::now() + 5s);
  CHECK(reply.outcome == Outcome::refused);
  CHECK(reply.text == "Service db leads nowhere");
}

TEST_CASE("what PostgreSQL refuses keeps its state, and the connection") {
  if (skipped()) return;
  Services services;
  services.set("db", {server().endpoint()});
  SqlClient client(services, {"db", "a", "postgres"});
  CHECK(client.run("SELECT * FROM nowhere", {}, Clock::now() + 5s).state == "42P01");
  CHECK(client.connected());
  const SqlReply slow = client.run("SELECT pg_sleep(5)", {}, Clock::now() + 200ms);
  CHECK(slow.outcome == Outcome::timed_out);
  CHECK_FALSE(client.connected());
  SqlClient nobody(services, {"db", "nowhere", "postgres"});
  CHECK(nobody.run("SELECT 1", {}, Clock::now() + 5s).outcome == Outcome::refused);
}
