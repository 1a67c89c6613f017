#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "models/redis.hpp"
#include "models/redis_slots.hpp"

/// How replies are made. Private to redis*.cpp.
namespace drdrill::models::redis_replies {

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

inline Redis::Reply error(std::string text) {
  return {"ERR " + std::move(text), true};
}

inline Redis::Reply done(std::string text = "OK") {
  return {std::move(text), false, true, true};
}

inline std::optional<int> slot_in(std::string_view text) {
  int slot = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), slot);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return slot >= 0 && slot < all_slots ? std::optional(slot) : std::nullopt;
}

/// The command exists; what it would answer or do is not known.
inline Redis::Reply not_known_here() {
  return {"", false, false};
}

}  // namespace drdrill::models::redis_replies
