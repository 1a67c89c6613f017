#pragma once

#include <span>
#include <string_view>

#include "scenarios/loader.hpp"
#include "sim/base/reader.hpp"

/// Parameters as files state them. Internal to the loaders.
namespace drdrill {

/// Reads the object `key`, whose members are parameters, into `table`. With an empty `known`, any
/// name goes and each must state its unit.
void read_parameters(Reader& parent, std::string_view key, std::span<const KnownParameter> known,
                     ParameterTable& table);

/// Reads a whole parameter file.
void read_parameter_file(Reader& root, std::span<const KnownParameter> known,
                         ParameterTable& table);

/// Reports the known parameters to which nothing gave a value, against member `key` of `reader`.
void report_missing(const Reader& reader, std::string_view key,
                    std::span<const KnownParameter> known, const ParameterTable& table);

/// Turns a setting of "/parameters/ID" into an override of the document; nothing for any other
/// setting, which stays as it is.
std::optional<Setting> as_override(const Setting& setting, Value& platform);

}  // namespace drdrill
