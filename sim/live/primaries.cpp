#include "sim/live/primaries.hpp"

#include <algorithm>

namespace drdrill::live {
namespace {

constexpr std::chrono::milliseconds period{200};
constexpr std::chrono::milliseconds patience{200};

}  // namespace

struct PrimaryWatch::Server final : Directory {
  explicit Server(const ServerToWatch& what)
      : pod(what.pod), endpoint(what.endpoint), client(*this, {pod, "postgres", "postgres"}) {}
  std::vector<Endpoint> endpoints(std::string_view) const override { return {endpoint}; }

  bool is_writable() {
    const SqlReply reply = client.run("SELECT pg_is_in_recovery()", {}, Clock::now() + patience);
    if (!reply.ok()) client.disconnect();
    return reply.ok() && !reply.values.empty() && reply.values.front() == "f";
  }

  std::string pod;
  Endpoint endpoint;
  SqlClient client;
  bool beside = false;
};

PrimaryWatch::PrimaryWatch(const Directory& services, std::string write_service,
                           const std::vector<ServerToWatch>& servers, Tell tell)
    : services_(services), write_service_(std::move(write_service)), tell_(std::move(tell)) {
  for (const ServerToWatch& server : servers) servers_.push_back(std::make_unique<Server>(server));
  thread_ = std::thread([this] { watch(); });
}

PrimaryWatch::~PrimaryWatch() {
  stop_.request();
  thread_.join();
}

void PrimaryWatch::watch() {
  auto due = Clock::now();
  while (stop_.wait_until(due)) {
    std::vector<Server*> writable;
    for (const auto& server : servers_)
      if (server->is_writable()) writable.push_back(server.get());
    const auto leads = services_.endpoints(write_service_);
    const auto is_led_to = [&](const Server* server) {
      return std::find(leads.begin(), leads.end(), server->endpoint) != leads.end();
    };
    // Where the Service leads to none of them, the first is as good as any.
    const bool any = std::any_of(writable.begin(), writable.end(), is_led_to);
    for (const auto& server : servers_) {
      const bool writes =
          std::find(writable.begin(), writable.end(), server.get()) != writable.end();
      const bool main =
          any ? is_led_to(server.get()) : !writable.empty() && writable.front() == server.get();
      const bool beside = writes && !main;
      if (std::exchange(server->beside, beside) != beside) tell_(server->pod, beside, Clock::now());
    }
    due = std::max(due + period, Clock::now());
  }
}

}  // namespace drdrill::live
