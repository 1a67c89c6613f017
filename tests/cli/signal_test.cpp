#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

/// Signals to the program itself, in a process of its own.
namespace drdrill::test {
namespace {

using namespace std::chrono_literals;

pid_t start(std::vector<std::string> arguments, const std::string& err, bool ignoring) {
  arguments.insert(arguments.begin(), DRDRILL_PROGRAM);
  std::vector<char*> values;
  values.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  if (ignoring) ::signal(SIGINT, SIG_IGN);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
  ::execv(values.front(), values.data());
  ::_exit(127);
}

/// The exit code, or -1 when it did not end by itself in time; then it is ended.
int wait_for(pid_t child, std::chrono::milliseconds patience) {
  int status = 0;
  for (auto waited = 0ms; waited < patience; waited += 10ms) {
    if (::waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::this_thread::sleep_for(10ms);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return -1;
}

/// A drill that computes for seconds: a step whose loop the shell ends, tried a hundred times more.
std::vector<std::string> lengthy(const Folder& folder) {
  return {"run",      "node-failure",
          "--set",    "/horizon=36500d",
          "--set",    "/runbook/steps/0/run=while true; do date; done",
          "--set",    "/runbook/steps/0/retries=100",
          "--report", "json=" + (folder / "drill.json"),
          "--report", "journal=" + (folder / "drill.journal")};
}

/// Until the files of the reports are there, so that the run is under way.
bool is_under_way(const Folder& folder) {
  for (auto waited = 0ms; waited < 60s; waited += 10ms) {
    if (folder.files() == 3) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("a signal ends a run at once with its number, a message and no half-written report") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const Folder folder;
    const std::string err = folder / "err";
    const pid_t child = start(lengthy(folder), err, false);
    const bool under_way = is_under_way(folder);
    std::this_thread::sleep_for(50ms);
    ::kill(child, signal);
    CHECK(wait_for(child, 10s) == 128 + signal);
    CHECK(under_way);
    CHECK(contents(err) ==
          "\ndrdrill: interrupted; reports that were not finished are not written\n");
    CHECK(folder.files() == 1);
  }
}

TEST_CASE("a signal that the program was started to ignore stays ignored") {
  const Folder folder;
  const pid_t child = start(lengthy(folder), folder / "err", true);
  CHECK(is_under_way(folder));
  ::kill(child, SIGINT);
  std::this_thread::sleep_for(100ms);
  CHECK(::kill(child, 0) == 0);
  ::kill(child, SIGTERM);
  CHECK(wait_for(child, 10s) == 128 + SIGTERM);
}

TEST_CASE("a signal before the lab has come up is an abort, and no bug") {
  if (::access("/usr/bin/redis-server", X_OK) != 0) {
    WARN("skipped: no redis-server on this machine");
    return;
  }
  const Folder folder;
  const pid_t child = start({"run", "scenarios/lab/redis-killed.json", "--world", "lab", "--quiet",
                             "--unattended", "--report", "json=" + (folder / "drill.json"),
                             "--report", "journal=" + (folder / "drill.journal")},
                            folder / "err", false);
  REQUIRE(is_under_way(folder));
  std::this_thread::sleep_for(50ms);
  ::kill(child, SIGTERM);
  CHECK(wait_for(child, 120s) == 3);
  CHECK(contains(contents(folder / "err"), "interrupted; the lab is taken down again"));
}

}  // namespace drdrill::test
