#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/live/clients/directory.hpp"
#include "sim/live/process.hpp"

/// What runs in the pods of a lab: real PostgreSQL, Redis and so on, configured as the platform
/// file has them. A row for each kind of workload that a lab can run.
namespace drdrill::live {

/// Where a pod's program runs.
struct PodPlace {
  std::string name;
  std::string address;
  std::string name_space;  ///< empty: the machine's own
  std::string folder;      ///< its configuration, its output, its volumes
  std::string shared;      ///< what all pods of the lab may read
  std::string archive;     ///< where WAL goes, one for the whole lab
  std::string upstream;    ///< whom a standby follows: a host that resolves there; empty: nobody
  std::vector<std::string> arguments{};  ///< of its container
  std::vector<Mount> mounts{};       ///< its volumes, where its image has them; its own comes first
  bool contained = true;             ///< false: this machine lets us make no containers
  std::function<bool()> given_up{};  ///< asked while tools run; empty: nobody does

  std::string data() const { return folder + "/data"; }  ///< its volume
  std::string run() const { return folder + "/run"; }    ///< where it may put sockets and the like
  /// Names pods and Services, where a pod has a network of its own; elsewhere names are addresses.
  std::string hosts() const { return name_space.empty() ? std::string() : shared + "/hosts"; }
  std::string services() const { return shared + "/services.json"; }  ///< as file_directory.hpp
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
  /// Where clients connect to, at the pod's address.
  virtual std::uint16_t port() const = 0;
  /// The same, whole; for programs that cannot have the address of a pod without a network.
  virtual Endpoint endpoint(const PodPlace& place) const { return {place.address, port()}; }
  /// Does it serve /metrics there?
  virtual bool has_metrics() const { return false; }
  /// Services may lead elsewhere: tells the program, where it does not look by itself. False: not
  /// now, to be tried again.
  virtual bool follow(const PodPlace& /*place*/) const { return true; }
  /// Who runs in its container. As root we are somebody without rights there; otherwise ourselves.
  virtual std::string user() const;
  /// What `kubectl exec` runs in its container sees: where its tools connect to.
  virtual std::vector<std::pair<std::string, std::string>> environment(
      const PodPlace& /*place*/) const {
    return {};
  }
};

/// Nothing for workloads that a lab does not run, or cannot run on this machine.
std::unique_ptr<PodProgram> make_program(const WorkloadModel& workload,
                                         const PlatformSpec& platform);
/// Why not, with what installs it; empty when it runs.
std::string missing_program(const WorkloadModel& workload);
/// The first file of that name in the folders where Debian keeps programs; empty: there is none.
std::string find_program(std::string_view name);
/// Does GET `path` answer 200 to 299 there, within a second?
bool answers_http(const PodPlace& place, std::uint16_t port, const std::string& path);
bool answers_http(const Endpoint& endpoint, const std::string& path);
/// The Services of the home cluster that lead to workloads of this kind.
std::vector<std::string> services_of(const PlatformSpec& platform, WorkloadModel::Kind kind);

/// The mean of a parameter, in its own unit; what a configuration file takes.
double figure_of(const PlatformSpec& platform, std::string_view parameter);

std::unique_ptr<PodProgram> make_postgres(const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_redis(const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_api(const WorkloadModel& workload, const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_proxy(const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_prometheus(const PlatformSpec& platform);
std::unique_ptr<PodProgram> make_janus(const PlatformSpec& platform);

/// Writes a whole file. Throws std::runtime_error.
void write_file(const std::string& path, std::string_view text);
/// Whole or not at all, for whoever reads it at any time.
void replace_file(const std::string& path, std::string_view text);
/// Our own program's path; $DRDRILL_PROGRAM, for tests, whose program is another one.
std::string own_program();

/// Make a folder where there is none: of ours, that all may read; of that user (empty: of ours),
/// that nobody else may read.
void make_folder(const std::string& path);
void make_own_folder(const std::string& path, const std::string& user);

/// A program in the pod: its network, a container with its mounts, that user.
Program in_pod(const PodPlace& place, std::vector<std::string> argv, std::string user);
/// Somebody asked to stop.
class GaveUp : public std::runtime_error {
 public:
  GaveUp() : std::runtime_error("interrupted") {}
};

/// A user without rights: as root whom programs run as that need none, otherwise empty: ourselves.
std::string nobody_else();
/// Runs a tool there. Throws std::runtime_error with its words when it fails; GaveUp.
std::string must_run(const PodPlace& place, std::vector<std::string> argv, std::string user);

}  // namespace drdrill::live
