#include "sim/base/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

using Names = std::vector<std::string_view>;

TEST_CASE("a problem is told with as much of its place as is known") {
  CHECK(to_string(Problem{"a.json", {12, 18}, "/faults/0", "it broke"}) ==
        "a.json:12:18: /faults/0: it broke");
  CHECK(to_string(Problem{"a.json", {12, 0}, "/faults/0", "it broke"}) ==
        "a.json:12: /faults/0: it broke");
  CHECK(to_string(Problem{"a.json", {0, 18}, "", "it broke"}) == "a.json: it broke");
  CHECK(to_string(Problem{"", {}, "/faults", "it broke"}) == "/faults: it broke");
  CHECK(to_string(Problem{"", {}, "", "it broke"}) == "it broke");
}

TEST_CASE("a problem stays on its line, whatever the names in a file contain") {
  CHECK(to_string(Problem{"a.json", {1, 2}, "/a\nb", "no \"\x1b[2J\x7f\"; did you mean \"\t\"?"}) ==
        "a.json:1:2: /a?b: no \"?[2J?\"; did you mean \"?\"?");
  CHECK(to_string(Problem{"", {}, "/größe", "…"}) == "/größe: …");
}

TEST_CASE("problems are kept up to a limit and counted beyond it") {
  Problems problems;
  CHECK(problems.empty());
  CHECK(problems.count() == 0);
  for (std::size_t i = 0; i < Problems::limit; ++i) problems.add({"", {}, "", std::to_string(i)});
  CHECK_FALSE(problems.empty());
  CHECK(problems.count() == 200);
  CHECK(problems.dropped() == 0);
  for (int i = 0; i < 3; ++i) problems.add({"", {}, "", "too many"});
  CHECK(problems.count() == 203);
  CHECK(problems.dropped() == 3);
  REQUIRE(problems.all().size() == 200);
  CHECK(problems.all().front().message == "0");
  CHECK(problems.all().back().message == "199");
}

TEST_CASE("an input error carries the problems") {
  Problems problems;
  problems.add({"a.json", {1, 2}, "/x", "it broke"});
  try {
    throw InputError(problems);
  } catch (const InputError& e) {
    CHECK(e.problems().all() == std::vector{Problem{"a.json", {1, 2}, "/x", "it broke"}});
  }
}

TEST_CASE("the nearest name is the one with the fewest edits") {
  const Names known{"postgres", "redis", "livekit-sfu", "api"};
  CHECK(nearest_name("redis", known) == "redis");
  CHECK(nearest_name("reddis", known) == "redis");
  CHECK(nearest_name("rdis", known) == "redis");
  CHECK(nearest_name("radis", known) == "redis");
  CHECK(nearest_name("Postgres", known) == "postgres");
  CHECK(nearest_name("livekitsfv", known) == "livekit-sfu");
}

TEST_CASE("a swap of neighbours is one edit, of others it is not") {
  // A name of five letters may be one edit away.
  CHECK(nearest_name("rdeis", Names{"redis"}) == "redis");
  CHECK(nearest_name("sedir", Names{"redis"}).empty());
  // Half of a swap is none.
  CHECK(nearest_name("redxi", Names{"redis"}).empty());
  // The swap beats a name that is two changes away and listed first.
  CHECK(nearest_name("abdcef", Names{"abxyef", "abcdef"}) == "abcdef");
}

TEST_CASE("of names equally near the first is taken") {
  CHECK(nearest_name("zone-x", Names{"zone-a", "zone-b"}) == "zone-a");
  CHECK(nearest_name("zone-x", Names{"zone-b", "zone-a"}) == "zone-b");
}

TEST_CASE("a name may be a third of the longer one's length away and no more") {
  CHECK(nearest_name("abcdef", Names{"abcdxy"}) == "abcdxy");
  CHECK(nearest_name("abcdef", Names{"abcxyz"}).empty());
  CHECK(nearest_name("abcde", Names{"abcxy"}).empty());
  CHECK(nearest_name("abcd", Names{"abcdef"}) == "abcdef");
  CHECK(nearest_name("ab", Names{"abc"}) == "abc");
  CHECK(nearest_name("ab", Names{"abcd"}).empty());
  CHECK(nearest_name("redis", Names{}).empty());
  CHECK(nearest_name("monitoring", Names{"postgres", "redis"}).empty());
}

TEST_CASE("a name of one or two letters is near to no other as short") {
  CHECK(nearest_name("x", Names{"y", "ab"}).empty());
  CHECK(nearest_name("x", Names{"a", "x"}) == "x");
  CHECK(nearest_name("db", Names{"dc", "d"}).empty());
  CHECK(nearest_name("x", Names{"xy"}).empty());
  CHECK(nearest_name("api", Names{"apx"}) == "apx");
}

TEST_CASE("a near name that is not the first is found behind one that is not near") {
  CHECK(nearest_name("abc", Names{"a", "abcd"}) == "abcd");
}

TEST_CASE("an empty name is near to nothing") {
  CHECK(nearest_name("", Names{"a", "b"}).empty());
  CHECK(suggestion("", Names{"a", "b"}) == "; known: a, b");
}

TEST_CASE("names too long to have been meant are not compared") {
  const std::string most(64, 'a');
  const std::string more(65, 'a');
  CHECK(nearest_name(most, Names{most}) == most);
  CHECK(nearest_name(more, Names{most}).empty());
  CHECK(nearest_name(most, Names{more}).empty());
}

TEST_CASE("a suggestion asks for the near name, else lists what is known") {
  CHECK(suggestion("reddis", Names{"api", "redis"}) == "; did you mean \"redis\"?");
  CHECK(suggestion("mysql", Names{"api", "redis"}) == "; known: api, redis");
  CHECK(suggestion("mysql", Names{}).empty());
}

TEST_CASE("a suggestion lists at most twelve names") {
  Names known{"n01", "n02", "n03", "n04", "n05", "n06", "n07", "n08", "n09", "n10", "n11", "n12"};
  const std::string twelve = "; known: n01, n02, n03, n04, n05, n06, n07, n08, n09, n10, n11, n12";
  CHECK(suggestion("something", known) == twelve);
  known.push_back("n13");
  CHECK(suggestion("something", known) == twelve + ", …");
}

}  // namespace
}  // namespace drdrill
