#include "models/alerts.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

/// From a component that breaks to somebody who knows what to do.
using namespace drdrill;
using namespace std::chrono_literals;

namespace {

Setting parameter(const std::string& id, const std::string& value) {
  return {"/platform/parameters/" + id, value, ""};
}

Setting monitoring(const std::string& what, const std::string& value) {
  return {"/platform/monitoring/" + what, value, ""};
}

/// Rules, pages and people by themselves, of the 500-participant platform.
struct Watch {
  LoadedScenario loaded;
  models::Context context;
  models::People people;
  models::Alerts alerts;
  std::vector<Note> notes;

  explicit Watch(const std::vector<Setting>& settings = {}, const std::string& at = "14:00")
      : loaded(test::load("node-failure", with_start(settings, at))),
        context(loaded.platform),
        people(context),
        alerts(context, people) {
    context.start = loaded.scenario.start;
    context.notes.keep();
    again(0);
  }
  static std::vector<Setting> with_start(std::vector<Setting> settings, const std::string& at) {
    settings.push_back({"/start", "2026-11-23T" + at + ":00+08:00", ""});
    return settings;
  }

  void again(std::uint64_t replication) {
    context.seed = 7;
    context.replication = replication;
    context.engine.reset();
    context.draws.restart(7, replication);
    context.notes.reset();
    people.reset();
    alerts.reset();
    notes.clear();
  }
  void pass_until(Offset time) {
    bool stop = false;
    context.engine.run(
        time,
        [&](const Event& event) {
          if (models::owner_of(event.component) == models::Owner::alerts)
            alerts.handle(event);
          else
            people.handle(event);
        },
        stop);
    context.notes.drain(notes);
  }
  void breaks(ComponentId component) { alerts.component_changed(component, false); }
  void holds(ComponentId component) { alerts.component_changed(component, true); }
  void absent(const std::vector<std::string_view>& who) { people.set_absent(who); }

  std::vector<Offset> times(NoteKind kind, std::string_view of = "") const {
    std::vector<Offset> out;
    for (const Note& note : notes)
      if (note.kind == kind && (of.empty() || context.notes.name(note.subject) == of))
        out.push_back(note.at);
    return out;
  }
  Offset first(NoteKind kind, std::string_view of = "") const {
    const auto all = times(kind, of);
    return all.empty() ? never : all.front();
  }
};

struct Delay {
  double mean = 0, least = 1e9, most = 0;
};

/// From the break of PostgreSQL to the first page.
Delay delays(Watch& watch, int replications) {
  Delay delay;
  for (int r = 0; r < replications; ++r) {
    watch.again(static_cast<std::uint64_t>(r));
    watch.pass_until(1000s);
    watch.breaks(ComponentId::postgres);
    watch.pass_until(1000s + 1h);
    const double took = to_seconds(watch.first(NoteKind::page_sent) - 1000s);
    delay.mean += took / replications;
    delay.least = std::min(delay.least, took);
    delay.most = std::max(delay.most, took);
  }
  return delay;
}

constexpr auto nobody_notices = "10h";

std::vector<Setting> intervals(const std::string& scrape, const std::string& evaluation,
                               const std::string& hold) {
  return {monitoring("scrape_interval", scrape), monitoring("evaluation_interval", evaluation),
          monitoring("rules/PostgresDown/hold", hold),
          parameter("people.notice_without_alert", nobody_notices)};
}

constexpr auto on_call = "on-call DevOps";
constexpr auto manager = "engineering manager";

}  // namespace

