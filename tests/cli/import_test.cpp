#include <chrono>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"
#include "tests/cli/importing.hpp"

namespace drdrill::test {

TEST_CASE("a namespace that only the objects in it name is there") {
  const Folder folder;
  const Outcome read = import(folder, R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: elsewhere}
spec: {selector: {app: web}, ports: [{port: 80}]}
)");
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(drdrill({"check", folder / "out.json"}).code == 0);
}

TEST_CASE("a configuration counts where the process reads it, with its line") {
  const Folder folder;
  const Outcome read = import(folder, with_command("redis-server, /conf/redis.conf"));
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(contains(read.out, "in.yaml:7: redis.cluster_node_timeout: cluster-node-timeout 5000"));
  CHECK(contains(read.out, "the first 3 are masters, the others replicas"));
  CHECK(contains(contents(folder / "out.json"), "in.yaml:7\""));
  CHECK(drdrill({"check", folder / "out.json"}).code == 0);
  const Outcome listed = drdrill({"list", "parameters", "--platform", folder / "out.json"});
  CHECK(contains(listed.out, "in.yaml:7"));

  const Outcome unread = import(folder, with_command("redis-server"));
  CHECK(unread.code == 0);
  CHECK(contains(unread.out, "Not in force\n"));
  CHECK(contains(unread.out, "no command line names that file"));
  CHECK_FALSE(contains(contents(folder / "out.json"), "cluster_node_timeout"));
}

TEST_CASE("audit says which configuration files no process reads") {
  const Folder folder;
  import(folder, with_command("redis-server"));
  const Outcome unread = drdrill({"audit", folder / "in.yaml"});
  CAPTURE(unread.out, unread.err);
  CHECK(contains(unread.out, "config-not-in-force"));
  import(folder, with_command("redis-server, /conf/redis.conf"));
  const Outcome read = drdrill({"audit", folder / "in.yaml"});
  CHECK_FALSE(contains(read.out, "config-not-in-force"));
}

TEST_CASE("what nobody says is assumed, and the assume file decides it") {
  const Folder folder;
  std::ofstream(folder / "assume.yaml") << "load: {participants_per_meeting: 7}\n"
                                           "models: {redis: {kind: redis-master, leaders: 2}}\n";
  const Outcome plain = import(folder, redis);
  CHECK(contains(plain.out, "[/load/participants_per_meeting]"));
  CHECK(contains(plain.out, "no manifest has PostgreSQL"));
  const Outcome decided = import(folder, redis, {"--assume", folder / "assume.yaml"});
  CAPTURE(decided.err);
  CHECK(decided.code == 0);
  CHECK_FALSE(contains(decided.out, "[/load/participants_per_meeting]"));
  CHECK(contains(contents(folder / "out.json"), "\"leaders\": 2"));
  CHECK(drdrill({"check", folder / "out.json"}).code == 0);

  std::ofstream(folder / "wrong.yaml") << "models: {rediss: {kind: redis-mastr}}\n";
  const Outcome wrong = import(folder, redis, {"--assume", folder / "wrong.yaml"});
  CHECK(wrong.code == 64);
  CHECK(contains(wrong.err, "wrong.yaml:1:10: /models/rediss: there is no workload \"rediss\""));
  CHECK(contains(wrong.err, "did you mean \"redis-master\"?"));
}

TEST_CASE("an object that an API server would refuse is left out, and the others are taken") {
  const Folder folder;
  const Outcome outcome =
      import(folder,
             redis + "---\napiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: 3}\n");
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "in.yaml:28: Service: /spec/ports"));
  const Outcome none = import(folder, "a: 1\n");
  CHECK(none.code == 64);
  CHECK(contains(none.err, "holds no object of Kubernetes"));
}

TEST_CASE("a kind in a version that no API server has any more is no obstacle") {
  const Folder folder;
  const std::string old =
      "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: old}\nspec:\n  schedule: \"0 3 * "
      "* *\"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: "
      "b, "
      "image: \"busybox:1\"}]}}}}\n---\n";
  const auto made = import(folder, old + with_command("redis-server"));
  INFO(made.err);
  CHECK(made.code == 0);
  CHECK(contains(made.out + made.err,
                 "CronJob \"old\" is of batch/v1beta1, which Kubernetes 1.32 does not serve"));
}

