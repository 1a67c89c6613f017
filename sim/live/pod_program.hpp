#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/live/process.hpp"

/// What runs in the pods of a lab: real PostgreSQL, Redis and so on, configured as the platform
/// file has them. A row for each kind of workload that a lab can run.
namespace drdrill::live {

/// Where a pod's program runs.
struct PodPlace {
  std::string name;
  std::string address;
  std::string name_space;  ///< empty: the machine's own
  std::string folder;      ///< its volumes, its configuration, its output
  std::string archive;     ///< where WAL goes, one for the whole lab
  std::string upstream;    ///< whom a standby follows: a host that resolves there; empty: nobody
  std::string hosts;  ///< a hosts file that names pods and Services; empty: names are addresses
};

class PodProgram {
 public:
  virtual ~PodProgram() = default;
  /// Makes what the program needs when it starts for the first time there. Blocks, seconds at most.
  /// Throws std::runtime_error with what the tool said.
  virtual void prepare(const PodPlace& place) const = 0;
  virtual Program program(const PodPlace& place) const = 0;
  /// The signal for a clean end.
  virtual int stop_signal() const = 0;
  /// Does it serve? Asks it, for a second at most.
  virtual bool is_ready(const PodPlace& place) const = 0;
  /// What `kubectl exec` runs in its container sees: where its tools connect to.
  virtual std::vector<std::pair<std::string, std::string>> environment(
      const PodPlace& place) const = 0;
};

/// Nothing for workloads that a lab does not run.
std::unique_ptr<PodProgram> make_program(const WorkloadModel& workload,
                                         const PlatformSpec& platform);

/// The mean of a parameter, in its own unit; what a configuration file takes.
double figure_of(const PlatformSpec& platform, std::string_view parameter);

std::unique_ptr<PodProgram> make_postgres(const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_redis(const PlatformSpec& platform);

/// Writes a whole file. Throws std::runtime_error.
void write_file(const std::string& path, std::string_view text);

/// Runs a tool in the pod's network. Throws std::runtime_error with its words when it fails.
std::string must_run(const PodPlace& place, std::vector<std::string> argv, std::string user = {});

}  // namespace drdrill::live
