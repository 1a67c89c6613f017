#pragma once

#include <cstdint>

namespace drdrill {

/// How a simulation treats attempts that can only fail, of people who find nothing where they are
/// sent. What comes out is the same: `one_by_one`, with an event for each, is what tests hold
/// `made_up_for` against, which computes them when something has changed there.
enum class Retries : std::uint8_t { made_up_for, one_by_one };

}  // namespace drdrill
