#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/base/reader.hpp"
#include "tests/base/reading.hpp"
#include "tests/base/values.hpp"

namespace drdrill {
namespace {

using namespace std::chrono_literals;
using test::array;
using test::colours;
using test::integer;
using test::Lines;
using test::null;
using test::object;
using test::Reading;
using test::string;

TEST_CASE("a key that nobody asked for is reported where the key stands") {
  Reading r(object({{"name", string("x")}, {"horzion", string("1h")}, {"zzz", null()}}));
  r.reader.string("name");
  r.reader.duration("horizon", 2h);
  r.reader.finish();
  CHECK(r.complaints() ==
        Lines{"f:2:1: /horzion: \"horzion\" is not a key here; did you mean \"horizon\"?",
              "f:3:1: /zzz: \"zzz\" is not a key here; known: name, horizon"});
}

TEST_CASE("every getter makes its key known, present or absent") {
  const Lines keys{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"};
  const auto ask_all = [&keys](Reader& r) {
    r.string(keys[0]);
    r.string(keys[1], "");
    r.integer(keys[2], 0, 1);
    r.integer(keys[3], 0, 1, 0);
    r.number(keys[4], 0, 1);
    r.number(keys[5], 0, 1, 0);
    r.boolean(keys[6], false);
    r.duration(keys[7]);
    r.duration(keys[8], 0s);
    r.one_of(keys[9], colours);
    r.one_of(keys[10], colours, 0);
    r.strings(keys[11]);
    r.member(keys[12]);
    r.object(keys[13]);
    r.each(keys[14], [](Reader&) {});
    r.each_member(keys[15], [](const std::string&, Reader&) {});
  };
  Value present = object({});
  for (const std::string& key : keys) present.members.push_back({key, {}, null()});
  Reading all(present);
  ask_all(all.reader);
  const std::size_t before = all.problems.count();
  all.reader.finish();
  CHECK(all.problems.count() == before);

  Reading none(object({{"something else", null()}}));
  ask_all(none.reader);
  none.reader.finish();
  CHECK(none.complaints().back() ==
        "f:1:1: /something else: \"something else\" is not a key here; known: a, b, c, d, e, f, g, "
        "h, i, j, k, l, …");
}

TEST_CASE("asking whether a key is there does not make it known") {
  Reading r(object({{"name", string("x")}}));
  CHECK(r.reader.has("name"));
  CHECK_FALSE(r.reader.has("title"));
  r.reader.finish();
  CHECK(r.complaints() == Lines{"f:1:1: /name: \"name\" is not a key here"});
}

TEST_CASE("a key that was asked for twice is listed once") {
  Reading r(object({{"zzz", null()}}));
  r.reader.skip("name");
  r.reader.string("name", "");
  r.reader.integer("count", 0, 1, 0);
  r.reader.finish();
  CHECK(r.complaints() == Lines{"f:1:1: /zzz: \"zzz\" is not a key here; known: name, count"});
}

TEST_CASE("a skipped key, $schema and extensions are allowed everywhere") {
  Reading r(object({{"$schema", string("s")},
                    {"x-team", integer(1)},
                    {"x-", null()},
                    {"help", string("h")},
                    {"X-team", null()},
                    {"xteam", null()}}));
  r.reader.skip("help");
  r.reader.finish();
  CHECK(r.complaints() == Lines{"f:5:1: /X-team: \"X-team\" is not a key here; known: help",
                                "f:6:1: /xteam: \"xteam\" is not a key here; known: help"});
}

TEST_CASE("pointers grow with nesting and escape the keys") {
  Reading r(object(
      {{"a/b", object({{"~c", array({object({{"d", integer(5)}}), object({{"d", null()}})})}})}}));
  auto outer = r.reader.object("a/b");
  REQUIRE(outer);
  CHECK(outer->pointer() == "/a~1b");
  CHECK(outer->file() == "f");
  CHECK(outer->at() == Position{1, 10});
  Lines pointers;
  outer->each("~c", [&](Reader& item) {
    pointers.push_back(item.pointer());
    item.integer("d", 0, 4);
    item.finish();
  });
  CHECK(pointers == Lines{"/a~1b/~0c/0", "/a~1b/~0c/1"});
  CHECK(r.complaints() == Lines{"f:1:10: /a~1b/~0c/0/d: 5 is out of range; expected 0 to 4",
                                "f:1:10: /a~1b/~0c/1/d: expected a whole number, found null"});
}

TEST_CASE("a reader of a part of a document starts at the pointer that it is given") {
  const Value part = object({{"a", integer(1)}});
  Problems problems;
  Reader r(part, "f", problems, "/platform/0");
  r.string("a");
  r.problem("all of it");
  REQUIRE(problems.count() == 2);
  CHECK(problems.all()[0].pointer == "/platform/0/a");
  CHECK(problems.all()[1].pointer == "/platform/0");
  CHECK(&r.value() == &part);
  CHECK(&r.problems() == &problems);
}

TEST_CASE("each passes over elements that are no objects and reports them") {
  Reading r(object({{"list", array({object({{"n", integer(1)}}), string("x"), null(),
                                    object({{"n", integer(2)}})})}}));
  std::vector<std::int64_t> seen;
  r.reader.each("list", [&](Reader& item) { seen.push_back(item.integer("n", 0, 9)); });
  CHECK(seen == std::vector<std::int64_t>{1, 2});
  CHECK(r.complaints() == Lines{"f: /list/1: expected an object, found a string",
                                "f: /list/2: expected an object, found null"});
}

TEST_CASE("each_member visits free names in the order of the file, whatever they hold") {
  Reading r(object({{"map", object({{"z/1", integer(1)}, {"a", string("x")}, {"", null()}})}}));
  Lines seen;
  r.reader.each_member("map", [&](const std::string& key, Reader& item) {
    seen.push_back(key + " at " + item.pointer() + " line " + std::to_string(item.at().line));
  });
  r.reader.finish();
  CHECK(seen == Lines{"z/1 at /map/z~11 line 1", "a at /map/a line 2", " at /map/ line 3"});
  CHECK(r.complaints().empty());
}

TEST_CASE("a member may be of any kind, an object must be one") {
  Reading r(object({{"m", string("x")}, {"o", object({{"k", integer(1)}})}}));
  auto m = r.reader.member("m", true);
  REQUIRE(m);
  CHECK(m->value().text == "x");
  CHECK(m->pointer() == "/m");
  auto o = r.reader.object("o", true);
  REQUIRE(o);
  CHECK(o->integer("k", 0, 9) == 1);
  CHECK(r.complaints().empty());
}

TEST_CASE("a value that is no object is reported once, by is_object, and not by each getter") {
  Reading r(string("x"));
  CHECK_FALSE(r.reader.is_object());
  CHECK(r.reader.string("s").empty());
  CHECK(r.reader.integer("i", 2, 9) == 2);
  r.reader.finish();
  CHECK(r.complaints() == Lines{"f: expected an object, found a string"});
  Reading o(object({}));
  CHECK(o.reader.is_object());
  CHECK(o.complaints().empty());
}

TEST_CASE("a problem stands at the member that it is about, else at the value") {
  Reading r(object({{"a", object({{"b", integer(1)}})}}));
  auto a = r.reader.object("a");
  REQUIRE(a);
  a->problem("whole");
  a->problem("b", "member");
  a->problem("c", "absent");
  CHECK(r.complaints() == Lines{"f:1:10: /a: whole", "f:1:10: /a/b: member", "f:1:10: /a: absent"});
}

TEST_CASE("a reference to something unknown names its kind and the nearest") {
  Reading r(object({{"a", string("gren")}}));
  r.reader.unknown("a", "colour", "gren", colours);
  r.reader.unknown("absent", "shape", "round", {});
  CHECK(r.complaints() == Lines{"f:1:10: /a: there is no colour \"gren\"; did you mean \"green\"?",
                                "f: there is no shape \"round\""});
}

TEST_CASE("a long text is cut in a message, between characters") {
  const std::string most(60, 'a');
  // The second byte of the umlaut is the 61st.
  const std::string umlaut = std::string(59, 'a') + "\u00fc";
  Reading r(object({{"a", null()}}));
  for (const std::string& name : {most, most + "b", umlaut, std::string(100, '\x80')})
    r.reader.unknown("a", "x", name, {});
  const std::string start = "f:1:10: /a: there is no x ";
  CHECK(r.complaints() == Lines{start + '"' + most + '"', start + '"' + most + "…\"",
                                start + '"' + std::string(59, 'a') + "…\"", start + "\"…\""});
}

TEST_CASE("control characters of a text do not reach the terminal") {
  Reading r(object({{"d", string("5\x1b[2J\nm")}, {"k\r", null()}}));
  r.reader.duration("d");
  r.reader.finish();
  REQUIRE(r.problems.count() == 2);
  for (const std::string& line : r.complaints()) {
    INFO(line);
    CHECK(line.find_first_of("\x1b\n\r") == std::string::npos);
  }
}

}  // namespace
}  // namespace drdrill
