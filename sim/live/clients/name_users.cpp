#include "sim/live/clients/name_users.hpp"

#include <algorithm>
#include <random>

#include "sim/live/clients/lab_dns.hpp"

namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

/// A client's next request comes within so long after its answer has expired.
constexpr milliseconds look_again{20};
constexpr milliseconds answered_within{500};
constexpr std::chrono::seconds first_within{5};

}  // namespace

NameUsers::NameUsers(Endpoint server, std::string name, std::size_t clients, unsigned seed)
    : server_(std::move(server)),
      name_(std::move(name)),
      clients_(std::max<std::size_t>(clients, 1)) {
  const auto until = Clock::now() + first_within;
  std::optional<DnsAddresses> first;
  while (!first && Clock::now() < until) {
    first = ask_name_server(server_, name_, Clock::now() + answered_within);
    if (!first) std::this_thread::sleep_for(look_again);
  }
  std::minstd_rand random(seed);
  std::uniform_real_distribution<double> share(0, 1);
  for (Client& client : clients_) {
    if (!first || first->addresses.empty()) break;
    client.address = first->addresses.front();
    client.expires = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        share(random) * std::chrono::duration<double>(first->ttl));
  }
  thread_ = std::thread([this] { keep_asking(); });
}

NameUsers::~NameUsers() {
  ending_ = true;
  thread_.join();
}

std::string NameUsers::address_for(std::size_t client) const {
  const std::lock_guard lock(mutex_);
  return clients_[client % clients_.size()].address;
}

/// The answer is asked for without the lock, and the old one goes when the new one is there, or is
/// known not to come: a client that waits for its resolver has not failed yet.
void NameUsers::keep_asking() {
  while (!ending_) {
    for (Client& client : clients_) {
      if (Clock::now() < client.expires) continue;
      const auto asked = Clock::now();
      const auto found = ask_name_server(server_, name_, asked + answered_within);
      const std::lock_guard lock(mutex_);
      if (!found || found->addresses.empty())
        client.address.clear();
      else
        client = {found->addresses.front(), asked + found->ttl};
    }
    std::this_thread::sleep_for(look_again);
  }
}

}  // namespace drdrill::live
