#include <filesystem>

#include <nlohmann/json.hpp>

#include "sim/live/lab_kept.hpp"

/// Where Services lead, as kube-proxy and a resolver would have it, told to whoever asks: programs
/// that resolve names by a hosts file, those that read where a Service leads, and Prometheus.
namespace drdrill::live {
namespace {

using nlohmann::json;

/// Whole or not at all: others read it at any time.
void replace_file(const std::string& path, const std::string& text) {
  write_file(path + ".next", text);
  std::filesystem::rename(path + ".next", path);
}

}  // namespace

/// The hosts file is written in place: programs have it mounted.
void Lab::routes_changed() {
  ++version_;
  std::string hosts = "127.0.0.1 localhost\n" + network_.host_address() + " operator\n";
  json scraped = json::array();
  for (const auto& kept : kept_) {
    hosts += kept->state.place.address + " " + kept->state.name + " " + kept->state.name + "." +
             kept->model->workload + "\n";
    if (kept->program->has_metrics())
      scraped.push_back(
          {{"targets", {kept->state.place.address + ":" + std::to_string(kept->program->port())}},
           {"labels", {{"pod", kept->state.name}}}});
  }
  json services = json::object();
  auto routes = std::make_shared<Routes>();
  for (const kube::Service& service : home().services) {
    if (!service.meta.exists) continue;
    const std::string& name = service.meta.name;
    const auto leads = endpoints_of(name, service.meta.ns);
    json list = json::array();
    for (const Endpoint& endpoint : leads) list.push_back({endpoint.host, endpoint.port});
    services[name] = list;
    if (service.meta.ns == platform_.clusters.front().home_namespace) (*routes)[name] = leads;
    if (leads.empty()) continue;
    const std::string whole = name + "." + service.meta.ns;
    hosts.append(leads.front().host).append(" ").append(name).append(" ").append(whole);
    hosts.append(" ").append(whole).append(".svc.cluster.local\n");
  }
  routes_ = std::move(routes);
  write_file(place_.shared() + "/hosts", hosts);
  replace_file(place_.shared() + "/services.json", services.dump());
  replace_file(place_.shared() + "/scraped.json", scraped.dump());
  wake_.notify_all();
}

std::vector<Endpoint> Lab::endpoints_of(std::string_view service, std::string_view ns) const {
  std::vector<Endpoint> leads;
  const int found = kube::find_service(home(), std::string(ns), service);
  if (found == kube::no_index) return leads;
  for (const int pod : kube::endpoints(home(), found))
    if (const Kept* kept = find(home().pods[static_cast<std::size_t>(pod)].meta.name))
      leads.push_back({kept->state.place.address, kept->program->port()});
  return leads;
}

std::vector<Endpoint> Lab::endpoints(std::string_view service) const {
  const std::shared_ptr<const Routes> routes = routes_;
  const auto found = routes->find(service);
  return found == routes->end() ? std::vector<Endpoint>() : found->second;
}

}  // namespace drdrill::live
