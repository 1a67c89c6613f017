#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "models/redis.hpp"

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

/// The command exists; what it would answer or do is not known.
inline Redis::Reply not_known_here() {
  return {"", false, false};
}

}  // namespace drdrill::models::redis_replies