// U(0, scrape) + U(0, evaluation) + `for`, rounded up to evaluations, + 30 s.
TEST_CASE("a page comes after scrape, evaluation, `for` in whole evaluations, and the group") {
  struct Case {
    const char* scrape;
    const char* evaluation;
    const char* hold;
    double least, mean, most;
  };
  constexpr int n = 600;
  for (const Case& expected :
       {Case{"60s", "60s", "0s", 30, 90, 150}, Case{"30s", "30s", "60s", 90, 120, 150},
        Case{"60s", "60s", "90s", 150, 210, 270}, Case{"15s", "15s", "2m", 150, 165, 180}}) {
    INFO(expected.scrape << " " << expected.evaluation << " " << expected.hold);
    Watch watch(intervals(expected.scrape, expected.evaluation, expected.hold));
    const Delay delay = delays(watch, n);
    const double spread = expected.most - expected.least;
    CHECK(delay.mean == Approx(expected.mean).margin(5 * spread / std::sqrt(24.0 * n)));
    CHECK(delay.least >= expected.least);
    CHECK(delay.most <= expected.most);
    CHECK(delay.most - delay.least > 0.8 * spread);
  }
  Watch eager(intervals("60s", "60s", "0s"));
  Watch patient = [] {
    auto settings = intervals("60s", "60s", "0s");
    settings.push_back(parameter("monitoring.group_wait", "5m"));
    return Watch(settings);
  }();
  CHECK(delays(patient, 20).mean - delays(eager, 20).mean == Approx(270).margin(0.001));
}

TEST_CASE(
    "a condition that no scrape sees makes no alert, and one that heals in time does not fire") {
  Watch watch(intervals("60s", "60s", "5m"));
  watch.pass_until(100s);
  watch.breaks(ComponentId::postgres);
  watch.pass_until(100s + 3min);
  CHECK(watch.times(NoteKind::alert_pending).size() == 1);
  CHECK(watch.alerts.active().size() == 1);
  watch.holds(ComponentId::postgres);
  watch.pass_until(1h);
  CHECK(watch.times(NoteKind::alert_firing).empty());
  CHECK(watch.alerts.active().empty());

  int seen = 0;
  constexpr int flickers = 200;
  for (int i = 0; i < flickers; ++i) {
    watch.again(static_cast<std::uint64_t>(i));
    watch.pass_until(100s);
    watch.breaks(ComponentId::postgres);
    watch.pass_until(106s);
    watch.holds(ComponentId::postgres);
    watch.pass_until(10min);
    seen += watch.times(NoteKind::alert_pending).empty() ? 0 : 1;
  }
  // 6 s of 60 s, and then the evaluation must come before the next scrape.
  CHECK(seen > 0);
  CHECK(seen < flickers / 5);
}

TEST_CASE("an alert that was due while Prometheus was down fires after its return") {
  Watch watch(intervals("15s", "15s", "2m"));
  watch.pass_until(100s);
  watch.alerts.monitoring_changed(false);
  watch.breaks(ComponentId::postgres);
  watch.pass_until(1000s);
  CHECK(watch.times(NoteKind::alert_firing).empty());
  watch.alerts.monitoring_changed(true);
  watch.pass_until(1000s + 1h);
  REQUIRE(watch.times(NoteKind::alert_firing).size() == 1);
  // It starts anew: its `for` is too short to be restored.
  CHECK(watch.first(NoteKind::alert_firing) >= 1000s + 2min);
  CHECK(watch.first(NoteKind::alert_firing) <= 1000s + 2min + 30s);
}

TEST_CASE("a long `for` is restored when Prometheus comes back within the hour") {
  const auto fires_after = [](Duration pending, Duration down) {
    Watch watch(intervals("15s", "15s", "20m"));
    watch.breaks(ComponentId::postgres);
    watch.pass_until(pending);
    watch.alerts.monitoring_changed(false);
    watch.pass_until(pending + down);
    watch.alerts.monitoring_changed(true);
    watch.notes.clear();
    watch.pass_until(pending + down + 2h);
    return watch.first(NoteKind::alert_firing) - pending - down;
  };
  const auto close_to = [](Duration time, Duration expected) {
    return time >= expected - 1min && time <= expected + 1min;
  };
  CHECK(close_to(fires_after(5min, 10min), 15min));
  CHECK(close_to(fires_after(18min, 10min), 10min));  // at least the grace period
  CHECK(close_to(fires_after(30min, 10min), 0min));   // it had fired
  CHECK(close_to(fires_after(5min, 61min), 20min));   // too long away
}

TEST_CASE("who was absent when paged finds the page when they are back") {
  Watch watch(intervals("15s", "15s", "2m"));
  watch.absent({"on-call"});
  watch.breaks(ComponentId::postgres);
  watch.pass_until(30min);
  CHECK(watch.times(NoteKind::page_sent, on_call).size() == 1);
  CHECK(watch.times(NoteKind::page_acknowledged).empty());
  watch.absent({});
  watch.pass_until(5h);
  CHECK(watch.first(NoteKind::page_acknowledged, on_call) > 30min);
  CHECK(watch.people.is_ready("on-call"));
}

