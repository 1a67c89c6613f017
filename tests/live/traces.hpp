#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "sim/live/network.hpp"
#include "sim/live/place.hpp"
#include "tests/live/servers.hpp"

/// What a lab has left on this machine.
namespace drdrill::test {

inline bool soon(const std::function<bool()>& holds,
                 std::chrono::seconds within = std::chrono::seconds(20)) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// What this machine has of a lab of that number.
inline std::string traces_of(const live::LabPlace& place) {
  std::string found;
  if (std::filesystem::exists(place.folder)) found += place.folder + " ";
  for (const live::ProcessId& process : live::processes_in(place.folder))
    found += "process " + to_string(process) + " ";
  const std::string prefix = live::Network::prefix(place.number);
  const auto look = [&](const char* folder) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      const std::string name = entry.path().filename();
      if (name == prefix || name.starts_with(prefix + "-")) found += name + " ";
    }
  };
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);)
    if (line.find(place.folder + "/") != std::string::npos) found += "mount " + line + " ";
  look("/run/netns");
  look("/sys/class/net");
  return found;
}

/// Labs of these tests lie in a folder of their own.
struct Labs {
  Labs() {
    setenv("DRDRILL_LABS", path().c_str(), 1);
    setenv("DRDRILL_PROGRAM", DRDRILL_PROGRAM, 1);
  }
  ~Labs() {
    unsetenv("DRDRILL_LABS");
    unsetenv("DRDRILL_PROGRAM");
  }
  std::string path() const { return folder.path() + "/labs"; }
  TemporaryFolder folder;
};

}  // namespace drdrill::test
