#pragma once

#include <string>
#include <vector>

#include "tests/models/drilling.hpp"

/// A platform whose databases are written to, for tests of who streams and what a commit waits for.
namespace drdrill::test {

inline Effect crash_of(const std::string& id, const std::string& target) {
  return {.id = id, .primitive = Primitive::crash, .target = *parse_target(target)};
}

/// The platform of the database drill, with settings; clients write all the time.
struct DatabasePlatform {
  explicit DatabasePlatform(const std::vector<Setting>& settings)
      : loaded(load("database-failover", settings)), world(loaded.platform, loaded.scenario.start) {
    world.watch({});
  }
  void pass(Duration time) { pass_until(world, world.now() + time); }
  bool writable() {
    static constexpr Probe probe{ProbeKind::postgres_write};
    world.watch({&probe, 1});
    SampleBuffer buffer;
    world.drain(buffer);
    return !buffer.samples.empty() && buffer.samples.back().answer == Answer::holds;
  }
  void lead_to_replica() {
    run(world,
        "kubectl patch service postgres-primary -n gomeet --type=json -p "
        "'[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":"
        "{\"statefulset.kubernetes.io/pod-name\":\"postgres-replica-0\"}}]'");
  }
  std::string psql(const std::string& pod, const std::string& sql) {
    const auto state =
        run(world, "kubectl exec " + pod + " -n gomeet -- psql -U postgres -c \"" + sql + "\"");
    return std::string(state.output);
  }

  LoadedScenario loaded;
  SimulatedWorld world;
};

}  // namespace drdrill::test
