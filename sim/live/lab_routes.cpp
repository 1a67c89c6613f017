#include <nlohmann/json.hpp>

#include "sim/live/lab_kept.hpp"

/// Where Services lead, as kube-proxy and a resolver would have it, told to whoever asks: programs
/// that resolve names by a hosts file, those that read where a Service leads, and Prometheus.
namespace drdrill::live {

using nlohmann::json;

void Lab::routes_changed() {
  ++version_;
  auto routes = std::make_shared<Routes>();
  routes->services.resize(clusters_.items.size());
  for (std::size_t c = 0; c < clusters_.items.size(); ++c)
    for (const kube::Service& service : clusters_.items[c].services)
      if (service.meta.exists && service.meta.ns == platform_.clusters[c].home_namespace)
        routes->services[c][service.meta.name] =
            endpoints_of(c, service.meta.name, service.meta.ns);
  for (const auto& kept : kept_)
    if (kept->state.kind == WorkloadModel::Kind::ingress)
      routes->proxies[kept->state.place.address] = kept->state.cluster;
  routes_ = std::move(routes);
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) tell_programs(c);
  if (!platform_.dns.provider.empty()) tell_name_server();
  wake_.notify_all();
}

/// The hosts file is written in place: programs have it mounted.
void Lab::tell_programs(std::size_t cluster) {
  std::string hosts = "127.0.0.1 localhost\n" + network_.host_address() + " operator\n";
  if (provider_) hosts += provider_->host + " " + platform_.dns.provider + "\n";
  json scraped = json::array();
  for (const auto& kept : kept_) {
    if (kept->state.cluster != cluster) continue;
    hosts += kept->state.place.address + " " + kept->state.name + " " + kept->state.name + "." +
             kept->model->workload + "\n";
    if (kept->program->has_metrics())
      scraped.push_back(
          {{"targets", {kept->state.place.address + ":" + std::to_string(kept->program->port())}},
           {"labels", {{"pod", kept->state.name}}}});
  }
  json services = json::object();
  for (const kube::Service& service : clusters_.items[cluster].services) {
    if (!service.meta.exists) continue;
    const std::string& name = service.meta.name;
    const auto leads = endpoints_of(cluster, name, service.meta.ns);
    json list = json::array();
    for (const Endpoint& endpoint : leads) list.push_back({endpoint.host, endpoint.port});
    services[name] = list;
    if (leads.empty()) continue;
    const std::string whole = name + "." + service.meta.ns;
    hosts.append(leads.front().host).append(" ").append(name).append(" ").append(whole);
    hosts.append(" ").append(whole).append(".svc.cluster.local\n");
  }
  write_file(shared_of(cluster) + "/hosts", hosts);
  replace_file(shared_of(cluster) + "/services.json", services.dump());
  replace_file(shared_of(cluster) + "/scraped.json", scraped.dump());
}

std::vector<Endpoint> Lab::endpoints_of(std::size_t cluster, std::string_view service,
                                        std::string_view ns) const {
  std::vector<Endpoint> leads;
  const kube::Cluster& objects = clusters_.items[cluster];
  const int found = kube::find_service(objects, std::string(ns), service);
  if (found == kube::no_index) return leads;
  for (const int pod : kube::endpoints(objects, found))
    if (const Kept* kept = find(objects.pods[static_cast<std::size_t>(pod)].meta.name))
      leads.push_back(kept->program->endpoint(kept->state.place));
  return leads;
}

std::vector<Endpoint> Lab::endpoints(std::string_view service, std::size_t cluster) const {
  const std::shared_ptr<const Routes> routes = routes_;
  if (cluster >= routes->services.size()) return {};
  const auto found = routes->services[cluster].find(service);
  return found == routes->services[cluster].end() ? std::vector<Endpoint>() : found->second;
}

std::optional<std::size_t> Lab::cluster_at(std::string_view address) const {
  const std::shared_ptr<const Routes> routes = routes_;
  const auto found = routes->proxies.find(address);
  if (found == routes->proxies.end()) return std::nullopt;
  return found->second;
}

}  // namespace drdrill::live
