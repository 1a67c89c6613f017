#include <algorithm>
#include <cctype>
#include <utility>

#include "models/clock_text.hpp"
#include "models/postgres.hpp"
#include "models/postgres_text.hpp"
#include "models/sql_select.hpp"

/// What psql in a server's pod answers. Only statements that recovery procedures use are known; any
/// other one is said not to be understood.
namespace drdrill::models {
namespace {

using Type = sql::Value::Type;

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

/// The statements in a text, without the semicolons between them.
std::vector<std::string_view> statements_in(std::string_view text) {
  std::vector<std::string_view> out;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '\'') quoted = !quoted;
    if (i < text.size() && (text[i] != ';' || quoted)) continue;
    const std::string_view one = text.substr(begin, i - begin);
    if (one.find_first_not_of(" \t\r\n") != std::string_view::npos) out.push_back(one);
    begin = i + 1;
  }
  return out;
}

sql::Value text_value(std::string_view text) {
  return {Type::text, std::string(text), 0};
}
sql::Value truth_value(bool is) {
  return {Type::truth, {}, is ? 1.0 : 0.0};
}

}  // namespace

/// What one server tells of itself and of those that stream from it.
class Postgres::Telling final : public sql::Source {
 public:
  Telling(const Postgres& postgres, const Server& server) : of_(postgres), server_(server) {}

