#include "models/api_records.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace drdrill::models {
namespace {

using namespace std::chrono_literals;

LedgerStream stream(std::vector<LedgerRun> runs) {
  return {ComponentId::api, "writes through the API", std::move(runs)};
}

struct Sum {
  std::uint64_t kept = 0, lost = 0;
  Offset first_lost = never, last_lost{};
};

Sum sum_of(const LedgerStream& stream) {
  Sum sum;
  for (const LedgerRun& run : stream.runs) {
    (run.fate == Fate::lost ? sum.lost : sum.kept) += run.count;
    if (run.fate != Fate::lost) continue;
    sum.first_lost = std::min(sum.first_lost, run.first);
    sum.last_lost = std::max(sum.last_lost, run.last);
  }
  return sum;
}

}  // namespace

TEST_CASE("a record of the API is gone with its key") {
  LedgerStream api = stream({{0s, 30s, 300, Fate::kept}, {30s, 40s, 100, Fate::lost}});
  const std::vector<SlotWrites::Stretch> keys{
      {0s, 10s, 500, false}, {10s, 40s, 1500, true}, {60s, 90s, 1500, false}};
  lose_with_keys(api, keys);
  const Sum sum = sum_of(api);
  CHECK(sum.kept == 100);
  CHECK(sum.lost == 300);
  CHECK(sum.first_lost == 10s);
  CHECK(sum.last_lost == 40s);
}

TEST_CASE("where one of three slot ranges lost its keys, a third of the API's records is lost") {
  LedgerStream api = stream({{0s, 30s, 300, Fate::kept}});
  const std::vector<SlotWrites::Stretch> keys{
      {0s, 30s, 900, false}, {0s, 30s, 900, false}, {0s, 15s, 450, false}, {15s, 30s, 450, true}};
  lose_with_keys(api, keys);
  const Sum sum = sum_of(api);
  CHECK(sum.lost == 50);
  CHECK(sum.kept == 250);
  CHECK(sum.first_lost == 15s);
}

TEST_CASE("records of the API stay while Redis has what it acknowledged") {
  LedgerStream api = stream({{0s, 30s, 301, Fate::kept}});
  lose_with_keys(api, std::vector<SlotWrites::Stretch>{{0s, 45s, 100, false}});
  REQUIRE(api.runs.size() == 1);
  CHECK(api.runs.front().count == 301);
  CHECK(api.runs.front().last == 30s);
}

}  // namespace drdrill::models
