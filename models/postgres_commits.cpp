#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "models/postgres.hpp"

/// What a commit waits for (PostgreSQL 15, 20.5 and 27.2.8). With synchronous_standby_names the
/// standbys that confirm every commit lack nothing that was acknowledged; when there are too few of
/// them commits hang, also those of a standby that was promoted with the same configuration. A
/// standby that fell silent is waited for until wal_sender_timeout takes it for gone; one whose
/// process ended is not, because its machine says so. `off` does not even wait for the server's own
/// disk: a crash loses up to three times wal_writer_delay, and standbys are that much further
/// behind, because WAL is sent once it is flushed. remote_write and on are alike here, because a
/// standby flushes what it has received at once; and so is remote_apply, for what is lost.
namespace drdrill::models {
namespace {

constexpr std::string_view alter = "alter system set synchronous_";

/// "'FIRST 2 (a, b, c)'", "'ANY 1 (a, b)'", "'2 (a, b)'", "'a, b'" or "'*'", in lower case; nothing
/// where it is none of these.
std::optional<SynchronousStandbys> standbys_in(std::string_view value) {
  SynchronousStandbys out;
  std::vector<std::string> words(1);
  for (char c : value) {
    if (std::string_view(" ,()'\"").find(c) == std::string_view::npos)
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  if (value.find('(') != std::string_view::npos) {
    const bool method = !words.empty() && (words.front() == "first" || words.front() == "any");
    out.any = method && words.front() == "any";
    if (method) words.erase(words.begin());
    out.count = words.empty() ? 0 : std::atoi(words.front().c_str());
    if (out.count < 1 || words.size() < 2) return std::nullopt;
    words.erase(words.begin());
  }
  out.names = std::move(words);
  return out;
}

std::string_view unquoted(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == '\'' && value.back() == '\'';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

/// Those that confirm a server's commits, a bit each. FIRST: in the order of the list; those that
/// are still waited for count although they say nothing. ANY: the ones that come first in the list
/// are taken to be the quickest.
std::uint64_t Postgres::confirming(int server) const {
  const Server& primary = servers_[static_cast<std::size_t>(server)];
  if (primary.commits.level <= SynchronousCommit::local) return 0;
  std::uint64_t bits = 0;
  int wanted = primary.commits.standbys.count;
  for (const std::string& name : primary.commits.standbys.names)
    for (std::size_t i = 0; i < std::min(servers_.size(), most_servers) && wanted > 0; ++i) {
      const Server& standby = servers_[i];
      if (name != "*" && standby.name != name) continue;
      if ((bits >> i & 1) != 0) continue;
      const bool streams = streams_all(standby, server);
      if (!streams && (primary.commits.standbys.any || !is_waited_for(standby, server))) continue;
      if (streams) bits |= std::uint64_t{1} << i;
      --wanted;
    }
  return bits;
}

bool Postgres::acknowledges(int server) const {
  const Server& primary = servers_[static_cast<std::size_t>(server)];
  const SynchronousStandbys& standbys = primary.commits.standbys;
  return primary.commits.level <= SynchronousCommit::local || standbys.names.empty() ||
         std::popcount(primary.confirming) >= standbys.count;
}

void Postgres::look_at_commits() {
  for (std::size_t i = 0; i < servers_.size(); ++i)
    servers_[i].confirming = confirming(static_cast<int>(i));
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
  return waits ? Duration::zero() : 3 * draws_.wal_writer_delay.time();
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
    server.configured.standbys = {};
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
    auto standbys = standbys_in(value);
    if (!standbys)
      return Answer{.exit_status = 1,
                    .out = {},
                    .err = "ERROR:  invalid value for parameter \"synchronous_standby_names\": " +
                           std::string(value) + "\n"};
    server.configured.standbys = std::move(*standbys);
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
