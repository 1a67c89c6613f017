#include "models/postgres.hpp"

/// Where clients write, and the stretches that they wrote.
namespace drdrill::models {

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
