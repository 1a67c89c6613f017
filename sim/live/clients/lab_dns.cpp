#include "sim/live/clients/lab_dns.hpp"

#include <array>
#include <fstream>
#include <ostream>

#include <nlohmann/json.hpp>

/// What a lab's name server answers.
namespace drdrill::live {
namespace {

using nlohmann::json;

constexpr std::int64_t least_ttl_s = 60;  // Cloudflare's, but 1: automatic
constexpr std::int64_t most_ttl_s = 86400;

LabZone::Changed refuse(int status, const std::string& why) {
  return {status, json{{"success", false}, {"errors", {{{"message", why}}}}}.dump() + "\n"};
}

}  // namespace

std::string to_json(const LabDnsOptions& options) {
  return json{{"address", options.address},   {"port", options.port},
              {"api_port", options.api_port}, {"name", options.name},
              {"leads_to", options.leads_to}, {"ttl_s", options.ttl.count()},
              {"zone", options.zone},         {"record", options.record},
              {"token", options.token},       {"addresses_file", options.addresses_file}}
      .dump();
}

std::optional<LabDnsOptions> read_lab_dns_options(const std::string& path, std::string& why) {
  std::ifstream in(path);
  const json file = json::parse(in, nullptr, false);
  if (!file.is_object()) {
    why = path + " is no object of JSON";
    return std::nullopt;
  }
  LabDnsOptions options;
  const auto text = [&](const char* key, std::string& out) {
    const auto found = file.find(key);
    if (found == file.end() || !found->is_string())
      why = path + ": expected a string as \"" + key + "\"";
    else
      out = found->get<std::string>();
  };
  const auto number = [&](const char* key, auto& out, std::uint64_t most) {
    const auto found = file.find(key);
    if (found == file.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > most)
      why = path + ": expected 0 to " + std::to_string(most) + " as \"" + key + "\"";
    else
      out = std::remove_reference_t<decltype(out)>(found->get<std::uint64_t>());
  };
  text("address", options.address);
  number("port", options.port, UINT16_MAX);
  number("api_port", options.api_port, UINT16_MAX);
  text("name", options.name);
  text("leads_to", options.leads_to);
  number("ttl_s", options.ttl, most_ttl_s);
  text("zone", options.zone);
  text("record", options.record);
  text("token", options.token);
  text("addresses_file", options.addresses_file);
  if (!why.empty()) return std::nullopt;
  return options;
}

LabZone::LabZone(LabDnsOptions options) : options_(std::move(options)) {}

/// Whoever runs the regions changes the file at any time, as a whole.
std::optional<std::vector<std::string>> LabZone::addresses_at(const std::string& name) const {
  std::ifstream in(options_.addresses_file);
  const json names = json::parse(in, nullptr, false);
  if (!names.is_object()) return std::nullopt;
  const auto found = names.find(name);
  if (found == names.end() || !found->is_array()) return std::nullopt;
  std::vector<std::string> addresses;
  for (const json& one : *found)
    if (one.is_string()) addresses.push_back(one.get<std::string>());
  return addresses;
}

std::vector<DnsRecord> LabZone::records_of(const std::string& name) const {
  std::vector<DnsRecord> records;
  std::string region = name;
  if (name == options_.name) {
    records.push_back({name, dns_alias, options_.leads_to, options_.ttl});
    region = options_.leads_to;
  }
  if (const auto addresses = addresses_at(region))
    for (const std::string& address : *addresses)
      records.push_back({region, dns_address, address, options_.ttl});
  return records;
}

std::string LabZone::answer(std::string_view query) const {
  const auto question = read_dns_query(query);
  if (!question) return {};
  if (question->name != options_.name && !addresses_at(question->name))
    return dns_answer(*question, DnsCode::refused, {});
  auto records = records_of(question->name);
  // There is such a name, but of these types it has nothing.
  if (question->type != dns_address)
    std::erase_if(records, [](const DnsRecord& record) { return record.type != dns_alias; });
  return dns_answer(*question, DnsCode::ok, records);
}

LabZone::Changed LabZone::call(std::string_view method, std::string_view path,
                               std::string_view authorization, std::string_view body) {
  if (authorization != "Bearer " + options_.token) return refuse(403, "Authentication error");
  if (path != "/client/v4/zones/" + options_.zone + "/dns_records/" + options_.record)
    return refuse(404, "Could not route to " + std::string(path) +
                           ", perhaps your object identifier is invalid?");
  if (method != "GET") {
    const json asked = json::parse(body, nullptr, false);
    if (!asked.is_object() || !asked.contains("content") || !asked["content"].is_string())
      return refuse(400, "Request body is invalid.");
    std::int64_t ttl = 1;
    if (asked.contains("ttl")) {
      if (!asked["ttl"].is_number_integer()) return refuse(400, "Request body is invalid.");
      ttl = asked["ttl"].get<std::int64_t>();
    }
    if (ttl != 1 && (ttl < least_ttl_s || ttl > most_ttl_s))
      return refuse(400, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
    options_.leads_to = asked["content"].get<std::string>();
    if (ttl != 1) options_.ttl = std::chrono::seconds(ttl);
  }
  return {200, json{{"success", true},
                    {"result",
                     {{"name", options_.name},
                      {"type", "CNAME"},
                      {"content", options_.leads_to},
                      {"ttl", options_.ttl.count()}}}}
                       .dump() +
                   "\n"};
}

}  // namespace drdrill::live
