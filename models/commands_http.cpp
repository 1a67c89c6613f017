#include <algorithm>
#include <array>

#include "models/commands_running.hpp"

/// curl: who answers an address, and what. The platform's hostname is reached from everywhere, the
/// names of Services only from inside of pods.
namespace drdrill::models {
namespace {

constexpr std::string_view letters_with_value = "owXHduTmAeb";
constexpr std::array<std::string_view, 12> words_with_value{
    "--output",         "--write-out",  "--request",         "--header",
    "--data",           "--user",       "--max-time",        "--data-raw",
    "--data-urlencode", "--user-agent", "--connect-timeout", "--retry"};
// A SYN is repeated for tcp_syn_retries = 6 times before Linux gives up: 127 s (tcp(7)).
constexpr Duration connect_gives_up = std::chrono::seconds(127);

struct Request {
  std::string host;
  std::string path = "/";
  int port = 0;
  bool fail_on_error = false;  // -f
  bool silent = false;         // -s
  bool show_error = false;     // -S
  bool discards_body = false;  // -o FILE
  std::string write_out;       // -w
};

void read_address(std::string_view text, Request& request) {
  request.port = text.starts_with("https://") ? 443 : 80;
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    request.path = std::string(text.substr(slash, text.find('?', slash) - slash));
    text = text.substr(0, slash);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    int port = 0;
    for (char c : text.substr(colon + 1))
      if (c >= '0' && c <= '9' && port < 100000) port = port * 10 + (c - '0');
    request.port = port;
    text = text.substr(0, colon);
  }
  request.host = std::string(text);
}

Request read_request(const std::vector<std::string>& argv) {
  Request request;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& arg = argv[i];
    if (arg.starts_with("--")) {
      if (arg == "--fail") request.fail_on_error = true;
      if (arg == "--silent") request.silent = true;
      if (std::find(words_with_value.begin(), words_with_value.end(), arg) ==
          words_with_value.end())
        continue;
      ++i;
      if (i < argv.size() && arg == "--write-out") request.write_out = argv[i];
      if (arg == "--output") request.discards_body = true;
      continue;
    }
    if (!arg.starts_with("-") || arg.size() < 2) {
      read_address(arg, request);
      continue;
    }
    for (std::size_t c = 1; c < arg.size(); ++c) {
      request.fail_on_error |= arg[c] == 'f';
      request.silent |= arg[c] == 's';
      request.show_error |= arg[c] == 'S';
      request.discards_body |= arg[c] == 'o';
      if (letters_with_value.find(arg[c]) == std::string_view::npos) continue;
      const std::string value =
          c + 1 < arg.size() ? arg.substr(c + 1) : (i + 1 < argv.size() ? argv[++i] : "");
      if (arg[c] == 'w') request.write_out = value;
      break;
    }
  }
  return request;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

/// Without an answer curl prints nothing but its error, and what -w asks for.
std::string written_out(std::string format, int code, Duration took) {
  replace_all(format, "\\n", "\n");
  replace_all(format, "%{http_code}", code == 0 ? "000" : std::to_string(code));
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  std::string fraction = std::to_string(micros % 1000000);
  fraction.insert(0, 6 - fraction.size(), '0');
  replace_all(format, "%{time_total}", std::to_string(micros / 1000000) + "." + fraction);
  return format;
}

shell::Result failed(const Request& request, int status, const std::string& why) {
  shell::Result result{status, written_out(request.write_out, 0, Duration::zero()), "", true};
  if (!request.silent || request.show_error)
    result.err = "curl: (" + std::to_string(status) + ") " + why + "\n";
  return result;
}

shell::Result answered(const Request& request, int code, const std::string& body, Duration took) {
  shell::Result result;
  if (request.fail_on_error && code >= 400) {
    result.exit_status = 22;
    if (!request.silent || request.show_error)
      result.err = "curl: (22) The requested URL returned error: " + std::to_string(code) + "\n";
  } else if (!request.discards_body) {
    result.out = body;
  }
  result.out += written_out(request.write_out, code, took);
  return result;
}

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

void Commands::curl(Running& running, const std::vector<std::string>& argv, PodRef from) {
  const Request request = read_request(argv);
  const EntrySpec& entry = context_.spec.entry;
  const Duration took = local_command_.time();
  const auto answers = [&](int code, const std::string& body) {
    if (code >= 400 && !request.fail_on_error)
      running.hides("curl: " + request.host + request.path + " answered " + std::to_string(code));
    finish(running, answered(request, code, body, took));
  };
  if (!entry.hostname.empty() && request.host == entry.hostname) {
    if (entry_.share() <= 0)
      return finish(running, failed(request, 7, "Failed to connect to " + request.host));
    const bool works = postgres_.writable() && redis_.usable_from(no_pod);
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
    return finish(running, failed(request, 6, "Could not resolve host: " + request.host));
  const kube::Cluster& cluster = kubernetes_.cluster(from.cluster);
  const auto& ports = *cluster.services[static_cast<std::size_t>(service)].ports;
  const bool has_port = std::any_of(ports.begin(), ports.end(),
                                    [&](const auto& port) { return port.port == request.port; });
  const auto& routed = kubernetes_.routed(from.cluster, service);
  if (routed.empty() && has_port)
    return finish(running, failed(request, 7, "Failed to connect to " + request.host));
  const PodRef to{from.cluster, routed.empty() ? kube::no_index : routed.front()};
  if (!has_port || !kubernetes_.is_up(to) || !kubernetes_.reaches(from, to))
    return finish(running, failed(request, 28, "Failed to connect to " + request.host),
                  connect_gives_up);
  if (!probes(kubernetes_.pod(to), request.path)) return answers(404, "404 page not found\n");
  // LiveKit answers 406 when its own statistics are too old (server.go, healthCheck).
  const WorkloadModel* model = kubernetes_.model_of(to);
  const bool sfu = model && model->kind == WorkloadModel::Kind::livekit_sfu;
  const int code = kubernetes_.healthy(to) ? 200 : (sfu ? 406 : 503);
  answers(code, code == 200 ? "OK\n" : "Not Ready\n");
}

}  // namespace drdrill::models
