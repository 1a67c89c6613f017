#pragma once

#include <string_view>

namespace drdrill {

/// Sixteen hexadecimal digits: a hash of the sources that decide what a simulated run comes to.
/// Results that are kept say which models made them; those of other models cannot be mixed with
/// ours.
std::string_view model_version();

}  // namespace drdrill
