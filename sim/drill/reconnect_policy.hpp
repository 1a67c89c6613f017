#pragma once

#include <array>
#include <cstddef>

#include "sim/base/time.hpp"

/// LiveKit's JavaScript client: how long it waits before each of its ten attempts to reconnect, and
/// up to a second more from the third on (client-sdk-js 2.21.0, DefaultReconnectPolicy.ts).
namespace drdrill {

inline constexpr std::size_t reconnect_attempts = 10;
inline constexpr std::size_t first_with_jitter = 2;

/// The wait before the attempt of that number, from 0; `jitter` in [0, 1).
inline Duration reconnect_wait(std::size_t attempt, double jitter) {
  constexpr std::array<int, reconnect_attempts> waits_ms{0,    300,  1200, 2700, 4800,
                                                         7000, 7000, 7000, 7000, 7000};
  const Duration wait = std::chrono::milliseconds(waits_ms[attempt]);
  return attempt < first_with_jitter ? wait : wait + from_seconds(jitter);
}

}  // namespace drdrill
