#include "sim/live/container.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <signal.h>
#include <sstream>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/live/process.hpp"
#include "tests/live/servers.hpp"

/// What is promised of everything that a runbook runs: whatever it is, it does not touch this
/// machine.
using namespace drdrill;
using namespace drdrill::live;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::soon;

namespace {

bool skipped() {
  if (why_no_containers().empty()) return false;
  std::cout << "skipped: " << why_no_containers() << '\n';
  return true;
}

/// A folder with a place for a container, and a volume for it.
struct Place {
  Place() {
    fs::create_directory(folder.path() + "/root");
    fs::create_directory(volume());
    if (geteuid() == 0) REQUIRE(chown(volume().c_str(), 65534, 65534) == 0);
  }
  std::string volume() const { return folder.path() + "/volume"; }
  Program program(const std::string& script) const {
    return {.argv = {"sh", "-c", script},
            .environment = {{"GREETING", "hello"}},
            .container = Container{.root = folder.path() + "/root",
                                   .host_name = "redis-0",
                                   .mounts = {{volume(), "/data", true}}},
            .user = geteuid() == 0 ? "nobody" : ""};
  }
  Ran ran(const std::string& script) const { return run(program(script), 10s); }
  test::TemporaryFolder folder;
};

std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a container has its volumes where its image has them, and programs of the machine") {
  if (skipped()) return;
  const Place place;
  const Ran ran = place.ran("echo kept > /data/file; hostname; echo $GREETING; pwd");
  CHECK(ran.out == "redis-0\nhello\n/\n");
  CHECK(ran.err == "");
  CHECK(text_of(place.volume() + "/file") == "kept\n");
}

TEST_CASE("what is not mounted into a container is not there, and the rest cannot be changed") {
  if (skipped()) return;
  const Place place;
  const std::string secret = place.folder.path() + "/secret";
  std::ofstream(secret) << "secret";
  fs::permissions(secret, fs::perms::all);
  const std::string beside = "/tmp/drdrill-beside-" + std::to_string(getpid());
  std::ofstream(beside) << "here";
  fs::permissions(beside, fs::perms::all);
  setenv("DRDRILL_SECRET", "token", 1);
  const Ran ran =
      place.ran("cat " + secret + "; rm -rf /tmp/* " + beside +
                " /home /root /var; touch /usr/x /etc/x /x; env; mount -t tmpfs x /data");
  unsetenv("DRDRILL_SECRET");
  CHECK(ran.out.find("secret") == std::string::npos);
  CHECK(ran.out.find("token") == std::string::npos);
  CHECK(text_of(beside) == "here");
  CHECK(text_of(secret) == "secret");
  CHECK_FALSE(fs::exists("/usr/x"));
  CHECK_FALSE(fs::exists("/etc/x"));
  CHECK_FALSE(fs::exists("/x"));
  CHECK(ran.exit_status != 0);
  fs::remove(beside);
}

TEST_CASE("in a container nobody else's processes are seen or ended") {
  if (skipped()) return;
  const Place place;
  const ProcessId outside = start({.argv = {"sleep", "600"}, .user = place.program("").user}, {});
  const Ran ran = place.ran("kill -9 " + std::to_string(outside.pid) + "; kill -9 -1; sleep 0.1");
  CHECK(is_alive(outside));
  kill_tree(outside);
}

TEST_CASE("whoever joins a container is in it: its files, its processes, its end") {
  if (skipped()) return;
  const Place place;
  const ProcessId first = start(place.program("sleep 600 & echo up > /data/up; wait"), {});
  REQUIRE(soon([&] { return fs::exists(place.volume() + "/up"); }));
  Program second = {.argv = {"sh", "-c", "cat /data/up; exit 7"},
                    .inside = first,
                    .user = place.program("").user};
  const Ran ran = run(second, 10s);
  CHECK(ran.out == "up\n");
  CHECK(ran.exit_status == 7);
  second.argv = {"sleep", "600"};
  CHECK(run(second, 200ms).timed_out);
  CHECK(tree_of(first).size() == 2);
  kill_tree(first);
  CHECK_THROWS(run(second, 1s));
}

TEST_CASE("of the machine's network a program reaches what it may, and nothing else") {
  if (skipped()) return;
  const Place place;
  const std::string address = test::loopback(31);
  // A server that says who it is, on an address that may be reached, and one that may not.
  const auto serve = [&](const std::string& at) {
    return start({.argv = {"perl", "-MIO::Socket::INET", "-e",
                           "my $s = IO::Socket::INET->new(LocalAddr => '" + at +
                               "', LocalPort => 15999, Listen => 5, ReuseAddr => 1) or die;"
                               "while (my $c = $s->accept) { my $x = <$c>; print $c \"$x at " +
                               at + "\"; close $c }"}},
                 {});
  };
  const ProcessId reached = serve(address), hidden = serve(test::loopback(32));
  const auto ask = [&](const std::string& host) {
    Program program = place.program(
        "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => \"" + host +
        "\", PeerPort => 15999) or die \"refused\"; print $s \"hello\\n\"; print <$s>'");
    program.only_reaches = {
        {{{address, 15999}, {address, 15999}}, {{"127.0.0.1", 15999}, {address, 15999}}}};
    return run(program, 10s);
  };
  CHECK(soon([&] { return ask(address).out == "hello\n at " + address; }));
  CHECK(ask("127.0.0.1").out == "hello\n at " + address);
  CHECK(ask(test::loopback(32)).err.find("refused") != std::string::npos);
  kill_tree(reached);
  kill_tree(hidden);
}

TEST_CASE("a container ends with its first process, whatever else runs in it") {
  if (skipped()) return;
  const Place place;
  const ProcessId first =
      start(place.program("setsid sh -c 'echo $$ > /data/pid; sleep 600' & sleep 600"), {});
  REQUIRE(soon([&] { return tree_of(first).size() >= 3; }));
  const auto tree = tree_of(first);
  signal(first, SIGKILL);
  CHECK(soon([&] {
    collect(first);
    return std::none_of(tree.begin(), tree.end(), is_alive);
  }));
}

TEST_CASE("a tree that is stopped stands still as a whole, while it forks") {
  const test::TemporaryFolder folder;
  const ProcessId first =
      start({.argv = {"sh", "-c", "while :; do sleep 0.01 & done"}, .folder = folder.path()}, {});
  REQUIRE(soon([&] { return tree_of(first).size() > 3; }));
  stop_tree(first);
  CHECK(is_stopped(first));
  kill_tree(first);
  CHECK(processes_in(folder.path()).empty());
}
