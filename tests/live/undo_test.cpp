#include "sim/live/undo.hpp"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/live/guardian.hpp"
#include "sim/live/network.hpp"
#include "sim/live/place.hpp"
#include "sim/live/volume.hpp"
#include "tests/live/servers.hpp"
#include "tests/live/traces.hpp"

/// What is promised of a live drill that dies: nothing is left behind, or `recover` clears it.
using namespace drdrill;
using namespace drdrill::live;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::Labs;
using test::soon;
using test::traces_of;

namespace {

Program sleeper(const std::string& folder, const std::string& name_space = {}) {
  return {.argv = {"sleep", "600"}, .folder = folder, .name_space = name_space};
}

/// A lab of two processes, made step by step as a lab is: each step is noted, then done. Kills
/// itself when it has noted so many.
class TwoProcesses {
 public:
  TwoProcesses(const LabPlace& place, int dies_after)
      : place_(place), log_(place.log()), network_(place.number, can_separate(), log_) {
    log_.when_noted([this, dies_after] {
      if (++noted_ == dies_after) raise(SIGKILL);
    });
  }

  void live() {
    log_.put({Made::Kind::folder, place_.folder, ""});
    network_.make();
    for (int pod = 0; pod < 2; ++pod) {
      network_.add(pod);
      const std::string folder = place_.folder + "/pod" + std::to_string(pod);
      fs::create_directories(folder);
      processes_[pod] = start(sleeper(folder, network_.name_space(pod)), [&](ProcessId id) {
        entries_[pod] = log_.put({Made::Kind::process, to_string(id), ""});
      });
    }
    if (network_.separate()) network_.cut("fault0", {{0}, {}});
    if (geteuid() == 0) fill_a_volume();
    const auto stopped = log_.put({Made::Kind::stopped, to_string(processes_[1]), ""});
    signal(processes_[1], SIGSTOP);
    signal(processes_[1], SIGCONT);
    log_.gone(stopped);
    kill_tree(processes_[0]);
    log_.gone(entries_[0]);
  }
  int noted() const { return noted_; }

  /// It stays full, and somebody has it open.
  void fill_a_volume() {
    const std::string folder = place_.folder + "/pod1/data";
    fs::create_directories(folder);
    log_.put({Made::Kind::mount, folder, ""});
    mount_volume(folder, 1U << 20U);
    log_.put({Made::Kind::file, filler_of(folder), ""});
    fill_volume(folder);
    open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }

 private:
  LabPlace place_;
  UndoLog log_;
  Network network_;
  int noted_ = 0;
  ProcessId processes_[2];
  std::uint64_t entries_[2] = {};
};

/// A drill in a process of its own that dies at a transition; nothing when it lived to its end.
std::optional<LabPlace> dying_drill(int dies_after, bool guardian_dies_too) {
  const LabPlace place = claim_place();
  const pid_t child = fork();
  if (child == 0) {
    Guardian guardian(place, 60s);
    if (guardian_dies_too) kill(guardian.pid(), SIGKILL);
    TwoProcesses(place, dies_after).live();
    _exit(guardian.finish().empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) return place;
  CHECK(WEXITSTATUS(status) == 0);
  CHECK_THAT(traces_of(place), Catch::Equals(""));
  return std::nullopt;
}

}  // namespace

TEST_CASE("what was noted is left until it is noted as gone, latest first") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/undo.log";
  CHECK(left_by(path).empty());
  const Made first{Made::Kind::folder, "/tmp/a b", ""};
  const Made second{Made::Kind::table, "fault0", "drdrill0-1"};
  {
    UndoLog log(path);
    log.put(first);
    const auto gone = log.put({Made::Kind::link, "drdrill0", ""});
    log.put(second);
    log.gone(gone);
  }
  CHECK(left_by(path) == std::vector<Made>{second, first});
  UndoLog again(path);  // goes on counting
  again.put({Made::Kind::process, "17 4", ""});
  CHECK(left_by(path).size() == 3);
}

TEST_CASE("a last line that was cut short was never acted upon") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/undo.log";
  UndoLog(path).put({Made::Kind::folder, "/tmp/a", ""});
  std::ofstream(path, std::ios::app) << R"({"entry":2,"made":"folder","name":"/et)";
  CHECK(left_by(path).size() == 1);
}

TEST_CASE("what is noted after a line that was cut short is not lost with it") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/undo.log";
  std::ofstream(path) << R"({"entry":1,"made":"folder","name":"/a"})" << '\n'
                      << R"({"entry":2,"ma)";
  UndoLog(path).put({Made::Kind::folder, "/b", ""});
  REQUIRE(left_by(path).size() == 2);
  CHECK(left_by(path).front().name == "/b");
}

