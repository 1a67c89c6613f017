#include <atomic>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/cli/people.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

/// What the command line does for live drills, as far as it needs no lab.
namespace drdrill::test {
namespace {

/// Standard input comes from a text for as long as this lives.
class Typed {
 public:
  explicit Typed(const std::string& text) : before_(dup(STDIN_FILENO)) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
  }
  ~Typed() {
    dup2(before_, STDIN_FILENO);
    close(before_);
  }
  Typed(const Typed&) = delete;
  Typed& operator=(const Typed&) = delete;

 private:
  int before_;
};

}  // namespace

TEST_CASE("people say that it is done, or skip it with a reason, or are not there") {
  const Typed typed("\ns no access\n");
  const std::atomic<bool> given_up{false};
  std::ostringstream out;
  const live::People ask = cli::ask_on_terminal(out);
  const live::Asked done = ask(Action::Kind::manual, "dba", "Move the disk", given_up);
  CHECK(done.done);
  CHECK(contains(out.str(), "dba: Move the disk"));
  const live::Asked skipped = ask(Action::Kind::summon, "on-call", "", given_up);
  CHECK_FALSE(skipped.done);
  CHECK(contains(skipped.words, "no access"));
  CHECK_FALSE(ask(Action::Kind::manual, "dba", "More", given_up).done);  // the input has ended
}

TEST_CASE("unattended, people take as long as the platform says, unless they are given up") {
  PlatformSpec platform;
  Parameter parameter;
  parameter.id = "people.manual_step";
  parameter.value = constant(0.15);
  platform.parameters.put(parameter);
  const auto ask = cli::unattended(platform, 1, 0);
  const auto before = std::chrono::steady_clock::now();
  CHECK(ask(Action::Kind::manual, "dba", "Move the disk", false).done);
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(150));
  CHECK_FALSE(ask(Action::Kind::manual, "dba", "Move the disk", true).done);
}

TEST_CASE("a model is not calibrated by itself, and journals of live drills give parameters") {
  const Folder folder;
  const std::string file = folder / "drill.json";
  drdrill({"run", "scenarios/lab/postgres-killed.json", "--report", "journal=" + file});
  const Outcome own = drdrill({"calibrate", file});
  CHECK(own.code == 64);
  CHECK(contains(own.err, "simulated"));
  std::string text = contents(file);
  const auto world = text.find("\"simulated\"");
  REQUIRE(world != std::string::npos);
  text.replace(world, 11, "\"lab\"");
  std::ofstream(file) << text;
  const Outcome given = drdrill({"calibrate", file, "-o", folder / "out"});
  CHECK(given.code == 0);
  CHECK(contains(given.out, "postgres.promote"));
  const std::string written = folder / "out/measured.json";
  CHECK(contains(contents(written), "\"measured\""));
  CHECK(drdrill({"check", written}).code == 0);
}

TEST_CASE("an objective without any live figure is shown as not compared, and why") {
  const Folder folder;
  const std::string scenario = "scenarios/lab/redis-full-recovery.json";
  drdrill({"run", scenario, "--quiet", "--report",
           "journal=" + folder / "redis-full-recovery-0.journal.json"});
  const Outcome given = drdrill({"validate", "--world", "lab", scenario, "--runs", "1",
                                 "--replications", "10", "--journals", folder / "."});
  CHECK(
      contains(given.out,
               "redis-full-recovery: RPO of redis: not compared; of 1 live runs 1 in which it did "
               "not recover"));
}

TEST_CASE("what is for live worlds is refused elsewhere") {
  CHECK(drdrill({"run", "node-failure", "--observe-only"}).code == 64);
  CHECK(drdrill({"run", "node-failure", "--unattended"}).code == 64);
  CHECK(drdrill({"validate", "--world", "moon"}).code == 64);
}

}  // namespace drdrill::test
