#pragma once

#include <array>
#include <string_view>

#include "sim/drill/platform.hpp"

/// Which program an SFU is: the role of a workload of kind livekit_sfu. LiveKit's nodes know of
/// each other through Redis, and a client reaches its own through any of them. A Janus server knows
/// of nobody: its rooms are in its memory, clients are sent to one that Kubernetes finds ready, and
/// speak to that one.
namespace drdrill {

inline constexpr std::array<std::string_view, 2> sfu_servers{"livekit", "janus"};

inline bool is_janus(const WorkloadModel& workload) {
  return workload.kind == WorkloadModel::Kind::livekit_sfu && workload.role == sfu_servers[1];
}

}  // namespace drdrill
