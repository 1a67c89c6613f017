#include "sim/live/relay.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace drdrill::live {
namespace {

constexpr std::size_t most_targets = 250;  // of SCM_RIGHTS in one message, less than 253
constexpr std::size_t buffer_size = 65536;
constexpr int look_every_ms = 200;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool read(const Endpoint& endpoint, sockaddr_in& address) {
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  return inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) == 1;
}

/// One direction of a connection.
struct Flow {
  int from, to;
  std::vector<char> buffer = std::vector<char>(buffer_size);
  std::size_t begin = 0, end = 0;
  bool over = false;  // nothing more comes

  bool wants_to_read() const { return !over && end == 0; }
  bool wants_to_write() const { return begin < end; }
  bool is_done() const { return over && begin == end; }

  /// False when the connection is broken.
  bool read_some() {
    const ssize_t got = recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    over = got == 0;
    end = static_cast<std::size_t>(got);
    return true;
  }
  bool write_some() {
    const ssize_t sent = send(to, buffer.data() + begin, end - begin, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    begin += static_cast<std::size_t>(sent);
    if (begin == end) begin = end = 0;
    return true;
  }
};

struct Connection {
  Connection(int inner, int outer) : there{inner, outer}, back{outer, inner} {}
  Flow there, back;
  bool broken = false;

  void close() const {
    ::close(there.from);
    ::close(there.to);
  }
  short events(bool of_inner) const {
    const Flow& in = of_inner ? there : back;
    const Flow& out = of_inner ? back : there;
    return static_cast<short>((in.wants_to_read() ? POLLIN : 0) |
                              (out.wants_to_write() ? POLLOUT : 0));
  }
  void go_on(bool of_inner, short events) {
    Flow& in = of_inner ? there : back;
    Flow& out = of_inner ? back : there;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && in.wants_to_read() && !in.read_some())
      broken = true;
    if ((events & POLLOUT) != 0 && out.wants_to_write() && !out.write_some()) broken = true;
    if (in.is_done()) shutdown(in.to, SHUT_WR);
    if (there.is_done() && back.is_done()) broken = true;
  }
};

}  // namespace

struct Relay::Target {
  sockaddr_in from{};
  sockaddr_in to{};
};

/// Our side: takes the listeners that the child has made, and carries.
class Relay::Carrier {
 public:
  Carrier(const std::vector<Target>& targets, int child, int stop)
      : targets_(targets), child_(child), stop_(stop) {}
  ~Carrier() {
    for (const int listener : listeners_) ::close(listener);
    for (const auto& connection : connections_) connection->close();
  }
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  void carry() {
    while (turn()) {
    }
  }

 private:
  bool turn() {
    std::vector<pollfd> files{{stop_, POLLIN, 0}, {listeners_.empty() ? child_ : -1, POLLIN, 0}};
    for (const int listener : listeners_) files.push_back({listener, POLLIN, 0});
    const std::size_t first = files.size();
    for (const auto& connection : connections_) {
      // Whoever is waited for by nobody is not looked at: its end would wake us again and again.
      const short inner = connection->events(true), outer = connection->events(false);
      files.push_back({inner != 0 ? connection->there.from : -1, inner, 0});
      files.push_back({outer != 0 ? connection->there.to : -1, outer, 0});
    }
    if (poll(files.data(), files.size(), look_every_ms) < 0) return errno == EINTR;
    if (files[0].revents != 0) return false;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (files[first + 2 * i].revents != 0)
        connections_[i]->go_on(true, files[first + 2 * i].revents);
      if (files[first + 2 * i + 1].revents != 0)
        connections_[i]->go_on(false, files[first + 2 * i + 1].revents);
    }
    std::erase_if(connections_, [](const auto& connection) {
      if (connection->broken) connection->close();
      return connection->broken;
    });
    for (std::size_t i = 0; i < listeners_.size(); ++i)
      if (files[2 + i].revents != 0) accept_one(i);
    if (files[1].revents != 0) take_listeners();
    return true;
  }

  void take_listeners() {
    char byte = 0;
    iovec data{&byte, 1};
    std::array<char, CMSG_SPACE(most_targets * sizeof(int))> space{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    if (recvmsg(child_, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0) return;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS) return;
    listeners_.resize((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(listeners_.data(), CMSG_DATA(header), listeners_.size() * sizeof(int));
  }

  void accept_one(std::size_t target) {
    const int inner = accept4(listeners_[target], nullptr, nullptr, SOCK_CLOEXEC);
    if (inner < 0) return;
    const int outer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_in& address = targets_[target].to;
    const bool begun = outer >= 0 && (connect(outer, reinterpret_cast<const sockaddr*>(&address),
                                              sizeof address) == 0 ||
                                      errno == EINPROGRESS);
    if (begun) {
      connections_.push_back(std::make_unique<Connection>(inner, outer));
      return;
    }
    ::close(inner);
    if (outer >= 0) ::close(outer);
  }

  const std::vector<Target>& targets_;
  int child_;
  int stop_;
  std::vector<int> listeners_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

Relay::Relay(const std::vector<Carried>& carried) {
  for (const Carried& one : carried) {
    if (targets_.size() == most_targets) break;
    Target target;
    if (read(one.from, target.from) && read(one.to, target.to)) targets_.push_back(target);
  }
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail("cannot make a pair of sockets");
  ours_ = ends[0];
  childs_ = ends[1];
}

Relay::~Relay() {
  if (stop_ >= 0) ::close(stop_);
  if (thread_.joinable()) thread_.join();
  carrier_.reset();
  for (const int file : {ours_, childs_, stopped_})
    if (file >= 0) ::close(file);
}

const char* Relay::open() const {
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::memcpy(loopback.ifr_name, "lo", 3);
  loopback.ifr_flags = IFF_UP;
  if (any < 0 || ioctl(any, SIOCSIFFLAGS, &loopback) != 0) return "loopback device";
  ::close(any);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_targets * sizeof(int))> space{};
  msghdr message{};
  char byte = 'l';
  iovec data{&byte, 1};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = CMSG_SPACE(targets_.size() * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(targets_.size() * sizeof(int));
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* address = reinterpret_cast<const sockaddr*>(&targets_[i].from);
    if (listener < 0 || bind(listener, address, sizeof targets_[i].from) != 0 ||
        listen(listener, SOMAXCONN) != 0)
      return "address of a pod";
    std::memcpy(CMSG_DATA(header) + i * sizeof(int), &listener, sizeof listener);
  }
  return sendmsg(childs_, &message, MSG_NOSIGNAL) == 1 ? nullptr : "addresses of the pods";
}

void Relay::start() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail("cannot make a pair of sockets");
  stop_ = ends[0];
  stopped_ = ends[1];
  carrier_ = std::make_unique<Carrier>(targets_, ours_, stopped_);
  thread_ = std::thread([this] { carrier_->carry(); });
}

}  // namespace drdrill::live
