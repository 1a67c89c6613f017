#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sim/kube/server_settings.hpp"

/// Settings with which a server does not start. What is not in these tables is taken to be
/// accepted.
namespace drdrill::kube {

struct RefusedSetting {
  std::size_t index;  ///< of the setting
  std::string says;   ///< the server's own words, without the place
  std::string why;    ///< a sentence for people, with what to write in its place
};

/// By the PostgreSQL that the container's image has. Nothing is refused when its tag does not tell
/// the version.
std::vector<RefusedSetting> refused_by_postgres(const Container& container,
                                                std::span<const ServerSetting> settings);
/// By Redis 7.
std::vector<RefusedSetting> refused_by_redis(const Container& container,
                                             std::span<const ServerSetting> settings);

}  // namespace drdrill::kube
