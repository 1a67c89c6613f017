#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/clients/outcome.hpp"
#include "sim/live/clients/route.hpp"

struct pg_conn;

/// One connection to a PostgreSQL database through a Service. Connects when it has to, with a
/// deadline for connection and statement together. For one thread at a time.
namespace drdrill::live {

/// Passwords are libpq's business: PGPASSWORD, PGPASSFILE.
struct SqlTarget {
  std::string service = "postgres-primary";
  std::string database = "postgres";
  std::string user = "postgres";
  /// Its statements stay out of the server's log, whatever that is told to log: an instrument's say
  /// nothing about the platform. For superusers.
  bool unlogged = false;
};

struct SqlReply : Reply {
  std::string state{};                ///< SQLSTATE of a refusal by the server, otherwise empty
  std::vector<std::string> values{};  ///< the result, row by row; NULL is empty
};

class SqlClient {
 public:
  SqlClient(const Directory& directory, SqlTarget target);

  /// Runs one statement with its parameters ($1, …). A deadline that passes closes the connection
  /// without cancelling: the server may still do it.
  SqlReply run(const std::string& statement, const std::vector<std::string>& parameters,
               Deadline deadline);
  void disconnect() { connection_.reset(); }
  bool connected() const { return connection_ != nullptr; }
  /// Connected to where the Service no longer leads.
  bool led_astray() const { return connected() && !route_.leads_to(endpoint_); }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };

  Reply connect(Deadline deadline);
  Reply finish_connecting(Deadline deadline);
  SqlReply await_result(Deadline deadline);
  Reply flush(Deadline deadline);
  SqlReply gone(const Reply& reply);
  std::string words() const;

  Route route_;
  SqlTarget target_;
  Endpoint endpoint_;
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace drdrill::live
