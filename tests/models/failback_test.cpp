#include <catch2/catch.hpp>

#include "tests/models/drilling.hpp"

using namespace drdrill;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t seed = 20261123;

constexpr const char* name_back =
    "curl -fsS -X PUT https://api.cloudflare.com/client/v4/zones/$ZONE_ID/dns_records/$RECORD_ID "
    "-H \"Authorization: Bearer $API_TOKEN\" --data "
    "'{\"content\":\"singapore.gomeet.com\",\"type\":\"CNAME\",\"ttl\":60}'; sleep 600";

const std::string primary_args =
    "/platform/clusters/0/objects/StatefulSet:postgres-primary/spec/template/spec/containers/0/"
    "args";

/// A promoted replica beside a primary that is stopped a minute later, and a shell on its volume.
class Parted {
 public:
  explicit Parted(const std::string& args)
      : loaded_(test::load("database-failover", {{primary_args, args, ""}})),
        world_(loaded_.platform, loaded_.scenario.start) {
    test::pass_until(world_, 10s);
    CHECK(test::run(world_,
                    "kubectl exec postgres-replica-0 -n gomeet -- psql -c 'SELECT pg_promote();'")
              .exit_status == 0);
    const ActionState opened = test::run(world_, R"(
kubectl scale statefulset postgres-primary --replicas=0 -n gomeet
kubectl wait --for=delete pod/postgres-primary-0 -n gomeet
kubectl apply -f - <<'EOF'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: shell, namespace: gomeet}
spec:
  serviceName: shell
  replicas: 1
  selector: {matchLabels: {app: shell}}
  template:
    metadata: {labels: {app: shell}}
    spec:
      containers:
      - name: shell
        image: postgres:15-alpine
        volumeMounts: [{name: data, mountPath: /data}]
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: data-postgres-primary-0}}
EOF
kubectl rollout status statefulset/shell -n gomeet --timeout=5m)");
    INFO(opened.output);
    CHECK(opened.exit_status == 0);
  }

  ActionState rewind() {
    return test::run(world_,
                     "kubectl exec shell-0 -n gomeet -- pg_rewind -D /data -R "
                     "--source-server='host=postgres-replica-0 user=postgres'");
  }
  void checkpoint() {
    CHECK(test::run(world_, "kubectl exec postgres-replica-0 -n gomeet -- psql -c 'CHECKPOINT;'")
              .exit_status == 0);
  }
  World& world() { return world_; }

 private:
  LoadedScenario loaded_;
  SimulatedWorld world_;
};

bool says(const ActionState& state, std::string_view text) {
  return std::string_view(state.output).find(text) != std::string_view::npos;
}

constexpr const char* all_conditions = R"(["-c", "wal_log_hints=on", "-c", "wal_keep_size=2GB"])";

}  // namespace

TEST_CASE(
    "a region that comes back on its own has a second primary, to which old answers lead writes") {
  const auto left = test::drill("failback", {}, seed);
  CHECK(left.judgement.verdict == Verdict::fail);
  CHECK(left.has_finding("two-primaries"));
  const RpoResult& lost = left.of(ComponentId::postgres).rpo;
  CHECK_FALSE(lost.achieved);  // both still take writes when the drill ends
  REQUIRE(lost.at_least);
  CHECK(*lost.at_least > 55min);

  // Where every resolver drops answers in time nobody writes there, and the two still differ.
  const auto honest =
      test::drill("failback", {{"/platform/parameters/dns.stretching_share", "0", ""}}, seed);
  CHECK(*honest.of(ComponentId::postgres).rpo.achieved < 2min);
  CHECK(honest.has_finding("two-primaries"));
}

TEST_CASE("whoever only points the name back loses all that the DR region has taken") {
  const auto left = test::drill("failback", {}, seed);
  const auto back = test::drill("failback", {{"/runbook/steps/verify/run", name_back, ""}}, seed);
  // An hour of sixty writes a second, most of them Jakarta's.
  CHECK(back.of(ComponentId::postgres).rpo.lost_writes >
        20 * left.of(ComponentId::postgres).rpo.lost_writes);
}

TEST_CASE("fenced, rebuilt and switched over, the region has its primary back and loses nothing") {
  const auto drilled = test::drill("failback-corrected", {}, seed);
  CHECK(drilled.judgement.verdict == Verdict::pass);
  CHECK(drilled.judgement.left_worse.empty());
  CHECK_FALSE(drilled.has_finding("two-primaries"));
  const ObjectiveResult& postgres = drilled.of(ComponentId::postgres);
  REQUIRE(postgres.rto.outages.size() == 2);
  const Outage& planned = postgres.rto.outages.back();
  REQUIRE(planned.ended);
  CHECK(*planned.ended - planned.began < 3min);
  // What the failover itself had left behind: WAL that was not archived.
  CHECK(*postgres.rpo.achieved < 2min);
}

TEST_CASE("without the fence the old primary takes writes before it is copied over") {
  const auto drilled = test::drill(
      "failback-corrected",
      {{"/runbook/steps/fence/run",
        "until kubectl get nodes --context=primary; do sleep 5; done; sleep 300; kubectl scale "
        "statefulset postgres-primary --replicas=0 -n gomeet --context=primary; kubectl wait "
        "--for=delete pod/postgres-primary-0 -n gomeet --context=primary",
        ""}},
      seed);
  CHECK(drilled.has_finding("two-primaries"));
  CHECK(*drilled.of(ComponentId::postgres).rpo.achieved > 55min);
}

TEST_CASE("pg_rewind wants to be able to tell pages apart") {
  Parted parted("[]");
  parted.checkpoint();
  const ActionState refused = parted.rewind();
  CHECK(refused.exit_status == 1);
  CHECK(says(refused, "wal_log_hints"));
}

TEST_CASE("pg_rewind right after a promotion says that there is nothing to do, and does nothing") {
  Parted parted(all_conditions);
  const ActionState early = parted.rewind();
  CHECK(early.exit_status == 0);
  CHECK(says(early, "no rewind required"));
  parted.checkpoint();
  CHECK(says(parted.rewind(), "Done!"));
}

TEST_CASE("pg_rewind cannot read WAL that the old primary has not kept") {
  Parted parted(R"(["-c", "wal_log_hints=on"])");
  parted.checkpoint();
  const ActionState refused = parted.rewind();
  CHECK(refused.exit_status == 1);
  CHECK(says(refused, "could not open file \"pg_wal/"));
}

TEST_CASE("an old primary that was rewound follows the new one") {
  Parted parted(all_conditions);
  parted.checkpoint();
  REQUIRE(parted.rewind().exit_status == 0);
  const auto streaming = test::figure(parted.world(), "streaming standbys");
  test::run(parted.world(),
            "kubectl delete statefulset shell -n gomeet; kubectl wait --for=delete pod/shell-0 -n "
            "gomeet; kubectl scale statefulset postgres-primary --replicas=1 -n gomeet; kubectl "
            "rollout status statefulset/postgres-primary -n gomeet --timeout=5m");
  test::pass_until(parted.world(), parted.world().now() + 30s);
  CHECK(test::figure(parted.world(), "streaming standbys") == streaming + 1);
  CHECK(test::figure(parted.world(), "writable primaries") == 1);
}
