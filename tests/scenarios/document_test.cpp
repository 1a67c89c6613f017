#include "scenarios/document.hpp"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

std::string first_problem(std::string_view text, const JsonLimits& limits = {}) {
  Problems problems;
  parse_json(text, "f", problems, limits);
  return problems.empty() ? "" : to_string(problems.all().front());
}

Position position(const Value& root, std::string_view pointer) {
  const Value* value = at_pointer(root, pointer);
  REQUIRE(value);
  return value->at;
}

TEST_CASE("Every value and key of a document knows its line and column") {
  Problems problems;
  const auto root = parse_json(
      "{\"a\": [1, -2.5e3,\n   true],\n\"b\\\"\" :{ \"c\": null,\"d\" : \"x\\\\\" },\r\n "
      "\"e\":\"ü\", "
      "\"f\":false, \"g\": []}",
      "f", problems);
  REQUIRE(root);
  CHECK(problems.empty());
  CHECK(root->at == Position{1, 1});
  CHECK(position(*root, "/a") == Position{1, 7});
  CHECK(position(*root, "/a/0") == Position{1, 8});
  CHECK(position(*root, "/a/1") == Position{1, 11});
  CHECK(position(*root, "/a/2") == Position{2, 4});
  CHECK(root->members[1].key == "b\"");
  CHECK(root->members[1].at == Position{3, 1});
  CHECK(position(*root, "/b\"/c") == Position{3, 15});
  CHECK(position(*root, "/b\"/d") == Position{3, 26});
  CHECK(position(*root, "/e") == Position{4, 6});
  CHECK(position(*root, "/f") == Position{4, 16});
  CHECK(root->members.back().at == Position{4, 23});
  CHECK(root->find("a")->items[1].number == -2500);
  CHECK(root->find("a")->items[0].integer == 1);
}

TEST_CASE("Numbers keep all of 64 bits, and what does not fit is a problem") {
  Problems problems;
  const auto root = parse_json("[9223372036854775807, -9223372036854775808, 0.1]", "f", problems);
  REQUIRE(root);
  CHECK(root->items[0].integer == INT64_MAX);
  CHECK(root->items[1].integer == INT64_MIN);
  CHECK(root->items[2].number == 0.1);
  CHECK(first_problem("[9223372036854775808]") ==
        "f:1:2: the number does not fit; the largest whole one is 2^63 - 1");
  CHECK(first_problem("[1,\n 1e999]") == "f:2:2: the number is too large");
}

TEST_CASE("A syntax error is where the offending token begins") {
  CHECK(first_problem("[1,,2]").starts_with("f:1:4: "));
  CHECK(first_problem("{\"a\": nan}").starts_with("f:1:7: "));
  CHECK(first_problem("[1 2]").starts_with("f:1:4: "));
  CHECK(first_problem("[\"a\",\n  tru]").starts_with("f:2:3: "));
  CHECK(first_problem("[1, 2").starts_with("f:1:6: "));
}

TEST_CASE("A byte order mark is skipped") {
  Problems problems;
  const auto root = parse_json("\xEF\xBB\xBF{\"a\": 1}", "f", problems);
  REQUIRE(root);
  CHECK(problems.empty());
  CHECK(position(*root, "/a") == Position{1, 7});
}

TEST_CASE("Ten megabytes of nesting are refused") {
  for (const char* text : {"[", "{\"a\":"}) {
    std::string deep;
    while (deep.size() < 10'000'000) deep += text;
    CHECK(first_problem(deep).find("nested too deeply: more than 100 levels") != std::string::npos);
  }
}

TEST_CASE("A hundred levels are read, one more is not") {
  const std::string hundred = std::string(100, '[') + std::string(100, ']');
  CHECK(first_problem(hundred).empty());
  CHECK(first_problem("[" + hundred + "]") == "f:1:101: nested too deeply: more than 100 levels");
}

TEST_CASE("Size and number of values are bounded") {
  const JsonLimits small{2 << 20, 100, 10};
  CHECK(first_problem(std::string((2 << 20) + 1, ' '), small) == "f: too large: more than 2 MB");
  CHECK(first_problem("[1,2,3,4,5,6,7,8,9,10]", small) == "f:1:20: too large: more than 10 values");
  CHECK(first_problem("[1,2,3,4,5,6,7,8,9]", small).empty());
}

TEST_CASE("Duplicate keys are all reported and the first of them counts") {
  Problems problems;
  const auto root =
      parse_json("{\"a\": 1, \"b\": {\"x\": 1,\n\"x\": [2]}, \"a\": {\"y\": 2}}", "f", problems);
  REQUIRE(root);
  REQUIRE(problems.count() == 2);
  CHECK(to_string(problems.all()[0]) == "f:2:1: /b: the key \"x\" stands here twice");
  CHECK(to_string(problems.all()[1]) == "f:2:12: the key \"a\" stands here twice");
  CHECK(root->find("a")->integer == 1);
  CHECK(root->members.size() == 2);
}

TEST_CASE("a duplicate in a duplicate is one more mistake, and what is open stays where it is") {
  Problems problems;
  parse_json(R"({"a": 1, "a": {"b": 1, "b": {"c": [1, 2]}, "d": [3]}, "e": 2})", "f", problems);
  REQUIRE(problems.count() == 2);
  CHECK(problems.all()[0].message == "the key \"a\" stands here twice");
  CHECK(problems.all()[1].message == "the key \"b\" stands here twice");
}

TEST_CASE("The elements of a list are handed over one by one, before the rest of it") {
  std::vector<Value> taken;
  std::size_t most = 100;
  const auto take = [&](Value value) {
    taken.push_back(std::move(value));
    return taken.size() < most;
  };
  const std::string list = R"({"kind": "List", "items": [{"a": 1.50, "items": [{}]}, 7,
    {"b": [{"c": 2}]}], "other": [{"d": 3}]})";
  Problems problems;
  REQUIRE(stream_json(list, "f", problems, take));
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].find("a")->text == "1.50");
  CHECK(taken[0].find("items")->items.size() == 1);
  CHECK(taken[1].at == Position{2, 5});
  CHECK(taken[2].find("kind")->text == "List");
  CHECK(taken[2].find("items")->items.size() == 1);
  CHECK(taken[2].find("other")->items.size() == 1);

  taken.clear();
  most = 1;
  CHECK(stream_json(list, "f", problems, take));
  CHECK(taken.size() == 1);
  // Values count in each element by itself.
  most = 100;
  taken.clear();
  CHECK(stream_json(list, "f", problems, take, {1000, 10, 7}));
  CHECK(problems.empty());
  CHECK(!stream_json(list, "f", problems, take, {1000, 10, 4}));
  CHECK(!stream_json(list.substr(0, 70), "f", problems, take));
  CHECK(!problems.empty());
}

TEST_CASE("What cannot be read as a file is a problem") {
  Problems problems;
  CHECK_FALSE(load_document("tests/scenarios/no-such-file.json", problems));
  CHECK_FALSE(load_document("tests/scenarios", problems));
  REQUIRE(problems.count() == 2);
  CHECK(to_string(problems.all()[0]) == "tests/scenarios/no-such-file.json: there is no such file");
  CHECK(to_string(problems.all()[1]) == "tests/scenarios: this is a directory; expected a file");
}

}  // namespace
}  // namespace drdrill