TEST_CASE("pods start though their Secrets stand in no manifest, and it is said") {
  const Folder folder;
  std::string text = with_command("redis-server");
  text.insert(
      text.find("          volumeMounts:"),
      "          env: [{name: P, valueFrom: {secretKeyRef: {name: redis-auth, key: word}}}]\n");
  const Outcome read = import(folder, text);
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(contains(read.out, "Secrets that no manifest has are there: redis-auth"));
  CHECK(contains(contents(folder / "out.json"), "\"word\": \"not-kept\""));
  // kustomize makes ConfigMaps of files, which are not among the manifests either.
  text.replace(text.find("name: redis}\ndata"), 12, "name: other}");
  CHECK(contains(import(folder, text).out, "ConfigMaps that no manifest has are there: redis"));
  CHECK(drdrill({"check", folder / "out.json"}).code == 0);
}

TEST_CASE("servers that find no node are none, and an audit says what it can") {
  const Folder folder;
  std::ofstream(folder / "assume.yaml") << "clusters: [{name: primary, node_pools: [{name: n, "
                                           "count: 1, cpu: \"1\", memory: 2Gi}]}]\n";
  std::string text = with_command("redis-server");
  text.insert(text.find("          volumeMounts:"),
              "          resources: {requests: {cpu: \"4\"}}\n");
  const Outcome read = import(folder, text, {"--assume", folder / "assume.yaml"});
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(drdrill({"audit", folder / "out.json"}).code != 64);
}

TEST_CASE("a broken file of a folder is left out, as kubectl takes the others") {
  const Folder folder;
  std::filesystem::create_directories(folder / "k8s");
  std::ofstream(folder / "k8s/a.yaml") << with_command("redis-server");
  std::ofstream(folder / "k8s/b.yaml")
      << "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}\nspec: {}\n";
  const Outcome read = drdrill({"import", "kubernetes", folder / "k8s", "-o", folder / "out.json"});
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(contains(read.out + read.err, "b.yaml"));
  CHECK(contains(read.out + read.err, "kubectl refuses it, and it is left out"));
  CHECK(drdrill({"import", "kubernetes", folder / "k8s/b.yaml", "-o", folder / "o.json"}).code ==
        64);
}

TEST_CASE("what Helm renders is read with its lines, and what Helm runs itself is told apart") {
  const Folder folder;
  const auto hook = [](const std::string& kind, const std::string& name, const std::string& when) {
    const std::string pod = "{restartPolicy: Never, containers: [{name: x, image: \"busybox:1\"}]}";
    return "---\n# Source: shop/templates/" + name +
           ".yaml\napiVersion: " + (kind == "Job" ? "batch/v1" : "v1") + "\nkind: " + kind +
           "\nmetadata:\n  name: " + name + "\n  annotations:\n    \"helm.sh/hook\": " + when +
           "\nspec: " + (kind == "Job" ? "{template: {spec: " + pod + "}}" : pod) + "\n";
  };
  const std::string rendered = "---\n# Source: shop/templates/redis.yaml\n" +
                               with_command("redis-server, /conf/redis.conf") +
                               hook("Pod", "shop-test-connection", "test") +
                               hook("Job", "shop-migrate", "pre-install,pre-upgrade");
  const Outcome read = import(folder, rendered);
  CAPTURE(read.out, read.err);
  CHECK(read.code == 0);
  CHECK(contains(read.out, "in.yaml:9: redis.cluster_node_timeout"));
  CHECK(contains(
      read.out,
      "Pod \"shop-test-connection\" (helm.sh/hook: test) is a test that `helm test` runs"));
  CHECK(
      contains(read.out, "Job \"shop-migrate\" (helm.sh/hook: pre-install,pre-upgrade) runs when"));
  CHECK_FALSE(contains(contents(folder / "out.json"), "shop-migrate"));
  CHECK(drdrill({"check", folder / "out.json"}).code == 0);

  const Outcome dry = import(folder, "NAME: shop\nSTATUS: pending-install\nHOOKS:\n" +
                                         hook("Pod", "shop-test", "test") + "MANIFEST:\n" +
                                         rendered + "\nNOTES:\n1. Get the URL:\n  export A=$(x)\n");
  CAPTURE(dry.out, dry.err);
  CHECK(dry.code == 0);
  CHECK(contains(dry.out, "redis.cluster_node_timeout"));

  const Outcome audited = drdrill({"audit", folder / "in.yaml"});
  CHECK_FALSE(contains(audited.out + audited.err, "shop-test"));
}

