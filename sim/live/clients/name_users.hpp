#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/outcome.hpp"

/// Clients of a name, each with an answer of its own that it keeps for as long as it may and no
/// longer. At the start the answers are of different ages, as with clients that have been there for
/// a while. A name that leads nowhere, and a name server that says nothing, is asked again and
/// again; meanwhile the client goes nowhere.
namespace drdrill::live {

class NameUsers {
 public:
  /// At least one client. `seed`: of the ages.
  NameUsers(Endpoint server, std::string name, std::size_t clients, unsigned seed);
  NameUsers(const NameUsers&) = delete;
  NameUsers& operator=(const NameUsers&) = delete;
  ~NameUsers();

  std::size_t size() const { return clients_.size(); }
  /// Where the client goes now: the first address of its answer. Empty: nowhere.
  std::string address_for(std::size_t client) const;

 private:
  struct Client {
    std::string address;
    Clock::time_point expires{};
  };
  void keep_asking();

  Endpoint server_;
  std::string name_;
  mutable std::mutex mutex_;
  std::vector<Client> clients_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace drdrill::live
