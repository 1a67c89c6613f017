#include "sim/kube/yaml.hpp"

#include <catch2/catch.hpp>

using namespace drdrill;
using namespace drdrill::kube;

namespace {

std::string refusal(const std::string& text) {
  Problems problems;
  CHECK_FALSE(parse_yaml(text, "f.yaml", problems));
  return problems.empty() ? "" : problems.all().front().message;
}

std::string brackets(std::size_t count) {
  std::string text;
  text.resize(count, '[');
  return text;
}

}  // namespace

TEST_CASE("YAML values know their lines and are typed as kubectl types them") {
  Problems problems;
  const auto v = parse_yaml("a: 1\nb:\n  - yes\n  - \"1\"\n  - 1.5\n  - ~\n", "f", problems);
  REQUIRE(v);
  CHECK(v->find("a")->integer == 1);
  const Value& list = *v->find("b");
  CHECK(list.items[0].kind == Value::Kind::boolean);
  CHECK(list.items[1].kind == Value::Kind::string);
  CHECK(list.items[1].at == Position{4, 5});
  CHECK(list.items[2].number == 1.5);
  CHECK(list.items[3].kind == Value::Kind::null);
}

TEST_CASE("aliases and merges are followed; what a mapping says itself wins") {
  Problems problems;
  const auto v = parse_yaml("d: &d {x: 1, y: 2}\ne:\n  <<: *d\n  y: 3\nf: *d\n", "f", problems);
  REQUIRE(v);
  CHECK(v->find("e")->find("x")->integer == 1);
  CHECK(v->find("e")->find("y")->integer == 3);
  CHECK(v->find("f")->find("y")->integer == 2);
}

TEST_CASE("hostile YAML is refused") {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += (i > 0 ? ",*" : "*") + before;
    bomb += "]\n";
  }
  CHECK(refusal(bomb).find("values") != std::string::npos);
  CHECK(refusal(brackets(10'000'000)).find("larger") != std::string::npos);
  CHECK(refusal(brackets(1'000'000)).find("nested deeper") != std::string::npos);
  CHECK(refusal("a: 1\na: 2\n") == "key \"a\" appears twice");
  CHECK(refusal("a: \xff\xfe") == "not UTF-8");
  CHECK(refusal(std::string("\xff\xfe"
                            "a\0",
                            4))
            .find("UTF-16") == 0);
  CHECK(refusal(std::string("a: b\0c", 6)).find("a control character") == 0);
  CHECK(refusal("a: \x01").find("a control character") == 0);
  CHECK(refusal("a: *nothing\n").find("no YAML") == 0);
  CHECK_FALSE(refusal("a: [1,\n").empty());
  CHECK_FALSE(refusal("&a [*a]").empty());
}

TEST_CASE("escapes are UTF-8, whatever the parser makes of them") {
  Problems problems;
  const auto v = parse_yaml(R"({a: "x\N\_\L\xe9y"})", "f", problems);
  REQUIRE(v);
  CHECK(v->find("a")->text == "x\xC2\x85\xC2\xA0\xE2\x80\xA8\xC3\xA9y");
}

TEST_CASE("a value that does not end is refused before the parser keeps all of it") {
  std::string open_list = "[b";
  while (open_list.size() < (std::size_t{3} << 20)) open_list += ", b";
  CHECK(refusal(open_list).find("more than 2 MiB") == 0);
  CHECK(refusal("a: |\n  " + std::string(std::size_t{3} << 20, 'x')).find("more than 2 MiB") == 0);
  CHECK(refusal("? " + std::string(std::size_t{3} << 20, 'x')).find("more than 2 MiB") == 0);
  Problems problems;
  CHECK(parse_yaml("a: |\n  " + std::string(std::size_t{1} << 20, 'x'), "f", problems));
}

TEST_CASE("who takes documents one by one may have enough") {
  Problems problems;
  int taken = 0;
  const auto two = [&](const Value&) { return ++taken < 2; };
  CHECK(stream_yaml("a: 1\n---\nb: 2\n---\nc: [\n", "f", problems, two));
  CHECK(taken == 2);
  CHECK(problems.empty());
  taken = 0;
  CHECK(stream_yaml("items:\n- a: 1\n- b: 2\n- c: [\n", "f", problems, two));
  CHECK(taken == 2);
}

TEST_CASE("a long scalar is not copied by aliases until memory is gone") {
  std::string text = "a: &a " + std::string(50'000, 'x') + "\nb:\n";
  for (int i = 0; i < 5'000; ++i) text += "- *a\n";
  CHECK(refusal(text) == "aliases make more than 16 MiB of text");
  std::string keys = "a: &a\n";
  for (char c = 'a'; c < 'z'; ++c) keys += "  " + std::string(1'000, c) + ": 1\n";
  keys += "b:\n";
  for (int i = 0; i < 5'000; ++i) keys += "- *a\n";
  CHECK(refusal(keys) == "aliases make more than 16 MiB of text");
  Problems problems;
  CHECK(parse_yaml("a: &a " + std::string(50'000, 'x') + "\nb: [*a, *a]\n", "f", problems));
}

TEST_CASE("what is written as YAML or JSON reads back the same") {
  Problems problems;
  const std::string text =
      "a: \"yes\"\nb: 'x: y'\nc: |\n  one\n  two\nd: []\ne: [{f: 1, g: [2, 3]}, h]\ni: \"\"\n";
  const auto v = parse_yaml(text, "f", problems);
  REQUIRE(v);
  const auto yaml = parse_yaml(to_yaml(*v), "f", problems);
  const auto json = parse_yaml(to_json(*v), "f", problems);
  REQUIRE(yaml);
  REQUIRE(json);
  CHECK(to_json(*yaml) == to_json(*v));
  CHECK(to_json(*json) == to_json(*v));
}
