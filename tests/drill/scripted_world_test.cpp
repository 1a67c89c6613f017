#include <catch2/catch.hpp>

#include "sim/drill/world_forwarding.hpp"
#include "tests/drill/drill_case.hpp"
#include "tests/drill/world_contract.hpp"

using namespace drdrill;
using namespace drdrill::test;

namespace {

Script contract_script() {
  Script script;
  ScriptedEffect crash;
  crash.delay = 2s;
  crash.touched = set_of({ComponentId::postgres});
  crash.consequences = {
      {1s, fails(ProbeKind::postgres_write)},
      {1s,
       Note{{}, {}, NoteKind::pod_killed, ComponentId::postgres, SubjectId{3}, ParameterId::none}}};
  crash.undo_consequences = {{5s, holds(ProbeKind::postgres_write)}};
  script.effects["crash"] = crash;
  script.actions["quick"] = {.takes = 3s, .output = "done", .touched = {}};
  script.actions["slow"] = {.takes = 30s, .output = {}, .touched = {}};
  script.depends = {{ComponentId::api, ComponentId::postgres},
                    {ComponentId::platform, ComponentId::api}};
  script.inventory = {{ComponentId::postgres, "replicas", 2, InventoryItem::Better::higher, false}};
  script.ledger.streams = {{ComponentId::postgres, "rooms", {records(1, 2, 3, Fate::kept)}}};
  return script;
}

WorldContract contract() {
  WorldContract contract;
  contract.make = [] { return std::make_unique<ScriptedWorld>(contract_script()); };
  contract.effect = {"crash", Primitive::crash, {Level::pod, "postgres-0", 1}};
  contract.probe = ProbeKind::postgres_write;
  contract.patience = 60s;
  contract.command = "quick";
  contract.slow_command = "slow";
  contract.impossible_effect = Effect{"unknown", Primitive::crash, {}};
  return contract;
}

/// A forwarding world that owns the one it hands on to.
class Behind final : public ForwardingWorld {
 public:
  explicit Behind(std::unique_ptr<World> world)
      : ForwardingWorld(*world), world_(std::move(world)) {}

 private:
  std::unique_ptr<World> world_;
};

}  // namespace

TEST_CASE("the scripted world keeps the contract of World") {
  check_world_contract(contract());
}

TEST_CASE("a forwarding world keeps the contract of the world behind it") {
  auto forwarded = contract();
  forwarded.make = [] {
    return std::make_unique<Behind>(std::make_unique<ScriptedWorld>(contract_script()));
  };
  check_world_contract(forwarded);
}
