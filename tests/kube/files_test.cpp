#include <catch2/catch.hpp>

#include "tests/kube/world.hpp"

// Manifests on the operator's machine.
using namespace kube_test;
using namespace drdrill::kube;

namespace {

std::string map_of(const std::string& name, const std::string& ns = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name +
         (ns.empty() ? "" : ", namespace: " + ns) + "}\n";
}

const Files files{
    {"k8s/b.yaml", map_of("b")},
    {"k8s/a.yml", map_of("a", "gomeet")},
    {"k8s/c.json", R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})"},
    {"k8s/notes.txt", "not a manifest"},
    {"k8s/more/d.yaml", map_of("d")},
    {"docs/readme.md", "nothing to apply"}};

Outcome apply(Clusters& clusters, const std::vector<std::string>& words) {
  std::vector<std::string> argv{"apply"};
  argv.insert(argv.end(), words.begin(), words.end());
  Environment environment;
  environment.files = &files;
  return run(clusters, argv, {}, environment);
}

}  // namespace

TEST_CASE(
    "a folder is applied in order of names, and one refused object does not stop the others") {
  Clusters k = platform();
  k.current = 1;
  const Outcome out = apply(k, {"-f", "./k8s/", "-n", "gomeet-dr"});
  CHECK(out.exit_code == 1);
  CHECK(out.out == "configmap/b created\nconfigmap/c created\n");
  CHECK(out.err ==
        "error: the namespace from the provided object \"gomeet\" does not match the namespace "
        "\"gomeet-dr\". You must pass '--namespace=gomeet' to perform this operation.\n");
  CHECK(find_config_map(k.items[1], "gomeet-dr", "b") != no_index);
}

TEST_CASE("without -n objects go where they say, and namespaces have to exist") {
  Clusters k = platform();
  k.current = 1;
  const Outcome out = apply(k, {"-f", "k8s/a.yml"});
  CHECK(out.exit_code == 1);
  CHECK(out.err ==
        "Error from server (NotFound): error when creating \"k8s/a.yml\": namespaces \"gomeet\" "
        "not found\n");
}

TEST_CASE("folders in folders need -R; what is not there is refused") {
  Clusters k = platform();
  CHECK(apply(k, {"-f", "k8s"}).out ==
        "configmap/a created\nconfigmap/b created\nconfigmap/c created\n");
  CHECK(apply(k, {"-R", "-f", "."}).out.find("configmap/d created") != std::string::npos);
  CHECK(apply(k, {"-f", "deployment/k8s/"}).err ==
        "error: the path \"deployment/k8s/\" does not exist\n");
  CHECK(apply(k, {"-f", "docs"}).err ==
        "error: error reading [docs]: recognized file extensions are [.json .yaml .yml]\n");
  CHECK(apply(k, {"-k", "k8s"}).exit_code == 1);
}
