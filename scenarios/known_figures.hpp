#pragma once

#include "sim/base/reader.hpp"
#include "sim/drill/comparison.hpp"

/// Figures that are known of a quantity, as a comparison states them. Internal to the loaders.
namespace drdrill {

/// The member "measured": {"values": […]} or {"median": …, "min": …, "max": …, "mean": …, "n": …},
/// either with a "resolution". Durations where `is_time`, else numbers.
Known read_measured(Reader& comparison, bool is_time);

/// The member "documented": {"within": [least, greatest]}, with a "resolution".
Known read_documented(Reader& comparison, bool is_time);

/// The member "exact": {"mean": …, "deviation": …, "probabilities": [{"at": …, "p": …}],
/// "quantiles": [{"p": …, "at": …}]}.
Known read_exact(Reader& comparison, bool is_time);

}  // namespace drdrill
