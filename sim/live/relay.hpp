#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/clients/directory.hpp"

/// Where pods have loopback addresses of the machine, a program that may reach them could reach
/// every other server of this machine as well. So it gets a network of its own with nothing in it,
/// in which the addresses of the pods answer: what connects to one of them there is carried to the
/// real one. An address at which nobody listens answers too, and then ends the connection.
namespace drdrill::live {

struct Carried {
  Endpoint from;  ///< where it answers for the program
  Endpoint to;    ///< where that is really
};

class Relay {
 public:
  /// Throws std::system_error.
  explicit Relay(const std::vector<Carried>& carried);
  /// Ends all connections.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// In a child, once it is in a network namespace of its own; allocates nothing. Null when the
  /// addresses answer, otherwise what could not be done; errno says why.
  const char* open() const;
  /// In the parent, after the fork: carries from now on.
  void start();

 private:
  struct Target;
  class Carrier;

  std::vector<Target> targets_;
  int ours_ = -1;
  int childs_ = -1;
  int stop_ = -1;     // closed: the carrier ends
  int stopped_ = -1;  // what it sees of that
  std::unique_ptr<Carrier> carrier_;
  std::thread thread_;
};

}  // namespace drdrill::live
