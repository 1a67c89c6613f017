#include <catch2/catch.hpp>

#include "models/kubernetes.hpp"
#include "tests/models/drilling.hpp"

/// The pods of a workload are listed once, and again when one came or went.
using namespace drdrill;
using models::no_pod;
using models::PodRef;

namespace {

struct Cluster {
  Cluster()
      : loaded(test::load("region-failover-corrected")),
        context(loaded.platform),
        kubernetes(context) {
    kubernetes.warm_up();
    context.notes.keep();
    kubernetes.reset();
  }
  /// All pods that exist, looked through one by one.
  std::vector<PodRef> found(const WorkloadModel& workload) const {
    std::vector<PodRef> out;
    const auto c = static_cast<int>(workload.cluster);
    for (std::size_t p = 0; p < kubernetes.cluster(c).pods.size(); ++p) {
      const PodRef ref{c, static_cast<int>(p)};
      if (kubernetes.pod(ref).meta.exists && kubernetes.model_of(ref) == &workload)
        out.push_back(ref);
    }
    return out;
  }
  std::vector<PodRef> listed(const WorkloadModel& workload) const {
    std::vector<PodRef> out;
    kubernetes.each_pod_of(workload, [&](PodRef ref) { out.push_back(ref); });
    return out;
  }
  void check(const char* when) {
    INFO(when);
    std::size_t all = 0;
    for (const WorkloadModel& workload : loaded.platform.workloads) {
      INFO(workload.workload);
      CHECK(listed(workload) == found(workload));
      all += listed(workload).size();
      std::size_t asked = 0;
      const PodRef first = kubernetes.first_pod_of(workload, [&](PodRef) { return ++asked == 2; });
      CHECK((first == no_pod) == (listed(workload).size() < 2));
      if (first != no_pod) CHECK(first == listed(workload)[1]);
    }
    CHECK(all > 10);
  }
  /// Sets the replicas of the first workload with pods of this name.
  void scale(const std::string& name, int replicas) {
    for (kube::Workload& workload : kubernetes.clusters().items[0].workloads)
      if (workload.meta.name == name) workload.replicas = replicas;
    kubernetes.objects_changed(0);
    run();
  }
  void run() {
    const Offset until = context.now() + std::chrono::minutes(5);
    const bool stop = false;
    context.engine.run(
        until,
        [&](const Event& event) {
          if (models::owner_of(event.component) == models::Owner::kubernetes)
            kubernetes.handle(event);
        },
        stop);
  }

  LoadedScenario loaded;
  models::Context context;
  models::Kubernetes kubernetes;
};

}  // namespace

TEST_CASE("who lists a workload's pods finds those that there are, whatever came and went") {
  Cluster cluster;
  cluster.check("at the start");
  cluster.scale("livekit-sfu", 3);
  cluster.check("fewer");
  cluster.scale("livekit-sfu", 9);
  cluster.check("more, in slots that others had");
  cluster.kubernetes.crash_node(0, 0);
  cluster.check("a machine is lost");
  cluster.run();
  cluster.check("and its pods are made again");
  cluster.kubernetes.reset();
  cluster.check("after a reset");
}
