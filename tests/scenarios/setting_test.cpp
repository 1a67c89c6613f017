#include "scenarios/setting.hpp"

#include <catch2/catch.hpp>

#include "scenarios/document.hpp"

namespace drdrill {
namespace {

Value document() {
  Problems problems;
  return *parse_json(R"({"horizon": "2h", "a/b": 1,
      "steps": [{"id": "first", "run": "x"}, {"id": "7"}], "load": {"meetings": 1},
      "objects": [{"kind": "Service", "metadata": {"name": "redis"}, "spec": {"type": ""}}]})",
                     "f", problems);
}

std::string problem_of(const char* text) {
  Value root = document();
  Problems problems;
  const std::vector<Setting> settings{*parse_setting(text)};
  apply_settings(root, settings, problems);
  return problems.empty() ? "" : to_string(problems.all().front());
}

TEST_CASE("A setting is a pointer and a value") {
  const auto setting = parse_setting("/a/b=x=y");
  REQUIRE(setting);
  CHECK(setting->pointer == "/a/b");
  CHECK(setting->value == "x=y");
  for (const char* bad : {"", "/", "/a", "a=1", "=1", "/=1"}) CHECK_FALSE(parse_setting(bad));
}

TEST_CASE("Values are JSON or, failing that, strings") {
  CHECK(value_of({"/x", "5", {}}).kind == Value::Kind::integer);
  CHECK(value_of({"/x", "5s", {}}).text == "5s");
  CHECK(value_of({"/x", "", {}}).text.empty());
  CHECK(value_of({"/x", "[1", {}}).text == "[1");
  const Value object = value_of({"/x", "{\"a\": [1]}", {}});
  CHECK(object.kind == Value::Kind::object);
  CHECK(object.at == Position{});
  CHECK(object.members[0].value.items[0].at == Position{});
}

TEST_CASE("Array members are reached by index, id or name, objects by kind and name") {
  Value root = document();
  Problems problems;
  const std::vector<Setting> settings{*parse_setting("/steps/first/run=y"),
                                      *parse_setting("/steps/1/run=z"),
                                      *parse_setting("/steps/7/title=t"),
                                      *parse_setting("/a~1b=2"),
                                      *parse_setting("/new=3"),
                                      *parse_setting("/objects/Service:redis/spec/type=NodePort")};
  const auto applied = apply_settings(root, settings, problems);
  CHECK(problems.empty());
  CHECK(at_pointer(root, "/steps/0/run")->text == "y");
  CHECK(at_pointer(root, "/steps/1/run")->text == "z");
  CHECK(at_pointer(root, "/steps/1/title")->text == "t");
  CHECK(at_pointer(root, "/a~1b")->integer == 2);
  CHECK(at_pointer(root, "/new")->integer == 3);
  CHECK(at_pointer(root, "/objects/0/spec/type")->text == "NodePort");
  REQUIRE(applied.size() == 6);
  CHECK(applied[0].pointer == "/steps/0/run");
  CHECK(applied[0].given == "/steps/first/run");
}

TEST_CASE("A pointer that leads nowhere is told the nearest name") {
  CHECK(problem_of("/laod/meetings=2") ==
        "--set /laod/meetings=2: there is no \"laod\" to set something in; did you mean \"load\"?");
  CHECK(problem_of("/steps/frist/run=y") ==
        "--set /steps/frist/run=y: there is no element \"frist\" in an array of 2; did you mean "
        "\"first\"?");
  CHECK(problem_of("/steps/9/run=y") ==
        "--set /steps/9/run=y: there is no element \"9\" in an array of 2; known: first, 7");
  CHECK(problem_of("/horizon/x=1") == "--set /horizon/x=1: \"x\" cannot be in a string");
}

}  // namespace
}  // namespace drdrill
