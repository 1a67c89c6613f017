#pragma once

#include <array>

#include "scenarios/loader.hpp"

namespace drdrill {

/// The parameters that tests/scenarios/good and bad know, in place of the models' table.
inline constexpr std::array<KnownParameter, 7> known_in_tests{{
    {"kubernetes.pod_start", ParameterUnit::seconds},
    {"redis.cluster_node_timeout", ParameterUnit::seconds},
    {"api.error_share", ParameterUnit::share},
    {"postgres.restore_rate", ParameterUnit::bytes_per_second},
    {"api.request_rate", ParameterUnit::per_second},
    {"livekit.stages", ParameterUnit::count},
    {"livekit.strict", ParameterUnit::boolean},
}};

}  // namespace drdrill
