#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/platform.hpp"

/// The seam between Kubernetes and component models: pods begin and end, are reached or not; their
/// models say what they answer and use.
namespace drdrill::models {

struct PodRef {
  int cluster = 0;
  int pod = 0;  ///< slot in kube::Cluster::pods

  bool operator==(const PodRef&) const = default;
};
constexpr PodRef no_pod{-1, -1};

inline bool runs_in(const WorkloadModel& workload, int cluster) {
  return static_cast<int>(workload.cluster) == cluster;
}

/// A Redis server may belong to the installation of another cluster.
inline bool belongs_to(const WorkloadModel& workload, int cluster) {
  return static_cast<int>(workload.installation()) == cluster;
}

/// How a container's processes ended.
enum class Ending : std::uint8_t {
  clean,   ///< by themselves after SIGTERM: connections are closed, data is flushed
  killed,  ///< SIGKILL or crash: the kernel closes connections
  lost,    ///< with the machine: peers hear nothing
};

/// What metrics-server measures.
enum class Usage : std::uint8_t { cpu, memory };

/// What runs in the pods of a workload. The default is a process that is healthy as soon as it runs
/// and exits at once when told to.
class PodModel {
 public:
  PodModel() = default;
  PodModel(const PodModel&) = delete;
  PodModel& operator=(const PodModel&) = delete;
  virtual ~PodModel() = default;

  virtual void pod_started(PodRef) {}
  /// SIGTERM. The model calls Kubernetes::exit_after when it will have exited; true when it did.
  virtual bool pod_stopping(PodRef) { return false; }
  virtual void pod_ended(PodRef, Ending) {}
  /// What its health endpoint would answer now.
  virtual bool pod_healthy(PodRef) const { return true; }
  /// What its containers use now, in CPUs or bytes; nothing: not modelled. Whoever knows it calls
  /// Kubernetes::usage_changed when it may have changed.
  virtual std::optional<double> usage(PodRef, Usage) const { return std::nullopt; }
  /// Something about who reaches whom, or who stands still, has changed.
  virtual void reach_changed() {}
  /// The same, of a machine that went down: nothing changed but for these pods, which were on it,
  /// since Kubernetes was at that version.
  virtual void machine_lost(std::span<const PodRef>, std::uint64_t /*version_before*/) {
    reach_changed();
  }
  /// A Service of the cluster leads elsewhere.
  virtual void service_routes_changed(int /*cluster*/, int /*service*/) {}
};

/// What a machine or a container suffers from without being down.
struct Impairment {
  double slowness = 1;  ///< what it computes takes so many times as long
  Duration delay{};     ///< of packets, each way
  double loss = 0;      ///< share of packets
  Duration skew{};      ///< its clock is ahead
  bool full = false;    ///< nothing more can be written to its volumes

  bool operator==(const Impairment&) const = default;
};

/// Which packets of a pod or a machine are lost, all of them.
struct Cutoff {
  bool in = false;   ///< nothing arrives
  bool out = false;  ///< nothing that it sends arrives anywhere

  bool any() const { return in || out; }
  bool operator==(const Cutoff&) const = default;
};

/// Pods and nodes that a partition has on one side.
struct Side {
  std::vector<std::pair<int, std::uint32_t>> pods;  ///< cluster, uid
  std::vector<std::pair<int, int>> nodes;           ///< cluster, node
};

}  // namespace drdrill::models
