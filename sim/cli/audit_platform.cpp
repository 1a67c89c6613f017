#include "sim/cli/audit_platform.hpp"

#include "models/simulated_world.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {

audit::Rehearsal rehearse(const PlatformSpec& platform, const Scenario& scenario) {
  SimulatedWorld world(platform, scenario.start);
  world.reset(1, 0);
  audit::Rehearsal done;
  if (const Problems refused = preflight(scenario, world); !refused.empty()) {
    done.refused = refused.all().front().message;
    return done;
  }
  run_drill(scenario, world, {}, done.journal);
  done.judgement = judge(done.journal);
  return done;
}

}  // namespace drdrill::cli
