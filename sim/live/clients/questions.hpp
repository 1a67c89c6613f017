#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/clients/http_client.hpp"
#include "sim/live/clients/redis_client.hpp"
#include "sim/live/clients/sql_client.hpp"

/// What probes ask, over connections of their own. A connection is kept from one question to the
/// next as long as the Service leads there; when a kept one turns out to be dead, the question is
/// put once more over a new one, within the same deadline, because the service may well be there.
namespace drdrill::live {

class Question {
 public:
  Question() = default;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  virtual ~Question() = default;

  /// Once, before anything is asked: leaves what later questions must find again.
  virtual Reply prepare(Deadline /*deadline*/) { return {}; }
  virtual Reply ask(Deadline deadline) = 0;
  virtual void disconnect() = 0;
};

/// Writes a row and reads it back together with the one that `prepare` has left, in every database:
/// a server whose rows are gone fails. Makes the table drdrill_probe where it is missing.
std::unique_ptr<Question> postgres_question(const Directory& directory,
                                            const std::vector<SqlTarget>& databases);

/// Sets a key and reads it back, in the middle of every slot range.
std::unique_ptr<Question> redis_question(const Directory& directory, const std::string& service,
                                         const std::vector<SlotRange>& ranges);

/// A GET that answers 200 to 299, with `expected` in its body.
std::unique_ptr<Question> http_question(const Directory& directory, std::string service,
                                        std::string path, std::string expected = {});

/// A POST that answers 200 to 299.
std::unique_ptr<Question> write_question(const Directory& directory, std::string service,
                                         std::string_view path);

/// A new TCP connection. The kernel accepts for a process that is frozen, so with a `request` the
/// question is whether anything is answered to it.
std::unique_ptr<Question> connect_question(const Directory& directory, std::string service,
                                           std::string request = {});

}  // namespace drdrill::live
