#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/part_file.hpp"
#include "sim/cli/vary.hpp"
#include "sim/cli/worlds.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

using Words = std::vector<std::string>;

const Words grid{"sweep",          "database-failover-corrected",
                 "--replications", "120",
                 "--vary",         "/platform/parameters/people.acknowledge=1m,10m"};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The grid on so many threads.
std::string undivided(const std::string& threads) {
  return drdrill(with(grid, {"--threads", threads, "--report", "json=-"})).out;
}

struct Stopped {};

/// Does a part as `drdrill sweep` does, and dies after so many blocks.
void die_after(const std::string& file, study::Shard shard, std::uint64_t blocks) {
  const auto head = cli::load_part(file)->head;
  std::vector<LoadedScenario> loaded;
  std::vector<study::Variant> variants;
  for (const std::string value : {"1m", "10m"})
    loaded.push_back(
        load_scenario("scenarios/database-failover-corrected.json",
                      std::vector<Setting>{{"/platform/parameters/people.acknowledge", value, {}}},
                      cli::parameters_of_models()));
  for (const LoadedScenario& one : loaded) variants.push_back({&one.scenario, &one.platform});
  study::SweepPart part(head, shard);
  study::SweepOptions options;
  options.threads = 1;
  options.watch = [&](const study::SweepPart& now, std::uint64_t, std::uint64_t) {
    cli::save_part(file, now);
    if (--blocks == 0) throw Stopped();
  };
  CHECK_THROWS_AS(study::run_sweep(part, variants, options), Stopped);
}

