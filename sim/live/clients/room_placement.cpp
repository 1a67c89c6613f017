#include "sim/live/clients/room_placement.hpp"

#include <algorithm>

namespace drdrill::live {

std::optional<Endpoint> RoomPlacement::choose(std::uint32_t room,
                                              const std::vector<Endpoint>& listed) {
  if (listed.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto known = rooms_.find(room);
  if (known != rooms_.end() &&
      std::find(listed.begin(), listed.end(), known->second) != listed.end())
    return known->second;
  const auto least = std::min_element(
      listed.begin(), listed.end(),
      [this](const Endpoint& a, const Endpoint& b) { return load_of(a) < load_of(b); });
  rooms_[room] = *least;
  return *least;
}

void RoomPlacement::forget(std::uint32_t room, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  const auto known = rooms_.find(room);
  if (known != rooms_.end() && known->second == server) rooms_.erase(known);
}

void RoomPlacement::entered(const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  for (auto& [endpoint, load] : loads_)
    if (endpoint == server) {
      ++load;
      return;
    }
  loads_.emplace_back(server, 1);
}

void RoomPlacement::left(const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  for (auto& [endpoint, load] : loads_)
    if (endpoint == server) --load;
}

int RoomPlacement::load_of(const Endpoint& server) const {
  for (const auto& [endpoint, load] : loads_)
    if (endpoint == server) return load;
  return 0;
}

}  // namespace drdrill::live
