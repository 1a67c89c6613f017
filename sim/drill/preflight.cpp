#include <array>
#include <string>

#include "sim/drill/drill.hpp"

namespace drdrill {

namespace {

class Preflight {
 public:
  Preflight(const Scenario& scenario, const World& world) : scenario_(scenario), world_(world) {}

  Problems run() {
    for (const FaultSpec& fault : scenario_.faults)
      report(world_.refusal(fault.effect), fault.place, "fault \"" + fault.effect.id + "\"");
    for (std::uint32_t i = 0; i < scenario_.runbook.steps.size(); ++i) check_step(i);
    for (const Objective& objective : scenario_.objectives)
      if (auto probe = steady_probe_of(objective.component))
        check_objective(*probe, objective.place);
    for (const AbortCondition& abort : scenario_.aborts) check_probe(abort.probe, abort.place);
    return std::move(problems_);
  }

 private:
  void check_step(std::uint32_t index) {
    const Step& step = scenario_.runbook.steps[index];
    const std::string what = "step \"" + step.id + "\"";
    Action action{.actor = step.actor, .step = index};
    action.kind = step.manual() ? Action::Kind::manual : Action::Kind::command;
    action.command = step.words();
    report(world_.refusal(action), step.place, what);
    if (step.actor != "automation")
      report(
          world_.refusal(Action{.kind = Action::Kind::summon, .actor = step.actor, .step = index}),
          step.place, what);
    if (!step.verify.empty())
      report(world_.refusal(Action{
                 .command = step.verify, .actor = step.actor, .step = index, .verifying = true}),
             step.place, what + ", verification");
    if (step.wait_for) check_probe(*step.wait_for, step.place);
  }

  /// What a world has no eyes for is not evaluated; it keeps nobody from the rest.
  void check_objective(ProbeKind probe, const SourcePlace& place) {
    const std::optional<Refusal> refusal = world_.refusal(Probe{probe});
    if (!refusal || !refusal->blind) check_probe(probe, place);
  }

  void check_probe(ProbeKind probe, const SourcePlace& place) {
    bool& seen = seen_[static_cast<std::size_t>(probe)];
    if (seen) return;
    seen = true;
    report(world_.refusal(Probe{probe}), place, "probe \"" + std::string(row_of(probe).id) + "\"");
  }

  void report(const std::optional<Refusal>& refusal, const SourcePlace& place,
              const std::string& what) {
    if (!refusal) return;
    problems_.add({.file = place.file,
                   .at = {place.line, 0},
                   .pointer = {},
                   .message = what + ": " + refusal->reason +
                              " (world: " + std::string(world_.name()) + ")"});
  }

  const Scenario& scenario_;
  const World& world_;
  std::array<bool, probe_table.size()> seen_{};
  Problems problems_;
};

}  // namespace

Problems preflight(const Scenario& scenario, const World& world) {
  return Preflight(scenario, world).run();
}

}  // namespace drdrill
