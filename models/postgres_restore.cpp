#include <algorithm>

#include "models/clock_text.hpp"
#include "models/postgres.hpp"
#include "models/volumes.hpp"

/// Rows that a statement deleted, and dumps that bring them back. Messages are those of PostgreSQL
/// 15.18's programs.
namespace drdrill::models {

/// "-c NAME=VALUE" among a container's arguments.
std::string Postgres::server_argument(const kube::PodTemplate& pod, std::string_view name) {
  if (pod.containers.empty()) return {};
  for (const std::string& word : pod.containers.front().args)
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
      return word.substr(name.size() + 1);
  return {};
}

// ---- rows that are gone ---------------------------------------------------------------------

void Postgres::log(Server& server, std::string_view text) {
  server.log += timestamp_text(context_.start, context_.now());
  server.log += " [1] ";
  server.log += text;
  server.log += '\n';
}

std::string Postgres::log_of(PodRef ref) const {
  const Server* server = server_of(ref);
  return server ? server->log : std::string();
}

/// A statement without a condition: every row of every database (or of one) that was there is gone,
/// on every copy that follows this server. New rows are written on.
bool Postgres::erase_rows(PodRef ref, int database) {
  Server* server = server_of(ref);
  if (!server || !live_primary(*server)) return false;
  split_written_to(static_cast<int>(server - servers_.data()));
  std::vector<Offset> restored(spec_.databases.size(), database == none ? Offset::min() : never);
  if (database != none) restored[static_cast<std::size_t>(database)] = Offset::min();
  damages_.push_back({server->timeline, context_.now(), std::move(restored)});
  const std::string logged = server_argument(*kubernetes_.pod(ref).spec, "log_statement");
  if (logged == "mod" || logged == "all") log(*server, "LOG:  statement: DELETE FROM meetings;");
  context_.note(NoteKind::data_erased, ComponentId::postgres, server->subject);
  changed();
  return true;
}

/// What the server's history holds: timelines with the instant up to which each counts.
std::vector<Postgres::Held> Postgres::history_of(const Server& server, Offset end) const {
  std::vector<Held> out;
  Offset limit = server.up && !server.standby ? end : server.has_until;
  for (int line = server.timeline; line != none;) {
    out.push_back({line, limit});
    const Timeline& timeline = timelines_[static_cast<std::size_t>(line)];
    limit = std::min(limit, timeline.forked_at);
    line = timeline.parent;
  }
  return out;
}

/// The damages that a history contains.
bool Postgres::contains(const std::vector<Held>& history, const Damage& damage) {
  return std::any_of(history.begin(), history.end(), [&](const Held& held) {
    return held.timeline == damage.timeline && damage.at <= held.until;
  });
}

bool Postgres::is_damaged(const Server& server, std::size_t database) const {
  const std::vector<Held> history = history_of(server, context_.now());
  return std::any_of(damages_.begin(), damages_.end(), [&](const Damage& damage) {
    return contains(history, damage) && damage.restored_until[database] == Offset::min();
  });
}

bool Postgres::is_damaged(const Server& server) const {
  if (damages_.empty()) return false;
  for (std::size_t i = 0; i < spec_.databases.size(); ++i)
    if (is_damaged(server, i)) return true;
  return false;
}

// ---- reading and loading --------------------------------------------------------------------

double Postgres::size_bytes() const {
  double size = 0;
  for (const DatabaseSpec& database : spec_.databases) size += database.size_bytes;
  return size;
}

bool Postgres::knows(std::string_view host, PodRef local) const {
  const std::string_view name = host.substr(0, host.find('.'));
  if (name == spec_.write_service) return true;
  if (local != no_pod) return local_index(local, host) != none;
  return std::any_of(initial_.begin(), initial_.end(),
                     [&](const Server& server) { return server.name == name; });
}

std::optional<Postgres::Reading> Postgres::reading(std::string_view host, PodRef local, Offset when,
                                                   std::string_view database) const {
  // Before the drill all is well.
  if (local == no_pod)
    return knows(host, local) ? std::optional(Reading{true, 0, when}) : std::nullopt;
  const bool is_service = host.substr(0, host.find('.')) == spec_.write_service;
  const int index = local_index(local, host);
  const Server* server = index == none ? nullptr : &servers_[static_cast<std::size_t>(index)];
  if (!server) return is_service ? std::optional(Reading{}) : std::nullopt;
  Reading out{accepts(*server) && kubernetes_.is_up(server->pod), server->timeline, when};
  if (server->standby) out.until = server->streaming ? when : server->has_until;
  if (server->scratch) out.until = server->has_until;  // nobody writes there
  const auto& databases = spec_.databases;
  for (std::size_t i = 0; i < databases.size(); ++i)
    if ((database.empty() || databases[i].name == database) && !database.empty() &&
        is_damaged(*server, i))
      out.until = Offset::min();
  return out;
}

Postgres::Answer Postgres::restore_dump(std::string_view host, PodRef local,
                                        std::string_view database, const Content& dump,
                                        bool data_only) {
  Answer answer;
  answer.exit_status = 1;
  const int index = local_index(local, host);
  Server* server = index == none ? nullptr : &servers_[static_cast<std::size_t>(index)];
  if (!server || !accepts(*server) || !kubernetes_.is_up(server->pod)) {
    answer.err = "pg_restore: error: connection to server failed: No such file or directory\n";
    return answer;
  }
  if (server->standby) {
    answer.err = "pg_restore: error: cannot execute INSERT in a read-only transaction\n";
    return answer;
  }
  const auto& databases = spec_.databases;
  const auto known = std::find_if(databases.begin(), databases.end(),
                                  [&](const DatabaseSpec& each) { return each.name == database; });
  if (known == databases.end()) {
    answer.err = "pg_restore: error: connection to server failed: FATAL:  database \"" +
                 std::string(database) + "\" does not exist\n";
    return answer;
  }
  const auto at_index = static_cast<std::size_t>(known - databases.begin());
  const bool damaged = is_damaged(*server, at_index);
  // The tables are there, so creating them fails; their rows are loaded where none are in the way.
  if (!damaged)
    answer.err =
        "pg_restore: error: COPY failed for table \"meetings\": ERROR:  duplicate key value "
        "violates "
        "unique constraint \"meetings_pkey\"\n";
  if (data_only && damaged)
    answer.exit_status = 0;
  else
    answer.err += "pg_restore: warning: errors ignored on restore: 1\n";
  if (!damaged) return answer;
  answer.takes = from_seconds(known->size_bytes / draws_.restore_rate.value());
  answer.paced_by = draws_.restore_rate.id();
  answer.changed = true;
  if (dump.database == database) {
    loads_.push_back({index, at_index, dump.timeline, dump.until, none});
    context_.engine.after(answer.takes,
                          {.component = event_owner(Owner::postgres, installation_),
                           .kind = static_cast<std::uint16_t>(Kind::loaded),
                           .subject = static_cast<std::uint32_t>(loads_.size() - 1)},
                          server->work);
  }
  return answer;
}

void Postgres::loaded(std::size_t index) {
  Load& load = loads_[index];
  const Server& server = servers_[static_cast<std::size_t>(load.server)];
  split_written_to(load.server);
  load.into = server.timeline;
  const std::vector<Held> history = history_of(server, context_.now());
  for (Damage& damage : damages_)
    if (contains(history, damage)) {
      Offset& holds = damage.restored_until[load.database];
      holds = std::max(holds, load.until);
    }
  changed();
}

}  // namespace drdrill::models
