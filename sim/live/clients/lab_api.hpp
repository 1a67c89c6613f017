#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "sim/base/time.hpp"
#include "sim/live/clients/sql_client.hpp"

/// The small HTTP service that plays an API pod in a lab. It writes through both stores, as the
/// platform's API does, and serves:
///
///   GET  /health                    200, always
///   GET  /metrics                   how many writes were acknowledged, for Prometheus
///   GET  /ready                     200 when both stores answer, otherwise 503
///   POST /write?n=N                 200 when row N of api_ledger and key api:N were both
///   acknowledged GET  /read?n=N                  200 when both are there, 404 when one is not GET
///   /ledger?first=A&last=B     the numbers of which both are there, one a line, in order
///
/// Anything that a store refuses or does not answer in time is 503 with its words, a malformed
/// number 400. A number may be written again: what is there stays.
namespace drdrill::live {

struct LabApiOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string services_file;  ///< as file_directory.hpp has it
  SqlTarget database{};
  std::string redis_service = "redis";
  /// Connections to each store. Requests beyond wait their turn, so that a pod that thaws and works
  /// off what has piled up does not use up the database's connections.
  unsigned pool = 8;
  unsigned threads = 64;                       ///< client connections served at once
  Duration timeout = std::chrono::seconds(2);  ///< for a request, waiting for its turn included
};

/// Serves until the program is killed, or until `stop` (asked ten times a second) says so. 0 when
/// it was stopped, 69 when it cannot listen there: why goes to `err`.
int serve_lab_api(const LabApiOptions& options, std::ostream& err,
                  const std::function<bool()>& stop = {});

}  // namespace drdrill::live
