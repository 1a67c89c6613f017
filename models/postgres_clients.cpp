#include <algorithm>
#include <utility>

#include "models/postgres.hpp"

/// Clients, pools and poolers whose connections hear nothing any more. A process that ends closes
/// its connections and they know at once; a machine that vanishes, or a network that drops packets,
/// leaves them waiting until their own timeout or the kernel's patience ends it. Only then do they
/// ask the Service for somebody else. The clients of every cluster wait by themselves.
namespace drdrill::models {

void Postgres::of_clients(Duration delay, Kind kind, int cluster, std::size_t slot, Group group) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::postgres, installation_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(cluster),
                         .data = slot},
                        group);
}

void Postgres::reconnected(int cluster, std::size_t slot) {
  const Route& route = route_of(cluster);
  Leg& leg = leg_of(cluster, slot);
  if (leg.server == none || leg.connected) return;
  leg.connected = true;
  leg.writing_since = context_.now();
  look_at_commits();
  changed();
  context_.note(NoteKind::pools_reconnected, ComponentId::postgres,
                servers_[static_cast<std::size_t>(leg.server)].subject, draws_.reconnect_time.id(),
                context_.now() - leg.since);
  for (Leg& other : route_of(cluster).legs) {
    if (&other == &leg || other.weight <= 0 || !other.connected || other.server != leg.server)
      continue;
    split_written(route, other);
    leg.weight += std::exchange(other.weight, 0);
  }
}

/// A server that stands still on a machine that is there (SIGSTOP) has its packets acknowledged by
/// the kernel, so only the client's own timeout helps.
void Postgres::await_answer(int cluster, std::size_t slot, int server) {
  const Server& s = servers_[static_cast<std::size_t>(server)];
  Silence& silence = leg_of(cluster, slot).silence;
  Retransmissions& resending = resending_[static_cast<std::size_t>(cluster)];
  context_.engine.cancel(silence.timer);
  resending.begin();
  silence.server = server;
  silence.since = context_.now();
  silence.acknowledges = s.up && kubernetes_.reached_from_outside(s.pod);
  silence.same_process = true;
  silence.patience = draws_.client_timeout.time();
  if (!silence.acknowledges) silence.patience = std::min(silence.patience, resending.given_up());
  of_clients(silence.patience, Kind::given_up, cluster, slot, silence.timer);
}

bool Postgres::hears_again(const Silence& silence) const {
  const Server& server = servers_[static_cast<std::size_t>(silence.server)];
  return silence.same_process && is_reached(server);
}

/// The same process can be reached again: what was sent meanwhile arrives when the kernel next
/// sends it, and the connections go on as if nothing had been.
void Postgres::look_for_answer(int cluster, std::size_t slot) {
  Silence& silence = leg_of(cluster, slot).silence;
  if (silence.server == none || !hears_again(silence)) return;
  if (context_.engine.pending(silence.timer) > 1) return;  // it will
  const Duration passed = context_.now() - silence.since;
  const Duration heard =
      silence.acknowledges ? passed : resending_[static_cast<std::size_t>(cluster)].next(passed);
  if (heard >= silence.patience) return;  // they give up before
  silence.heard_since = context_.now();
  of_clients(heard - passed, Kind::resumed, cluster, slot, silence.timer);
}

/// The wait cost something only since there was somebody else to go to.
void Postgres::give_up(int cluster, std::size_t slot) {
  Leg& leg = leg_of(cluster, slot);
  Silence& silence = leg.silence;
  const Retransmissions& resending = resending_[static_cast<std::size_t>(cluster)];
  const bool by_kernel = !silence.acknowledges && silence.patience == resending.given_up();
  const int server = std::exchange(silence.server, none);
  context_.engine.cancel(silence.timer);
  const bool delayed = leg.server != none && !leg.connected;
  context_.note(NoteKind::connections_given_up, ComponentId::postgres,
                servers_[static_cast<std::size_t>(server)].subject,
                by_kernel ? resending.parameter() : draws_.client_timeout.id(),
                delayed ? context_.now() - leg.since : Duration::zero());
  if (delayed) spread(cluster, slot, draws_.reconnect_time.time());
}

void Postgres::resume(int cluster, std::size_t slot) {
  Leg& leg = leg_of(cluster, slot);
  Silence& silence = leg.silence;
  if (silence.server == none || !hears_again(silence)) return;
  leg.server = std::exchange(silence.server, none);
  context_.engine.cancel(silence.timer);
  context_.engine.cancel(leg.reconnect);
  leg.connected = true;
  leg.writing_since = context_.now();
  look_at_commits();
  changed();
  context_.note(NoteKind::connections_resumed, ComponentId::postgres,
                servers_[static_cast<std::size_t>(leg.server)].subject,
                resending_[static_cast<std::size_t>(cluster)].parameter(),
                context_.now() - silence.heard_since);
}

}  // namespace drdrill::models
