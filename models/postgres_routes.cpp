#include <algorithm>
#include <utility>

#include "models/lookup.hpp"
#include "models/postgres.hpp"

/// Which servers the connections of clients go to, and the stretches that they wrote. A Service
/// leads every new connection to any of the pods that it selects, whether they take writes or not:
/// so its connections are spread evenly, and each part of them lives on its own. Connections
/// outlive changes of the Service; a part whose server ends is spread anew.
namespace drdrill::models {
namespace {

constexpr double enough = 0.995;

}  // namespace

/// Servers that a new connection of the route may get.
void Postgres::candidates(const Route& route, std::vector<int>& out) const {
  out.clear();
  const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(route.at)];
  const int service =
      find_service_near(kubernetes_.cluster(route.at), home.home_namespace, route.service);
  if (service == kube::no_index) return;
  for (int slot : kubernetes_.routed(route.at, service))
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      const Server& server = servers_[i];
      const bool chooses = spec_.read_write_sessions || spec_.manager != PostgresManager::none;
      const bool taken = !server.scratch && !(server.standby && chooses);
      if (server.pod == PodRef{route.at, slot} && taken && is_reached(server))
        out.push_back(static_cast<int>(i));
    }
}

bool Postgres::takes_writes(const Leg& leg) const {
  if (!leg.connected || !leg.acknowledged || leg.server == none) return false;
  const Server& server = servers_[static_cast<std::size_t>(leg.server)];
  return !server.standby && !server.disk.fails;
}

bool Postgres::works(const Leg& leg) const {
  return leg.weight > 0 && takes_writes(leg) &&
         (damages_.empty() || !is_damaged(servers_[static_cast<std::size_t>(leg.server)]));
}

/// The largest part of a cluster's connections that has a server; null: none has.
const Postgres::Leg* Postgres::main_leg(int cluster) const {
  const Leg* main = nullptr;
  for (const Leg& leg : route_of(cluster).legs) {
    if (leg.weight <= 0 || leg.server == none) continue;
    if (!main || leg.weight > main->weight ||
        (leg.weight == main->weight && leg.server < main->server))
      main = &leg;
  }
  return main;
}

/// What is written through one primary cannot be read through another.
bool Postgres::writable(int cluster) const {
  const auto& legs = route_of(cluster).legs;
  for (const Leg& leg : legs) {
    if (!works(leg)) continue;
    double with_it = 0;
    for (const Leg& other : legs)
      if (other.server == leg.server && works(other)) with_it += other.weight;
    if (with_it >= enough) return true;
  }
  return false;
}

double Postgres::share_from(PodRef pod) const {
  double share = 0;
  for (const Leg& leg : route_of(pod.cluster).legs)
    if (works(leg) && kubernetes_.reaches(pod, servers_[static_cast<std::size_t>(leg.server)].pod))
      share += leg.weight;
  return share;
}

bool Postgres::reached_from(PodRef pod) const {
  const auto& legs = route_of(pod.cluster).legs;
  return std::all_of(legs.begin(), legs.end(), [&](const Leg& leg) {
    return leg.weight <= 0 || !leg.connected ||
           kubernetes_.reaches(pod, servers_[static_cast<std::size_t>(leg.server)].pod);
  });
}

/// superuser_reserved_connections, 3 by default, are kept for administrators.
int Postgres::max_connections(int cluster) const {
  constexpr int reserved = 3;
  const Leg* main = main_leg(cluster);
  if (!main) return 0;
  const Server& server = servers_[static_cast<std::size_t>(main->server)];
  const std::string said = server_argument(*kubernetes_.pod(server.pod).spec, "max_connections");
  const int most = said.empty() ? static_cast<int>(nearest_whole(draws_.max_connections.value()))
                                : std::atoi(said.c_str());
  return std::max(most - reserved, 0);
}

Impairment Postgres::impairment(int cluster) const {
  const Leg* main = main_leg(cluster);
  if (!main) return {};
  return kubernetes_.impairment(servers_[static_cast<std::size_t>(main->server)].pod);
}

/// The server that a standby's primary_conninfo leads to; none when it is not there. A Service that
/// selects the standby too leads it to another one sooner or later.
int Postgres::upstream_of(const Server& server) const {
  if (is_managed(server)) return lead_.leader;
  return host_index(server.cluster, server.upstream, static_cast<int>(&server - servers_.data()));
}

