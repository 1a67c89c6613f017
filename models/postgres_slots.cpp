#include <algorithm>

#include "models/postgres.hpp"

/// Replication slots: WAL that a server keeps for a standby which is away, as much as it takes or
/// as max_slot_wal_keep_size allows, which a checkpoint sees to. A slot is the server's own: one
/// that is promoted, or copied, has none, and a standby that names one which is not there, or which
/// another one uses, streams nothing until somebody sees to that. Patroni and CloudNativePG make
/// one for each member; Patroni lets it go when its pod has been gone for member_slots_ttl.
namespace drdrill::models {

/// The slot that a standby names; empty: none.
std::string Postgres::slot_of(const Server& standby) const {
  if (standby.pod == no_pod || standby.scratch) return {};
  if (spec_.manager != PostgresManager::none) {
    std::string name = standby.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }
  return server_argument(*kubernetes_.pod(standby.pod).spec, "primary_slot_name");
}

Postgres::Slot* Postgres::find_slot(Server& source, std::string_view name) {
  const auto found = std::find_if(source.slots.begin(), source.slots.end(),
                                  [&](const Slot& slot) { return slot.name == name; });
  return found == source.slots.end() ? nullptr : &*found;
}

/// The slot of a standby that asks for WAL, in use from now on; false: it names one that is not
/// there, or in use.
bool Postgres::take_slot(const Server& standby, Server& source) {
  const std::string name = slot_of(standby);
  if (name.empty()) return true;
  Slot* slot = find_slot(source, name);
  const bool managed = spec_.manager != PostgresManager::none;
  if (!managed && (!slot || slot->active)) return false;
  if (!slot) slot = &source.slots.emplace_back(Slot{name});
  slot->from.reset();
  slot->active = true;
  return true;
}

/// The standby streams no more: what it has not got is kept.
void Postgres::leave_slot(const Server& standby, Offset has_until) {
  if (standby.source == none) return;
  Slot* slot = find_slot(servers_[static_cast<std::size_t>(standby.source)], slot_of(standby));
  if (!slot) return;
  slot->from = has_until;
  slot->active = false;
}

/// Does a slot still hold WAL back?
bool Postgres::holds_back(const Server& source, const Slot& slot) const {
  if (!slot.from) return false;
  const Offset now = context_.now();
  if (spec_.manager == PostgresManager::patroni) {
    const auto member = std::find_if(servers_.begin(), servers_.end(), [&](const Server& each) {
      return slot_of(each) == slot.name;
    });
    const bool gone = member != servers_.end() && member->down_for > draws_.slot_ttl.time();
    if (gone) return false;
  }
  if (source.slot_kept < 0) return true;
  const Offset over = redo_from(source, now) +
                      from_seconds(to_seconds(source.checkpoint_every) * draws_.completion.value());
  return to_seconds(over - *slot.from) * spec_.wal_bytes_per_second <= source.slot_kept;
}

/// From when on WAL is kept for slots.
Offset Postgres::slots_keep_from(const Server& source) const {
  Offset from = never;
  for (const Slot& slot : source.slots)
    if (holds_back(source, slot)) from = std::min(from, *slot.from);
  return from;
}

/// What pg_replication_slots says of one.
std::string_view Postgres::wal_status(const Server& source, const Slot& slot) const {
  if (slot.active || !slot.from) return "reserved";
  const double held = to_seconds(context_.now() - *slot.from) * spec_.wal_bytes_per_second;
  if (!holds_back(source, slot)) return "lost";
  if (source.slot_kept >= 0 && held > source.slot_kept) return "unreserved";
  return held > source.max_wal ? "extended" : "reserved";
}

/// SELECT pg_create_physical_replication_slot('NAME'[, true]), pg_drop_replication_slot('NAME');
/// nothing: it is neither.
std::optional<std::string> Postgres::change_slots(Server& server, std::string_view sql) {
  constexpr std::string_view creates = "select pg_create_physical_replication_slot(";
  constexpr std::string_view drops = "select pg_drop_replication_slot(";
  if (!sql.starts_with(creates) && !sql.starts_with(drops)) return std::nullopt;
  const auto open = sql.find('\'');
  const auto close = open == std::string_view::npos ? open : sql.find('\'', open + 1);
  if (close == std::string_view::npos) return "invalid input syntax";
  const std::string name(sql.substr(open + 1, close - open - 1));
  Slot* slot = find_slot(server, name);
  if (sql.starts_with(creates)) {
    if (slot) return "replication slot \"" + name + "\" already exists";
    Slot made{name};
    if (sql.find("true", close) != std::string_view::npos) made.from = context_.now();
    server.slots.push_back(made);
    return std::string();
  }
  if (!slot) return "replication slot \"" + name + "\" does not exist";
  if (slot->active) return "replication slot \"" + name + "\" is active for PID 1";
  std::erase_if(server.slots, [&](const Slot& each) { return each.name == name; });
  return std::string();
}

}  // namespace drdrill::models
