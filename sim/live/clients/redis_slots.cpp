#include "sim/live/clients/redis_slots.hpp"

namespace drdrill::live {
namespace {

std::uint16_t crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8U;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    crc &= 0xffffU;
  }
  return static_cast<std::uint16_t>(crc);
}

/// What stands between the first brace and the next closing one, if anything does.
std::string_view hashed_part(std::string_view key) {
  const auto open = key.find('{');
  if (open == std::string_view::npos) return key;
  const auto close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

std::uint16_t slot_of(std::string_view key) {
  return crc16(hashed_part(key)) % slot_count;
}

std::string tag_in(SlotRange range) {
  for (std::uint64_t number = 0;; ++number) {
    std::string tag = std::to_string(number);
    const std::uint16_t slot = slot_of(tag);
    if (slot >= range.first && slot <= range.last) return tag;
  }
}

SlotRange part_of(SlotRange range, unsigned part, unsigned parts) {
  const unsigned length = range.last - range.first + 1U;
  const unsigned first = range.first + length * part / parts;
  const unsigned next = range.first + length * (part + 1) / parts;
  return {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(next - 1)};
}

}  // namespace drdrill::live
