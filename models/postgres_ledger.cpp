#include <algorithm>

#include "models/postgres.hpp"

/// What exists, and which acknowledged records the system still has.
namespace drdrill::models {

void Postgres::add_inventory(Inventory& inventory) const {
  std::int64_t primaries = 0, standbys = 0;
  for (const Server& server : servers_) {
    primaries += live_primary(server) ? 1 : 0;
    standbys += server.streaming ? 1 : 0;
  }
  inventory.push_back({ComponentId::postgres, "writable primaries", primaries,
                       InventoryItem::Better::equal, false});
  inventory.push_back({ComponentId::postgres, "streaming standbys", standbys,
                       InventoryItem::Better::higher, false});
}

/// How much of a written stretch the system's history holds: walks from the system's timeline to
/// its ancestors; each holds its parent's records up to the fork.
bool Postgres::kept(const Written& written, const Server& system, Offset& kept_until,
                    Offset end) const {
  int line = system.timeline;
  Offset limit = live_primary(system) ? end : system.has_until;
  while (line != none) {
    if (line == written.timeline) {
      kept_until = std::min(limit, written.to);
      return kept_until > written.from;
    }
    const Timeline& timeline = timelines_[static_cast<std::size_t>(line)];
    limit = std::min(limit, timeline.forked_at);
    line = timeline.parent;
  }
  return false;
}

void Postgres::add_ledger(Ledger& ledger, Offset end) const {
  std::vector<Written> all = written_;
  if (clients_connected_ && routed_ != none && end > writing_since_)
    all.push_back({servers_[static_cast<std::size_t>(routed_)].timeline, writing_since_, end});
  const Server* system = routed_ == none ? nullptr : &servers_[static_cast<std::size_t>(routed_)];
  const auto& databases = context_.spec.postgres.databases;
  const auto add = [&](ComponentId component, const std::string& name, double rate) {
    LedgerStream stream{component, name, {}};
    const auto put = [&](Offset from, Offset to, Fate fate) {
      const auto count = static_cast<std::uint64_t>(nearest_whole(to_seconds(to - from) * rate));
      if (count > 0) stream.runs.push_back({from, to, count, fate});
    };
    for (const Written& written : all) {
      Offset kept_until = written.from;
      if (!system || kept(written, *system, kept_until, end)) {
        if (!system) kept_until = written.to;
        put(written.from, kept_until, Fate::kept);
      }
      if (kept_until < written.to) put(kept_until, written.to, Fate::lost);
    }
    ledger.streams.push_back(std::move(stream));
  };
  const double each = context_.spec.postgres.writes_per_second /
                      static_cast<double>(std::max<std::size_t>(databases.size(), 1));
  for (const DatabaseSpec& database : databases) add(ComponentId::postgres, database.name, each);
  add(ComponentId::api, "writes through the API", context_.spec.load.api_writes_per_second);
}

}  // namespace drdrill::models
