#include <chrono>

#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

using Outcome = ChecklistAnswer::Outcome;

Outcome outcome(const World& world, ChecklistItem item) {
  const ChecklistAnswer answer = world.answer(item);
  UNSCOPED_INFO(row_of(item).id << ": " << answer.detail);
  return answer.outcome;
}

/// The items that worlds answer and that are not done.
std::vector<std::string_view> undone(const World& world) {
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < checklist_table.size(); ++i)
    if (outcome(world, static_cast<ChecklistItem>(i)) == Outcome::not_done)
      ids.push_back(checklist_table[i].id);
  return ids;
}

EffectId inject(World& world, Primitive primitive, Target target) {
  return world.inject({"fault", primitive, std::move(target)});
}

using Ids = std::vector<std::string_view>;

}  // namespace

TEST_CASE("on the healthy platform everything is done but what its backups never did") {
  const LoadedScenario loaded = test::load("node-failure");
  const SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(undone(world) == Ids{"database.backup-consistency"});
  CHECK(world.answer(ChecklistItem::backup_consistency).detail.find("no whole artefact") !=
        std::string::npos);
  CHECK(outcome(world, ChecklistItem::query_performance) == Outcome::done);
  CHECK(world.answer(ChecklistItem::pods_rescheduled).outcome == Outcome::done);
}

TEST_CASE("a base backup is in time until its schedule's period has passed") {
  const LoadedScenario loaded = test::load("point-in-time-recovery-corrected");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto fresh = [&] {
    const std::string text = world.answer(ChecklistItem::backup_consistency).detail;
    return text.substr(0, text.find(' '));
  };
  CHECK(fresh() == "1");
  const ActionState suspended =
      test::run(world,
                "kubectl patch cronjob postgres-base-backup -n gomeet -p '{\"spec\":{\"suspend\":"
                "true}}'");
  REQUIRE(suspended.exit_status == 0);
  test::pass_until(world, 21h);
  CHECK(fresh() == "0");
}

TEST_CASE("what a lost node takes with it is not done, and done again when it is back") {
  const LoadedScenario loaded = test::load("api-node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const EffectId lost = inject(world, Primitive::crash, {Level::node, "pool-api-1"});
  CHECK(outcome(world, ChecklistItem::pods_rescheduled) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::application_checks) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::authentication) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::websocket) == Outcome::done);
  world.recover(lost);
  test::pass_until(world, world.now() + 30min);
  CHECK(undone(world) == Ids{"database.backup-consistency"});
}

TEST_CASE("a dead target of the load balancer fails its check until it is admitted again") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const EffectId lost = inject(world, Primitive::crash, {Level::node, "pool-edge-1"});
  CHECK(outcome(world, ChecklistItem::balancer_checks) == Outcome::not_done);
  world.recover(lost);
  test::pass_until(world, world.now() + 30min);
  CHECK(outcome(world, ChecklistItem::balancer_checks) == Outcome::done);
}

TEST_CASE("the database's items see a second primary, a lost standby and a Service without pods") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(world.answer(ChecklistItem::replication_lag).detail.starts_with("2 of 2 stream, "));
  test::run(
      world,
      "kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c 'SELECT pg_promote();'");
  CHECK(outcome(world, ChecklistItem::roles) == Outcome::not_done);
  CHECK(world.answer(ChecklistItem::replication_lag).detail == "replicas 1 of 2 streaming");
  test::run(world, "kubectl scale statefulset postgres-primary --replicas=0 -n gomeet");
  test::pass_until(world, world.now() + 1min);
  CHECK(outcome(world, ChecklistItem::services_responding) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::endpoints_updated) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::chat) == Outcome::not_done);
  CHECK(outcome(world, ChecklistItem::alerts_resolved) == Outcome::not_done);
}

TEST_CASE("queries are slow while their server is, and none is answered without one") {
  const LoadedScenario loaded = test::load("database-failover");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  Effect slow{"slow", Primitive::slow, {Level::pod, "postgres-primary"}};
  slow.amount = 20;
  const EffectId effect = world.inject(slow);
  CHECK(outcome(world, ChecklistItem::query_performance) == Outcome::not_done);
  world.recover(effect);
  CHECK(outcome(world, ChecklistItem::query_performance) == Outcome::done);
  test::run(world, "kubectl scale statefulset postgres-primary --replicas=0 -n gomeet");
  test::pass_until(world, world.now() + 1min);
  CHECK(world.answer(ChecklistItem::query_performance).detail == "no server answers clients");
}

TEST_CASE("a lag beyond a second is told, and nobody can tell of alerts without monitoring") {
  const LoadedScenario loaded = test::load(
      "node-failure", {{"/platform/parameters/postgres.replication_lag", "\"1500ms\"", ""}});
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  CHECK(outcome(world, ChecklistItem::replication_lag) == Outcome::not_done);
  inject(world, Primitive::crash, {Level::pod, "prometheus", 2});
  CHECK(outcome(world, ChecklistItem::alerts_resolved) == Outcome::not_evaluated);
}

TEST_CASE("commands tell which error their exit status hides, and those that fail do not") {
  const LoadedScenario loaded = test::load("node-failure");
  SimulatedWorld world(loaded.platform, loaded.scenario.start);
  const auto hidden = [&](std::string_view command) {
    const ActionState state = test::run(world, command);
    return std::string(state.hidden_error.substr(0, state.hidden_error.find('\n')));
  };
  CHECK(hidden("kubectl exec redis-master-0 -n gomeet -- redis-cli cluster init")
            .starts_with("redis-cli: ERR"));
  CHECK(hidden("kubectl exec redis-master-0 -n gomeet -- redis-cli -e cluster init").empty());
  CHECK(hidden("kubectl exec redis-master-0 -n gomeet -- redis-cli dbsize").empty());
  CHECK(hidden("kubectl get pods -n gomeet -l app=nothing; true") ==
        "kubectl get pods -n gomeet -l app=nothing: No resources found in gomeet namespace.");
  CHECK(hidden("kubectl get pods -n gomeet -l app=nothing --ignore-not-found").empty());
  CHECK(hidden("kubectl get pod nobody -n gomeet").empty());
  const std::string metrics = "kubectl exec prometheus-0 -n gomeet -- curl -s";
  CHECK(hidden(metrics + " http://livekit-sfu:7880/nothing") ==
        "curl: livekit-sfu/nothing answered 404");
  CHECK(hidden(metrics + "f http://livekit-sfu:7880/nothing").empty());
}
