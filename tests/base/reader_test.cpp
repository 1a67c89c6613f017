#include "sim/base/reader.hpp"

#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "tests/base/reading.hpp"
#include "tests/base/values.hpp"

namespace drdrill {
namespace {

using namespace std::chrono_literals;
using test::array;
using test::boolean;
using test::colours;
using test::integer;
using test::Lines;
using test::null;
using test::number;
using test::object;
using test::Reading;
using test::string;

TEST_CASE("a value that is right is read without complaint") {
  Reading r(object({{"s", string("text")},
                    {"i", integer(-3)},
                    {"n", number(2.5)},
                    {"whole", integer(4)},
                    {"b", boolean(true)},
                    {"d", string("1h30m")},
                    {"c", string("blue")},
                    {"l", array({string("x"), string("")})}}));
  CHECK(r.reader.string("s") == "text");
  CHECK(r.reader.integer("i", -3, 3) == -3);
  CHECK(r.reader.number("n", 0, 2.5) == 2.5);
  CHECK(r.reader.number("whole", 0, 10) == 4);
  CHECK(r.reader.boolean("b", false));
  CHECK(r.reader.duration("d") == 90min);
  CHECK(r.reader.one_of("c", colours) == 2);
  CHECK(r.reader.strings("l") == Lines{"x", ""});
  r.reader.finish();
  CHECK(r.complaints().empty());
}

TEST_CASE("what is stated wins over the fallback") {
  Reading r(object({{"s", string("text")},
                    {"i", integer(3)},
                    {"n", number(2.5)},
                    {"b", boolean(false)},
                    {"d", string("0")},
                    {"c", string("red")}}));
  CHECK(r.reader.string("s", "other") == "text");
  CHECK(r.reader.integer("i", 0, 9, 7) == 3);
  CHECK(r.reader.number("n", 0, 9, 7) == 2.5);
  CHECK_FALSE(r.reader.boolean("b", true));
  CHECK(r.reader.duration("d", 7s) == 0s);
  CHECK(r.reader.one_of("c", colours, 1) == 0);
  r.reader.finish();
  CHECK(r.complaints().empty());
}

TEST_CASE("an optional member that is absent gives its fallback in silence") {
  Reading r(object({}));
  CHECK(r.reader.string("s", "other") == "other");
  // A fallback need not be in the range of what may be stated.
  CHECK(r.reader.integer("i", 0, 9, -1) == -1);
  CHECK(r.reader.number("n", 0, 9, -1.5) == -1.5);
  CHECK(r.reader.boolean("b", true));
  CHECK(r.reader.duration("d", 7s) == 7s);
  CHECK(r.reader.one_of("c", colours, 9) == 9);
  CHECK(r.reader.strings("l").empty());
  CHECK_FALSE(r.reader.member("m").has_value());
  CHECK_FALSE(r.reader.object("o").has_value());
  r.reader.each("e", [](Reader&) { FAIL("there is no element"); });
  r.reader.each_member("f", [](const std::string&, Reader&) { FAIL("there is no member"); });
  CHECK(r.complaints().empty());
}

TEST_CASE("each required member that is missing is reported against its owner") {
  Reading r(object({{"inner", object({})}}));
  auto inner = r.reader.object("inner", true);
  REQUIRE(inner);
  CHECK(inner->string("s").empty());
  CHECK(inner->integer("i", 2, 9) == 2);
  CHECK(inner->number("n", 0.5, 9) == 0.5);
  CHECK(inner->duration("d") == 0s);
  CHECK(inner->one_of("c", colours) == 0);
  CHECK_FALSE(inner->member("m", true).has_value());
  CHECK_FALSE(inner->object("o", true).has_value());
  CHECK(r.complaints() ==
        Lines{"f:1:10: /inner: \"s\" is missing", "f:1:10: /inner: \"i\" is missing",
              "f:1:10: /inner: \"n\" is missing", "f:1:10: /inner: \"d\" is missing",
              "f:1:10: /inner: \"c\" is missing", "f:1:10: /inner: \"m\" is missing",
              "f:1:10: /inner: \"o\" is missing"});
}

TEST_CASE("each member of a wrong kind is reported where it stands") {
  Reading r(object({{"s", integer(1)},
                    {"i", number(1.5)},
                    {"n", string("1")},
                    {"b", string("true")},
                    {"d", integer(30)},
                    {"c", null()},
                    {"l", string("x")},
                    {"o", array({})},
                    {"e", object({})},
                    {"f", array({})}}));
  CHECK(r.reader.string("s").empty());
  CHECK(r.reader.integer("i", 2, 9) == 2);
  CHECK(r.reader.number("n", 2, 9) == 2);
  CHECK(r.reader.boolean("b", false) == false);
  CHECK(r.reader.duration("d") == 0s);
  CHECK(r.reader.one_of("c", colours) == 0);
  CHECK(r.reader.strings("l").empty());
  CHECK_FALSE(r.reader.object("o").has_value());
  r.reader.each("e", [](Reader&) { FAIL("this is no array"); });
  r.reader.each_member("f", [](const std::string&, Reader&) { FAIL("this is no object"); });
  r.reader.finish();
  CHECK(r.complaints() == Lines{"f:1:10: /s: expected a string, found a whole number",
                                "f:2:10: /i: expected a whole number, found a number",
                                "f:3:10: /n: expected a number, found a string",
                                "f:4:10: /b: expected a boolean, found a string",
                                "f:5:10: /d: expected a string, found a whole number",
                                "f:6:10: /c: expected a string, found null",
                                "f:7:10: /l: expected an array, found a string",
                                "f:8:10: /o: expected an object, found an array",
                                "f:9:10: /e: expected an array, found an object",
                                "f:10:10: /f: expected an object, found an array"});
}

TEST_CASE("a stated member of a wrong kind is reported even where a fallback is at hand") {
  Reading r(object({{"s", null()}, {"i", null()}, {"n", null()}, {"d", null()}, {"c", null()}}));
  r.reader.string("s", "other");
  r.reader.integer("i", 0, 9, 7);
  r.reader.number("n", 0, 9, 7);
  r.reader.duration("d", 7s);
  r.reader.one_of("c", colours, 1);
  CHECK(r.complaints() == Lines{"f:1:10: /s: expected a string, found null",
                                "f:2:10: /i: expected a whole number, found null",
                                "f:3:10: /n: expected a number, found null",
                                "f:4:10: /d: expected a string, found null",
                                "f:5:10: /c: expected a string, found null"});
}

TEST_CASE("both ends of a range are in it and what is next to them is not") {
  Reading r(object({{"low", integer(2)},
                    {"high", integer(9)},
                    {"below", integer(1)},
                    {"above", integer(10)},
                    {"over", integer(10)}}));
  CHECK(r.reader.integer("low", 2, 9) == 2);
  CHECK(r.reader.integer("high", 2, 9) == 9);
  CHECK(r.reader.integer("below", 2, 9) == 2);
  CHECK(r.reader.integer("above", 2, 9) == 2);
  CHECK(r.reader.integer("over", 2, 9, 5) == 2);
  CHECK(r.complaints() == Lines{"f:3:10: /below: 1 is out of range; expected 2 to 9",
                                "f:4:10: /above: 10 is out of range; expected 2 to 9",
                                "f:5:10: /over: 10 is out of range; expected 2 to 9"});
}

TEST_CASE("a number out of range is told apart from the limit that it missed") {
  Reading r(object({{"low", number(0.5)},
                    {"high", integer(1)},
                    {"below", number(0.25)},
                    {"above", number(1e300)},
                    {"hair", number(1 + 0x1p-52)},
                    {"nan", number(std::numeric_limits<double>::quiet_NaN())}}));
  CHECK(r.reader.number("low", 0.5, 1) == 0.5);
  CHECK(r.reader.number("high", 0.5, 1) == 1);
  CHECK(r.reader.number("below", 0.5, 1) == 0.5);
  CHECK(r.reader.number("above", 0.5, 1) == 0.5);
  CHECK(r.reader.number("hair", 0.5, 1, 0.75) == 0.5);
  CHECK(r.reader.number("nan", 0.1, 100'000) == 0.1);
  CHECK(r.complaints() ==
        Lines{"f:3:10: /below: 0.25 is out of range; expected 0.5 to 1",
              "f:4:10: /above: 1e+300 is out of range; expected 0.5 to 1",
              "f:5:10: /hair: 1.0000000000000002 is out of range; expected 0.5 to 1",
              "f:6:10: /nan: nan is out of range; expected 0.1 to 100000"});
}

TEST_CASE("a text that is no duration is shown with how to write one") {
  Reading r(object({{"d", string("5 min")}, {"e", string("")}}));
  CHECK(r.reader.duration("d") == 0s);
  CHECK(r.reader.duration("e", 7s) == 0s);
  const std::string rest = " is no duration; write \"5m\", \"300s\" or \"1h30m\"";
  CHECK(r.complaints() == Lines{"f:1:10: /d: \"5 min\"" + rest, "f:2:10: /e: \"\"" + rest});
}

TEST_CASE("a name that is not known is reported with the nearest, else with all") {
  Reading r(object({{"c", string("gren")}, {"d", string("yellow")}}));
  CHECK(r.reader.one_of("c", colours) == 0);
  CHECK(r.reader.one_of("d", colours, 1) == 0);
  CHECK(r.complaints() ==
        Lines{"f:1:10: /c: \"gren\" is not known here; did you mean \"green\"?",
              "f:2:10: /d: \"yellow\" is not known here; known: red, green, blue"});
}

TEST_CASE("each element of a list of strings that is none is reported by its index") {
  Reading r(object({{"l", array({string("x"), integer(1), string("y"), array({})})}}));
  r.root.members[0].value.items[3].at = {1, 30};
  CHECK(r.reader.strings("l") == Lines{"x", "y"});
  CHECK(r.complaints() == Lines{"f: /l/1: expected a string, found a whole number",
                                "f:1:30: /l/3: expected a string, found an array"});
}

}  // namespace
}  // namespace drdrill
