#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/importing.hpp"

namespace drdrill::test {

TEST_CASE("settings with which a server does not start are told, by import and by audit") {
  const auto both = [](const std::string& setting, const std::string& image) {
    const Folder folder;
    std::string text = with_command("redis-server, /conf/redis.conf");
    text.replace(text.find("    cluster-node-timeout 5000"), 29, "    " + setting);
    text.replace(text.find("redis:7.2"), 9, image);
    const std::string read = import(folder, text).out;
    return read + drdrill({"audit", folder / "in.yaml"}).out;
  };
  const auto refused = [&](const std::string& setting) {
    const std::string out = both(setting, "redis:7.2");
    CAPTURE(setting, out);
    CHECK(contains(out, "Refused by the server\n") ==
          contains(out, "in.yaml:7: error [config-refused]"));
    return contains(out, "Refused by the server\n");
  };
  CHECK(refused("replicaof redis-0 6379"));
  CHECK(refused("appendonly true"));
  CHECK(refused("appendonly yes # keep it"));
  CHECK_FALSE(refused("appendonly yes"));
  CHECK_FALSE(refused("maxmemory-policy allkeys-lru"));
}

TEST_CASE("a setting of PostgreSQL is refused by the versions that do not have it") {
  const auto audited = [](const std::string& image, const std::string& arguments) {
    const Folder folder;
    std::ofstream(folder / "in.yaml") << R"(apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  selector: {matchLabels: {app: pg}}
  template:
    metadata: {labels: {app: pg}}
    spec: {containers: [{name: pg, image: ")"
                                      << image << R"(", args: [)" << arguments << "]}]}\n";
    return contains(drdrill({"audit", folder / "in.yaml"}).out, "config-refused");
  };
  CHECK(audited("postgres:15", "-c, wal_keep_segments=64"));
  CHECK_FALSE(audited("postgres:12", "-c, wal_keep_segments=64"));
  CHECK(audited("postgres:12", "-c, wal_keep_size=1GB"));
  CHECK(audited("postgres:latest", "-c, old_snapshot_threshold=1h"));
  CHECK_FALSE(audited("postgres:latest", "-c, io_method=worker"));
  CHECK(audited("pgvector/pgvector:pg16", "-c, io_method=worker"));
  CHECK(audited("postgres:16-alpine", "-c, standby_mode=on"));
  CHECK_FALSE(audited("postgres:16-alpine", "-c, recovery_target_time=2026-01-01"));
  CHECK(audited("postgres:16",
                "-c, recovery_target_time=2026-01-01, -c, recovery_target_name=before"));
  CHECK_FALSE(audited("example.com/team/db:15", "-c, wal_keep_segments=64"));
}

TEST_CASE("a variable in a configuration file is not expanded, unless something writes the file") {
  const auto audited = [](const std::string& command, const std::string& variable) {
    const Folder folder;
    std::string text = with_command(command);
    text.replace(text.find("    cluster-node-timeout 5000"), 29,
                 "    cluster-announce-ip ${POD_IP}");
    text.insert(text.find("          volumeMounts:"),
                "          env: [{name: " + variable +
                    ", valueFrom: {fieldRef: {fieldPath: status.podIP}}}]\n");
    import(folder, text);
    return contains(drdrill({"audit", folder / "in.yaml"}).out,
                    "in.yaml:7: error [config-not-expanded]");
  };
  CHECK(audited("redis-server, /conf/redis.conf", "POD_IP"));
  CHECK_FALSE(
      audited("sh, -c, 'envsubst < /conf/redis.conf > /tmp/r && redis-server /tmp/r'", "POD_IP"));
  // Flux puts such names into manifests before they are applied.
  CHECK_FALSE(audited("redis-server, /conf/redis.conf", "OTHER"));
}

}  // namespace drdrill::test
