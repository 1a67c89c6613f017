#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/value.hpp"

/// The three ways in which kubectl patch changes an object.
namespace drdrill::kube {

/// RFC 7386: null removes, objects merge, everything else replaces.
void merge_patch(Value& target, const Value& patch);

/// As merge_patch, but lists of containers, variables, ports, volumes and mounts merge by their
/// keys; new items come first, `$patch: delete` removes. The refusal, in kubectl's words.
std::optional<std::string> strategic_patch(Value& target, const Value& patch);

/// RFC 6902: add, replace, remove and test. The refusal, in kubectl's words.
std::optional<std::string> json_patch(Value& target, const Value& operations);

}  // namespace drdrill::kube
