#include "models/redis_slots.hpp"

#include <cstdint>

namespace drdrill::models {
namespace {

/// CRC-16/XMODEM: polynomial 0x1021, most significant bit first, from 0.
unsigned crc16(std::string_view text) {
  unsigned crc = 0;
  for (const char c : text) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) ? (crc << 1) ^ 0x1021U : crc << 1;
    crc &= 0xffffU;
  }
  return crc;
}

}  // namespace

int slot_of_key(std::string_view key) {
  if (const auto open = key.find('{'); open != std::string_view::npos) {
    const auto close = key.find('}', open);
    if (close != std::string_view::npos && close > open + 1)
      key = key.substr(open + 1, close - open - 1);
  }
  return static_cast<int>(crc16(key) % all_slots);
}

std::pair<int, int> shared_out(std::size_t nth, std::size_t masters) {
  // lround(cursor + slots per node - 1), in whole numbers.
  const auto end = [&](std::size_t n) {
    const auto parts = static_cast<int>(masters);
    return (2 * all_slots * static_cast<int>(n) - parts) / (2 * parts);
  };
  return {nth == 0 ? 0 : end(nth) + 1, nth + 1 == masters ? all_slots - 1 : end(nth + 1)};
}

}  // namespace drdrill::models
