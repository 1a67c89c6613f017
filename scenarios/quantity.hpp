#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/distribution.hpp"
#include "sim/base/parameter.hpp"
#include "sim/base/reader.hpp"

/// Quantities as files write them, in the units that values are kept in: seconds, bytes, a second,
/// shares from 0 to 1.
namespace drdrill {

/// "5m", 300 · 12 · "8Gi", "4GB" · "64MB/s" · "60/s", "2/m", "1/h" · 0.05, "5%" · true. Nothing
/// when the value is none of that unit, or negative, or (a share) above 1.
std::optional<double> quantity_of(const Value& value, ParameterUnit unit);

/// `write "5m", "300s" or a number of seconds`: how a quantity of the unit is written.
std::string_view how_to_write(ParameterUnit unit);

/// A required or optional member that is a quantity.
double read_quantity(Reader& reader, std::string_view key, ParameterUnit unit);
double read_quantity(Reader& reader, std::string_view key, ParameterUnit unit, double fallback);

/// A plain value or {"lognormal": {…}} and so on; reports what makes no sense. `reader` is the
/// value.
Distribution read_distribution(Reader& reader, ParameterUnit unit);

/// The unit that a file names; nothing when there is no such unit.
std::optional<ParameterUnit> unit_of(std::string_view name);

}  // namespace drdrill