/// The server that a Service's or a pod's name leads to, seen from a cluster; none when it leads
/// nowhere. "postgres-primary.gomeet.svc" is the Service of this cluster;
/// "postgres-primary.singapore.gomeet.com" that of the cluster with this hostname.
int Postgres::host_index(int cluster, std::string_view host, int asking) const {
  const std::string_view name = host.substr(0, host.find('.'));
  for (std::size_t c = 0; c < context_.spec.clusters.size(); ++c) {
    const std::string& hostname = context_.spec.clusters[c].hostname;
    if (!hostname.empty() && host.size() == name.size() + 1 + hostname.size() &&
        host.ends_with(hostname))
      cluster = static_cast<int>(c);
  }
  if (name == spec_.write_service) {
    const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(cluster)];
    const int service = find_service_near(kubernetes_.cluster(cluster), home.home_namespace, name);
    if (service == kube::no_index) return none;
    for (int slot : kubernetes_.routed(cluster, service))
      for (std::size_t i = 0; i < servers_.size(); ++i)
        if (servers_[i].pod == PodRef{cluster, slot} && static_cast<int>(i) != asking &&
            !(is_managed(servers_[i]) && servers_[i].standby))
          return static_cast<int>(i);
    return none;
  }
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].cluster == cluster && servers_[i].name == name) return static_cast<int>(i);
  return none;
}

/// The server that a program in a pod connects to: with an empty host the one in its own pod.
int Postgres::local_index(PodRef local, std::string_view host) const {
  if (!host.empty()) return host_index(local.cluster, host);
  const Server* server = server_of(local);
  return server ? static_cast<int>(server - servers_.data()) : none;
}

void Postgres::set_route(int cluster) {
  for (std::size_t slot = 0; slot < route_of(cluster).legs.size(); ++slot)
    if (leg_of(cluster, slot).weight > 0) set_leg(cluster, slot);
}

/// Connections stay where they are while that lives and is reached. Else they are spread over what
/// the Service leads to now; those that still wait for an answer go there only once they have given
/// it up.
void Postgres::set_leg(int cluster, std::size_t slot) {
  look_for_answer(cluster, slot);
  const Route& route = route_of(cluster);
  Leg& leg = leg_of(cluster, slot);
  if (leg.connected) {
    const Server& server = servers_[static_cast<std::size_t>(leg.server)];
    if (is_reached(server)) return;
    const int before = leg.server;
    stop_writing(route, leg);
    await_answer(cluster, slot, before);
  }
  candidates(route, found_);
  if (leg.server != none && std::find(found_.begin(), found_.end(), leg.server) != found_.end())
    return;
  if (leg.server == none && found_.empty()) return;
  context_.engine.cancel(leg.reconnect);
  leg.server = found_.empty() ? none : found_.front();
  leg.since = context_.now();
  changed();
  if (leg.server != none && leg.silence.server == none)
    spread(cluster, slot, draws_.reconnect_time.time());
}

/// A free part of so many connections.
std::size_t Postgres::add_leg(int cluster, double weight) {
  auto& legs = route_of(cluster).legs;
  std::size_t slot = 0;
  while (slot < legs.size() && legs[slot].weight > 0) ++slot;
  if (slot == legs.size())
    legs.push_back({.silence = {.timer = context_.engine.make_group()},
                    .reconnect = context_.engine.make_group()});
  legs[slot].weight = weight;
  return slot;
}

/// Splits connections that look for a server evenly over those that there are. Poolers try again
/// after a delay, all connections at once; at the start of a drill they have long been connected.
void Postgres::spread(int cluster, std::size_t slot, std::optional<Duration> delay) {
  candidates(route_of(cluster), found_);
  if (found_.empty()) return;
  const double each = leg_of(cluster, slot).weight / static_cast<double>(found_.size());
  const Offset since = leg_of(cluster, slot).since;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (i > 0) slot = add_leg(cluster, each);
    Leg& leg = leg_of(cluster, slot);
    leg.weight = each;
    leg.server = found_[i];
    leg.since = since;
    leg.connected = !delay;
    if (delay) of_clients(*delay, Kind::reconnected, cluster, slot, leg.reconnect);
  }
}

/// Ends the stretch that is being written and begins another one.
void Postgres::split_written(const Route& route, Leg& leg) {
  const Offset from = std::exchange(leg.writing_since, context_.now());
  if (!takes_writes(leg) || context_.now() <= from || route.share <= 0) return;
  const Server& server = servers_[static_cast<std::size_t>(leg.server)];
  written_.push_back(
      {server.timeline, from, context_.now(), !is_damaged(server), route.share * leg.weight});
}

void Postgres::split_written_to(int server) {
  for (Route& route : routes_)
    for (Leg& leg : route.legs)
      if (leg.weight > 0 && leg.server == server) split_written(route, leg);
}

void Postgres::stop_writing(const Route& route, Leg& leg) {
  split_written(route, leg);
  leg.connected = false;
  leg.server = none;
  changed();
}

void Postgres::set_share(int cluster, double share) {
  Route& route = route_of(cluster);
  if (route.share == share) return;
  for (Leg& leg : route.legs)
    if (leg.weight > 0) split_written(route, leg);
  route.share = share;
}

}  // namespace drdrill::models
