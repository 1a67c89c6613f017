#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "sim/live/place.hpp"

/// What a lab may leave on this machine, looked for on the machine itself and not in the log of
/// what was made: what nobody noted is found too.
namespace drdrill::live {

/// What is there, by kind: the names of each.
struct MachineState {
  static constexpr std::array<const char*, 6> kinds{
      "network namespaces", "links", "nft tables", "mounts", "processes", "files"};
  std::array<std::set<std::string>, kinds.size()> names;
};

/// Namespaces, links and mounts of the machine; nft tables of its own network (root only);
/// processes that descend from us; what lies where labs are.
MachineState look_at_machine();

struct MachineAudit {
  std::string words;              ///< how many things were compared, by kind, and what came of it
  std::vector<std::string> left;  ///< as sentences
};

/// What is there now and can only be that lab's: it has its names, lies or lives in its folder, or
/// is a process of ours or a table of a fault that was not there before. Other labs, which come and
/// go meanwhile, have other numbers.
MachineAudit audit_machine(const MachineState& before, const LabPlace& place);

}  // namespace drdrill::live