TEST_CASE("in a folder, what is no manifest yet or none at all does not hold up the others") {
  const Folder folder;
  std::filesystem::create_directories(folder / "k8s");
  std::ofstream(folder / "k8s/redis.yaml") << with_command("redis-server");
  std::ofstream(folder / "k8s/page.yaml")
      << "apiVersion: v1\nkind: ConfigMap\nmetadata:\n{%- if x %}\n  name: a\n{%- endif %}\n";
  std::ofstream(folder / "k8s/levels.yaml") << "levels:\n  share: >95%\n";
  std::ofstream(folder / "k8s/alerts.yaml")
      << "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n data:\n- \"{{ $labels.pod }}\"\n";
  const std::vector<std::string> arguments{"import", "kubernetes", folder / "k8s", "-o",
                                           folder / "out.json"};
  const auto made = drdrill(arguments);
  INFO(made.out << made.err);
  CHECK(made.code == 0);
  CHECK(contains(made.out + made.err, "page.yaml:1: is a template"));
  CHECK(contains(made.out + made.err, "kubectl refuses it, and it is left out"));
  CHECK(contains(made.out + made.err, "it does not look like a manifest, and is left out"));
  // What means to be a manifest and cannot be read is missing from the platform, as from a cluster.
  std::ofstream(folder / "k8s/broken.yaml") << "apiVersion: v1\nkind: Service\nmetadata: [1\n";
  const auto broken = drdrill(arguments);
  CHECK(broken.code == 0);
  CHECK(contains(broken.out + broken.err, "broken.yaml:1: line"));
}

TEST_CASE("runbooks cannot be put into a folder that is a file") {
  const Folder folder;
  std::ofstream(folder / "go.sh") << "#!/bin/bash\nkubectl get pods\n";
  std::ofstream(folder / "taken") << "x";
  const auto made = drdrill({"import", "runbook", folder / "go.sh", "-o", folder / "taken/"});
  CHECK(made.code == 64);
  CHECK(contains(made.err, "is no folder and cannot be made one"));
}

TEST_CASE("hostile manifests are an error with file and line, soon") {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i)
      bomb += std::string(i > 0 ? "," : "") + "*" + std::string(1, static_cast<char>(c - 1));
    bomb += "]\n";
  }
  std::string deep = "a: ";
  deep.append(1'000'000, '[');
  std::string steps;
  for (int i = 0; i < 3000; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  struct Row {
    std::string text;
    std::string message;
  };
  const std::vector<Row> rows{
      {bomb, "in.yaml:6:"},
      {"a: &a\n  - *a\n", "in.yaml:2:5: an alias of something that contains it"},
      {deep, "in.yaml:1:"},
      {steps, "in.yaml:101:"},
      {"a: 1\nb: \xff\n", "in.yaml:2:4: not UTF-8"},
      {std::string(std::size_t{40} << 20, ' '), "in.yaml: larger than 32 MiB"},
      {"a: 1\n\tb: 2\n", "in.yaml:2:"},
  };
  for (const Row& row : rows) {
    const Folder folder;
    const auto before = std::chrono::steady_clock::now();
    const Outcome outcome = import(folder, row.text);
    CAPTURE(row.message, outcome.err.substr(0, 300));
    CHECK(outcome.code == 64);
    CHECK(contains(outcome.err, row.message));
    // Two seconds are the promise; sanitizers and busy machines are slower.
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::minutes(5));
  }
}

TEST_CASE("an import whose platform does not answer says which manifest keeps it from that") {
  const Folder folder;
  const std::string never = R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: slow}
provisioner: ebs.csi.aws.com
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres, namespace: shop}
spec:
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: "postgres:15"}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: fast
        resources: {requests: {storage: 1Gi}}
)";
  const Outcome made = import(folder, never);
  CHECK(made.code == 0);
  CHECK(contains(made.out, "postgres-write fails"));
  CHECK(contains(made.out,
                 "in.yaml:6: StatefulSet shop/postgres: 1 pod is not ready "
                 "(postgres-0 is Pending)"));
}

}  // namespace drdrill::test
