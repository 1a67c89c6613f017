#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/live/place.hpp"

/// What literal commands of a runbook are run as, and which. However they are written, they reach
/// the pods of their lab, a folder of their own, and nothing else of this machine.
namespace drdrill::live {

/// Is it a program that steps may call? kubectl is not: the lab itself plays it.
bool operator_has(std::string_view program);

/// The folders that the operator needs.
void make_operator(const LabPlace& place);
/// A program of a step.
Program operator_program(const LabPlace& place, const std::string& name_space,
                         const std::vector<std::string>& argv);

}  // namespace drdrill::live
