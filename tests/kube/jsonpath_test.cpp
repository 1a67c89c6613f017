#include "sim/kube/jsonpath.hpp"

#include <catch2/catch.hpp>

#include "sim/kube/yaml.hpp"

using namespace drdrill;
using namespace drdrill::kube;

namespace {

std::string path(const std::string& text) {
  Problems problems;
  const auto v = parse_yaml(
      "name: d\nlabels: {a.b/c: x}\nn: 2\nlist: [{name: postgres, image: p}, {name: side, image: "
      "busybox}]\n",
      "f", problems);
  return evaluate_jsonpath(text, *v).text;
}

}  // namespace

// The expected texts are what kubectl 1.32 printed for the same templates.
TEST_CASE("jsonpath prints what kubectl prints") {
  CHECK(path("{.name}") == "d");
  CHECK(path("{.nope}").empty());
  CHECK(path("{.list[*].name}") == "postgres side");
  CHECK(path("{.list[-1].name}") == "side");
  CHECK(path("{.list[-1:].name}") == "side");
  CHECK(path("{.list[?(@.name==\"side\")].image}") == "busybox");
  CHECK(path("{..image}") == "p busybox");
  CHECK(path("{['name']}") == "d");
  CHECK(path("{.labels.a\\.b/c}") == "x");
  CHECK(path(".name") == ".name");
  CHECK(path("{\"\\n\"}x{.n}") == "\nx2");
  CHECK(path("{range .list[*]}{.name}:6379 {end}") == "postgres:6379 side:6379 ");
  CHECK(path("{range .list[*]}{.image}:1 ") == "p:1 busybox:1 :1 ");
  CHECK(path("{.list[0]}") == "{\"name\":\"postgres\",\"image\":\"p\"}");
}

TEST_CASE("jsonpath refuses in kubectl's words") {
  CHECK(path("{.list[0") == "error: error parsing jsonpath {.list[0, unterminated array");
  CHECK(path("{.list[9].name}").find("array index out of bounds: index 9, length 2") !=
        std::string::npos);
  CHECK(path("{end}").find("not in range, nothing to end") != std::string::npos);
}
