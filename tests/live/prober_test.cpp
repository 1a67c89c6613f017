#include "sim/live/clients/prober.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "sim/live/clients/probe_judge.hpp"
#include "tests/live/servers.hpp"

using namespace std::chrono_literals;
using namespace drdrill;
using namespace drdrill::live;
using drdrill::test::Postgres;
using drdrill::test::Services;
using drdrill::test::soon;

namespace {

/// A probe of one's own, with everything that it told so far.
class Watched {
 public:
  explicit Watched(ProbePlan plan) : prober_({std::move(plan)}, epoch_, changed_) {
    prober_.start();
  }

  /// Waits for the first sample at or after `from` with this answer.
  std::optional<Sample> next(Answer answer, Offset from = Offset::min()) {
    std::optional<Sample> out;
    soon([&] {
      prober_.drain(buffer_);
      const auto found =
          std::find_if(buffer_.samples.begin(), buffer_.samples.end(),
                       [&](const Sample& s) { return s.answer == answer && s.at >= from; });
      if (found != buffer_.samples.end()) out = *found;
      return out.has_value();
    });
    return out;
  }
  Offset now() const { return Clock::now() - epoch_; }
  const std::vector<Sample>& samples() const { return buffer_.samples; }
  Prober& prober() { return prober_; }
  ChangeSignal& changed() { return changed_; }

 private:
  Clock::time_point epoch_ = Clock::now();
  ChangeSignal changed_;
  Prober prober_;
  SampleBuffer buffer_;
};

/// Answers at once, or only at its deadline.
class Switch final : public Question {
 public:
  explicit Switch(const std::atomic<bool>& hangs) : hangs_(hangs) {}
  Reply ask(Deadline deadline) override {
    if (!hangs_) return {};
    std::this_thread::sleep_until(deadline);
    return timed_out("hangs");
  }
  void disconnect() override {}

 private:
  const std::atomic<bool>& hangs_;
};

ProbePlan postgres_plan(const Services& services) {
  ProbePlan plan;
  plan.kind = ProbeKind::postgres_write;
  plan.question = [&services] {
    auto question = postgres_question(services, {{"db", "a", "postgres"}, {"db", "b", "postgres"}});
    question->prepare(Clock::now() + 1s);
    return question;
  };
  plan.rate = 20;
  return plan;
}

Answered answered(Offset asked, Offset at, Outcome outcome) {
  return {asked, at, outcome};
}

bool skipped() {
  const std::string why = Postgres::missing();
  if (!why.empty()) std::cout << "skipped: " << why << '\n';
  return !why.empty();
}

}  // namespace

TEST_CASE("a failure is dated when it was asked and a success when it was answered") {
  ProbeJudge judge(ProbeKind::redis_slots, false);
  const auto first = judge.take(answered(100ms, 103ms, Outcome::ok));
  REQUIRE(first);
  CHECK(first->at == 103ms);
  CHECK_FALSE(judge.take(answered(200ms, 203ms, Outcome::ok)));
  const auto failed = judge.take(answered(300ms, 1300ms, Outcome::timed_out));
  REQUIRE(failed);
  CHECK(failed->at == 300ms);
  CHECK(failed->slack == 100ms);
  CHECK(failed->answer == Answer::fails);
  CHECK_FALSE(judge.take(answered(400ms, 402ms, Outcome::refused)));
  const auto thawed = judge.take(answered(500ms, 1400ms, Outcome::ok));
  REQUIRE(thawed);
  CHECK(thawed->at == 1400ms);
  CHECK(thawed->slack == 1000ms);  // it may have answered as soon as the question before was asked
  // Asked before that answer came: time does not run backwards.
  const auto again = judge.take(answered(600ms, 1600ms, Outcome::timed_out));
  REQUIRE(again);
  CHECK(again->at == 1400ms);
  const auto unable_to = judge.take(answered(1700ms, 1700ms, Outcome::unable));
  REQUIRE(unable_to);
  CHECK(unable_to->answer == Answer::unanswered);
}

TEST_CASE("a second of requests holds from its first answer on, and is slow when p95 is") {
  ProbeJudge judge(ProbeKind::api_requests, true);
  std::vector<Sample> samples;
  const auto ask = [&](Offset asked, Duration took, Outcome outcome) {
    if (const auto sample = judge.take(answered(asked, asked + took, outcome)))
      samples.push_back(*sample);
  };
  for (int i = 0; i < 40; ++i) ask(20ms * i, 5ms, Outcome::ok);
  ask(800ms, 5ms, Outcome::refused);
  for (int i = 41; i < 100; ++i) ask(20ms * i, 5ms, Outcome::ok);
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].at == 5ms);
  CHECK(samples[1].answer == Answer::fails);
  CHECK(samples[1].at == 800ms);
  CHECK(samples[1].value == Approx(40.0 / 41));
  CHECK(samples[2].answer == Answer::holds);
  CHECK(samples[2].at == 825ms);
  CHECK(samples[1].slack == 20ms);
  CHECK(samples[2].slack == 25ms);
  // Of fifty in a second two may be slow, three may not.
  ask(2000ms, 250ms, Outcome::ok);
  ask(2020ms, 250ms, Outcome::ok);
  CHECK(samples.size() == 3);
  ask(2040ms, 250ms, Outcome::ok);
  REQUIRE(samples.size() == 4);
  CHECK(samples[3].at == 2040ms);
}

