#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/live/undo_log.hpp"

/// The network of a lab. As root every pod has a network namespace and an address of its own; all
/// are plugged into a switch, a bridge in a namespace of the lab, and the machine into the same
/// switch, so that probes reach pods. What is cut off is dropped in the switch: a pod notices
/// nothing but silence, and everything that one fault cuts is cut in one transaction. Otherwise
/// every pod has a loopback address of the machine, and nothing can be cut off.
namespace drdrill::live {

class Network {
 public:
  /// `number`: of the lab on this machine, 0 to 199.
  Network(int number, bool separate, UndoLog& log);

  bool separate() const { return separate_; }
  /// Makes the switch, when there is to be one, and a place for whoever carries out runbooks.
  /// Throws std::runtime_error with what `ip` said.
  void make();
  /// Makes a place for the name server: it may listen on any port there.
  void add_name_server();
  std::string name_server_address() const;
  std::string name_server_name_space() const;  ///< empty: the machine's own
  /// Makes a place for the pod of that index, 0 to 199.
  void add(int pod);

  std::string address(int pod) const;
  std::string name_space(int pod) const;  ///< empty: the machine's own
  std::string host_address() const;       ///< where we are, seen from pods
  /// Whoever carries out runbooks: reaches the pods, and nothing else of this machine.
  std::string operator_name_space() const;

  /// Packets from these pods to those, and from those to these. No peers: everybody else, the
  /// machine too.
  struct Cut {
    std::vector<int> pods;
    std::vector<int> peers;
    bool out = true;  ///< what `pods` send
    bool in = true;   ///< what they are sent
  };
  /// Noted in the log first, then in force at once for all. `table` names it; several may be in
  /// force at the same time. The number of the log's entry.
  std::uint64_t cut(const std::string& table, const Cut& cut);
  bool is_cut(const std::string& table) const;
  /// Throws std::runtime_error when it is still there afterwards.
  void heal(const std::string& table, std::uint64_t entry);

  /// Can this kernel delay and lose packets (tc netem)? Tried in a namespace of the lab.
  bool can_impair() const;
  /// Packets to and from the pod take longer or are lost, each way. Noted in the log first. Throws
  /// std::runtime_error with what `tc` said. The number of the log's entry.
  std::uint64_t impair(int pod, double delay_s, double loss_share);
  bool is_impaired(int pod) const;
  /// Throws std::runtime_error when it is still so afterwards.
  void repair(int pod, std::uint64_t entry);

  /// What `number` of a lab calls its switch's namespace, the machine's link to it, and, with a
  /// dash and a number, the namespaces of its pods.
  static std::string prefix(int number);

 private:
  void plug_in(const std::string& name_space, const std::string& port, const std::string& address);
  std::string port(int pod) const;

  int number_;
  bool separate_;
  UndoLog& log_;
};

/// May this process make network namespaces here?
bool can_separate();

}  // namespace drdrill::live
