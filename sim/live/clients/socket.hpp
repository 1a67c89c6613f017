#pragma once

#include <string>
#include <string_view>

#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/outcome.hpp"

/// TCP with a deadline for everything.
namespace drdrill::live {

/// Waits until a descriptor can be read or written (`events` as poll(2) has them) or has failed.
/// False when the deadline came first.
bool wait_for(int descriptor, short events, Deadline deadline);

/// Whether this process can still open a descriptor. Asked after a connection failed, to tell our
/// own want from the system's refusal.
bool can_open_descriptor();

class Socket {
 public:
  Socket() = default;
  Socket(Socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }

  /// Replaces the connection that there was.
  Reply connect(const Endpoint& endpoint, Deadline deadline);
  /// All of it, or not ok.
  Reply send(std::string_view bytes, Deadline deadline);
  /// At least one byte, at most `size`; how many is in `received`.
  Reply receive(char* buffer, std::size_t size, std::size_t& received, Deadline deadline);

  bool is_open() const { return descriptor_ >= 0; }
  void close();

 private:
  int descriptor_ = -1;
};

}  // namespace drdrill::live