  std::optional<sql::Value> call(std::string_view name,
                                 const std::vector<sql::Value>& arguments) const override {
    const bool standby = server_.standby;
    if (name == "pg_is_in_recovery") return truth_value(standby);
    if (name == "now") return seconds(Type::instant, of_.context_.now());
    if (name == "current_database") return text_value("postgres");
    if (name == "version") return text_value("PostgreSQL 15.18");
    if (name == "pg_last_wal_receive_lsn" || name == "pg_last_wal_replay_lsn")
      return standby ? position(held()) : sql::Value{};
    if (name == "pg_last_xact_replay_timestamp")
      return standby ? seconds(Type::instant, held()) : sql::Value{};
    if (name == "pg_current_wal_lsn" || name == "pg_current_wal_insert_lsn" ||
        name == "pg_current_wal_flush_lsn") {
      if (standby) return std::nullopt;  // refused before it is asked
      return position(of_.context_.now());
    }
    if (name == "pg_database_size" && arguments.size() == 1) {
      if (arguments[0].type == Type::null) return sql::Value{};
      for (const DatabaseSpec& database : of_.spec_.databases)
        if (database.name == arguments[0].text)
          return sql::Value{Type::number, {}, database.size_bytes};
      return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<sql::Table> view(std::string_view name) const override {
    sql::Table table;
    if (name == "pg_stat_replication") {
      table.columns = {"application_name", "state",      "sent_lsn",   "write_lsn",
                       "flush_lsn",        "replay_lsn", "replay_lag", "sync_state"};
      const int index = static_cast<int>(&server_ - of_.servers_.data());
      for (std::size_t i = 0; i < of_.servers_.size(); ++i) {
        const Server& other = of_.servers_[i];
        if (!other.streaming || other.source != index) continue;
        const bool all = of_.streams_all(other, index);
        const sql::Value has = position(of_.received_by(other));
        const bool confirms = i < most_servers && (server_.confirming >> i & 1) != 0;
        table.rows.push_back(
            {text_value(other.name), text_value(all ? "streaming" : "catchup"),
             position(of_.context_.now()), has, has, has,
             seconds(Type::span, Offset(of_.context_.now() - of_.received_by(other))),
             text_value(!confirms                      ? "async"
                        : server_.commits.standbys.any ? "quorum"
                                                       : "sync")});
      }
      return table;
    }
    if (name == "pg_stat_wal_receiver") {
      table.columns = {"status", "sender_host", "flushed_lsn", "latest_end_lsn"};
      if (server_.streaming && server_.source != none)
        table.rows.push_back(
            {text_value("streaming"),
             text_value(of_.servers_[static_cast<std::size_t>(server_.source)].name),
             position(held()), position(held())});
      return table;
    }
    if (name == "pg_replication_slots") {
      table.columns = {"slot_name", "slot_type", "active", "restart_lsn", "wal_status"};
      for (const Slot& slot : server_.slots)
        table.rows.push_back({text_value(slot.name), text_value("physical"),
                              truth_value(slot.active),
                              slot.from ? position(*slot.from) : sql::Value{},
                              text_value(of_.wal_status(server_, slot))});
      return table;
    }
    if (name == "pg_database") {
      table.columns = {"datname"};
      for (const DatabaseSpec& database : of_.spec_.databases)
        table.rows.push_back({text_value(database.name)});
      return table;
    }
    return std::nullopt;
  }

  std::string instant(double since) const override {
    return timestamp_text(of_.context_.start, from_seconds(since));
  }

 private:
  static sql::Value seconds(Type type, Offset at) { return {type, {}, to_seconds(at)}; }
  /// Positions count from when the databases were first written.
  sql::Value position(Offset at) const {
    return {
        Type::position, {}, to_seconds(at + of_.in_service_time_) * of_.spec_.wal_bytes_per_second};
  }
  Offset held() const { return server_.streaming ? of_.received_by(server_) : server_.has_until; }

  const Postgres& of_;
  const Server& server_;
};

Postgres::Answer Postgres::psql(PodRef ref, std::string_view text, std::string_view database,
                                Printing printing) {
  Server* server = ref == no_pod ? nullptr : server_of(ref);
  Answer answer;
  const auto no_connection = [&](std::string why) {
    answer.exit_status = 2;
    answer.err =
        "psql: error: connection to server on socket "
        "\"/var/run/postgresql/.s.PGSQL.5432\" failed: " +
        std::move(why) + "\n";
    return answer;
  };
  if (server && server->disk.panicked && kubernetes_.is_up(ref))
    return no_connection(says_ready(*server) ? "FATAL:  could not write init file"
                                             : "FATAL:  the database system is in recovery mode");
  if (!server || !server->up || !kubernetes_.is_up(ref))
    return no_connection("No such file or directory");
  if (server->ending) return no_connection("FATAL:  the database system is shutting down");
  const bool plain = database.find_first_of("=/") == std::string_view::npos;
  const bool known = database.empty() || !plain || database == "postgres" ||
                     database == "template1" || database_index(database) != none;
  if (!known)
    return no_connection("FATAL:  database \"" + std::string(database) + "\" does not exist");
  for (std::string_view statement : statements_in(text)) {
    const Answer one = execute(*server, statement, database, printing);
    answer.exit_status = one.exit_status;
    answer.out += one.out;
    answer.err += one.err;
    answer.understood = answer.understood && one.understood;
    answer.changed = answer.changed || one.changed;
    answer.takes += one.takes;
    if (one.takes > Duration::zero()) answer.paced_by = one.paced_by;
    if (one.exit_status != 0) break;
  }
  return answer;
}

int Postgres::database_index(std::string_view name) const {
  for (std::size_t i = 0; i < spec_.databases.size(); ++i)
    if (spec_.databases[i].name == name) return static_cast<int>(i);
  return none;
}

Postgres::Answer Postgres::execute(Server& server, std::string_view statement,
                                   std::string_view database, Printing printing) {
  Answer answer;
  const std::string q = lowered(statement);
  const Telling telling(*this, server);
  const auto fails = [&](std::string message) {
    answer.exit_status = 1;
    answer.err = "ERROR:  " + std::move(message) + "\n";
    return answer;
  };
  const auto row = [&](std::string_view column, sql::Value value) {
    const sql::Table table{{std::string(column)}, {{std::move(value)}}};
    return sql::printed(table, telling, printing.aligned, printing.rows_only);
  };
  const auto done = [&](std::string_view tag) {
    answer.out = std::string(tag) + "\n";
    answer.changed = true;
    return answer;
  };
  if (q.starts_with("alter system") && !server.disk.room.data)
    return fails("could not write to file \"postgresql.auto.conf.tmp\": No space left on device");
  if (auto configured = configure_commits(server, q)) return *configured;
  if (q.starts_with("select pg_promote")) {
    if (!server.standby) return fails("recovery is not in progress");
    answer.takes = server.promotion = draws_.promote.time();
    answer.paced_by = draws_.promote.id();
    at(answer.takes, Kind::promoted, static_cast<int>(&server - servers_.data()));
    answer.out = row("pg_promote", truth_value(true));
    answer.changed = true;
    return answer;
  }
  if (q.starts_with("alter system set primary_conninfo")) {
    const std::string host = host_in(statement);
    if (host.empty()) return fails("invalid value for parameter \"primary_conninfo\"");
    server.next_upstream = host;
    return done("ALTER SYSTEM");
  }
  if (constexpr std::string_view reset = "alter system reset ";
      q.starts_with(reset) && reset_setting(server, q.substr(reset.size())))
    return done("ALTER SYSTEM");
  if (q.starts_with("select pg_reload_conf")) {
    answer.out = row("pg_reload_conf", truth_value(true));
    // It signals and returns. Only a standby that follows somebody else from now on is not there at
    // once; whoever asks it to, waits for that.
    if (server.standby) {
      answer.takes = draws_.attach.time();
      answer.paced_by = draws_.attach.id();
    }
    answer.changed = true;
    reload(server);
    return answer;
  }
  if (q.starts_with("delete from") && q.find(" where ") == std::string::npos) {
    if (server.standby) return fails("cannot execute DELETE in a read-only transaction");
    const int index = database_index(database);
    if (index == none)
      return fails("relation \"" + q.substr(12, q.find(' ', 12) - 12) + "\" does not exist");
    erase_rows(server.pod, index);
    return done("DELETE");
  }
  if (const auto error = change_slots(server, q)) {
    if (!error->empty()) return fails(*error);
    const std::string_view function = std::string_view(q).substr(7);
    answer.out = row(function.substr(0, function.find('(')), text_value(""));
    answer.changed = true;
    return answer;
  }
  if (q.starts_with("select max(")) {
    const auto newest = reading({}, server.pod, context_.now(),
                                database.empty() ? spec_.databases.front().name : database);
    const bool any = newest && newest->until != Offset::min();
    answer.out =
        row("max", any ? sql::Value{Type::instant, {}, to_seconds(newest->until)} : sql::Value{});
    return answer;
  }
  if (q == "checkpoint") {
    if (!server.standby && !server.disk.room.data) {
      panic(server, false);
      answer.exit_status = 2;
      answer.err = "server closed the connection unexpectedly\n";
      return answer;
    }
    server.checkpointed = std::min(server.checkpointed, context_.now());
    return done("CHECKPOINT");
  }
  if (q.starts_with("show ")) {
    const auto value = shown(server, std::string_view(q).substr(5));
    answer.understood = value.has_value();
    if (value) answer.out = row(std::string_view(q).substr(5), text_value(*value));
    return answer;
  }
  if (server.standby && q.find("pg_current_wal") != std::string::npos)
    return fails(
        "recovery is in progress\nHINT:  WAL control functions cannot be executed during "
        "recovery.");
  const sql::Answer selected = sql::select(statement, telling);
  answer.understood = selected.table.has_value() || !selected.error.empty();
  if (selected.table)
    answer.out = sql::printed(*selected.table, telling, printing.aligned, printing.rows_only);
  answer.exit_status = selected.error.empty() ? 0 : 1;
  answer.err = selected.error;
  return answer;
}

/// What ALTER SYSTEM wrote is in force from now on.
void Postgres::reload(Server& server) {
  server.commits = server.configured;
  const std::string host = std::exchange(server.next_upstream, {});
  if (!host.empty() && host != server.upstream) {
    server.upstream = host;
    if (server.streaming) detach(server, received_by(server), false);
    server.tries_from = context_.now();  // the WAL receiver starts again
  }
  look_at_commits();
}

std::optional<std::string> Postgres::shown(const Server& server, std::string_view setting) const {
  if (setting == "server_version") return "15.18";
  if (setting == "in_hot_standby" || setting == "transaction_read_only")
    return server.standby ? "on" : "off";
  if (setting == "synchronous_commit")
    return std::string(synchronous_commit_names[static_cast<std::size_t>(server.commits.level)]);
  if (setting == "synchronous_standby_names") {
    const SynchronousStandbys& standbys = server.commits.standbys;
    std::string names;
    for (const std::string& name : standbys.names) names += (names.empty() ? "" : ", ") + name;
    if (names.empty() || (standbys.count == 1 && !standbys.any)) return names;
    return (standbys.any ? "ANY " : "FIRST ") + std::to_string(standbys.count) + " (" + names + ")";
  }
  if (setting == "primary_conninfo")
    return server.upstream.empty() ? std::string() : "host=" + server.upstream;
  return std::nullopt;
}

Postgres::Answer Postgres::pg_isready(PodRef ref) const {
  const Server* server = server_of(ref);
  Answer answer;
  if (server && says_ready(*server) && kubernetes_.is_up(ref)) {
    answer.out = "/var/run/postgresql:5432 - accepting connections\n";
  } else if (server && (server->disk.panicked || server->ending) && kubernetes_.is_up(ref)) {
    answer.exit_status = 1;
    answer.out = "/var/run/postgresql:5432 - rejecting connections\n";
  } else {
    answer.exit_status = 2;
    answer.out = "/var/run/postgresql:5432 - no response\n";
  }
  return answer;
}

}  // namespace drdrill::models
