#include "sim/base/value.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "tests/base/values.hpp"

namespace drdrill {
namespace {

using test::array;
using test::integer;
using test::object;
using test::string;

/// The number that the pointer names in the document of RFC 6901, section 5, or -1.
std::int64_t number_at(std::string_view pointer) {
  static const Value root = object({{"foo", array({string("bar"), string("baz")})},
                                    {"", integer(0)},
                                    {"a/b", integer(1)},
                                    {"c%d", integer(2)},
                                    {"m~n", integer(8)},
                                    {"~1", integer(9)},
                                    {"~", integer(10)},
                                    {"01", integer(11)},
                                    {"deep", object({{"list", array({array({integer(12)})})}})}});
  const Value* found = at_pointer(root, pointer);
  return found && found->kind == Value::Kind::integer ? found->integer : -1;
}

TEST_CASE("the empty pointer names the whole document") {
  const Value root = integer(5);
  CHECK(at_pointer(root, "") == &root);
}

TEST_CASE("a pointer names members by key, with slash and tilde escaped") {
  CHECK(number_at("/") == 0);
  CHECK(number_at("/a~1b") == 1);
  CHECK(number_at("/c%d") == 2);
  CHECK(number_at("/m~0n") == 8);
  CHECK(number_at("/~01") == 9);
  CHECK(number_at("/~0") == 10);
  CHECK(number_at("/01") == 11);
}

TEST_CASE("a pointer names elements by index") {
  const Value root = object({{"foo", array({string("bar"), string("baz")})}});
  REQUIRE(at_pointer(root, "/foo/1"));
  CHECK(at_pointer(root, "/foo/0")->text == "bar");
  CHECK(at_pointer(root, "/foo/1")->text == "baz");
  CHECK(number_at("/deep/list/0/0") == 12);
}

TEST_CASE("a pointer that leads nowhere names nothing") {
  const Value root = object({{"foo", array({string("bar"), string("baz")})}, {"n", integer(1)}});
  for (const char* pointer :
       {"foo", "xn", "/bar", "/foo/2", "/foo/-", "/foo/-1", "/foo/+1", "/foo/", "/foo/x", "/foo/1x",
        "/foo/0/0", "/n/0", "/n/", "//", "/foo/99999999999999999999999"}) {
    INFO(pointer);
    CHECK(at_pointer(root, pointer) == nullptr);
  }
}

TEST_CASE("an ill-formed escape names nothing, not something similar") {
  const Value root = object({{"a~", integer(1)}, {"a~b", integer(2)}, {"~x", integer(3)}});
  CHECK(at_pointer(root, "/a~0")->integer == 1);
  for (const char* pointer : {"/a~", "/a~2", "/a~b", "/~x", "/a~~"}) {
    INFO(pointer);
    CHECK(at_pointer(root, pointer) == nullptr);
  }
}

TEST_CASE("an index with a leading zero names nothing") {
  const Value root = array({integer(1), integer(2)});
  CHECK(at_pointer(root, "/0")->integer == 1);
  CHECK(at_pointer(root, "/01") == nullptr);
  CHECK(at_pointer(root, "/00") == nullptr);
}

TEST_CASE("a token is escaped so that a pointer finds its key again") {
  CHECK(pointer_token("plain") == "plain");
  CHECK(pointer_token("").empty());
  CHECK(pointer_token("a/b~c") == "a~1b~0c");
  CHECK(pointer_token("~1") == "~01");
  for (const char* key : {"", "/", "~", "~0", "~1", "a//b~~", "~01"}) {
    INFO(key);
    const Value root = object({{key, integer(7)}});
    const Value* found = at_pointer(root, "/" + pointer_token(key));
    REQUIRE(found);
    CHECK(found->integer == 7);
  }
}

TEST_CASE("a member is found by its exact key, and only in an object") {
  const Value root = object({{"a", integer(1)}, {"b", integer(2)}});
  REQUIRE(root.find("b"));
  CHECK(root.find("b")->integer == 2);
  CHECK(root.find("B") == nullptr);
  CHECK(root.find("") == nullptr);
  CHECK(array({integer(1)}).find("0") == nullptr);
  CHECK(string("a").find("a") == nullptr);
}

TEST_CASE("kinds are named as messages need them") {
  CHECK(kind_name(Value::Kind::null) == "null");
  CHECK(kind_name(Value::Kind::boolean) == "a boolean");
  CHECK(kind_name(Value::Kind::integer) == "a whole number");
  CHECK(kind_name(Value::Kind::number) == "a number");
  CHECK(kind_name(Value::Kind::string) == "a string");
  CHECK(kind_name(Value::Kind::array) == "an array");
  CHECK(kind_name(Value::Kind::object) == "an object");
}

}  // namespace
}  // namespace drdrill
