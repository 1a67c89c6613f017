#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/live/undo_log.hpp"

/// The network of a lab. As root every pod has a network namespace and an address of its own on a
/// bridge, so that it can be cut off; otherwise every pod has a loopback address, and nothing can.
namespace drdrill::live {

class Network {
 public:
  /// `number`: of the lab on this machine, 0 to 199.
  Network(int number, bool separate, UndoLog& log);

  bool separate() const { return separate_; }
  /// Makes the bridge, when there is to be one. Throws std::runtime_error with what `ip` said.
  void make();
  /// Makes a place for the pod of that index, 0 to 199.
  void add(int pod);

  std::string address(int pod) const;
  std::string name_space(int pod) const;  ///< empty: the machine's own
  std::string host_address() const;       ///< where we are, seen from pods

  /// Which packets of a pod are dropped: with these peers (empty: with everybody).
  struct Cut {
    bool in = true;
    bool out = true;
    std::vector<std::string> peers;
  };
  /// Noted in the log first. `table` names it; several may be in force at once.
  void cut(int pod, const std::string& table, const Cut& cut);
  void heal(int pod, const std::string& table);

  /// Can this kernel delay and lose packets (tc netem)? Tried on the loopback device of that pod.
  bool can_impair(int pod) const;
  /// Packets to and from the pod take longer or are lost, each way. It goes with the pod's network.
  /// Throws std::runtime_error with what `tc` said.
  void impair(int pod, double delay_s, double loss_share);
  void repair(int pod);

  /// What `number` of a lab calls the link and the namespaces that it makes.
  static std::string prefix(int number);

 private:
  int number_;
  bool separate_;
  UndoLog& log_;
};

/// May this process make network namespaces here?
bool can_separate();

}  // namespace drdrill::live
