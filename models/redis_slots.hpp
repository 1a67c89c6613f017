#pragma once

#include <string_view>
#include <utility>

/// Which slot of a Redis Cluster a key is in (redis.io, cluster specification: CRC16 of the key, or
/// of what its first pair of braces holds).
namespace drdrill::models {

inline constexpr int all_slots = 16384;

int slot_of_key(std::string_view key);

/// The slots that redis-cli gives the `nth` of so many masters, first and last.
std::pair<int, int> shared_out(std::size_t nth, std::size_t masters);

}  // namespace drdrill::models
