#include <algorithm>
#include <array>

#include "models/commands_running.hpp"
#include "models/http_request.hpp"
#include "sim/kube/yaml.hpp"

/// curl: who answers an address, and what. The platform's hostname is reached from everywhere, the
/// names of Services only from inside of pods.
namespace drdrill::models {
namespace {

// A SYN is repeated for tcp_syn_retries = 6 times before Linux gives up: 127 s (tcp(7)).
constexpr Duration connect_gives_up = std::chrono::seconds(127);

/// Is it the name of a Service, as resolvers inside of the cluster know it?
bool is_cluster_name(std::string_view host) {
  return host.find('.') == std::string_view::npos || host.ends_with(".svc") ||
         host.ends_with(".svc.cluster.local");
}

bool probes(const kube::Pod& pod, std::string_view path) {
  for (const kube::Container& container : pod.spec->containers)
    for (const auto* probe : {&container.readiness, &container.liveness})
      if (*probe && (*probe)->path == path) return true;
  return false;
}

}  // namespace

/// PUT and PATCH of a record as Cloudflare's API takes them (developers.cloudflare.com, DNS
/// records): the account's token, a zone and a record that exist, a time to live of 60 s and more,
/// or 1 for automatic.
void Commands::change_record(Running& running, const HttpRequest& request) {
  const DnsSpec& dns = context_.spec.dns;
  const Duration took = provider_call_.time();
  const auto refuse = [&](int code, const std::string& why) {
    if (!request.fail_on_error)
      running.hides("curl: " + request.host + " answered " + std::to_string(code) + ": " + why);
    finish(running,
           curl_answered(request, code,
                         "{\"success\":false,\"errors\":[{\"message\":\"" + why + "\"}]}\n", took),
           took, provider_call_.id());
  };
  if (dns_.provider_down())
    return finish(running, curl_failed(request, 28, "Failed to connect to " + request.host),
                  connect_gives_up);
  const bool allowed = std::any_of(
      request.headers.begin(), request.headers.end(),
      [&](const std::string& header) { return header == "Authorization: Bearer " + dns.token; });
  if (!allowed) return refuse(403, "Authentication error");
  if (request.path != "/client/v4/zones/" + dns.zone + "/dns_records/" + dns.record)
    return refuse(
        404, "Could not route to " + request.path + ", perhaps your object identifier is invalid?");
  if (request.method == "GET")
    return finish(running, curl_answered(request, 200, "{\"success\":true}\n", took), took,
                  provider_call_.id());
  Problems problems;
  const auto body = kube::parse_yaml(request.data, "request", problems);
  const Value* content = body ? body->find("content") : nullptr;
  if (!content || (request.method != "PUT" && request.method != "PATCH"))
    return refuse(400, "Request body is invalid.");
  const Value* ttl = body->find("ttl");
  if (ttl && ttl->integer != 1 && ttl->integer < 60)
    return refuse(400, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
  dns_.point_to(content->text == context_.spec.entry.hostname ? Dns::nowhere
                                                              : dns_.cluster_named(content->text));
  running.changed = true;
  running.touched.add(ComponentId::load_balancer);
  finish(running, curl_answered(request, 200, "{\"success\":true}\n", took), took,
         provider_call_.id());
}

void Commands::curl(Running& running, const std::vector<std::string>& argv, PodRef from) {
  const HttpRequest request = read_request(argv);
  const Duration took = local_command_.time();
  const auto answers = [&](int code, const std::string& body) {
    if (code >= 400 && !request.fail_on_error)
      running.hides("curl: " + request.host + request.path + " answered " + std::to_string(code));
    finish(running, curl_answered(request, code, body, took));
  };
  if (request.host == context_.spec.dns.provider && !request.host.empty())
    return change_record(running, request);
  if (const int at = dns_.cluster_named(request.host); at != Dns::nowhere) {
    Site& site = sites_[at];
    if (sites_.certificate_expired() && request.host == context_.spec.entry.hostname &&
        request.port == 443)
      return finish(running,
                    curl_failed(request, 60, "SSL certificate problem: certificate has expired"));
    if (site.entry.share() <= 0)
      return finish(running, curl_failed(request, 7, "Failed to connect to " + request.host));
    const bool works = databases_.main_writable(at) && site.redis.usable_from(no_pod);
    return answers(works ? 200 : 503, works ? "ok\n" : "503\n");
  }
  if (!is_cluster_name(request.host))
    return finish(running, {0, "", "curl: this address is not known here\n", false});
  const int service =
      from == no_pod
          ? kube::no_index
          : kube::find_service(kubernetes_.cluster(from.cluster), kubernetes_.pod(from).meta.ns,
                               request.host.substr(0, request.host.find('.')));
  if (service == kube::no_index)
    return finish(running, curl_failed(request, 6, "Could not resolve host: " + request.host));
  const kube::Cluster& cluster = kubernetes_.cluster(from.cluster);
  const auto& ports = *cluster.services[static_cast<std::size_t>(service)].ports;
  const bool has_port = std::any_of(ports.begin(), ports.end(),
                                    [&](const auto& port) { return port.port == request.port; });
  const auto& routed = kubernetes_.routed(from.cluster, service);
  if (routed.empty() && has_port)
    return finish(running, curl_failed(request, 7, "Failed to connect to " + request.host));
  const PodRef to{from.cluster, routed.empty() ? kube::no_index : routed.front()};
  if (!has_port || !kubernetes_.is_up(to) || !kubernetes_.reaches(from, to))
    return finish(running, curl_failed(request, 28, "Failed to connect to " + request.host),
                  connect_gives_up);
  if (!probes(kubernetes_.pod(to), request.path)) return answers(404, "404 page not found\n");
  // LiveKit answers 406 when its own statistics are too old (server.go, healthCheck).
  const WorkloadModel* model = kubernetes_.model_of(to);
  const bool sfu = model && model->kind == WorkloadModel::Kind::livekit_sfu;
  const int code = kubernetes_.healthy(to) ? 200 : (sfu ? 406 : 503);
  answers(code, code == 200 ? "OK\n" : "Not Ready\n");
}

}  // namespace drdrill::models
