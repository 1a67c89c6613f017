#include "sim/study/ask.hpp"

namespace drdrill::study {

std::string answer(SimulatedWorld& world, std::string_view command) {
  const ActionId action = world.begin({.command = command, .actor = "automation"});
  const Offset patience = world.now() + std::chrono::minutes(10);
  while (!world.state(action).ended && world.now() < patience) world.wait_until(patience);
  return std::string(world.state(action).output);
}

}  // namespace drdrill::study
