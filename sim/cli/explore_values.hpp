#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/value_builders.hpp"
#include "sim/study/explore.hpp"

/// What a search adds to a scenario and to its platform, as they have it in their files.
namespace drdrill::cli {

/// One element of a scenario's "faults".
Value fault_value(const FaultSpec& fault);
/// "2026-11-23T14:00:00+08:00"
std::string spell_time(const WallTime& time);
/// Adds what the break changes of the platform; false when it changes nothing.
bool change_platform(const study::Space& space, const study::Break& made, Value& out);

/// The document as text: its members, and theirs, each on a line.
std::string json_of(const Value& value);

}  // namespace drdrill::cli
