#include "sim/live/clients/lab_api_stores.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace drdrill::live {
namespace {

/// A failure may mean that a kept connection has died, so there is one more try over a new one.
Reply twice(LedgerStore& store, const std::function<Reply(LedgerStore&)>& ask) {
  Reply reply = ask(store);
  if (reply.ok()) return reply;
  store.disconnect();
  if (reply.outcome != Outcome::refused) return reply;
  reply = ask(store);
  if (!reply.ok()) store.disconnect();
  return reply;
}

}  // namespace

class LabApiStores::Loan {
 public:
  Loan(LabApiStores& stores, Deadline deadline) : stores_(stores) {
    std::unique_lock lock(stores_.mutex_);
    const bool found =
        stores_.given_back_.wait_until(lock, deadline, [this] { return !stores_.free_.empty(); });
    if (!found) return;
    pair_ = stores_.free_.back();
    stores_.free_.pop_back();
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() {
    if (pair_ == nullptr) return;
    {
      const std::lock_guard lock(stores_.mutex_);
      stores_.free_.push_back(pair_);
    }
    stores_.given_back_.notify_one();
  }

  Pair* operator->() const { return pair_; }
  explicit operator bool() const { return pair_ != nullptr; }

 private:
  LabApiStores& stores_;
  Pair* pair_ = nullptr;
};

LabApiStores::LabApiStores(const LabApiOptions& options)
    : directory_(options.services_file), timeout_(options.timeout) {
  for (unsigned i = 0; i < options.pool; ++i) {
    pairs_.push_back(std::make_unique<Pair>());
    pairs_.back()->sql = sql_ledger(directory_, options.database, "api_ledger");
    pairs_.back()->redis = redis_ledger(directory_, options.redis_service, SlotRange{}, "api");
    free_.push_back(pairs_.back().get());
  }
}

Reply LabApiStores::ready() {
  std::vector<std::uint64_t> none;
  return read(0, 0, none);
}

Reply LabApiStores::write(std::uint64_t number) {
  const auto deadline = Clock::now() + timeout_;
  const Loan pair(*this, deadline);
  if (!pair) return timed_out("a free connection");
  const auto write_to = [&](LedgerStore& store) { return store.write(number, deadline); };
  if (Reply reply = twice(*pair->sql, write_to); !reply.ok()) return reply;
  Reply reply = twice(*pair->redis, write_to);
  if (reply.ok()) ++written_;
  return reply;
}

Reply LabApiStores::read(std::uint64_t first, std::uint64_t last,
                         std::vector<std::uint64_t>& present) {
  const auto deadline = Clock::now() + timeout_;
  const Loan pair(*this, deadline);
  if (!pair) return timed_out("a free connection");
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> keys;
  const auto into = [&](std::vector<std::uint64_t>& out) {
    return [&](LedgerStore& store) { return store.read(first, last, out, deadline); };
  };
  if (Reply reply = twice(*pair->sql, into(rows)); !reply.ok()) return reply;
  if (Reply reply = twice(*pair->redis, into(keys)); !reply.ok()) return reply;
  std::set_intersection(rows.begin(), rows.end(), keys.begin(), keys.end(),
                        std::back_inserter(present));
  return {};
}

}  // namespace drdrill::live
