#include "models/lookup.hpp"
#include "models/postgres.hpp"

/// Where clients write, and the stretches that they wrote.
namespace drdrill::models {

/// The server that clients use: the one they are connected to while it lives, because connections
/// outlive changes of the Service; else the first reached primary that the Service leads to.
int Postgres::server_for(int cluster) const {
  const Route& route = routes_[static_cast<std::size_t>(cluster)];
  if (route.server != none) {
    const Server& server = servers_[static_cast<std::size_t>(route.server)];
    if (route.connected && live_primary(server) && is_reached(server)) return route.server;
  }
  const int at = spec_.cluster ? static_cast<int>(*spec_.cluster) : cluster;
  const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(at)];
  const int service =
      find_service_near(kubernetes_.cluster(at), home.home_namespace, spec_.write_service);
  if (service == kube::no_index) return none;
  for (int slot : kubernetes_.routed(at, service))
    for (std::size_t i = 0; i < servers_.size(); ++i)
      if (servers_[i].pod == PodRef{at, slot} && is_reached(servers_[i]) && !servers_[i].standby)
        return static_cast<int>(i);
  return none;
}

/// The server that a standby's primary_conninfo leads to; none when it is not there.
int Postgres::upstream_of(const Server& server) const {
  return host_index(server.cluster, server.upstream);
}

/// The server that a Service's or a pod's name leads to, seen from a cluster; none when it leads
/// nowhere. "postgres-primary.gomeet.svc" is the Service of this cluster;
/// "postgres-primary.singapore.gomeet.com" that of the cluster with this hostname.
int Postgres::host_index(int cluster, std::string_view host) const {
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
        if (servers_[i].pod == PodRef{cluster, slot}) return static_cast<int>(i);
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
  look_for_answer(cluster);
  Route& route = route_of(cluster);
  const int now = server_for(cluster);
  if (now == route.server) return;
  if (route.server != none) {
    const int before = route.server;
    const bool connected = route.connected;
    stop_writing(route);
    if (connected) await_answer(cluster, before);
  }
  route.server = now;
  context_.engine.cancel(route.reconnect);
  route.since = context_.now();
  if (now != none && route.silence.server == none) reconnect(cluster);
  context_.changed = true;
}

/// Ends the stretch that is being written and begins another one.
void Postgres::split_written(Route& route) {
  if (!route.connected || !route.acknowledged || context_.now() <= route.writing_since) return;
  const Server& server = servers_[static_cast<std::size_t>(route.server)];
  if (route.share > 0)
    written_.push_back(
        {server.timeline, route.writing_since, context_.now(), !is_damaged(server), route.share});
  route.writing_since = context_.now();
}

void Postgres::split_written_to(int server) {
  for (Route& route : routes_)
    if (route.server == server) split_written(route);
}

void Postgres::stop_writing(Route& route) {
  split_written(route);
  route.connected = false;
  route.server = none;
  context_.changed = true;
}

void Postgres::set_share(int cluster, double share) {
  Route& route = route_of(cluster);
  if (route.share == share) return;
  if (route.server != none) split_written(route);
  route.share = share;
}

}  // namespace drdrill::models
