#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Where a Kubernetes Service leads at this moment, as kube-proxy would route a new connection.
/// Clients ask whenever they connect, take any of the answers, and keep their connection when the
/// Service changes afterwards: that is how real clients end up on an old primary.
namespace drdrill::live {

/// A numeric address ("127.0.7.1") and a port. Names are never resolved: a resolver would be one
/// more thing that can hang.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
};

/// "127.0.7.1:5432", for messages.
inline std::string text_of(const Endpoint& endpoint) {
  return endpoint.host + ':' + std::to_string(endpoint.port);
}

class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  virtual ~Directory() = default;

  /// Safe to call from several threads. Empty when the Service leads nowhere.
  virtual std::vector<Endpoint> endpoints(std::string_view service) const = 0;
};

/// Leads to one place, whatever the Service.
class OneEndpoint final : public Directory {
 public:
  explicit OneEndpoint(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}
  std::vector<Endpoint> endpoints(std::string_view) const override { return {endpoint_}; }

 private:
  Endpoint endpoint_;
};

}  // namespace drdrill::live
