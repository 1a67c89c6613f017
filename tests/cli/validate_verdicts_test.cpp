#include "sim/cli/validate_verdicts.hpp"

#include <sstream>

#include <catch2/catch.hpp>

namespace drdrill::cli {
namespace {

Verdicts of(std::uint32_t pass, std::uint32_t fail, std::uint32_t inconclusive,
            study::VerdictCounts simulated) {
  return {"redis-killed", {pass, fail, inconclusive, 0, 0}, simulated};
}

}  // namespace

TEST_CASE("verdicts agree when most live runs say what most simulated runs say") {
  CHECK(agree(of(5, 0, 0, {200, 0, 0, 0, 0})));
  CHECK(agree(of(3, 2, 0, {150, 50, 0, 0, 0})));
  CHECK_FALSE(agree(of(0, 5, 0, {200, 0, 0, 0, 0})));
}

TEST_CASE("runs without a verdict are none against simulation, and none for it") {
  CHECK(agree(of(1, 0, 4, {200, 0, 0, 0, 0})));
  CHECK_FALSE(agree(of(0, 0, 5, {200, 0, 0, 0, 0})));
  CHECK(agree(of(0, 0, 5, {0, 0, 200, 0, 0})));
}

TEST_CASE("a table names each verdict with its count, and how many drills agree") {
  std::ostringstream out;
  print_verdicts({of(4, 0, 1, {200, 0, 0, 0, 0}), of(0, 5, 0, {199, 1, 0, 0, 0})}, out);
  CHECK(out.str().find("| redis-killed | PASS 4, INCONCLUSIVE 1 | PASS 200 | same |") !=
        std::string::npos);
  CHECK(out.str().find("| redis-killed | FAIL 5 | PASS 199, FAIL 1 | differs |") !=
        std::string::npos);
  CHECK(out.str().find("Of 2 drills 1 have the same verdict") != std::string::npos);
}

}  // namespace drdrill::cli