TEST_CASE("a program does not run before its process was noted") {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/ran";
  bool ran_before = false;
  const ProcessId process = start(
      {.argv = {"sh", "-c", "touch ran; exec sleep 600"}, .folder = folder.path()}, [&](ProcessId) {
        std::this_thread::sleep_for(50ms);
        ran_before = fs::exists(file);
      });
  CHECK_FALSE(ran_before);
  CHECK(soon([&] { return fs::exists(file); }));
  kill_tree(process);
  CHECK_FALSE(is_alive(process));
}

TEST_CASE("killing a process takes its children along, and nobody who has its pid later") {
  const test::TemporaryFolder folder;
  const ProcessId process =
      start({.argv = {"sh", "-c", "sleep 600 & sh -c 'sleep 600 & wait' & wait"},
             .folder = folder.path()},
            {});
  CHECK(soon([&] { return tree_of(process).size() == 4; }));
  const ProcessId somebody_else{process.pid, process.start + 1};
  CHECK_FALSE(is_alive(somebody_else));
  signal(somebody_else, SIGKILL);
  CHECK(is_alive(process));
  kill_tree(process);
  CHECK(soon([&] { return processes_in(folder.path()).empty(); }));
}

TEST_CASE("a program that outlives its limit is killed with its children") {
  const test::TemporaryFolder folder;
  const Ran ran =
      run({.argv = {"sh", "-c", "echo begun; sleep 600"}, .folder = folder.path()}, 200ms);
  CHECK(ran.timed_out);
  CHECK(ran.out == "begun\n");
  CHECK(processes_in(folder.path()).empty());
}

TEST_CASE("whatever the transition at which a drill is killed, nothing is left behind") {
  const Labs labs;
  int transitions = 0;
  for (int dies_after = 1;; ++dies_after) {
    const auto place = dying_drill(dies_after, false);
    if (!place) break;
    ++transitions;
    INFO("killed after transition " << dies_after);
    CHECK(soon([&] { return traces_of(*place).empty(); }));
    CHECK_THAT(traces_of(*place), Catch::Equals(""));
  }
  CHECK(transitions >= (can_separate() ? 10 : 5));
}

TEST_CASE("when the guardian is killed too, recover clears what is left, any number of times") {
  const Labs labs;
  for (int dies_after = 1;; ++dies_after) {
    const auto place = dying_drill(dies_after, true);
    if (!place) break;
    INFO("killed after transition " << dies_after);
    CHECK_FALSE(traces_of(*place).empty());
    CHECK(take_down(*place).empty());
    CHECK_THAT(traces_of(*place), Catch::Equals(""));
    CHECK(take_down(*place).empty());
  }
}

