#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "sim/drill/world.hpp"
#include "tests/models/imported.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

/// A Redis as most people run it. `volume`: of the pod, "" for none; `args`: of redis-server.
std::string redis(const std::string& kind, const std::string& volume, const std::string& args) {
  std::string text = "apiVersion: apps/v1\nkind: " + kind + R"(
metadata: {name: cache, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: cache}}
)";
  if (kind == "StatefulSet") text += "  serviceName: cache\n";
  text += R"(  template:
    metadata: {labels: {app: cache}}
    spec:
      containers:
      - name: redis
        image: redis:7.2-alpine
        args: [redis-server)" +
          args + R"(]
        ports: [{containerPort: 6379}]
        readinessProbe: {tcpSocket: {port: 6379}, periodSeconds: 5}
)";
  if (!volume.empty()) {
    text += "        volumeMounts: [{name: data, mountPath: /data}]\n";
    if (kind != "StatefulSet") text += "      volumes: [{name: data, " + volume + "}]\n";
  }
  if (kind == "StatefulSet" && !volume.empty())
    text += R"(  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
)";
  return text + R"(---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop}
spec:
  selector: {app: cache}
  ports: [{port: 6379}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: cache-data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
)";
}

constexpr const char* appends = ", --appendonly, \"yes\"";
constexpr const char* empty_dir = "emptyDir: {}";
constexpr const char* claim = "persistentVolumeClaim: {claimName: cache-data}";
/// Every write has a key of its own, so that losses count writes.
constexpr const char* assume =
    "redis: {writes: 10/s, data: 0}\nload: {participants_per_meeting: 1}";

struct Lab {
  explicit Lab(const std::string& manifests, std::uint64_t seed = 1)
      : loaded(test::quiet_scenario(manifests, assume)),
        world(loaded.platform, loaded.scenario.start) {
    world.reset(seed, 0);
    test::pass_until(world, 60s);
  }
  std::string kubectl(const std::string& words) {
    return std::string(test::run(world, "kubectl -n shop " + words).output);
  }
  std::string pod() {
    return kubectl("get pod -l app=cache -o jsonpath='{.items[0].metadata.name}'");
  }
  std::string cli(const std::string& words) {
    return kubectl("exec " + pod() + " -- redis-cli " + words);
  }
  void crash() {
    Effect effect;
    effect.id = "crash";
    effect.primitive = Primitive::crash;
    effect.target = {Level::pod, pod(), 1};
    world.inject(effect);
  }
  bool serves() { return test::figure(world, "masters serving") == 1; }
  double lost() const { return static_cast<double>(test::lost_writes(world, ComponentId::redis)); }

  LoadedScenario loaded;
  SimulatedWorld world;
};

}  // namespace

TEST_CASE("a single Redis serves, and is no cluster") {
  Lab lab(redis("Deployment", empty_dir, appends));
  CHECK_FALSE(lab.loaded.platform.redis.cluster);
  CHECK(lab.serves());
  CHECK(lab.cli("ping") == "PONG\n");
  CHECK(lab.cli("cluster info") == "ERR This instance has cluster support disabled\n");
  CHECK(lab.kubectl("exec " + lab.pod() + " -- redis-cli -h cache ping") == "PONG\n");
  CHECK(lab.kubectl("exec " + lab.pod() + " -- redis-cli --cluster check cache:6379")
            .find("is not configured as a cluster node") != std::string::npos);
  CHECK(lab.lost() == 0);
}

TEST_CASE("nothing takes the place of a single Redis; the kubelet starts it again") {
  Lab lab(redis("Deployment", empty_dir, appends));
  lab.crash();
  lab.world.wait_until(lab.world.now() + 1ms);
  CHECK_FALSE(lab.serves());
  test::pass_until(lab.world, 120s);
  CHECK(lab.serves());
}

TEST_CASE("a crash leaves an emptyDir as it is, and takes what lies in the container alone") {
  const double written = 60 * 10.0;
  Lab kept(redis("Deployment", empty_dir, appends));
  kept.crash();
  test::pass_until(kept.world, 120s);
  CHECK(kept.lost() == 0);

  Lab gone(redis("Deployment", "", appends));
  gone.crash();
  test::pass_until(gone.world, 120s);
  CHECK(gone.lost() >= written);
}

TEST_CASE("a pod takes its emptyDir with it, not its claim") {
  for (const std::string kind : {"Deployment", "StatefulSet"})
    for (const bool keeps : {false, true}) {
      CAPTURE(kind, keeps);
      if (kind == "StatefulSet" && !keeps) continue;
      Lab lab(redis(kind, keeps ? claim : empty_dir, appends));
      const std::string before = lab.pod();
      lab.kubectl("delete pod " + before);
      test::pass_until(lab.world, 180s);
      CHECK(lab.serves());
      CHECK((lab.pod() == before) == (kind == "StatefulSet"));
      CHECK((lab.lost() == 0) == keeps);
    }
}

TEST_CASE("without an append-only file a crash takes what came after the last snapshot") {
  // 10 writes a second: 100 in 10 s, so that the save point of 300 s counts.
  constexpr double between = 300 * 10;
  double least = 1e9, most = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Lab lab(redis("Deployment", claim, ""), seed);
    lab.crash();
    test::pass_until(lab.world, 120s);
    least = std::min(least, lab.lost());
    most = std::max(most, lab.lost());
  }
  CHECK(most <= between + 20);
  CHECK(most > between * 0.8);  // of 40 ages that are spread evenly
  CHECK(least < between * 0.2);
}

TEST_CASE("who stops Redis properly loses nothing, unless it saves nothing") {
  Lab saves(redis("Deployment", claim, ""));
  saves.kubectl("delete pod " + saves.pod());
  test::pass_until(saves.world, 180s);
  CHECK(saves.lost() == 0);

  Lab forgets(redis("Deployment", claim, ", --save, \"\""));
  forgets.kubectl("delete pod " + forgets.pod());
  test::pass_until(forgets.world, 180s);
  CHECK(forgets.serves());
  CHECK(forgets.lost() >= 600);
}

TEST_CASE("clients of a single Redis come through its Service") {
  Lab lab(redis("Deployment", claim, appends));
  lab.kubectl(R"(patch service cache -p '{"spec":{"selector":{"app":"nobody"}}}')");
  test::pass_until(lab.world, 120s);
  CHECK(lab.serves());  // connections outlive the change
  lab.kubectl("delete pod " + lab.pod());
  test::pass_until(lab.world, 240s);
  CHECK_FALSE(lab.loaded.platform.redis.cluster);
  const std::uint64_t writes = [&] {
    std::uint64_t all = 0;
    for (const LedgerStream& stream : lab.world.ledger().streams)
      if (stream.component == ComponentId::redis)
        for (const LedgerRun& run : stream.runs) all += run.count;
    return all;
  }();
  CHECK(writes < 130 * 10);  // none since the pod was stopped
}
