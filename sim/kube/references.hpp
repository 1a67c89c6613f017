#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/pod_spec.hpp"

/// The command line that a container is started with.
namespace drdrill::kube {

/// What the kubelet makes of a word of `command` or `args`: "$(NAME)" is what `value` says of the
/// variable, or stays where the container has none of that name, and "$$" is "$".
std::string with_references(
    std::string_view word,
    const std::function<std::optional<std::string>(std::string_view)>& value);
/// `command` and `args` as the container runs them. Variables whose value comes from elsewhere stay
/// as they are.
std::vector<std::string> command_line(const Container& container);

}  // namespace drdrill::kube
