#pragma once

#include <vector>

#include "models/context.hpp"

/// How Linux goes on resending to a peer that has vanished without a word, and when it tells the
/// program that the connection is dead (net/ipv4/tcp_timer.c; ip-sysctl: tcp_retries2). The timeout
/// begins at the round trip plus tcp_rto_min (tcp_input.c), doubles up to 120 s, and the first one
/// that runs out beyond the limit ends the connection. Each runs longer than it says: the kernel's
/// timer wheel rounds up to ticks, the coarser the longer the timer is (kernel/time/timer.c).
namespace drdrill::models {

/// What the kernel compares with (tcp_model_timeout): how long the first timeout and so many
/// retransmissions take if each waits twice as long as the one before, up to `most`.
Duration model_timeout(int retransmissions, Duration first, Duration most);

/// How much longer than asked a timer may run, in ticks: the granularity of its level of the wheel.
std::int64_t timer_granularity(std::int64_t ticks);

/// The retransmissions of one connection.
class Retransmissions {
 public:
  /// Those of the clients of a cluster.
  Retransmissions(Context& context, int cluster);

  void reset();
  /// What is sent now will not be acknowledged. Times below are counted from here.
  void begin();
  Duration given_up() const { return sent_.back(); }
  /// The first retransmission that is not before `passed`: what a peer that is back then answers.
  Duration next(Duration passed) const;
  ParameterId parameter() const { return retries_.id(); }

 private:
  Context& context_;
  Draw& retries_;
  Draw& least_;
  Draw& most_;
  Draw& round_trip_;
  Draw& tick_;
  RandomStream phases_;
  std::vector<Duration> sent_{Duration::zero()};
};

}  // namespace drdrill::models
