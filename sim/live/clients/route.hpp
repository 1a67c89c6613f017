#pragma once

#include <optional>
#include <string>

#include "sim/live/clients/directory.hpp"

/// Which endpoint of a Service a client takes: any, another one each time it has to choose anew.
namespace drdrill::live {

class Route {
 public:
  Route(const Directory& directory, std::string service)
      : directory_(&directory), service_(std::move(service)) {}

  const std::string& service() const { return service_; }
  /// Nothing when the Service leads nowhere.
  std::optional<Endpoint> next();
  /// Does the Service still lead there?
  bool leads_to(const Endpoint& endpoint) const;
  std::vector<Endpoint> all() const { return directory_->endpoints(service_); }

 private:
  const Directory* directory_;
  std::string service_;
  std::size_t turn_ = 0;
};

}  // namespace drdrill::live
