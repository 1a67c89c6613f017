#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/base/time.hpp"

/// A queue with several servers, first come first served (G/G/c): connections of a pool, workers of
/// a pod. Because nobody overtakes, the completion of a customer is known when it arrives (Kiefer
/// and Wolfowitz, 1955: it is served by the server that is free first), so the station needs no
/// event for a service to start.
namespace drdrill {

class Station {
 public:
  static constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

  /// `room` is how many may wait beside those in service; one more is refused.
  explicit Station(std::size_t servers, std::size_t room = unbounded);

  /// When the service of a customer who arrives now will end; nothing when the queue is full or
  /// there is no server. Arrivals must come in order of time (a Bug otherwise).
  std::optional<Offset> offer(Offset arrival, Duration service);

  /// How long a customer who arrives now would wait before its service starts; `never` when there
  /// is no server.
  Duration wait(Offset now) const;

  /// How many are being served, and how many wait, at `now` (not before the last arrival). Waiting
  /// is only known where the room is bounded.
  std::size_t busy(Offset now) const;
  std::size_t waiting(Offset now);

  std::size_t servers() const { return free_at_.size(); }

  /// Changes the number of servers. Whoever has been accepted keeps the completion that offer
  /// promised: a new server takes only later arrivals (who may then start before somebody who still
  /// waits), and of the servers the idle ones leave first.
  void resize(std::size_t servers, Offset now);

  /// Everybody is gone and every server free: the start of a replication, or a crash. What had been
  /// promised is the caller's to cancel. Allocates nothing.
  void reset();

 private:
  std::vector<Offset> free_at_;  // a heap, the earliest on top
  std::vector<Offset> starts_;   // a ring of `room` places: when those who wait will start
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;
  std::size_t room_;
  Offset last_arrival_ = Offset::min();
};

}  // namespace drdrill
