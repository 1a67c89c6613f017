#include "sim/cli/errors.hpp"

#include <stdexcept>

#include <catch2/catch.hpp>

#include "sim/base/ensure.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/report_files.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

Outcome answer(const std::vector<std::string>& arguments, const std::function<int()>& command) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Context context{out, err, false, false, 100, ""};
  const int code = cli::answered(arguments, context, command);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a bug of ours ends with 70 and with all that finding it takes") {
  const Outcome outcome =
      answer({"run", "node-failure", "--set", "/title=it's late", "--seed", "7"}, []() -> int {
        ENSURE(1 > 2, "at 5 s");
        return 0;
      });
  CHECK(outcome.code == 70);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "a bug of drdrill, not of your files"));
  CHECK(contains(outcome.err, "  what     errors_test.cpp:"));
  CHECK(contains(outcome.err, ": 1 > 2 does not hold: at 5 s\n"));
  CHECK(contains(outcome.err, "\n  version  drdrill 0."));
  CHECK(contains(outcome.err,
                 "\n  command  drdrill run node-failure --set '/title=it'\\''s late' --seed 7\n"));
  CHECK(contains(outcome.err, "\n  seed     7\n"));
}

TEST_CASE("the seed of a bug is told also when nobody gave one, and only where there is one") {
  const auto throws = []() -> int { throw Bug("x"); };
  CHECK(contains(answer({"run", "a"}, throws).err, "\n  seed     1 (the default)\n"));
  CHECK(contains(answer({"run", "a", "--seed=12"}, throws).err, "\n  seed     12\n"));
  CHECK_FALSE(contains(answer({"list", "faults"}, throws).err, "seed"));
}

TEST_CASE("whatever is thrown, a command ends with a code") {
  CHECK(answer({}, [] { return 3; }).code == 3);
  CHECK(answer({"run"}, []() -> int { throw cli::UsageError("x"); }).code == 64);
  CHECK(answer({"run"}, []() -> int { throw InputError(Problems()); }).code == 64);
  const Outcome unexpected =
      answer({"run"}, []() -> int { throw std::runtime_error("out of it"); });
  CHECK(unexpected.code == 70);
  CHECK(contains(unexpected.err, "  what     out of it\n"));
  CHECK(answer({"run"}, []() -> int { throw 5; }).code == 70);
}

TEST_CASE("a bug leaves no half-written report") {
  const Folder folder;
  const std::vector<std::string> requests{"json=" + (folder / "drill.json")};
  const Outcome outcome = answer({"run"}, [&]() -> int {
    const cli::ReportFiles files(requests);
    CHECK(folder.files() == 1);
    throw Bug("x");
  });
  CHECK(outcome.code == 70);
  CHECK(folder.files() == 0);
}

}  // namespace drdrill::test
