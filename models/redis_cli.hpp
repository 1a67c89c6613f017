#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/time.hpp"

/// redis-cli's command line.
namespace drdrill::models {

struct RedisCall {
  std::string host;
  int port = 6379;
  std::string manager;  ///< what follows --cluster
  std::vector<std::string> words;
  bool follows = false;              ///< -c: goes where MOVED says
  bool strict = false;               ///< -e: exits 1 on an error reply
  std::optional<Duration> patience;  ///< -t
  std::string not_known;             ///< an option that has no meaning here
  // --cluster-…
  bool yes = false;
  bool as_replica = false;
  bool empty_masters = false;
  int replicas = 0;
  int slots = 0;
  std::string master_id;
  std::string from;
  std::string to;
};

RedisCall read_redis_cli(const std::vector<std::string>& argv);
std::pair<std::string, int> host_and_port(std::string_view address);

}  // namespace drdrill::models
