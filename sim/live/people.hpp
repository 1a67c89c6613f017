#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "sim/drill/world.hpp"

/// What only people can do in a live drill: come when they are called, carry out a step by hand.
/// Whoever starts the drill hands in how they are asked.
namespace drdrill::live {

struct Asked {
  bool done = true;
  std::string words{};  ///< what they say; when it is not done, why not
};

/// Called from a thread of the action, several at once for steps side by side; blocks until it is
/// done or `given_up`. For a command: until the person has typed it, so that it can run.
using People = std::function<Asked(Action::Kind kind, std::string_view actor, std::string_view what,
                                   const std::atomic<bool>& given_up)>;

}  // namespace drdrill::live