TEST_CASE("questions without answer hold up no others, and their samples are told", "[.lab]") {
  std::atomic<bool> hangs{false};
  ProbePlan plan;
  plan.kind = ProbeKind::join;
  plan.question = [&hangs] { return std::make_unique<Switch>(hangs); };
  plan.rate = 20;
  Watched probe(plan);
  REQUIRE(probe.next(Answer::holds));
  const auto stalled = probe.now();
  hangs = true;
  std::this_thread::sleep_for(500ms);
  const auto freed = probe.now();
  hangs = false;
  const auto fails = probe.next(Answer::fails);
  REQUIRE(fails);
  CHECK(fails->at - stalled < 200ms);
  const auto holds = probe.next(Answer::holds, fails->at);
  REQUIRE(holds);
  // Were it held up by the questions before, it would come a second later.
  CHECK(holds->at - freed < 400ms);
  const std::lock_guard lock(probe.changed().mutex);
  CHECK(probe.changed().changes == 3);
}

TEST_CASE("the prober's own want is no answer about the system") {
  Services services;
  services.set("lb", {{"127.0.0.1", 1}});
  // Sanitizers need descriptors to look at an object of a type that they meet for the first time.
  const auto tcp_question = connect_question(services, "lb");
  const auto sql_question = postgres_question(services, {{"lb", "a", "postgres"}});
  const auto web_question = http_question(services, "lb", "/");
  const auto asked = [](Question& question) { return question.ask(Clock::now() + 1s).outcome; };
  CHECK(asked(*tcp_question) == Outcome::refused);
  CHECK(asked(*sql_question) != Outcome::ok);
  CHECK(asked(*web_question) != Outcome::ok);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const Outcome tcp = asked(*tcp_question);
  const Outcome sql = asked(*sql_question);
  const Outcome http = asked(*web_question);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(tcp == Outcome::unable);
  CHECK(sql == Outcome::unable);
  CHECK(http == Outcome::unable);
}

TEST_CASE("a probe sees PostgreSQL killed and back", "[.lab]") {
  if (skipped()) return;
  Postgres server(2);
  Services services;
  services.set("db", {server.endpoint()});
  Watched probe(postgres_plan(services));
  REQUIRE(probe.next(Answer::holds));

  const auto killed = probe.now();
  server.kill();
  const auto down = probe.next(Answer::fails, killed - 60ms);
  REQUIRE(down);
  CHECK(down->at - killed < 300ms);
  server.start();
  const auto started = probe.now();
  const auto back = probe.next(Answer::holds, down->at);
  REQUIRE(back);
  CHECK(back->at - started < 300ms);
}

TEST_CASE("a probe sees a frozen server within a question, and its thaw when it comes", "[.lab]") {
  if (test::find_program("redis-server").empty() || test::find_program("setpriv").empty()) {
    std::cout << "skipped: redis-server or setpriv is not installed\n";
    return;
  }
  test::Process redis;
  redis.start({"setpriv", "--pdeathsig", "KILL", test::find_program("redis-server"), "--bind",
               test::loopback(3), "--port", "16379", "--save", ""},
              "/dev/null");
  Services services;
  services.set("lb", {{test::loopback(3), 16379}});
  ProbePlan plan;
  plan.kind = ProbeKind::lb_connect;
  plan.question = [&services] { return connect_question(services, "lb", "PING\r\n"); };
  Watched probe(plan);
  REQUIRE(probe.next(Answer::holds));
  std::this_thread::sleep_for(200ms);  // what was asked before it listened lies well behind
  const auto frozen = probe.now();
  redis.signal(SIGSTOP);
  std::this_thread::sleep_for(2500ms);
  const auto thawed = probe.now();
  redis.signal(SIGCONT);
  const auto down = probe.next(Answer::fails, frozen - 110ms);
  REQUIRE(down);
  CHECK(down->at - frozen < 250ms);
  const auto back = probe.next(Answer::holds, down->at);
  REQUIRE(back);
  CHECK(back->at >= thawed);
  CHECK(back->at - thawed < 300ms);
  CHECK(probe.prober().settled_until() > thawed);
}
