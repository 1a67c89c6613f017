#pragma once

#include <string_view>

/// Which slot of a Redis Cluster a key is in (redis.io, cluster specification: CRC16 of the key, or
/// of what its first pair of braces holds).
namespace drdrill::models {

inline constexpr int all_slots = 16384;

int slot_of_key(std::string_view key);

}  // namespace drdrill::models
