#pragma once

#include <optional>
#include <stdexcept>

#include "sim/live/lab.hpp"

/// Private to lab*.cpp: the pods of a lab.
namespace drdrill::live {

/// Where the DNS provider's API is expected.
constexpr std::uint16_t provider_port = 80;

/// How long whoever waits for something that comes up goes on waiting.
struct Lab::Patience {
  Clock::time_point deadline;
  GivenUp given_up;

  /// Throws when it is at an end.
  void wait(const std::string& words) const {
    if (given_up && given_up()) throw GaveUp();
    if (Clock::now() > deadline) throw std::runtime_error(words);
    std::this_thread::sleep_for(look_again);
  }

  static constexpr std::chrono::milliseconds look_again{50};
};

struct Lab::Kept {
  int index = 0;  // its place in the network
  int pod = kube::no_index;
  std::uint32_t uid = 0;
  const WorkloadModel* model = nullptr;
  std::unique_ptr<PodProgram> program;
  Pod state;
  int claim = kube::no_index;  // that its volume is
  bool prepared = false;
  bool bounded = false;  // its volume
  std::optional<ProcessId> process;
  std::uint64_t entry = 0;  // of the process, in the log
  std::uint64_t stop_entry = 0;
  bool stopped = false;
  int restarts = 0;
  Clock::time_point start_at{};  // not before
  Clock::time_point started_at{};
  std::optional<Clock::time_point> answered_at;  // first since it was started
  Clock::time_point probed_at{};                 // by the kubelet
  Clock::time_point lost_at{};
  int losses = 0;          // faults that have taken its machine
  bool node_told = false;  // the control plane has noticed that the machine is gone
  int failures = 0;
  int looks = 1;               // for whether it answers already
  std::uint64_t followed = 0;  // the version of the lab that its program was told of
  std::thread keeper;
};

/// A pod of a Job. Its thread is its kubelet.
struct Lab::JobRun {
  std::string name;
  std::string output;  // guarded by the lab's mutex
  std::thread thread;
};

}  // namespace drdrill::live
