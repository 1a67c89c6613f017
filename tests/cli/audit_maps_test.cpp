#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

/// Procedures that stand as text in ConfigMaps, and scripts that others read in.
namespace drdrill::test {
namespace {

std::string written(const Folder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

/// Line 8 asks a standby what only a primary answers; line 14 is a verb that Redis does not have.
const std::string maps = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: recovery, namespace: shop}
data:
  runbook.md: |
    # Redis recovery
    ```bash
    kubectl exec redis-0 -n shop -- redis-cli cluster init
    ```
  retention: "14"
  again.sh: |
    #!/bin/bash
    set -e
    kubectl exec redis-1 -n shop -- redis-cli cluster check
)";

const std::string mount = R"(---
apiVersion: batch/v1
kind: Job
metadata: {name: again, namespace: shop}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: a, image: "redis:7.2", command: [sleep, "1"],
                    volumeMounts: [{name: s, mountPath: /s}]}]
      volumes: [{name: s, configMap: {name: recovery}}]
)";

}  // namespace

TEST_CASE("runbooks and scripts in ConfigMaps are audited, with the lines of the manifest") {
  const Folder folder;
  const std::string file = written(folder, "maps.yaml", maps);
  const Outcome found = drdrill({"audit", file, "--report", "json=-"});
  CHECK(contains(found.out, "redis-command-unknown"));
  CHECK(contains(found.out, "\"line\": 8"));
  CHECK(contains(found.out, "\"line\": 14"));
}

TEST_CASE("a script of a ConfigMap that a container mounts is the container's affair") {
  const Folder folder;
  const Outcome found =
      drdrill({"audit", written(folder, "maps.yaml", maps + mount), "--report", "json=-"});
  CHECK(contains(found.out, "\"line\": 8"));
  CHECK_FALSE(contains(found.out, "\"line\": 14"));
}

TEST_CASE("import runbook takes the runbooks out of a file of manifests") {
  const Folder folder;
  const std::string file = written(folder, "maps.yaml", maps);
  const Outcome made = drdrill({"import", "runbook", file, "-o", folder / "rb/"});
  CHECK(made.code == 0);
  CHECK(contains(made.out, "redis-recovery.json"));
  CHECK(contains(made.out, "again.json"));
  const Outcome none = drdrill(
      {"import", "runbook", written(folder, "none.yaml", mount.substr(4)), "-o", folder / "none/"});
  CHECK(none.code == 64);
  CHECK(contains(none.err, "no ConfigMap in it holds a runbook"));
}

TEST_CASE("a function that another script calls is no procedure of its own") {
  const Folder folder;
  const std::string lib =
      written(folder, "lib.sh",
              "restore_all() {\n  pg_restore -d a /b/a\n}\nlook() {\n  kubectl get pods\n}\n");
  const std::string user = written(folder, "restore.sh", "#!/bin/bash\n. ./lib.sh\nrestore_all\n");
  const Outcome alone = drdrill({"import", "runbook", lib, "-o", folder / "alone/"});
  CHECK(contains(alone.out, "restore_all of lib.sh"));
  const Outcome both = drdrill({"import", "runbook", lib, user, "-o", folder / "both/"});
  CHECK_FALSE(contains(both.out, "restore_all of lib.sh"));
  CHECK(contains(both.out, "look of lib.sh"));
}

}  // namespace drdrill::test
