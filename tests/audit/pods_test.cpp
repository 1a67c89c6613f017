#include <string>

#include <catch2/catch.hpp>

#include "tests/audit/auditing.hpp"

using namespace drdrill;

namespace {

/// The backup of many manifests: a script in a ConfigMap, and a CronJob that calls it.
constexpr const char* mapped = R"(# Backups
```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts, namespace: a}
data:
  pg-backup.sh: |
    #!/bin/bash
    DAY=$(date +%F)
    for shard in 1 2; do
      pg_dump -h db -U p -d s_$shard --file=/b/s_$shard_$DAY.dump
    done
    pg_receivewal -D /b/wal --progress
  unused.sh: |
    pg_receivewal -D /b/wal --progress
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: pg-backup, namespace: a}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: b
            image: postgres:15
            command: [bash, /s/pg-backup.sh]
            volumeMounts: [{name: s, mountPath: /s}]
          volumes: [{name: s, configMap: {name: scripts}}]
```
)";

constexpr const char* in_place = R"(# Backups
```yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: pg-backup, namespace: a}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          initContainers:
          - {name: ask, image: "postgres:15-alpine", command: [sh, -c, "redis-cli cluster check"]}
          containers:
          - name: b
            image: postgres:15-alpine
            env: [{name: PGHOST, value: db}, {name: TARGET, value: /tmp/a.sql}]
            command: [/bin/bash, -ec]
            args:
            - |
              pg_dump app > $TARGET
              mysqldump -h db app > /tmp/b.sql
              echo $NOWHERE
```
)";

const audit::Finding* find(const std::vector<audit::Finding>& all, std::string_view rule) {
  for (const audit::Finding& each : all)
    if (each.rule == rule) return &each;
  return nullptr;
}

}  // namespace

TEST_CASE("a script in a ConfigMap is looked at in its own lines, once a job calls it") {
  const auto found = test::audited(mapped);
  INFO(test::words_of(found));
  REQUIRE(find(found, "variable-swallows-text"));
  CHECK(find(found, "variable-swallows-text")->place.line == 11);
  REQUIRE(find(found, "postgres-option-unknown"));
  CHECK(find(found, "postgres-option-unknown")->place.line == 13);
  CHECK(std::count_if(found.begin(), found.end(),
                      [](const auto& f) { return f.rule == "postgres-option-unknown"; }) == 1);
}

TEST_CASE("a container's command is read as the kubelet hands it over") {
  // "$$" is "$", and a variable that the container has is put in for $(NAME).
  const auto found = test::audited(R"(```yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: sweep}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: b
            image: postgres:15-alpine
            env: [{name: WHERE, valueFrom: {secretKeyRef: {name: s, key: k}}}]
            command: [sh, -c, "D=$$(date); echo $$D $(WHERE); mysqldump $$NOWHERE"]
```
)");
  INFO(test::words_of(found));
  CHECK(!find(found, "not-read"));
  REQUIRE(find(found, "image-lacks-program"));
  CHECK(find(found, "image-lacks-program")->evidence.find("no mysqldump, which") !=
        std::string::npos);
  REQUIRE(find(found, "variable-not-set"));
  CHECK(find(found, "variable-not-set")->evidence.find("$NOWHERE is") != std::string::npos);
}

TEST_CASE("shell that stands in a container's command is looked at as what the pod runs") {
  const auto found = test::audited(in_place);
  INFO(test::words_of(found));
  REQUIRE(find(found, "backup-not-kept"));
  CHECK(find(found, "backup-not-kept")->place.line == 22);
  CHECK(find(found, "backup-not-kept")->evidence.find("/tmp/a.sql") != std::string::npos);
  REQUIRE(find(found, "image-lacks-program"));
  CHECK(find(found, "image-lacks-program")->evidence.find("mysqldump") != std::string::npos);
  // The container says the host, and not every variable.
  CHECK(!find(found, "server-not-named"));
  REQUIRE(find(found, "variable-not-set"));
  CHECK(find(found, "variable-not-set")->place.line == 24);
  CHECK(find(found, "variable-not-set")->evidence.find("$NOWHERE") != std::string::npos);
  REQUIRE(find(found, "redis-command-unknown"));
  CHECK(find(found, "redis-command-unknown")->place.line == 14);
}
