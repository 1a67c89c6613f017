#include <algorithm>
#include <utility>

#include "models/postgres.hpp"

/// Clients, pools and poolers whose connections hear nothing any more. A process that ends closes
/// its connections and they know at once; a machine that vanishes, or a network that drops packets,
/// leaves them waiting until their own timeout or the kernel's patience ends it. Only then do they
/// ask the Service for somebody else. The clients of every cluster wait by themselves.
namespace drdrill::models {

void Postgres::of_clients(Duration delay, Kind kind, int cluster, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::postgres, installation_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(cluster)},
                        group);
}

void Postgres::reconnect(int cluster) {
  of_clients(reconnect_time_.time(), Kind::reconnected, cluster, route_of(cluster).reconnect);
}

void Postgres::reconnected(int cluster) {
  Route& route = route_of(cluster);
  if (route.server == none || route.connected) return;
  route.connected = true;
  route.writing_since = context_.now();
  look_at_commits();
  context_.changed = true;
  context_.note(NoteKind::pools_reconnected, ComponentId::postgres,
                servers_[static_cast<std::size_t>(route.server)].subject, reconnect_time_.id(),
                context_.now() - route.since);
}

/// A server that stands still on a machine that is there (SIGSTOP) has its packets acknowledged by
/// the kernel, so only the client's own timeout helps.
void Postgres::await_answer(int cluster, int server) {
  const Server& s = servers_[static_cast<std::size_t>(server)];
  Silence& silence = route_of(cluster).silence;
  Retransmissions& resending = resending_[static_cast<std::size_t>(cluster)];
  context_.engine.cancel(silence.timer);
  resending.begin();
  silence.server = server;
  silence.since = context_.now();
  silence.acknowledges = s.up && kubernetes_.reached_from_outside(s.pod);
  silence.same_process = true;
  silence.patience = client_timeout_.time();
  if (!silence.acknowledges) silence.patience = std::min(silence.patience, resending.given_up());
  of_clients(silence.patience, Kind::given_up, cluster, silence.timer);
}

bool Postgres::hears_again(const Silence& silence) const {
  const Server& server = servers_[static_cast<std::size_t>(silence.server)];
  return silence.same_process && live_primary(server) && is_reached(server);
}

/// The same process can be reached again: what was sent meanwhile arrives when the kernel next
/// sends it, and the connections go on as if nothing had been.
void Postgres::look_for_answer(int cluster) {
  Silence& silence = route_of(cluster).silence;
  if (silence.server == none || !hears_again(silence)) return;
  if (context_.engine.pending(silence.timer) > 1) return;  // it will
  const Duration passed = context_.now() - silence.since;
  const Duration heard =
      silence.acknowledges ? passed : resending_[static_cast<std::size_t>(cluster)].next(passed);
  if (heard >= silence.patience) return;  // they give up before
  silence.heard_since = context_.now();
  of_clients(heard - passed, Kind::resumed, cluster, silence.timer);
}

/// The wait cost something only since there was somebody else to go to.
void Postgres::give_up(int cluster) {
  Route& route = route_of(cluster);
  Silence& silence = route.silence;
  const Retransmissions& resending = resending_[static_cast<std::size_t>(cluster)];
  const bool by_kernel = !silence.acknowledges && silence.patience == resending.given_up();
  const int server = std::exchange(silence.server, none);
  context_.engine.cancel(silence.timer);
  const bool delayed = route.server != none && !route.connected;
  context_.note(NoteKind::connections_given_up, ComponentId::postgres,
                servers_[static_cast<std::size_t>(server)].subject,
                by_kernel ? resending.parameter() : client_timeout_.id(),
                delayed ? context_.now() - route.since : Duration::zero());
  if (delayed) reconnect(cluster);
}

void Postgres::resume(int cluster) {
  Route& route = route_of(cluster);
  Silence& silence = route.silence;
  if (silence.server == none || !hears_again(silence)) return;
  route.server = std::exchange(silence.server, none);
  context_.engine.cancel(silence.timer);
  context_.engine.cancel(route.reconnect);
  route.connected = true;
  route.writing_since = context_.now();
  look_at_commits();
  context_.changed = true;
  context_.note(NoteKind::connections_resumed, ComponentId::postgres,
                servers_[static_cast<std::size_t>(route.server)].subject,
                resending_[static_cast<std::size_t>(cluster)].parameter(),
                context_.now() - silence.heard_since);
}

}  // namespace drdrill::models
