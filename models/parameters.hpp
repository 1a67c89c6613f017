#pragma once

#include <span>
#include <string_view>

#include "sim/base/parameter.hpp"

/// The parameters that the models read. Every platform must give each of them a value; loaders get
/// this table handed in.
namespace drdrill {

struct ParameterRow {
  std::string_view id;
  ParameterUnit unit = ParameterUnit::seconds;
  std::string_view help;
};

/// In order of id.
std::span<const ParameterRow> known_parameters();

}  // namespace drdrill
