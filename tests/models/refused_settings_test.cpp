#include <string>

#include <catch2/catch.hpp>

#include "tests/models/imported.hpp"

using namespace std::chrono_literals;

namespace drdrill::test {
namespace {

/// One server, its file in a ConfigMap, and its data on a claim.
std::string server(const std::string& image, const std::string& command, const std::string& file,
                   const std::string& setting, int port) {
  return R"(apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  )" + file +
         ": |\n    " + setting + R"(
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: data, namespace: shop}
spec:
  serviceName: data
  selector: {matchLabels: {app: data}}
  template:
    metadata: {labels: {app: data}}
    spec:
      containers:
        - name: server
          image: )" +
         image + "\n          args: [" + command + R"(]
          ports: [{containerPort: )" +
         std::to_string(port) + R"(}]
          volumeMounts: [{name: conf, mountPath: /conf}, {name: disk, mountPath: /data}]
      volumes: [{name: conf, configMap: {name: settings}}]
  volumeClaimTemplates:
    - metadata: {name: disk}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: data, namespace: shop}
spec:
  selector: {app: data}
  ports: [{port: )" +
         std::to_string(port) + "}]\n";
}

std::string postgres(const std::string& setting, const std::string& image = "postgres:15") {
  return server(image, "-c, config_file=/conf/postgresql.conf", "postgresql.conf", setting, 5432);
}

struct Lab {
  explicit Lab(const std::string& manifests)
      : loaded(quiet_scenario(manifests)), world(loaded.platform, loaded.scenario.start) {
    world.reset(1, 0);
    pass_until(world, 60s);
  }
  std::string kubectl(const std::string& words) {
    return std::string(run(world, "kubectl -n shop " + words).output);
  }
  void write(const std::string& file, const std::string& setting) {
    CHECK(kubectl("patch configmap settings --type merge -p '{\"data\":{\"" + file + "\":\"" +
                  setting + "\\n\"}}'")
              .find("patched") != std::string::npos);
  }
  std::string state() {
    const std::string out = kubectl("get pod data-0 --no-headers");
    return out.find("CrashLoopBackOff") != std::string::npos ? "loop"
           : out.find("1/1") != std::string::npos            ? "ready"
                                                             : out;
  }
  void crash() {
    Effect effect;
    effect.id = "crash-" + std::to_string(++crashes);
    effect.primitive = Primitive::crash;
    effect.target = {Level::pod, "data-0", 1};
    world.inject(effect);
  }
  void pass(Duration time) { pass_until(world, world.now() + time); }

  LoadedScenario loaded;
  SimulatedWorld world;
  int crashes = 0;
};

}  // namespace

TEST_CASE("a PostgreSQL whose file has an unknown setting runs on, and does not start again") {
  Lab lab(postgres("wal_keep_size = 1GB"));
  lab.crash();
  lab.pass(3min);
  REQUIRE(lab.state() == "ready");

  lab.write("postgresql.conf", "wal_keep_segments = 64");
  lab.pass(10min);
  CHECK(lab.state() == "ready");
  lab.crash();
  lab.pass(3min);
  CHECK(lab.state() == "loop");
  const std::string log = lab.kubectl("logs data-0");
  CHECK(log.find("LOG:  unrecognized configuration parameter \"wal_keep_segments\" in file "
                 "\"/conf/postgresql.conf\" line 1\n") != std::string::npos);
  CHECK(log.find("FATAL:  configuration file \"/conf/postgresql.conf\" contains errors\n") !=
        std::string::npos);

  // The kubelet tries again, at the latest after five minutes, with the file as it is then.
  lab.write("postgresql.conf", "wal_keep_size = 1GB");
  lab.pass(6min);
  CHECK(lab.state() == "ready");
}

TEST_CASE("what a PostgreSQL refuses depends on the version that its image has") {
  Lab lab(postgres("wal_keep_segments = 64", "postgres:12"));
  lab.crash();
  lab.pass(3min);
  CHECK(lab.state() == "ready");

  Lab argument(server("postgres:15", "-c, wal_keep_segments=64", "other.conf", "", 5432));
  CHECK(argument.state() == "ready");
  argument.crash();
  argument.pass(3min);
  CHECK(argument.state() == "loop");
  CHECK(argument.kubectl("logs data-0")
            .find("FATAL:  unrecognized configuration parameter \"wal_keep_segments\"\n") !=
        std::string::npos);
}

TEST_CASE("a file that no command line names is not read, and hinders nobody") {
  Lab lab(server("postgres:15", "-c, wal_keep_size=1GB", "postgresql.conf",
                 "wal_keep_segments = 64", 5432));
  lab.crash();
  lab.pass(3min);
  CHECK(lab.state() == "ready");
}

TEST_CASE("a Redis whose file has a value that is none ends as it starts") {
  Lab lab(
      server("redis:7.2", "redis-server, /conf/redis.conf", "redis.conf", "appendonly yes", 6379));
  lab.crash();
  lab.pass(3min);
  REQUIRE(lab.state() == "ready");
  lab.write("redis.conf", "appendonly true");
  lab.pass(10min);
  CHECK(lab.state() == "ready");
  CHECK(figure(lab.world, "masters serving") == 1);
  lab.crash();
  lab.pass(3min);
  CHECK(lab.state() == "loop");
  CHECK(figure(lab.world, "masters serving") == 0);
  lab.write("redis.conf", "appendonly yes");
  lab.pass(6min);
  CHECK(lab.state() == "ready");
  CHECK(figure(lab.world, "masters serving") == 1);
}

}  // namespace drdrill::test
