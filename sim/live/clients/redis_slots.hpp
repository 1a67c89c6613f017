#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The 16384 hash slots of a Redis cluster, as its specification has them
/// (redis.io/docs/reference/cluster-spec): CRC16 (XMODEM) of the key, or of its hash tag.
namespace drdrill::live {

inline constexpr std::uint16_t slot_count = 16384;

/// Both ends belong to it.
struct SlotRange {
  std::uint16_t first = 0;
  std::uint16_t last = slot_count - 1;
};

std::uint16_t slot_of(std::string_view key);

/// The shortest decimal number that, as a hash tag, falls into the range.
std::string tag_in(SlotRange range);

/// Part `part` of `parts` of the range; never empty as long as it has a slot for each part.
SlotRange part_of(SlotRange range, unsigned part, unsigned parts);

}  // namespace drdrill::live
