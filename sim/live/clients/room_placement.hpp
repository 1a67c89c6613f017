#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "sim/live/clients/directory.hpp"

/// Which SFU server a room is on, as whoever tells clients where to go knows it. A room stays where
/// it is while the Service leads there, and is put on the server with the fewest clients otherwise;
/// of equals on the first.
namespace drdrill::live {

class RoomPlacement {
 public:
  /// Where somebody who joins that room is sent; nothing when `listed` is empty.
  std::optional<Endpoint> choose(std::uint32_t room, const std::vector<Endpoint>& listed);
  /// The server has said that it knows nothing of a client of that room.
  void forget(std::uint32_t room, const Endpoint& server);
  void entered(const Endpoint& server);
  void left(const Endpoint& server);

 private:
  int load_of(const Endpoint& server) const;

  mutable std::mutex mutex_;
  std::map<std::uint32_t, Endpoint> rooms_;
  std::vector<std::pair<Endpoint, int>> loads_;
};

}  // namespace drdrill::live
