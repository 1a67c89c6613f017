#include <filesystem>

#include <nlohmann/json.hpp>

#include "sim/live/clients/lab_dns.hpp"
#include "sim/live/lab_kept.hpp"

/// Who answers for the platform's name in a lab: a process of its own, outside of all regions. It
/// is the only one that resolves names, and knows those of the platform only.
namespace drdrill::live {
namespace {

// Without a network of its own it may not have the ports that are meant for it.
constexpr std::uint16_t dns_port = 53, dns_port_without_rights = 5353;
constexpr std::uint16_t api_port_without_rights = 8053;

}  // namespace

void Lab::make_name_server(const Patience& patience) {
  network_.add_name_server();
  PodPlace where;
  where.name = "names";
  where.address = network_.name_server_address();
  where.name_space = network_.name_server_name_space();
  where.folder = place_.folder + "/names";
  where.shared = place_.shared();
  where.contained = why_no_containers().empty();
  make_folder(where.folder);
  make_folder(where.folder + "/root");
  const bool separate = network_.separate();
  const LabDnsOptions options{
      .address = where.address,
      .port = separate ? dns_port : dns_port_without_rights,
      .api_port = separate ? provider_port : api_port_without_rights,
      .name = platform_.entry.hostname,
      .leads_to = platform_.clusters.front().hostname,
      .ttl = std::chrono::floor<std::chrono::seconds>(platform_.entry.dns_ttl),
      .zone = platform_.dns.zone,
      .record = platform_.dns.record,
      .token = platform_.dns.token,
      .addresses_file = place_.shared() + "/addresses.json"};
  write_file(where.folder + "/options.json", to_json(options));
  const std::string own = own_program();
  Program program =
      in_pod(where, {own, "lab-dns", "--options", where.folder + "/options.json"}, nobody_else());
  if (program.container) program.container->mounts.push_back({own, own});
  program.output = where.folder + "/output";
  names_process_ = live::start(program, [&](ProcessId id) {
    log_.put({Made::Kind::process, to_string(id), ""});
  });
  const Endpoint server{options.address, options.port};
  while (!ask_name_server(server, options.name, Clock::now() + std::chrono::milliseconds(200))) {
    if (!is_alive(*names_process_))
      throw std::runtime_error("the name server does not come up; see " + program.output);
    patience.wait("the name server does not answer");
  }
  name_server_ = server;
  provider_ = Endpoint{options.address, options.api_port};
}

/// The names of regions lead to their proxies, ready or not: behind such a name there is a load
/// balancer elsewhere, which nothing plays here.
void Lab::tell_name_server() const {
  nlohmann::json names = nlohmann::json::object();
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) {
    if (platform_.clusters[c].hostname.empty()) continue;
    nlohmann::json addresses = nlohmann::json::array();
    for (const auto& kept : kept_)
      if (kept->state.cluster == c && kept->state.kind == WorkloadModel::Kind::ingress)
        addresses.push_back(kept->state.place.address);
    names[platform_.clusters[c].hostname] = addresses;
  }
  replace_file(place_.shared() + "/addresses.json", names.dump());
}

}  // namespace drdrill::live
