#include "sim/live/clients/sql_client.hpp"

#include <array>
#include <libpq-fe.h>
#include <memory>
#include <poll.h>

#include "sim/live/clients/socket.hpp"

namespace drdrill::live {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// The first line of what libpq says.
std::string first_line(const char* text) {
  const std::string whole = text == nullptr ? "" : text;
  return whole.substr(0, whole.find('\n'));
}

void append_values(const PGresult* result, std::vector<std::string>& out) {
  const int rows = PQntuples(result);
  const int columns = PQnfields(result);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      out.emplace_back(PQgetvalue(result, row, column));
}

/// Takes what a result says into the reply; the first refusal stays.
void take(const PGresult* result, SqlReply& reply) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK) append_values(result, reply.values);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || !reply.ok()) return;
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  reply.outcome = Outcome::refused;
  reply.text = first_line(PQresultErrorMessage(result));
  reply.state = state == nullptr ? "" : state;
}

}  // namespace

void SqlClient::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

SqlClient::SqlClient(const Directory& directory, SqlTarget target)
    : route_(directory, target.service), target_(std::move(target)) {}

std::string SqlClient::words() const {
  return first_line(PQerrorMessage(connection_.get()));
}

SqlReply SqlClient::gone(const Reply& reply) {
  disconnect();
  return {reply};
}

Reply SqlClient::connect(Deadline deadline) {
  const auto endpoint = route_.next();
  if (!endpoint) return refused("Service " + target_.service + " leads nowhere");
  endpoint_ = *endpoint;
  const std::string port = std::to_string(endpoint_.port);
  const std::array<const char*, 9> keys{"hostaddr", "port",       "dbname",           "user",
                                        "sslmode",  "gssencmode", "application_name", "options",
                                        nullptr};
  const std::array<const char*, 9> values{endpoint_.host.c_str(),
                                          port.c_str(),
                                          target_.database.c_str(),
                                          target_.user.c_str(),
                                          "disable",
                                          "disable",
                                          "drdrill",
                                          target_.unlogged ? "-c log_statement=none" : "",
                                          nullptr};
  connection_.reset(PQconnectStartParams(keys.data(), values.data(), 0));
  if (connection_ == nullptr) return unable("no memory for a connection");
  Reply reply = finish_connecting(deadline);
  if (reply.ok()) return reply;
  disconnect();
  if (reply.outcome == Outcome::refused && !can_open_descriptor())
    return unable("no descriptor left: " + reply.text);
  return reply;
}

Reply SqlClient::finish_connecting(Deadline deadline) {
  pg_conn* connection = connection_.get();
  if (PQstatus(connection) == CONNECTION_BAD) return refused(words());
  // As libpq asks for it: the first wait is for writing.
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(PQsocket(connection), events, deadline))
      return timed_out("connect to " + text_of(endpoint_));
    next = PQconnectPoll(connection);
  }
  if (next == PGRES_POLLING_FAILED) return refused(words());
  PQsetnonblocking(connection, 1);
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  return {};
}

Reply SqlClient::flush(Deadline deadline) {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return refused(words());
    if (!wait_for(PQsocket(connection_.get()), POLLIN | POLLOUT, deadline))
      return timed_out("send");
    if (PQconsumeInput(connection_.get()) == 0) return refused(words());
  }
}

SqlReply SqlClient::await_result(Deadline deadline) {
  SqlReply reply;
  pg_conn* connection = connection_.get();
  while (true) {
    while (PQisBusy(connection) != 0) {
      if (!wait_for(PQsocket(connection), POLLIN, deadline))
        return {timed_out("statement at " + text_of(endpoint_))};
      if (PQconsumeInput(connection) == 0) return {refused(words())};
    }
    const Result result(PQgetResult(connection), &PQclear);
    if (result == nullptr) return reply;
    take(result.get(), reply);
  }
}

SqlReply SqlClient::run(const std::string& statement, const std::vector<std::string>& parameters,
                        Deadline deadline) {
  if (!connected())
    if (const Reply reply = connect(deadline); !reply.ok()) return {reply};
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(values.size()),
                        nullptr, values.data(), nullptr, nullptr, 0) == 0)
    return gone(refused(words()));
  if (const Reply reply = flush(deadline); !reply.ok()) return gone(reply);
  SqlReply reply = await_result(deadline);
  const bool broken = PQstatus(connection_.get()) != CONNECTION_OK;
  if (broken || reply.outcome == Outcome::timed_out) disconnect();
  return reply;
}

}  // namespace drdrill::live
