#include "sim/live/clients/file_directory.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace drdrill::live {
namespace {

using nlohmann::json;

bool is_endpoint(const json& item) {
  return item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_number_unsigned();
}

}  // namespace

std::vector<Endpoint> FileDirectory::endpoints(std::string_view service) const {
  std::ifstream in(path_);
  const json services = json::parse(in, nullptr, false);
  if (!services.is_object()) return {};
  const auto found = services.find(std::string(service));
  if (found == services.end() || !found->is_array()) return {};
  std::vector<Endpoint> out;
  for (const json& item : *found)
    if (is_endpoint(item))
      out.push_back({item[0].get<std::string>(), item[1].get<std::uint16_t>()});
  return out;
}

}  // namespace drdrill::live
