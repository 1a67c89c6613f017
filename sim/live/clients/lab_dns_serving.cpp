#include <arpa/inet.h>
#include <atomic>
#include <httplib.h>
#include <mutex>
#include <ostream>
#include <poll.h>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "sim/live/clients/lab_dns.hpp"

/// A lab's name server and its clients on the network.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

constexpr int unavailable = 69;
constexpr milliseconds look_again{100};
constexpr std::size_t largest = 512;

/// A UDP socket that is bound or connected to that address.
class Datagrams {
 public:
  Datagrams() : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;
  ~Datagrams() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  bool bind_to(const Endpoint& here) { return attach(here, ::bind); }
  bool connect_to(const Endpoint& there) { return attach(there, ::connect); }
  bool can_read(milliseconds within) const {
    pollfd one{descriptor_, POLLIN, 0};
    return poll(&one, 1, static_cast<int>(within.count())) > 0;
  }
  int descriptor() const { return descriptor_; }

 private:
  template <class Call>
  bool attach(const Endpoint& endpoint, Call call) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    return descriptor_ >= 0 && inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) == 1 &&
           call(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  int descriptor_;
};

/// One question, and the answer to whoever asked.
void answer_one(const Datagrams& socket, const LabZone& zone, std::mutex& mutex) {
  char bytes[largest];
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const ssize_t got = recvfrom(socket.descriptor(), bytes, sizeof bytes, MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&from), &size);
  if (got <= 0) return;
  std::string answer;
  {
    const std::lock_guard lock(mutex);
    answer = zone.answer({bytes, static_cast<std::size_t>(got)});
  }
  if (!answer.empty())
    sendto(socket.descriptor(), answer.data(), answer.size(), MSG_DONTWAIT,
           reinterpret_cast<const sockaddr*>(&from), size);
}

}  // namespace

int serve_lab_dns(const LabDnsOptions& options, std::ostream& err,
                  const std::function<bool()>& stop) {
  LabZone zone(options);
  std::mutex mutex;
  Datagrams socket;
  if (!socket.bind_to({options.address, options.port})) {
    err << "cannot listen on " << options.address << ':' << options.port << " (UDP)\n";
    return unavailable;
  }
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  server.set_payload_max_length(1U << 16U);
  const auto call = [&](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    const LabZone::Changed changed = zone.call(
        request.method, request.path, request.get_header_value("Authorization"), request.body);
    response.status = changed.status;
    response.set_content(changed.body, "application/json");
  };
  server.Get(".*", call);
  server.Put(".*", call);
  server.Patch(".*", call);
  if (!server.bind_to_port(options.address, options.api_port)) {
    err << "cannot listen on " << options.address << ':' << options.api_port << '\n';
    return unavailable;
  }
  std::atomic<bool> ended{false};
  std::thread api([&] {
    server.listen_after_bind();
    ended = true;
  });
  while (!ended && !(stop && stop()))
    if (socket.can_read(look_again)) answer_one(socket, zone, mutex);
  const bool told = stop && stop();
  // A server that does not run yet cannot be stopped.
  while (!ended) {
    server.stop();
    std::this_thread::sleep_for(milliseconds(10));
  }
  api.join();
  return told ? 0 : unavailable;
}

std::optional<DnsAddresses> ask_name_server(const Endpoint& server, const std::string& name,
                                            std::chrono::steady_clock::time_point deadline) {
  thread_local std::minstd_rand random(std::random_device{}());
  const DnsQuestion question{static_cast<std::uint16_t>(random()), name, dns_address};
  const auto query = dns_query(question);
  Datagrams socket;
  if (!query || !socket.connect_to(server) ||
      send(socket.descriptor(), query->data(), query->size(), 0) !=
          static_cast<ssize_t>(query->size()))
    return std::nullopt;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !socket.can_read(left)) return std::nullopt;
    char bytes[largest];
    const ssize_t got = recv(socket.descriptor(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got <= 0) return std::nullopt;
    const auto answer = read_dns_answer({bytes, static_cast<std::size_t>(got)});
    if (!answer || answer->id != question.id) continue;  // of a question that was given up
    if (answer->code != DnsCode::ok) return std::nullopt;
    return addresses_of(*answer, name);
  }
}

}  // namespace drdrill::live
