#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/live/clients/http_client.hpp"
#include "sim/live/clients/redis_client.hpp"
#include "sim/live/clients/sql_client.hpp"

/// Where numbered records of a ledger are written to and looked for: a table, keys of a slot range,
/// or the API. One object for each thread.
namespace drdrill::live {

class LedgerStore {
 public:
  LedgerStore() = default;
  LedgerStore(const LedgerStore&) = delete;
  LedgerStore& operator=(const LedgerStore&) = delete;
  virtual ~LedgerStore() = default;

  /// Ok means acknowledged: this record is there, now or already. Writing it again is harmless.
  virtual Reply write(std::uint64_t number, Deadline deadline) = 0;
  /// Which of `first`…`last` are there now; appended in order. Nothing is appended unless ok.
  virtual Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present,
                     Deadline deadline) = 0;
  /// The next question is routed anew.
  virtual void disconnect() = 0;
};

/// Rows of `table(n bigint primary key, at timestamptz)`, which it makes where it is missing. A
/// system that has no such table has no record. `table` is a plain word of lower-case letters,
/// digits and underscores.
std::unique_ptr<LedgerStore> sql_ledger(const Directory& directory, SqlTarget target,
                                        const std::string& table = "ledger");

/// Keys `prefix:{tag}:n` over 16 hash tags spread over the range; set once, without expiry.
std::unique_ptr<LedgerStore> redis_ledger(const Directory& directory, std::string service,
                                          SlotRange range, std::string prefix = "ledger");

/// POST /write?n=…, and GET /ledger?first=…&last=… as lab_api.hpp has them.
std::unique_ptr<LedgerStore> api_ledger(const Directory& directory, std::string service);

}  // namespace drdrill::live
