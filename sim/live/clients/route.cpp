#include "sim/live/clients/route.hpp"

#include <algorithm>

namespace drdrill::live {

std::optional<Endpoint> Route::next() {
  const std::vector<Endpoint> found = all();
  if (found.empty()) return std::nullopt;
  return found[turn_++ % found.size()];
}

bool Route::leads_to(const Endpoint& endpoint) const {
  const std::vector<Endpoint> found = all();
  return std::find(found.begin(), found.end(), endpoint) != found.end();
}

}  // namespace drdrill::live
