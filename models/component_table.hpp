#pragma once

#include <span>
#include <string_view>

#include "sim/drill/platform.hpp"

namespace drdrill {

/// What a workload of a platform file can be, and what is modelled of it.
struct ModelRow {
  WorkloadModel::Kind kind = WorkloadModel::Kind::plain;
  std::string_view mechanism;
};
std::span<const ModelRow> component_models();

/// A program that runbook commands may call, and what it means in simulation.
struct ProgramRow {
  std::string_view program;
  std::string_view meaning;
};
std::span<const ProgramRow> known_programs();

}  // namespace drdrill
