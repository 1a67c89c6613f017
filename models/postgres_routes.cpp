#include "models/postgres.hpp"

/// Where clients write, and the stretches that they wrote.
namespace drdrill::models {
namespace {

/// "postgres-replica-0.postgres-replica.gomeet.svc" names the pod or Service before the first dot.
std::string_view host_name(std::string_view host) {
  return host.substr(0, host.find('.'));
}

}  // namespace

/// The server that clients use: the one they are connected to while it lives, because connections
/// outlive changes of the Service; else the first reached primary that the Service leads to.
int Postgres::route() const {
  if (routed_ != none) {
    const Server& server = servers_[static_cast<std::size_t>(routed_)];
    if (clients_connected_ && live_primary(server) && is_reached(server)) return routed_;
  }
  if (write_service_ == kube::no_index) return none;
  for (int slot : kubernetes_.routed(0, write_service_))
    for (std::size_t i = 0; i < servers_.size(); ++i)
      if (servers_[i].pod == PodRef{0, slot} && is_reached(servers_[i]) && !servers_[i].standby)
        return static_cast<int>(i);
  return none;
}

/// The server that a standby's primary_conninfo leads to; none when it is not there.
int Postgres::upstream_of(const Server& server) const {
  return host_index(host_name(server.upstream));
}

/// The server that a Service's or a pod's name leads to; none when it leads nowhere.
int Postgres::host_index(std::string_view host) const {
  if (host == context_.spec.postgres.write_service) {
    for (int slot : kubernetes_.routed(0, write_service_))
      for (std::size_t i = 0; i < servers_.size(); ++i)
        if (servers_[i].pod == PodRef{0, slot}) return static_cast<int>(i);
    return none;
  }
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].name == host) return static_cast<int>(i);
  return none;
}

void Postgres::set_route() {
  const int now = route();
  if (now == routed_) return;
  if (routed_ != none) stop_writing();
  routed_ = now;
  context_.engine.cancel(reconnect_);
  routed_since_ = context_.now();
  if (now != none) at(reconnect_time_.time(), Kind::reconnected, now);
  context_.changed = true;
}

/// Ends the stretch that is being written and begins another one.
void Postgres::split_written() {
  if (!clients_connected_ || context_.now() <= writing_since_) return;
  const Server& server = servers_[static_cast<std::size_t>(routed_)];
  written_.push_back({server.timeline, writing_since_, context_.now(), !is_damaged(server)});
  writing_since_ = context_.now();
}

void Postgres::stop_writing() {
  split_written();
  clients_connected_ = false;
  routed_ = none;
  context_.changed = true;
}

}  // namespace drdrill::models