/// What a shell prints of a command, both streams, and its exit status.
Outcome shell(const std::string& command) {
  Outcome outcome;
  FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.out.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace

TEST_CASE("a sweep is the same bytes on 1, 2 and 4 threads, and merged from 1, 2 and 4 shards") {
  const std::string whole = undivided("1");
  CHECK(contains(whole, "\"postgres\""));
  CHECK(contains(whole, "10198"));
  CHECK(undivided("2") == whole);
  CHECK(undivided("4") == whole);
  for (const int count : {1, 2, 4}) {
    const Folder folder;
    Words files{"merge"};
    for (int i = count - 1; i >= 0; --i) {
      files.push_back(folder / ("part-" + std::to_string(i)));
      const std::string shard = std::to_string(i) + "/" + std::to_string(count);
      const Outcome part = drdrill(with(grid, {"--shard", shard, "-o", files.back()}));
      CAPTURE(part.err);
      CHECK(part.code == 0);
    }
    CHECK(drdrill(with(files, {"--report", "json=-"})).out == whole);
  }
}

TEST_CASE("a shard that is missing or died is named with the command that does it") {
  const Folder folder;
  const std::string zero = folder / "part-0", one = folder / "part-1";
  drdrill(with(grid, {"--shard", "0/2", "-o", zero}));
  const Outcome missing = drdrill({"merge", zero});
  CHECK(missing.code == 1);
  CHECK(missing.out.empty());
  CHECK(contains(missing.err,
                 "shard 1 of 2 is missing:\n"
                 "  drdrill sweep scenarios/database-failover-corrected.json --replications 120 "
                 "--vary /platform/parameters/people.acknowledge=1m,10m --shard 1/2 -o "
                 "part-1\n"));

  drdrill(with(grid, {"--shard", "1/2", "-o", one}));
  const std::string whole = drdrill({"merge", zero, one}).out;
  die_after(one, {1, 2}, 2);
  const Outcome died = drdrill({"merge", zero, one});
  CAPTURE(died.err);
  CHECK(died.code == 1);
  CHECK(contains(died.err, "shard 1 of 2 (" + one + ") stopped with 1 block to do"));
  CHECK(contains(died.err, " --shard 1/2 -o " + one + "\n"));
  CHECK(drdrill(with(grid, {"--shard", "1/2", "-o", one})).code == 0);
  CHECK(drdrill({"merge", one, zero}).out == whole);
}

TEST_CASE("a sweep that was killed goes on, and gives what it would have given") {
  const Folder folder;
  const std::string file = folder / "sweep";
  const std::string whole = drdrill(with(grid, {"-o", file})).out;
  for (const std::uint64_t blocks : {1U, 4U}) {
    die_after(file, {}, blocks);
    CHECK(drdrill(with(grid, {"-o", file})).out == whole);
  }
}

TEST_CASE("nothing is counted twice, and parts of different sweeps do not merge") {
  const Folder folder;
  const std::string a = folder / "a", b = folder / "b", other = folder / "c";
  drdrill(with(grid, {"--shard", "0/2", "-o", a}));
  std::filesystem::copy_file(a, b);
  const auto refused = [](const Words& words, const std::string& why) {
    const Outcome outcome = drdrill(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 64);
    CHECK(contains(outcome.err, why));
  };
  refused({"merge", a, b}, "are both part 0; nothing is counted twice");
  drdrill(with(grid, {"--seed", "2", "--shard", "1/2", "-o", other}));
  refused({"merge", a, other}, "is not of the same sweep as " + a);
  refused(with(grid, {"--seed", "2", "--shard", "0/2", "-o", a}), "is of another sweep");
  refused(with(grid, {"--shard", "1/2", "-o", a}), "it is part 0 of 2");
  std::filesystem::resize_file(b, std::filesystem::file_size(b) - 100);
  refused({"merge", a, b}, "is damaged or was cut short");
  std::ofstream(b) << "hello";
  refused({"merge", b}, "this is no part of a sweep");
  refused({"merge"}, "give the parts");
  refused({"merge", folder / "nothing"}, "there is no file");
  refused(with(grid, {"--shard", "2/2", "-o", a}), "expected I/N");
  refused(with(grid, {"--shard", "0/2"}), "needs a file");
  refused(with(grid, {"--shard", "0/2", "-o", a, "--until-ci", "0.1"}), "does not see");
  refused({"sweep", "node-failure", "--vary", "/horizon=1h,never"},
          "--vary /horizon=never: \"never\" is no duration");
  refused({"sweep", "node-failure", "--vary", "/horizon=1h,2h", "--vary", "/horizon=3h,4h"},
          "is given twice");
  refused({"sweep", "node-failure", "-n", "50", "-o", folder / "none/there"}, "cannot write");
  refused({"sweep", "node-failure", "--vary", "/horizon"}, "not POINTER=VALUES");
  refused({"sweep", "node-failure", "--until-ci", "2"}, "between 0 and 1");
  refused({"sweep", "node-failure", "-n", "0"}, "expected 1 to");
}

TEST_CASE("parts of the same command on other inputs do not mix, however little they differ") {
  const Folder folder;
  for (const std::string name : {"platforms", "parameters", "runbooks"})
    std::filesystem::copy("scenarios/" + name, folder / name,
                          std::filesystem::copy_options::recursive);
  const std::string scenario = folder / "redis.json", part = folder / "part";
  std::filesystem::create_directories(folder / "lab");
  std::filesystem::copy_file("scenarios/lab/redis-killed.json", folder / "lab/drill.json");
  const Words words{"sweep", folder / "lab/drill.json", "-n", "50", "-o", part};
  CHECK(drdrill(words).code == 0);
  CHECK(drdrill(words).code == 0);
  // No run of this drill depends on the parameter, and yet it is not the same sweep.
  std::string text = contents(folder / "parameters/dns.json");
  const auto at = text.find("\"0.5s\"");
  REQUIRE(at != std::string::npos);
  std::ofstream(folder / "parameters/dns.json") << text.replace(at, 6, "\"0.7s\"");
  const Outcome other = drdrill(words);
  CHECK(other.code == 64);
  CHECK(contains(other.err, "its scenario or platform was not the same"));
}

TEST_CASE("values of --vary are lists, ranges of numbers or durations, or JSON") {
  using cli::parse_axis;
  CHECK(parse_axis("/a=1h,6h").values == Words{"1h", "6h"});
  CHECK(parse_axis("/a=10s:1m:20s").values == Words{"10s", "30s", "50s"});
  CHECK(parse_axis("/a=0.1:0.5:0.1").values == Words{"0.1", "0.2", "0.3", "0.4", "0.5"});
  CHECK(parse_axis("/a=[\"0 2,14 * * *\", 7]").values == Words{"0 2,14 * * *", "7"});
  CHECK(parse_axis("/start=2026-11-23T08:00:00+08:00").values.size() == 1);
  CHECK_THROWS_AS(parse_axis("/a=5:1:1"), cli::UsageError);
  CHECK_THROWS_AS(parse_axis("/a=1,,2"), cli::UsageError);
  CHECK(cli::grid_of({parse_axis("/a=1,2"), parse_axis("/b=3,4,5")}).size() == 6);
}

TEST_CASE("a cell stops when its shares are precise, at the same run on any number of threads") {
  const Words words{"sweep",          "database-failover-corrected",
                    "--until-ci",     "0.02",
                    "--report",       "csv=-",
                    "--replications", "4000"};
  const std::string one = drdrill(with(words, {"--threads", "1"})).out;
  CHECK(drdrill(with(words, {"--threads", "3"})).out == one);
  CHECK(contains(one, ",1000,0,"));
}

TEST_CASE("why a recovery takes that long is in text and JSON, the same for any threads",
          "[many]") {
  const Words words{"sweep", "database-failover-corrected", "-n", "60", "--why"};
  const std::string text = drdrill(with(words, {"--threads", "1"})).out;
  CAPTURE(text);
  CHECK(contains(text, "Why it takes that long"));
  CHECK(contains(text, "postgres: p95 "));
  CHECK(contains(text, "critical in"));
  CHECK(drdrill(with(words, {"--threads", "2"})).out == text);
  const std::string json = drdrill(with(words, {"--report", "json=-"})).out;
  CHECK(contains(json, "\"p95_less_s\": "));
}

#ifdef DRDRILL_MPI
TEST_CASE("a sweep is the same bytes on 1, 2 and 4 ranks, and a rank that dies fails the job",
          "[many]") {
  // Open MPI keeps memory until the end, which is no leak of ours.
  const std::string mpirun =
      "ASAN_OPTIONS=detect_leaks=0 mpirun --oversubscribe --allow-run-as-root -n ";
  const std::string sweep =
      " " DRDRILL_PROGRAM " sweep database-failover-corrected --seed 3 --replications ";
  const std::string whole = drdrill({"sweep", "database-failover-corrected", "--seed", "3",
                                     "--replications", "300", "--report", "json=-"})
                                .out;
  const std::string text =
      drdrill({"sweep", "database-failover-corrected", "--seed", "3", "--replications", "300"}).out;
  for (const std::string ranks : {"1", "2", "4"}) {
    const Outcome outcome = shell(mpirun + ranks + sweep + "300 --report json=-");
    CHECK(outcome.code == 0);
    CHECK(outcome.out == whole);
    CHECK(shell(mpirun + ranks + sweep + "300").out == text);
  }
  // What an earlier call kept is gone on from, whoever had done it.
  const Folder folder;
  const std::string file = folder / "kept";
  drdrill(
      {"sweep", "database-failover-corrected", "--seed", "3", "--replications", "300", "-o", file});
  std::filesystem::rename(file, file + ".rank-0");
  CHECK(shell(mpirun + "2" + sweep + "300 -o " + file).out == text);
  CHECK(folder.files() == 1);
  const Outcome dead =
      shell(mpirun + "2" + sweep +
            "10000000 & job=$!; sleep 3; kill -9 $(ps -o pid= --ppid $job | tail -1); wait $job");
  CAPTURE(dead.out);
  CHECK(dead.code != 0);
  CHECK(contains(dead.out, "rank"));
  CHECK(contains(dead.out, "signal 9"));
  CHECK_FALSE(contains(dead.out, "postgres RTO"));
  const Outcome wrong = shell(mpirun + "2" + sweep + "none");
  CHECK(wrong.code == 64);
  CHECK(contains(wrong.out, "--replications none: not a whole number"));
}
#endif

}  // namespace drdrill::test