TEST_CASE("a drill that outlives its deadline is killed and undone") {
  const Labs labs;
  const LabPlace place = claim_place();
  const pid_t child = fork();
  if (child == 0) {
    Guardian guardian(place, 1s);
    TwoProcesses(place, 0).live();
    std::this_thread::sleep_for(1h);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(soon([&] { return traces_of(place).empty(); }));
}

TEST_CASE("a drill that stands still is killed and undone, long before its deadline") {
  const Labs labs;
  const LabPlace place = claim_place();
  const pid_t child = fork();
  if (child == 0) {
    Guardian guardian(place, 1h, 1s);
    TwoProcesses(place, 0).live();
    raise(SIGSTOP);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(soon([&] { return traces_of(place).empty(); }));
}

TEST_CASE("a drill that hangs gives no sign of life, and is undone") {
  const Labs labs;
  const LabPlace place = claim_place();
  const pid_t child = fork();
  if (child == 0) {
    Guardian guardian(place, 1h, 1s);
    TwoProcesses(place, 0).live();
    guardian.expect(100ms);
    std::this_thread::sleep_for(1h);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(soon([&] { return traces_of(place).empty(); }));
}

TEST_CASE("a drill learns that its guardian has died, and undoes everything itself") {
  const Labs labs;
  const LabPlace place = claim_place();
  Guardian guardian(place, 1h);
  CHECK(guardian.is_watching());
  TwoProcesses(place, 0).live();
  kill(guardian.pid(), SIGKILL);
  CHECK(soon([&] { return !guardian.is_watching(); }));
  CHECK_FALSE(traces_of(place).empty());
  CHECK(guardian.finish().empty());
  CHECK_THAT(traces_of(place), Catch::Equals(""));
}

TEST_CASE("a guardian that stays holds nobody's pipes: whoever reads what we write sees the end") {
  const Labs labs;
  const LabPlace place = claim_place();
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(ends[1], stream);
    Guardian guardian(place, 60s);
    TwoProcesses(place, 0).live();
    guardian.stay();
    _exit(0);
  }
  close(ends[1]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  pollfd end{ends[0], POLLIN, 0};
  const bool ended = poll(&end, 1, 10'000) == 1;
  char byte = 0;
  CHECK((ended && read(ends[0], &byte, 1) == 0));
  close(ends[0]);
  CHECK(take_down(place).empty());
}

TEST_CASE("while anything is left, so is the log that tells of it") {
  const Labs labs;
  const LabPlace place = claim_place();
  {
    UndoLog log(place.log());
    log.put({Made::Kind::folder, place.folder, ""});
    log.put({Made::Kind::folder, "/etc", ""});
  }
  const auto left = take_down(place);
  REQUIRE(left.size() == 1);
  CHECK(left.front().find("/etc") != std::string::npos);
  CHECK(fs::exists("/etc"));
  CHECK(left_by(place.log()).size() == 2);
  fs::remove(place.log());
  CHECK(take_down(place).empty());
  CHECK_FALSE(fs::exists(place.folder));
}

TEST_CASE("several who take the same lab down at once get in nobody's way, and leave nothing") {
  const Labs labs;
  for (int time = 0; time < 10; ++time) {
    const LabPlace place = claim_place();
    for (int i = 0; i < 40; ++i) {
      const fs::path folder = fs::path(place.folder) / std::to_string(i);
      fs::create_directories(folder);
      for (int j = 0; j < 20; ++j) std::ofstream(folder / std::to_string(j)) << j;
    }
    std::array<std::future<std::vector<std::string>>, 3> ends;
    for (auto& end : ends) end = std::async(std::launch::async, [&] { return take_down(place); });
    for (auto& end : ends) CHECK(end.get().empty());
    CHECK_FALSE(fs::exists(place.folder));
  }
}

TEST_CASE("labs of somebody else are neither believed nor touched") {
  const Labs labs;
  const LabPlace place = claim_place();
  SECTION("others may write where labs are") {
    fs::permissions(labs.path(), fs::perms::others_write, fs::perm_options::add);
    CHECK_THROWS_AS(all_places(), NotOurs);
    CHECK_THROWS_AS(claim_place(), NotOurs);
    CHECK_THROWS_AS(take_down(place), NotOurs);
    fs::permissions(labs.path(), fs::perms::others_write, fs::perm_options::remove);
  }
  SECTION("a link leads elsewhere") {
    const std::string elsewhere = labs.folder.path() + "/elsewhere";
    fs::create_directory(elsewhere);
    fs::remove_all(place.folder);
    fs::create_directory_symlink(elsewhere, place.folder);
    CHECK_THROWS_AS(take_down(place), NotOurs);
    CHECK(fs::exists(elsewhere));
    fs::remove(place.folder);
  }
  SECTION("another user owns it") {
    if (geteuid() != 0) return;
    REQUIRE(chown(place.folder.c_str(), 65534, 65534) == 0);
    CHECK_THROWS_AS(all_places(), NotOurs);
    CHECK_THROWS_AS(take_down(place), NotOurs);
    REQUIRE(chown(place.folder.c_str(), 0, 0) == 0);
  }
  CHECK(all_places().size() <= 1);
}

TEST_CASE("a lab is not taken down by others while it is being made, or while its owner lives") {
  const Labs labs;
  const LabPlace place = claim_place();
  const LabPlace seen{place.number, place.folder, nullptr};
  fs::remove(place.owner_file());
  CHECK(take_down(seen).empty());
  CHECK(fs::exists(place.folder));
  set_owner(place, process_of(getppid()));
  CHECK(take_down(seen).size() == 1);
  CHECK(fs::exists(place.folder));
  set_owner(place, ourselves());
  CHECK(take_down(seen).empty());
  CHECK_FALSE(fs::exists(place.folder));
}

TEST_CASE("a number belongs to one lab of the machine, wherever the other's folder is") {
  const Labs labs;
  LabPlace one = claim_place();
  setenv("DRDRILL_LABS", (labs.path() + "-of-others").c_str(), 1);
  CHECK(claim_place().number != one.number);
  one.reservation.reset();
  CHECK(claim_place().number == one.number);
}

TEST_CASE("several labs stand side by side, and each has its own number") {
  const Labs labs;
  const LabPlace one = claim_place();
  const LabPlace other = claim_place();
  CHECK(one.number != other.number);
  CHECK(all_places().size() == 2);
  CHECK(owner_of(one) == ourselves());
  CHECK(take_down(one).empty());
  CHECK(all_places().size() == 1);
  take_down(other);
}
