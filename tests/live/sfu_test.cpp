#include <atomic>
#include <iostream>
#include <signal.h>

#include <catch2/catch.hpp>

#include "sim/live/clients/room_placement.hpp"
#include "sim/live/clients/sfu_users.hpp"
#include "sim/live/pod_program.hpp"
#include "tests/live/servers.hpp"

using namespace drdrill;
using namespace drdrill::live;
using namespace std::chrono_literals;

namespace {

const Endpoint a{"127.0.0.1", 1}, b{"127.0.0.1", 2};

/// A Janus server as a pod of a lab has it.
class Janus {
 public:
  explicit Janus(unsigned k) : program_(make_janus({})) {
    place_.name = "janus-" + std::to_string(k);
    place_.address = test::loopback(k);
    endpoint_ = program_->endpoint(place_);
    place_.folder = folder_.path();
    place_.contained = false;
    program_->prepare(place_);
    start();
  }
  void start() {
    process_.start(program_->program(place_).argv, folder_.path() + "/output");
    for (int i = 0; i < 200 && !program_->is_ready(place_); ++i) std::this_thread::sleep_for(50ms);
    REQUIRE(program_->is_ready(place_));
  }
  void kill() { process_.kill(); }
  void signal(int number) const { process_.signal(number); }
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<PodProgram> program_;
  PodPlace place_;
  Endpoint endpoint_;
  test::Process process_;
};

bool has_janus() {
  if (!find_program("janus").empty()) return true;
  std::cout << "skipped: this machine has no janus\n";
  return false;
}

template <class Holds>
bool within(Clock::duration limit, const Holds& holds) {
  const auto until = Clock::now() + limit;
  while (!holds() && Clock::now() < until) std::this_thread::sleep_for(10ms);
  return holds();
}

}  // namespace

TEST_CASE("a room stays where it is while that is listed, and then goes where the fewest are") {
  RoomPlacement placement;
  CHECK_FALSE(placement.choose(1, {}));
  CHECK(placement.choose(1, {a, b}) == a);
  placement.entered(a);
  CHECK(placement.choose(2, {a, b}) == b);
  placement.entered(b);
  placement.entered(b);
  CHECK(placement.choose(2, {a, b}) == b);  // however many are there
  CHECK(placement.choose(3, {a, b}) == a);
  CHECK(placement.choose(2, {a}) == a);
  placement.forget(1, b);  // it is not there
  CHECK(placement.choose(1, {a, b}) == a);
  placement.entered(a);
  placement.forget(1, a);
  placement.left(b);
  CHECK(placement.choose(1, {a, b}) == b);
}

TEST_CASE("somebody is in a room of Janus as long as their session lives and its process does") {
  if (!has_janus()) return;
  Janus janus(60);
  JanusClient client(janus.endpoint());
  const auto soon = [] { return Clock::now() + 10s; };
  JanusSeat first, second;
  REQUIRE(client.enter(7, first, soon()).text == "");
  REQUIRE(client.enter(7, second, soon()).text == "");  // the room is there already
  CHECK(client.is_there(first, soon()).ok());
  CHECK(client.is_there(second, soon()).ok());
  CHECK(client.keep_alive(first, soon()).ok());
  CHECK(client.claim(first, soon()).ok());
  JanusSeat nobody = first;
  ++nobody.participant;
  CHECK(client.is_there(nobody, soon()).outcome == Outcome::refused);
  janus.signal(SIGSTOP);
  // A busy machine stops a process with many threads a little later.
  CHECK(within(10s, [&] {
    return client.is_there(first, Clock::now() + 200ms).outcome == Outcome::timed_out;
  }));
  janus.signal(SIGCONT);
  CHECK(client.is_there(first, soon()).ok());
  janus.kill();
  CHECK(client.is_there(first, soon()).outcome == Outcome::refused);
  janus.start();
  CHECK(client.claim(first, soon()).outcome == Outcome::refused);
  CHECK(client.is_there(first, soon()).outcome == Outcome::refused);
}

TEST_CASE("users whose server is gone meet again on the other, at once or when it says nothing") {
  if (!has_janus()) return;
  Janus one(61), other(62);
  test::Services services;
  services.set("sfu", {one.endpoint(), other.endpoint()});
  std::atomic<int> noticed{0}, back{0};
  const SfuUsersPlan plan{.sfu_service = "sfu",
                          .rooms = 1,
                          .users_per_room = 2,
                          .ping_interval = 200ms,
                          .signal_timeout = 3s,
                          .join_timeout = 2s,
                          .reload = 1s};
  const SfuUsers users(services, plan, [&](const SfuUsers::News& news) {
    noticed += news.event == SfuUsers::Event::noticed ? 1 : 0;
    back += news.event == SfuUsers::Event::reconnected ? 1 : 0;
  });
  const auto all_are_on = [&](const Janus& janus) {
    return within(30s, [&] {
      for (std::size_t i = 0; i < users.size(); ++i)
        if (const auto seat = users.seat(i); !seat || seat->server != janus.endpoint())
          return false;
      return true;
    });
  };
  REQUIRE(all_are_on(one));
  const auto question = media_question(users);
  CHECK(question->ask(Clock::now() + 10s).text == "");
  services.set("sfu", {other.endpoint()});
  one.kill();
  REQUIRE(all_are_on(other));
  CHECK(noticed >= 2);
  CHECK(within(10s, [&] { return back >= 2; }));
  CHECK(question->ask(Clock::now() + 10s).text == "");
  one.start();
  services.set("sfu", {one.endpoint()});
  other.signal(SIGSTOP);
  CHECK(within(10s, [&] { return !question->ask(Clock::now() + 200ms).ok(); }));
  REQUIRE(all_are_on(one));
  CHECK(noticed >= 4);
  CHECK(question->ask(Clock::now() + 10s).text == "");
  other.signal(SIGCONT);
}
