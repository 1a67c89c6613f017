#include "sim/study/fit.hpp"

#include <catch2/catch.hpp>

#include "sim/engine/sampler.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

std::vector<double> drawn(const Distribution& d, int n) {
  RandomStream stream(1, 0, "fit test");
  const Sampler sampler(d);
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(sampler.draw(stream));
  return values;
}

}  // namespace

TEST_CASE("the distribution that the values came from is the likelier one") {
  const study::Fit lognormal = study::fit(drawn({Shape::lognormal, 0.4, 0.8, 0}, 200));
  CHECK(lognormal.distribution.shape == Shape::lognormal);
  CHECK(lognormal.distribution.a == Approx(0.4).epsilon(0.15));
  CHECK(lognormal.distribution.b == Approx(0.8).epsilon(0.15));
  const study::Fit uniform = study::fit(drawn({Shape::uniform, 1, 3, 0}, 200));
  CHECK(uniform.distribution.shape == Shape::uniform);
  CHECK(uniform.distribution.a == Approx(1).epsilon(0.05));
  CHECK(uniform.distribution.b == Approx(3).epsilon(0.05));
}

TEST_CASE("few values are given as what they span, and more widely than they lie") {
  const study::Fit three = study::fit({2, 4, 3});
  CHECK(three.distribution == Distribution{Shape::uniform, 1, 5, 0});
  CHECK(study::fit({2, 2}).distribution == constant(2));
  CHECK(study::fit({0.7}).distribution == constant(0.7));
}

TEST_CASE(
    "a start lasts until the pod first answered, a promotion as long as its step, a way back into "
    "a "
    "room from asking its server") {
  Journal journal;
  journal.world = "lab";
  journal.scenario.name = "drill";
  journal.scenario.runbook.steps.resize(2);
  journal.scenario.runbook.steps[1].run = "psql -c 'SELECT pg_promote();'";
  const auto note = [&](Offset at, NoteKind kind, Offset began, ComponentId component) {
    journal.entries.push_back({at, Note{.at = at,
                                        .began = began,
                                        .kind = kind,
                                        .component = component,
                                        .subject = static_cast<SubjectId>(3)}});
  };
  note(1s, NoteKind::pod_ready, 1s, ComponentId::api);  // nobody saw it start
  note(2s, NoteKind::container_restarted, 2s, ComponentId::api);
  note(3s, NoteKind::pod_ready, 2500ms, ComponentId::api);
  note(4s, NoteKind::container_restarted, 4s, ComponentId::api);
  note(5s, NoteKind::pod_killed, 5s, ComponentId::api);  // before it answered
  note(6s, NoteKind::pod_ready, 6s, ComponentId::api);
  note(6900ms, NoteKind::clients_reconnected, 6600ms, ComponentId::livekit_sfu);
  journal.entries.push_back({7s, StepStarted{1, 1, false}});
  StepEnded ended;
  ended.step = 1;
  journal.entries.push_back({7200ms, ended});
  const auto phases = study::measured_phases({journal});
  REQUIRE(phases.size() == 3);
  CHECK(phases[0].parameter == "api.process_start");
  CHECK(phases[0].values == std::vector<double>{0.5});
  CHECK(phases[0].where == std::vector<std::string>{"lab/drill"});
  CHECK(phases[1].parameter == "livekit.media_setup");
  CHECK(phases[1].values.front() == Approx(0.3));
  CHECK(phases[2].parameter == "postgres.promote");
  CHECK(phases[2].values.front() == Approx(0.2));
}
