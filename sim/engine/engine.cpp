#include "sim/engine/engine.hpp"

namespace drdrill {

Group Engine::make_group() {
  groups_.emplace_back();
  return static_cast<Group>(groups_.size() - 1);
}

void Engine::cancel(Group group) {
  ENSURE(group != Group::none, "events of no group cannot be cancelled");
  GroupState& state = groups_[static_cast<std::size_t>(group)];
  cancelled_ += state.pending;
  state.pending = 0;
  ++state.generation;
  // Cancelled events that are not due for long must not pile up; removing them only when they are
  // the greater part costs each of them a constant.
  constexpr std::size_t few = 1024;
  if (cancelled_ <= few || cancelled_ <= queue_.size() / 2) return;
  queue_.remove_if([this](const Event& e) { return is_cancelled(e); });
  cancelled_ = 0;
}

Offset Engine::next_time() const {
  return queue_.earliest([this](const Event& e) { return !is_cancelled(e); });
}

void Engine::reset(Offset start) {
  queue_.clear(start);
  for (GroupState& group : groups_) group.pending = 0;
  cancelled_ = 0;
  now_ = start;
  fingerprint_ = {};
}

}  // namespace drdrill
