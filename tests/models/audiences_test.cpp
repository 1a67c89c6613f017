#include "models/audiences.hpp"

#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "models/redis.hpp"
#include "models/sfu.hpp"
#include "models/volumes.hpp"
#include "tests/models/drilling.hpp"

/// Whose media goes through which node, and who is told when a machine goes down.
using namespace drdrill;
using models::Audiences;
using models::PodRef;

namespace {

/// SFU nodes and their Redis in Kubernetes, and what their observer is told.
struct SfuLab final : models::SfuObserver {
  explicit SfuLab(const std::string& scenario)
      : loaded(test::load(scenario)),
        context(loaded.platform),
        kubernetes(context),
        volumes(kubernetes),
        redis(context, kubernetes, volumes, 0),
        sfu(context, kubernetes, redis, 0) {
    context.start = loaded.scenario.start;
    for (const WorkloadModel& workload : loaded.platform.workloads) {
      if (workload.cluster != 0) continue;
      if (workload.kind == WorkloadModel::Kind::livekit_sfu) kubernetes.attach(workload, sfu);
      if (workload.kind == WorkloadModel::Kind::redis_master ||
          workload.kind == WorkloadModel::Kind::redis_replica)
        kubernetes.attach(workload, redis);
    }
    kubernetes.warm_up();
    context.notes.keep();
    kubernetes.reset();
    redis.reset();
    sfu.reset();
    sfu.observe(*this);
    sfu.reach_changed();
    looks = 0;
  }
  void sfu_gone(PodRef, models::Ending) override {}
  void sfu_reach_changed() override { ++looks; }
  void sfu_machine_lost(std::span<const PodRef> pods) override {
    lost.assign(pods.begin(), pods.end());
  }
  int node(std::string_view name) const {
    const auto& nodes = kubernetes.cluster(0).nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i].meta.name == name) return static_cast<int>(i);
    FAIL("no such node");
    return -1;
  }
  void lose(std::string_view name) {
    looks = 0;
    lost.clear();
    kubernetes.crash_node(0, node(name));
  }

  LoadedScenario loaded;
  models::Context context;
  models::Kubernetes kubernetes;
  models::Volumes volumes;
  models::Redis redis;
  models::Sfu sfu;
  int looks = 0;             // at everything
  std::vector<PodRef> lost;  // or only at these
};

}  // namespace

TEST_CASE("a node is changed once for each change, and never without an audience") {
  Audiences audiences;
  audiences.reset(3);
  const PodRef here{0, 1}, there{0, 2};
  CHECK_FALSE(audiences.is_changed(here, false));
  audiences.move(0, here);
  CHECK_FALSE(audiences.is_changed(here, true));  // it carried when somebody came
  CHECK(audiences.is_changed(here, false));
  CHECK_FALSE(audiences.is_changed(here, false));
  CHECK_FALSE(audiences.is_changed(there, false));  // another one's change
  CHECK(audiences.is_changed(here, true));
  audiences.move(0, there);
  CHECK_FALSE(audiences.is_changed(here, false));  // nobody is left
  CHECK(audiences.is_changed(there, false));
}

TEST_CASE("asked one by one or all at once, the same nodes are changed") {
  constexpr std::uint32_t people = 40;
  constexpr int nodes = 6;
  std::mt19937 random(20261123);
  Audiences singly, together;
  singly.reset(people);
  together.reset(people);
  int changes = 0;
  for (int round = 0; round < 500; ++round) {
    const auto who = static_cast<std::uint32_t>(random() % people);
    const PodRef to{0, static_cast<int>(random() % nodes)};
    singly.move(who, to);
    together.move(who, to);
    const unsigned carrying = random() % (1U << nodes);
    const auto carries = [&](PodRef ref) { return (carrying >> ref.pod & 1U) != 0; };
    std::set<int> changed, expected;
    for (int n = 0; n < nodes; ++n)
      if (singly.is_changed({0, n}, carries({0, n}))) changed.insert(n);
    together.each_changed(carries, [&](PodRef ref, bool now) {
      CHECK(now == carries(ref));
      expected.insert(ref.pod);
    });
    REQUIRE(changed == expected);
    changes += static_cast<int>(changed.size());
  }
  CHECK(changes > 500);
}

TEST_CASE("a lost machine is looked at for its own pods, unless more may have changed") {
  SfuLab lab("node-failure");
  lab.lose("pool-sfu-1");
  CHECK(lab.looks == 0);
  REQUIRE_FALSE(lab.lost.empty());
  for (const PodRef ref : lab.lost) {
    CHECK(lab.kubernetes.pod(ref).node == lab.node("pool-sfu-1"));
    CHECK_FALSE(lab.sfu.carries(ref));
  }
  lab.lose("pool-sfu-2");
  CHECK(lab.looks == 0);
  lab.lose("pool-redis-1");  // the rooms are kept there
  CHECK(lab.looks == 1);
}
