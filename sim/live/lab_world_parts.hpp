#pragma once

#include <atomic>

#include "sim/live/lab_world.hpp"
#include "sim/live/lab_world_faults.hpp"

/// Private to lab_world*.cpp: effects and actions of a drill in a lab.
namespace drdrill::live {

/// Does any pod of the component run here?
bool runs(const std::vector<Lab::Pod>& pods, ComponentId component);

struct LabWorld::Injected {
  LabEffect made;
  const LabFaultRow* row = nullptr;
  EffectState state;
};

struct LabWorld::Running {
  Action::Kind kind = Action::Kind::command;
  std::string command;
  std::string actor;
  std::thread thread;
  std::atomic<bool> given_up{false};
  mutable std::mutex mutex;
  ActionState state;   // guarded by mutex
  std::string output;  // what `state` shows
  bool told = false;   // that it has ended

  /// Has it ended since the last time that it was asked?
  bool has_news() {
    const std::lock_guard lock(mutex);
    return state.ended && !std::exchange(told, true);
  }
  void end() {
    given_up = true;
    if (thread.joinable()) thread.join();
  }
};

}  // namespace drdrill::live
