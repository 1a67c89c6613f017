#include <algorithm>
#include <utility>

#include "models/postgres.hpp"

/// What a commit waits for (PostgreSQL 15, 20.5 and 27.2.8). With synchronous_standby_names the
/// first of them that streams confirms every commit, so it lacks nothing that was acknowledged;
/// when none of them streams, commits hang, also those of a standby that was promoted with the same
/// configuration. `off` does not even wait for the server's own disk: a crash loses up to three
/// times wal_writer_delay, and standbys are that much further behind, because WAL is sent once it
/// is flushed. remote_write, on and remote_apply differ only when primary and standby crash at
/// once, which is not told apart here.
namespace drdrill::models {
namespace {

constexpr std::string_view alter = "alter system set synchronous_";

/// The names in "'FIRST 1 (a, b)'", "'a, b'" or "'*'"; nothing when it asks for more than one
/// standby or for a quorum.
std::optional<std::vector<std::string>> standbys_in(std::string_view value) {
  std::vector<std::string> words(1);
  for (char c : value) {
    if (std::string_view(" ,()'\"").find(c) == std::string_view::npos)
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  const bool counted = value.find('(') != std::string_view::npos;
  if (!counted) return words;
  const std::size_t before = words.front() == "first" || words.front() == "any" ? 2 : 1;
  if (words.size() < before || words[before - 1] != "1") return std::nullopt;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(before));
  return words;
}

std::string_view unquoted(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == '\'' && value.back() == '\'';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

/// Who confirms a server's commits: the first of its list that streams from it.
int Postgres::synchronous_standby(int server) const {
  const Server& primary = servers_[static_cast<std::size_t>(server)];
  if (primary.commits.level <= SynchronousCommit::local) return none;
  for (const std::string& name : primary.commits.standbys)
    for (std::size_t i = 0; i < servers_.size(); ++i)
      if (servers_[i].streaming && servers_[i].source == server &&
          (name == "*" || servers_[i].name == name))
        return static_cast<int>(i);
  return none;
}

bool Postgres::acknowledges(int server) const {
  const Server& primary = servers_[static_cast<std::size_t>(server)];
  return primary.commits.level <= SynchronousCommit::local || primary.commits.standbys.empty() ||
         primary.sync_standby != none;
}

void Postgres::look_at_commits() {
  for (std::size_t i = 0; i < servers_.size(); ++i)
    servers_[i].sync_standby = synchronous_standby(static_cast<int>(i));
  for (Route& route : routes_)
    for (Leg& leg : route.legs) {
      if (leg.weight <= 0) continue;
      const bool now = leg.server == none || acknowledges(leg.server);
      if (now == leg.acknowledged) continue;
      split_written(route, leg);
      leg.acknowledged = now;
      changed();
      if (leg.server != none)
        context_.note(now ? NoteKind::commits_go_on : NoteKind::commits_wait, ComponentId::postgres,
                      servers_[static_cast<std::size_t>(leg.server)].subject);
    }
}

/// What was acknowledged and is not on the server's own disk yet: the most that it can be.
Duration Postgres::unflushed(const Server& server) const {
  const bool waits = server.commits.level != SynchronousCommit::off;
  return waits ? Duration::zero() : 3 * wal_writer_delay_.time();
}

/// How far a standby is behind what was acknowledged on the server that it streams from.
Duration Postgres::behind(const Server& standby) const {
  const Server& source = servers_[static_cast<std::size_t>(standby.source)];
  const int index = static_cast<int>(&standby - servers_.data());
  if (source.sync_standby == index) return Duration::zero();
  return replication_lag_.time() + unflushed(source);
}

/// A primary that crashed starts again without what it had not flushed: as if its timeline had
/// forked there.
void Postgres::lose_unflushed(Server& server) {
  if (server.standby || unflushed(server) == Duration::zero()) return;
  timelines_.push_back({server.timeline, server.has_until});
  server.timeline = static_cast<int>(timelines_.size()) - 1;
}

/// ALTER SYSTEM for the two settings (`sql` in lower case); in force after pg_reload_conf(). And
/// what SHOW says of them.
std::optional<Postgres::Answer> Postgres::configure_commits(Server& server, std::string_view sql) {
  Answer answer;
  answer.out = "ALTER SYSTEM\n";
  answer.changed = true;
  if (sql == "alter system reset synchronous_standby_names") {
    server.configured.standbys.clear();
    return answer;
  }
  if (!sql.starts_with(alter)) return std::nullopt;
  const auto [setting, value] = [&] {
    const std::string_view rest = sql.substr(alter.size());
    const std::size_t end = rest.find_first_of(" =");
    const std::size_t quote = rest.find_first_not_of(" =", std::min(end, rest.size()));
    std::string_view text = quote == std::string_view::npos ? "" : rest.substr(quote);
    if (text.starts_with("to ")) text.remove_prefix(3);
    return std::pair(rest.substr(0, end), text);
  }();
  if (setting == "standby_names") {
    auto names = standbys_in(value);
    answer.understood = names.has_value();
    if (!names) return answer;
    server.configured.standbys = std::move(*names);
    return answer;
  }
  for (std::size_t i = 0; i < synchronous_commit_names.size(); ++i)
    if (setting == "commit" && unquoted(value) == synchronous_commit_names[i]) {
      server.configured.level = static_cast<SynchronousCommit>(i);
      return answer;
    }
  return Answer{.exit_status = 1,
                .out = {},
                .err = "ERROR:  invalid value for parameter \"synchronous_" + std::string(setting) +
                       "\": " + std::string(value) + "\n"};
}

}  // namespace drdrill::models
