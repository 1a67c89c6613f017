#include <catch2/catch.hpp>

#include "models/sql_select.hpp"
#include "tests/models/database_platform.hpp"

/// What psql answers: as PostgreSQL 15 prints it, or not understood, and never a guess.
using namespace drdrill;
using namespace std::chrono_literals;
using Platform = test::DatabasePlatform;

namespace {

constexpr const char* primary = "postgres-primary-0";
constexpr const char* standby = "postgres-replica-0";

std::string asked(Platform& platform, const char* pod, const std::string& options,
                  const std::string& sql) {
  const auto state = test::run(platform.world, std::string("kubectl exec ") + pod +
                                                   " -n gomeet -- psql -U postgres " + options +
                                                   " \"" + sql + "\"");
  return std::string(state.output);
}

bool understood(Platform& platform, const std::string& sql) {
  return test::run(platform.world,
                   "kubectl exec postgres-primary-0 -n gomeet -- psql -c \"" + sql + "\"")
      .understood;
}

}  // namespace

TEST_CASE("psql prints tables as it does: aligned, bare, rows only") {
  Platform platform({});
  CHECK(asked(platform, primary, "-c", "SELECT pg_is_in_recovery()") ==
        " pg_is_in_recovery \n-------------------\n f\n(1 row)\n\n");
  CHECK(asked(platform, primary, "-c", "SELECT 1 AS a, 'two' AS b;") ==
        " a |  b  \n---+-----\n 1 | two\n(1 row)\n\n");
  CHECK(asked(platform, primary, "-t -c", "SELECT 12 + 3") == "       15\n\n");
  CHECK(asked(platform, primary, "-A -c", "SELECT 1, 2") == "?column?|?column?\n1|2\n(1 row)\n");
  CHECK(asked(platform, standby, "-tAc", "SELECT pg_is_in_recovery()") == "t\n");
  CHECK(asked(platform, primary, "-tAc", "SELECT 1; SELECT 2") == "1\n2\n");
}

TEST_CASE("servers tell their positions, their standbys and their settings") {
  Platform platform({});
  platform.pass(10s);
  CHECK(asked(platform, primary, "-tAc", "SELECT count(*) FROM pg_stat_replication") == "2\n");
  CHECK(asked(platform, primary, "-tAc",
              "SELECT application_name, state, sync_state FROM pg_stat_replication "
              "WHERE application_name = 'postgres-replica-1'") ==
        "postgres-replica-1|streaming|async\n");
  CHECK(asked(platform, standby, "-tAc", "SELECT status, sender_host FROM pg_stat_wal_receiver") ==
        "streaming|postgres-primary-0\n");
  CHECK(asked(platform, standby, "-tAc",
              "SELECT pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn() AS lag_bytes") != "\n");
  CHECK(asked(platform, primary, "-tAc", "SELECT pg_wal_lsn_diff('1/10', '1/0')") == "16\n");
  CHECK(asked(platform, primary, "-tAc", "SELECT pg_last_wal_receive_lsn()") == "\n");
  CHECK(asked(platform, standby, "-tAc", "SELECT pg_current_wal_lsn()")
            .starts_with("ERROR:  recovery is in progress"));
  CHECK(asked(platform, primary, "-tAc", "SELECT now()").starts_with("2026-11-"));
  CHECK(asked(platform, primary, "-tAc", "SHOW synchronous_commit") == "on\n");
  CHECK(asked(platform, primary, "-tAc", "SELECT extract(epoch from now() - now())") ==
        "0.000000\n");
  CHECK(asked(platform, primary, "-tAc", "SELECT now() - now()") == "00:00:00\n");
}

TEST_CASE("what a server does not have is an error, and what is not known here is said to be so") {
  Platform platform({});
  CHECK(asked(platform, primary, "-d nothing -c", "SELECT 1")
            .find("FATAL:  database \"nothing\" does not exist") != std::string::npos);
  CHECK(asked(platform, primary, "-c", "SELECT meetings")
            .find("column \"meetings\" does not exist") != std::string::npos);
  CHECK(asked(platform, primary, "-c", "SELECT 1/0").find("division by zero") != std::string::npos);
  CHECK_FALSE(understood(platform, "SELECT frobnicate(1)"));
  CHECK_FALSE(understood(platform, "SELECT * FROM meetings"));
  CHECK_FALSE(understood(platform, "SELECT 1 +"));
  CHECK_FALSE(understood(platform, "SELECT " + std::string(200, '(')));
  CHECK_FALSE(understood(platform, "VACUUM"));
}

TEST_CASE("rows are deleted in the database that psql is connected to") {
  Platform platform({});
  platform.pass(10s);
  CHECK(asked(platform, primary, "-c", "DELETE FROM meetings")
            .find("relation \"meetings\" does not exist") != std::string::npos);
  CHECK(test::lost_writes(platform.world, ComponentId::postgres) == 0);
  const std::string name = platform.loaded.platform.postgres.databases.front().name;
  CHECK(asked(platform, primary, "-d " + name + " -c", "DELETE FROM meetings") == "DELETE\n");
  const auto of_one = test::lost_writes(platform.world, ComponentId::postgres);
  CHECK(of_one > 0);
  for (const auto& stream : platform.world.ledger().streams)
    if (stream.component == ComponentId::postgres && stream.name != name)
      for (const auto& part : stream.runs) CHECK(part.fate != Fate::lost);
}

TEST_CASE("psql waits for a server that stands still for as long as it does; pg_isready does not") {
  Platform platform({});
  platform.pass(10s);
  const EffectId frozen =
      platform.world.inject({.id = "still",
                             .primitive = Primitive::pause,
                             .target = *parse_target("pod/postgres-replica-0")});
  Action action;
  action.command = "kubectl exec postgres-replica-0 -n gomeet -- psql -tAc 'SELECT 1'";
  const ActionId id = platform.world.begin(action);
  platform.pass(40s);
  CHECK_FALSE(platform.world.state(id).ended);
  platform.world.recover(frozen);
  platform.pass(5s);
  CHECK(platform.world.state(id).ended);
}
