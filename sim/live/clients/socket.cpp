#include "sim/live/clients/socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace drdrill::live {
namespace {

std::string words_of(int error) {
  return std::generic_category().message(error);
}

/// Errors that are our own: nothing of the system that we ask is to blame.
bool is_own(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
         error == EADDRNOTAVAIL;
}

Reply failed(int error, const std::string& doing) {
  const std::string text = doing + ": " + words_of(error);
  return is_own(error) ? unable(text) : refused(text);
}

bool address_of(const Endpoint& endpoint, sockaddr_in& out) {
  out = {};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  return inet_pton(AF_INET, endpoint.host.c_str(), &out.sin_addr) == 1;
}

int pending_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

bool wait_for(int descriptor, short events, Deadline deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd item{descriptor, events, 0};
    const int wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    const int ready = poll(&item, 1, wait);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // what follows meets the error itself
    if (Clock::now() >= deadline) return false;
  }
}

bool can_open_descriptor() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return !is_own(errno);
  ::close(descriptor);
  return true;
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Reply Socket::connect(const Endpoint& endpoint, Deadline deadline) {
  close();
  sockaddr_in address{};
  if (!address_of(endpoint, address)) return refused(endpoint.host + " is no numeric address");
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return failed(errno, "open a socket");
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const std::string doing = "connect to " + text_of(endpoint);
  int error = 0;
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    error = errno;
    if (error == EINPROGRESS) {
      if (!wait_for(descriptor_, POLLOUT, deadline)) {
        close();
        return timed_out(doing);
      }
      error = pending_error(descriptor_);
    }
  }
  if (error == 0) return {};
  close();
  return failed(error, doing);
}

Reply Socket::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(descriptor_, POLLOUT, deadline)) return timed_out("send");
    } else if (errno != EINTR) {
      return failed(errno, "send");
    }
  }
  return {};
}

Reply Socket::receive(char* buffer, std::size_t size, std::size_t& received, Deadline deadline) {
  while (true) {
    const ssize_t count = recv(descriptor_, buffer, size, 0);
    if (count > 0) {
      received = static_cast<std::size_t>(count);
      return {};
    }
    if (count == 0) return refused("the connection was closed");
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(descriptor_, POLLIN, deadline)) return timed_out("wait for an answer");
    } else if (errno != EINTR) {
      return failed(errno, "receive");
    }
  }
}

}  // namespace drdrill::live
