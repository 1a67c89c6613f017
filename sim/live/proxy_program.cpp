#include <cstring>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/live/clients/file_directory.hpp"
#include "sim/live/pod_program.hpp"

/// HAProxy in a pod of a lab: the way in, in front of the API. As ingress controllers do, it learns
/// from Kubernetes where the API's Service leads, and asks no pod itself.
namespace drdrill::live {
namespace {

constexpr std::uint16_t proxy_port = 8000;
constexpr int most_servers = 16;

/// The answer of an administration socket; nothing when it does not take everything at once.
bool command(const std::string& socket_path, const std::string& text) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const timeval patience{0, 200'000};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  bool done = connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  done = done && send(descriptor, text.data(), text.size(), MSG_NOSIGNAL) ==
                     static_cast<ssize_t>(text.size());
  char answer[4096];
  ssize_t got = 0;
  while (done && (got = recv(descriptor, answer, sizeof answer, 0)) > 0) {
  }
  close(descriptor);
  return done && got == 0;
}

class ProxyProgram final : public PodProgram {
 public:
  explicit ProxyProgram(const PlatformSpec& platform) {
    const auto services = services_of(platform, WorkloadModel::Kind::api_service);
    if (!services.empty()) behind_ = services.front();
    settings_ =
        "defaults\n  mode http\n  timeout connect 1s\n  timeout client 30s\n  timeout server 3s\n"
        "  retries 2\n  option redispatch 1\nbackend api\n  balance roundrobin\n"
        "  default-server disabled\n";
    for (int slot = 0; slot < most_servers; ++slot)
      settings_ += "  server " + server(slot) + " 192.0.2.1:1\n";  // nobody's (RFC 5737)
  }

  void prepare(const PodPlace& place) const override {
    make_own_folder(place.run(), user());
    write_file(place.folder + "/haproxy.cfg",
               "global\n  stats socket " + socket_of(place) +
                   " mode 600 level admin\n  stats timeout 1s\n  maxconn 1000\n" + settings_ +
                   "frontend in\n  bind " + place.address + ":" + std::to_string(proxy_port) +
                   "\n  monitor-uri /lb\n"
                   "  http-request use-service prometheus-exporter if { path /metrics }\n"
                   "  default_backend api\n");
  }

  Program program(const PodPlace& place) const override {
    Program program = in_pod(
        place, {find_program("haproxy"), "-db", "-q", "-f", place.folder + "/haproxy.cfg"}, user());
    program.output = place.folder + "/output";
    return program;
  }

  int stop_signal() const override { return SIGUSR1; }  // serves what it has begun
  std::uint16_t port() const override { return proxy_port; }
  bool has_metrics() const override { return true; }
  bool is_ready(const PodPlace& place) const override {
    return answers_http(place, proxy_port, "/lb");
  }

  /// Each address keeps its server as long as the Service leads there.
  bool follow(const PodPlace& place) const override {
    const auto leads = FileDirectory(place.services()).endpoints(behind_);
    std::string text;
    for (int slot = 0; slot < most_servers; ++slot) {
      const std::string set = "set server api/" + server(slot);
      const auto index = static_cast<std::size_t>(slot);
      if (index < leads.size())
        text.append(set)
            .append(" addr ")
            .append(leads[index].host)
            .append(" port ")
            .append(std::to_string(leads[index].port));
      if (index < leads.size()) text.append("; ");
      text.append(set).append(index < leads.size() ? " state ready; " : " state maint; ");
    }
    return command(socket_of(place), text + "\n");
  }

 private:
  static std::string server(int slot) { return "pod" + std::to_string(slot); }
  static std::string socket_of(const PodPlace& place) { return place.run() + "/admin"; }

  std::string behind_;
  std::string settings_;
};

}  // namespace

std::unique_ptr<PodProgram> make_proxy(const PlatformSpec& platform) {
  return std::make_unique<ProxyProgram>(platform);
}

}  // namespace drdrill::live
