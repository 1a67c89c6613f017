#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/context.hpp"
#include "models/pod_model.hpp"
#include "sim/kube/autoscaler.hpp"

/// What the clock adds to Kubernetes' objects: for each pod, node, Service and cluster what goes on
/// there and which timers run. Kubernetes' own; index as the objects are.
namespace drdrill::models {

struct PodRuntime {
  std::uint32_t uid = 0;  // 0: the slot has no pod
  SubjectId subject = SubjectId::none;
  int model = -1;  // index into spec.workloads
  Group life{};    // start, stop, restart
  Group ready_timer{};
  Group alive_timer{};
  bool starting = false;
  bool up = false;
  bool paused = false;
  Cutoff cutoff;
  bool stopping = false;
  bool told_to_stop = false;
  bool healthy = true;
  bool told_unschedulable = false;
  bool told_refused = false;
  int failures_in_row = 0;
  Impairment impairment;
  Offset starts_since{};  // its images are there
  Offset started{};
  Duration probe_phase{};
  Duration restart_wait{};
  bool image_missing = false;
  bool pulls = false;  // an image, before it starts
  Offset pull_began{};
  Offset placed{};                                // on its node
  Offset ready_changed{};                         // condition Ready
  Offset health_changed{};                        // of what probes ask
  Offset measured_at{};                           // by metrics-server
  std::array<std::optional<double>, 2> measured;  // by Usage
};

/// An image on a node, or on its way there.
struct PulledImage {
  int image = 0;  // of the images that the model knows
  Offset there{};
};

struct NodeRuntime {
  SubjectId subject = SubjectId::none;
  Group lease{};  // until its silence is noticed
  Group hear{};   // until it renews its lease again
  Group boot{};
  Group evict{};  // until its pods no longer tolerate that it is not heard
  bool up = true;
  bool booted = false;  // has power again, but was not heard since: its pods are not started
  bool heard = true;    // its lease is renewed
  Cutoff cutoff;
  Impairment impairment;
  Offset silent_since{};
  Offset not_ready_since{};
  Offset tainted_since{};
  Duration tolerated{};  // by pods that say nothing of it
  std::vector<PulledImage> images;
  Offset pulling_until{};  // images are pulled one after the other
};

/// A node that the provider was asked for.
struct ComingNode {
  int number = 0;
  std::string zone;
};

/// A volume that the control plane holds to be attached to a node that does not answer.
struct Attachment {
  int claim = 0;
  int node = 0;
};

struct PoolRuntime {
  int made = 0;  // since the reset, or asked for
  std::vector<ComingNode> coming;
};

/// Nodes of a zone that wait to be evicted, and how fast that goes.
struct ZoneRuntime {
  std::string name;
  Group timer{};
  double rate = 0;         // nodes a second
  Offset next{};           // when the next one may be
  std::vector<int> queue;  // nodes that are not ready, in the order in which that was seen
  int ready = 0;
  int not_ready = 0;
};

struct ServiceRuntime {
  std::vector<int> routed;
  Offset stale_since{};
  SubjectId subject = SubjectId::none;
  Group update{};
};

/// No connections between two sides.
struct Cut {
  Side a;
  Side b;
  bool mended = false;
};

struct Image {
  std::string name;
  bool exists = true;  // the registry has it
};

/// One whose containers end as they start.
struct BrokenImage {
  std::string name;
  SubjectId subject = SubjectId::none;
  bool told = false;
};

/// What an Event tells.
struct Noted {
  int cluster = 0;
  NoteKind kind{};
  SubjectId subject = SubjectId::none;
  Offset at{};
};

struct ClusterRuntime {
  std::vector<PodRuntime> pods;
  std::vector<NodeRuntime> nodes;
  std::vector<ServiceRuntime> services;
  std::vector<Offset> jobs_wait;  // by Job: until its next pod may be made
  std::vector<PoolRuntime> pools;
  std::vector<ZoneRuntime> zones;
  bool all_lost = false;  // no zone has a node that is ready
  std::vector<Attachment> attached;
  std::vector<kube::ScalingMemory> scaling;  // by HorizontalPodAutoscaler
  Duration monitor_phase{-1};  // of the node controller's looks; negative: not yet drawn
  Duration scrape_phase{};
  Duration look_phase{};
  Group sync{};
  Group zones_look{};
  Group collect{};
  Group scrape{};
  Group look{};
};

/// What happens by the clock of Kubernetes.
enum class KubernetesEvent : std::uint16_t {
  sync,
  started,
  exited,
  killed,
  restart,
  ready,
  unready,
  liveness_failed,
  routes,
  not_ready,
  heard,
  zones,
  tainted,
  evict,
  booted,
  pulled,
  scraped,
  look,
  node_arrives,
  detached,
  collected,
  pull_refused,
  pull_backs_off
};

}  // namespace drdrill::models
