#include <algorithm>

#include "models/postgres.hpp"

/// Which servers there are, and which acknowledged records the system still has.
namespace drdrill::models {

Postgres::Roles Postgres::roles(int cluster) const {
  Roles roles;
  for (const Server& server : servers_) {
    if (server.scratch) continue;
    ++roles.servers;
    roles.primaries += live_primary(server) ? 1 : 0;
    roles.standbys += server.up && server.standby ? 1 : 0;
    roles.streaming += server.streaming ? 1 : 0;
  }
  if (const Leg* main = main_leg(cluster)) {
    const Server& routed = servers_[static_cast<std::size_t>(main->server)];
    roles.routed = routed.name;
    roles.routed_to_primary = live_primary(routed);
  }
  return roles;
}

/// Does the system's history hold a record: is its timeline in it up to then, and was its row not
/// deleted since, or restored from a dump that held it?
bool Postgres::keeps(const std::vector<Held>& history, const Written& written, Offset acknowledged,
                     std::size_t database) const {
  const bool held = std::any_of(history.begin(), history.end(), [&](const Held& part) {
    return part.timeline == written.timeline && acknowledged <= part.until;
  });
  return (held || is_loaded(history, written, acknowledged, database)) &&
         std::none_of(damages_.begin(), damages_.end(), [&](const Damage& damage) {
           return acknowledged <= damage.at && acknowledged > damage.restored_until[database] &&
                  contains(history, damage);
         });
}

/// Was the record in a dump that a server of the history has loaded?
bool Postgres::is_loaded(const std::vector<Held>& history, const Written& written,
                         Offset acknowledged, std::size_t database) const {
  return std::any_of(loads_.begin(), loads_.end(), [&](const Load& load) {
    return load.database == database && load.source == written.timeline &&
           acknowledged <= load.until &&
           std::any_of(history.begin(), history.end(),
                       [&](const Held& part) { return part.timeline == load.into; });
  });
}

/// Cuts each written stretch where its fate can change, and adds the pieces. Records from before
/// the drill are told of only where they are lost.
void Postgres::add_stream(LedgerStream& stream, const std::vector<Written>& all,
                          const std::vector<Held>& history, std::size_t database,
                          double rate) const {
  std::vector<Offset> cuts;
  double share = 1;
  const auto put = [&](Offset from, Offset to, Fate fate) {
    const auto count =
        static_cast<std::uint64_t>(nearest_whole(to_seconds(to - from) * share * rate));
    if (count > 0) stream.runs.push_back({from, to, count, fate});
  };
  for (const Written& written : all) {
    share = written.share;
    cuts.assign({written.from, written.to});
    for (const Held& part : history) cuts.push_back(part.until);
    for (const Damage& damage : damages_) {
      cuts.push_back(damage.at);
      cuts.push_back(damage.restored_until[database]);
    }
    for (const Load& load : loads_) cuts.push_back(load.until);
    std::sort(cuts.begin(), cuts.end());
    Offset begin = written.from, from = written.from;
    std::optional<Fate> fate;  // of [begin, from)
    const auto flush = [&] {
      const bool before_the_drill = written.to <= Offset::zero();
      const bool told = fate && !(before_the_drill && *fate == Fate::kept);
      if (told && before_the_drill) draws_.in_service.use();
      if (told) put(begin, from, *fate);
      begin = from;
    };
    for (const Offset cut : cuts) {
      if (cut <= from || cut > written.to) continue;
      const bool keep = history.empty() || keeps(history, written, cut, database);
      const Fate now = keep ? Fate::kept : Fate::lost;
      if (fate && *fate != now) flush();
      fate = now;
      from = cut;
    }
    flush();
  }
}

/// Whose records count: the primary that new connections get. Clients that stay with another one
/// write beside the system. Where the Service leads to no primary, it is the one that most have.
int Postgres::system_server(int cluster) const {
  const Leg* main = main_leg(cluster);
  const int most = main ? main->server : none;
  std::vector<int> led;
  candidates(route_of(cluster), led);
  std::erase_if(
      led, [&](int server) { return !live_primary(servers_[static_cast<std::size_t>(server)]); });
  return led.empty() || std::find(led.begin(), led.end(), most) != led.end() ? most : led.front();
}

void Postgres::add_ledger(Ledger& ledger, Offset end, int in_use) const {
  std::vector<Written> all{{0, -in_service_time_, Offset::zero()}};
  all.insert(all.end(), written_.begin(), written_.end());
  for (const Route& route : routes_)
    for (const Leg& leg : route.legs)
      if (leg.weight > 0 && takes_writes(leg) && route.share > 0 && end > leg.writing_since)
        all.push_back({servers_[static_cast<std::size_t>(leg.server)].timeline, leg.writing_since,
                       end, !is_damaged(servers_[static_cast<std::size_t>(leg.server)]),
                       route.share * leg.weight});
  std::vector<Held> history;
  if (const int server = system_server(in_use); server != none)
    history = history_of(servers_[static_cast<std::size_t>(server)], end);
  const auto& databases = spec_.databases;
  const double each =
      spec_.writes_per_second / static_cast<double>(std::max<std::size_t>(databases.size(), 1));
  for (std::size_t i = 0; i < databases.size(); ++i) {
    LedgerStream stream{ComponentId::postgres, databases[i].name, {}};
    add_stream(stream, all, history, i, each);
    ledger.streams.push_back(std::move(stream));
  }
  if (installation_ != 0) return;
  std::erase_if(all, [](const Written& written) { return !written.served; });
  LedgerStream api{ComponentId::api, "writes through the API", {}};
  if (!databases.empty())
    add_stream(api, all, history, 0, context_.spec.load.api_writes_per_second);
  ledger.streams.push_back(std::move(api));
}

}  // namespace drdrill::models
