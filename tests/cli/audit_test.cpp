#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

/// The team's commands under headings of our own.
constexpr const char* document = R"md(# When things break

| Part | RTO | RPO |
| --- | --- | --- |
| PostgreSQL | 30 minutes | 15 minutes |
| Redis | 5 minutes | 1 minute |
| Prometheus monitoring | 30 minutes | 15 minutes |

## Losing the PostgreSQL primary

```bash
kubectl scale deployment postgres-primary --replicas=0 -n gomeet
kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c "SELECT pg_promote();"
kubectl patch service postgres-primary -n gomeet -p '{"spec":{"selector":{"app":"postgres","role":"primary"}}}'
```

## Losing the whole Redis cluster, a recovery in full

```bash
#!/bin/bash
# redis-again.sh
kubectl scale statefulset redis-master --replicas=0 -n gomeet
kubectl exec redis-master-0 -n gomeet -- rm -f /data/nodes.conf
kubectl scale statefulset redis-master --replicas=3 -n gomeet
sleep 30
kubectl exec redis-master-0 -n gomeet -- redis-cli cluster init 10.0.0.1:6379
```

## Practising

```bash
#!/bin/bash
# policy-drill.sh
kubectl apply -f - <<EOF
apiVersion: v1
kind: NetworkPolicy
metadata: {name: cut, namespace: gomeet}
spec: {podSelector: {matchLabels: {app: livekit-sfu}}, policyTypes: [Egress], egress: []}
EOF
sleep 120
kubectl delete networkpolicy cut -n gomeet
```
)md";

std::string written(const Folder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

}  // namespace

TEST_CASE("the team's commands are imported, rehearsed and audited") {
  const Folder folder;
  const std::string file = written(folder, "dr.md", document);
  const auto found = drdrill(
      {"audit", file, "--platform", "gomeet-500", "--report", "sarif=" + (folder / "a.sarif"),
       "--report", "junit=" + (folder / "a.xml"), "--report", "json=" + (folder / "a.json")});
  CHECK(found.err.empty());
  CHECK(found.code == 1);
  INFO(found.out);
  CHECK(contains(found.out, ":12: error [wrong-kind] there is no deployment postgres-primary"));
  CHECK(contains(found.out,
                 ":12: error [step-fails] rehearsed with node-loss of node/pool-postgres-1"));
  CHECK(contains(found.out, "writable primaries of postgres 1 before, 2 after"));
  CHECK(contains(found.out, ":14: error [selector-misses-pod]"));
  CHECK(contains(found.out, "[recovery-misses-objective]"));
  CHECK(contains(found.out, "error [command-in-stopped-pod]"));
  CHECK(contains(found.out, "Redis has no CLUSTER init"));
  CHECK(contains(found.out,
                 "[objective-without-backup] nothing makes a copy of what monitoring keeps"));
  CHECK(contains(found.out, "error [drill-without-fault]"));
  CHECK(contains(found.out, "no matches for kind \"NetworkPolicy\" in version \"v1\""));

  CHECK(contains(contents(folder / "a.sarif"), "\"version\": \"2.1.0\""));
  CHECK(contains(contents(folder / "a.sarif"), "\"startLine\": 12"));
  CHECK(contains(contents(folder / "a.xml"), "<failure message="));
  CHECK(contains(contents(folder / "a.json"), "\"rule\": \"wrong-kind\""));

  const std::string baseline = folder / "known.json";
  CHECK(
      drdrill({"audit", file, "--platform", "gomeet-500", "--write-baseline", baseline, "--quiet"})
          .code == 1);
  const auto known = drdrill({"audit", file, "--platform", "gomeet-500", "--baseline", baseline});
  CHECK(known.code == 0);
  CHECK(contains(known.out, "0 errors"));
}

TEST_CASE("the corrected runbooks have fewer errors, and the platform's own are found") {
  const auto corrected = drdrill({"audit", "postgres-primary-failure-corrected"});
  INFO(corrected.out << corrected.err);
  CHECK(!contains(corrected.out, "[wrong-kind]"));
  CHECK(!contains(corrected.out, "[left-worse]"));
  CHECK(!contains(corrected.out, "[recovery-misses-objective]"));
  const auto platform = drdrill({"audit", "scenarios/platforms/gomeet-500.json"});
  CHECK(contains(platform.out, "[backup-in-same-region]"));
  CHECK(contains(platform.out, "[no-room-after-loss]"));
  CHECK(contains(platform.out, "[job-fails]"));
}

TEST_CASE("imported runbooks are sound files, and run") {
  const Folder folder;
  const std::string file = written(folder, "dr.md", document);
  CHECK(drdrill({"import", "runbook", file}).code == 64);
  const auto imported = drdrill({"import", "runbook", file, "-o", folder / "runbooks/"});
  CHECK(imported.code == 0);
  const std::string one = folder / "runbooks/losing-the-postgresql-primary.json";
  CHECK(drdrill({"check", one}).code == 0);
  const auto run = drdrill({"run", "postgres-primary-failure", "--runbook", one});
  CHECK(run.code == 1);
  CHECK(contains(run.out, "dr.md:12"));
  CHECK(contains(drdrill({"graph", one}).out, "digraph \"losing-the-postgresql-primary\""));
  CHECK(contains(drdrill({"graph", "gomeet-500"}).out, "\"api\" -> \"postgres\""));
}

}  // namespace drdrill::test
