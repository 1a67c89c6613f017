#pragma once

#include <string>
#include <string_view>

#include "models/simulated_world.hpp"

/// Asking a simulated world what people would ask the real one.
namespace drdrill::study {

/// What the command prints, run by automation now; time passes in the world until it ends (ten
/// minutes at most, then what it has printed by then).
std::string answer(SimulatedWorld& world, std::string_view command);

}  // namespace drdrill::study
