#include "sim/base/ensure.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace drdrill {
namespace {

std::string counted(int& calls) {
  ++calls;
  return "detail";
}

TEST_CASE("a failed ENSURE tells the condition, its place and the values") {
  int line = 0;
  try {
    line = __LINE__ + 1;
    ENSURE(1 + 1 == 3, "at " + std::to_string(7));
    FAIL("it went on");
  } catch (const Bug& bug) {
    CHECK(bug.what() ==
          "ensure_test.cpp:" + std::to_string(line) + ": 1 + 1 == 3 does not hold: at 7");
  }
}

TEST_CASE("the file of a failed ENSURE is named without its folders, if it has any") {
  const auto failed_in = [](const char* file) {
    try {
      fail_ensure("a", file, 3, "b");
    } catch (const Bug& bug) {
      return bug.what();
    }
  };
  CHECK(failed_in("x.cpp") == "x.cpp:3: a does not hold: b");
  CHECK(failed_in("/home/somebody/sim/x.cpp") == "x.cpp:3: a does not hold: b");
}

TEST_CASE("an ENSURE that holds builds no detail and asks its condition once") {
  int details = 0;
  int conditions = 0;
  ENSURE(++conditions == 1, counted(details));
  CHECK(conditions == 1);
  CHECK(details == 0);
}

TEST_CASE("an ENSURE is one statement") {
  bool other = false;
  if (other)
    ENSURE(false, "not reached");
  else
    other = true;
  CHECK(other);
}

}  // namespace
}  // namespace drdrill
