#include <algorithm>
#include <cctype>

#include "models/clock_text.hpp"
#include "models/postgres.hpp"
#include "models/postgres_text.hpp"

/// What psql in a server's pod answers. Only statements that recovery procedures use are known; any
/// other one is said not to be understood.
namespace drdrill::models {
namespace {

std::string lowered(std::string_view text) {
  std::string out;
  bool space = false;
  for (char c : text) {
    if (std::isspace(static_cast<unsigned char>(c))) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (!out.empty() && (out.back() == ';' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string row(std::string_view column, std::string_view value) {
  const std::size_t width = std::max(column.size(), value.size()) + 2;
  std::string out = " " + std::string(column) + "\n" + std::string(width, '-') + "\n ";
  return out + std::string(value) + "\n(1 row)\n\n";
}

}  // namespace

Postgres::Answer Postgres::psql(PodRef ref, std::string_view sql, std::string_view database) {
  Server* server = ref == no_pod ? nullptr : server_of(ref);
  Answer answer;
  if (!server || !server->up || !kubernetes_.is_up(ref)) {
    answer.exit_status = 2;
    answer.err =
        "psql: error: connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: "
        "No such file or directory\n";
    return answer;
  }
  const std::string q = lowered(sql);
  const auto fails = [&](std::string message) {
    answer.exit_status = 1;
    answer.err = "ERROR:  " + std::move(message) + "\n";
    return answer;
  };
  if (auto configured = configure_commits(*server, q)) return *configured;
  if (q.find("pg_promote") != std::string::npos) {
    if (!server->standby) return fails("recovery is not in progress");
    answer.takes = server->promotion = promote_.time();
    answer.paced_by = promote_.id();
    at(answer.takes, Kind::promoted, static_cast<int>(server - servers_.data()));
    answer.out = row("pg_promote", "t");
    answer.changed = true;
  } else if (q.find("pg_is_in_recovery") != std::string::npos) {
    answer.out = row("pg_is_in_recovery", server->standby ? "t" : "f");
  } else if (q.starts_with("alter system set primary_conninfo")) {
    const std::string host = host_in(sql);
    if (host.empty()) return fails("invalid value for parameter \"primary_conninfo\"");
    server->upstream = host;
    server->source = none;  // the WAL receiver starts again with the new conninfo
    answer.out = "ALTER SYSTEM\n";
    answer.changed = true;
  } else if (constexpr std::string_view reset = "alter system reset ";
             q.starts_with(reset) && reset_setting(*server, q.substr(reset.size()))) {
    answer.out = "ALTER SYSTEM\n";
    answer.changed = true;
  } else if (q.find("pg_reload_conf") != std::string::npos) {
    answer.out = row("pg_reload_conf", "t");
    answer.takes = attach_.time();
    answer.paced_by = attach_.id();
    answer.changed = true;
    server->commits = server->configured;
    look_at_commits();
  } else if (q.find("pg_stat_replication") != std::string::npos) {
    int standbys = 0;
    for (const Server& other : servers_)
      if (other.streaming && other.source == static_cast<int>(server - servers_.data())) ++standbys;
    answer.out = row("count", std::to_string(standbys));
  } else if (q.find("pg_last_wal_receive_lsn() - ") != std::string::npos) {
    answer.out = row("lag_bytes", "0");  // what is received is replayed at once
  } else if (q.find("pg_last_wal_receive_lsn") != std::string::npos) {
    // Positions count from when the databases were first written.
    const Offset until = server->streaming ? received_by(*server) : server->has_until;
    const double bytes = to_seconds(until + in_service_time_) * spec_.wal_bytes_per_second;
    const bool counted = q.find("pg_wal_lsn_diff") != std::string::npos;
    answer.out = !server->standby ? row("pg_last_wal_receive_lsn", "")
                 : counted
                     ? row("pg_wal_lsn_diff", std::to_string(static_cast<std::int64_t>(bytes)))
                     : row("pg_last_wal_receive_lsn", lsn_text(bytes));
  } else if (q.starts_with("delete from") && q.find(" where ") == std::string::npos) {
    if (server->standby) return fails("cannot execute DELETE in a read-only transaction");
    erase_rows(ref);
    answer.out = "DELETE\n";
    answer.changed = true;
  } else if (q.starts_with("select max(")) {
    const auto newest = reading({}, ref, context_.now(),
                                database.empty() ? spec_.databases.front().name : database);
    const bool any = newest && newest->until != Offset::min();
    answer.out = row("max", any ? timestamp_text(context_.start, newest->until) : "");
  } else if (q.find("pg_database_size") != std::string::npos) {
    answer.out = row("sum", std::to_string(static_cast<std::int64_t>(size_bytes())));
  } else if (q.find("pg_wal_lsn_diff") != std::string::npos) {
    const auto apart = bytes_between(sql);
    if (!apart) return fails("invalid input syntax for type pg_lsn");
    answer.out = row("pg_wal_lsn_diff", std::to_string(*apart));
  } else if (q.starts_with("select 1")) {
    answer.out = row("?column?", "1");
  } else if (q == "checkpoint") {
    answer.out = "CHECKPOINT\n";
    server->checkpointed = std::min(server->checkpointed, context_.now());
  } else if (q.starts_with("select now()")) {
    answer.out = row("now", "now");
  } else {
    answer.understood = false;
  }
  return answer;
}

Postgres::Answer Postgres::pg_isready(PodRef ref) const {
  const Server* server = server_of(ref);
  Answer answer;
  if (server && server->up && kubernetes_.is_up(ref)) {
    answer.out = "/var/run/postgresql:5432 - accepting connections\n";
  } else {
    answer.exit_status = 2;
    answer.out = "/var/run/postgresql:5432 - no response\n";
  }
  return answer;
}

}  // namespace drdrill::models
