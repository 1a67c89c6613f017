#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/clients/outcome.hpp"
#include "sim/live/clients/sql_client.hpp"
#include "sim/live/clients/stop.hpp"

/// Watches which PostgreSQL servers of a lab take writes, whatever Services say: asked one by one,
/// five times a second, over connections of its own. A server that is writable beside the one that
/// the Service leads to acknowledges what will be lost. Seen from where clients are: a server that
/// clients do not reach is not seen either. Times are known to within one round of questions.
namespace drdrill::live {

struct ServerToWatch {
  std::string pod;
  Endpoint endpoint;
};

class PrimaryWatch {
 public:
  /// Told when a server begins to be (or is no longer) writable beside the Service's.
  using Tell = std::function<void(const std::string& pod, bool beside, Clock::time_point at)>;

  PrimaryWatch(const Directory& services, std::string write_service,
               const std::vector<ServerToWatch>& servers, Tell tell);
  PrimaryWatch(const PrimaryWatch&) = delete;
  PrimaryWatch& operator=(const PrimaryWatch&) = delete;
  ~PrimaryWatch();

 private:
  struct Server;
  void watch();

  const Directory& services_;
  std::string write_service_;
  Tell tell_;
  std::vector<std::unique_ptr<Server>> servers_;
  Stop stop_;
  std::thread thread_;
};

}  // namespace drdrill::live