TEST_CASE(
    "nobody else is paged unless the platform says so, and then they do the absent one's part") {
  auto settings = intervals("15s", "15s", "2m");
  Watch alone(settings);
  alone.absent({"on-call"});
  alone.breaks(ComponentId::postgres);
  alone.pass_until(9h);
  CHECK(alone.times(NoteKind::page_acknowledged).empty());
  // Alertmanager pages again, and again in vain.
  const auto pages = alone.times(NoteKind::page_sent, on_call);
  REQUIRE(pages.size() == 3);
  CHECK(pages[1] - pages[0] == 4h);

  settings.push_back(monitoring("escalation", R"([{"after": "15m", "role": "engineering-manager"},
                                                  {"after": "30m", "role": "cto"}])"));
  Watch escalated(settings);
  escalated.absent({"on-call"});
  escalated.breaks(ComponentId::postgres);
  escalated.pass_until(5h);
  const Offset first = escalated.first(NoteKind::page_sent, on_call);
  CHECK(escalated.first(NoteKind::page_sent, manager) == first + 15min);
  CHECK(escalated.people.is_ready("on-call"));
  CHECK(escalated.people.is_ready("engineering-manager"));

  Watch answered(settings);
  answered.breaks(ComponentId::postgres);
  answered.pass_until(5h);
  CHECK(answered.times(NoteKind::page_acknowledged, on_call).size() == 1);
  CHECK(answered.times(NoteKind::page_sent, manager).empty());
}

TEST_CASE("what no rule watches is noticed by somebody, unless it is over before") {
  const std::vector<Setting> settings{parameter("people.notice_without_alert", "20m"),
                                      monitoring("rules", "[]")};
  Watch watch(settings);
  watch.breaks(ComponentId::postgres);
  watch.pass_until(19min);
  CHECK(watch.times(NoteKind::page_sent).empty());
  watch.pass_until(21min);
  CHECK(watch.times(NoteKind::page_sent).size() == watch.loaded.platform.people.size());
  CHECK(watch.first(NoteKind::page_sent) == 20min);

  Watch over(settings);
  over.breaks(ComponentId::postgres);
  over.breaks(ComponentId::api);
  over.pass_until(19min);
  over.holds(ComponentId::api);
  over.holds(ComponentId::postgres);
  over.pass_until(5h);
  CHECK(over.times(NoteKind::page_sent).empty());
}

TEST_CASE("nobody needs to notice what somebody is at") {
  auto settings = intervals("15s", "15s", "2m");
  settings.back() = parameter("people.notice_without_alert", "40m");
  settings.push_back(parameter("people.acknowledge", "5m"));
  Watch watch(settings);
  watch.breaks(ComponentId::postgres);
  watch.pass_until(5h);
  CHECK(watch.times(NoteKind::page_sent).size() == 1);
}

TEST_CASE("people acknowledge and diagnose as long as the parameters say, longer at night") {
  const auto ready_after = [](const std::string& at, const std::string& acknowledge,
                              const std::string& diagnose, const std::string& factor) {
    auto settings = intervals("15s", "15s", "0s");
    settings.push_back(parameter("people.acknowledge", acknowledge));
    settings.push_back(parameter("people.diagnose", diagnose));
    settings.push_back(parameter("people.night_factor", factor));
    Watch watch(settings, at);
    watch.breaks(ComponentId::postgres);
    watch.pass_until(5h);
    return watch.first(NoteKind::diagnosed, on_call) - watch.first(NoteKind::page_sent, on_call);
  };
  CHECK(ready_after("14:00", "3m", "5m", "2") == 8min);
  CHECK(ready_after("14:00", "10m", "5m", "2") == 15min);
  CHECK(ready_after("14:00", "3m", "50m", "2") == 53min);
  CHECK(ready_after("02:00", "3m", "5m", "2") == 11min);
  CHECK(ready_after("02:00", "3m", "5m", "4") == 17min);
}
