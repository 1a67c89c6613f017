#include "sim/audit/rehearsal.hpp"

#include <algorithm>

#include "sim/drill/shell.hpp"
#include "sim/kube/manifest.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::audit {
namespace {

std::string on_call(const PlatformSpec& platform) {
  for (const AlertRule& rule : platform.monitoring.rules) return rule.role;
  return platform.people.empty() ? "automation" : platform.people.front().role;
}

}  // namespace

Scenario scenario_of(const Look& look, std::string name) {
  const PlatformSpec& platform = *look.input.platform;
  Scenario scenario;
  scenario.title = name;
  scenario.runbook.name = scenario.runbook.title = name;
  scenario.name = std::move(name);
  scenario.file = platform.file;
  scenario.platform = platform.name;
  // A Tuesday afternoon in the platform's busiest hours.
  scenario.start = *parse_wall_time("2026-11-24T14:00:00+08:00");
  scenario.steady_for = std::chrono::minutes(1);
  scenario.stable_for = std::chrono::minutes(1);
  scenario.horizon = std::chrono::hours(4);
  scenario.objectives = look.objectives;
  for (std::size_t i = 0; i < component_count; ++i) {
    const auto component = static_cast<ComponentId>(i);
    if (look.objective_of(component)) continue;
    Objective unlimited;
    unlimited.component = component;
    scenario.objectives.push_back(unlimited);
  }
  return scenario;
}

Scenario scenario_for(const Look& look, const Followed& followed, const Disaster& disaster) {
  const Runbook& runbook = followed.procedure->runbook;
  Scenario scenario = scenario_of(look, runbook.name);
  scenario.title = runbook.title;
  scenario.file = followed.file;
  scenario.runbook = runbook;
  for (Step& step : scenario.runbook.steps) {
    // What our shell does not take is done by hand.
    if (!step.run.empty() && !shell::parse(step.run).list) step.by_hand = true;
    if (step.time_limit == Duration{}) step.time_limit = std::chrono::minutes(45);
  }
  if (followed.purpose != Followed::Purpose::drill && !scenario.runbook.steps.empty())
    scenario.runbook.steps.front().actor = on_call(*look.input.platform);
  scenario.faults = disaster.faults;
  return scenario;
}

Scenario unalarmed(Scenario scenario) {
  Step wait;
  wait.id = "somebody-notices";
  wait.title = "Somebody notices";
  wait.phase = Phase::watch;
  wait.run = "sleep 300";
  auto& steps = scenario.runbook.steps;
  // Steps name others by their place in the row, which is one further now.
  for (Step& step : steps) {
    for (std::uint32_t& need : step.needs) ++need;
    for (std::uint32_t& back : step.rollback) ++back;
    if (step.needs.empty() && !step.only_as_rollback) step.needs.push_back(0);
    if (step.actor != "automation" && &step == &steps.front()) step.actor = "automation";
  }
  steps.insert(steps.begin(), std::move(wait));
  return scenario;
}

bool mend_versions(Scenario& scenario) {
  constexpr std::string_view version_key = "apiVersion: ", kind_key = "\nkind: ";
  bool mended = false;
  for (Step& step : scenario.runbook.steps)
    for (std::size_t at = step.run.find(version_key); at != std::string::npos;
         at = step.run.find(version_key, at + 1)) {
      const std::size_t value = at + version_key.size();
      const std::size_t end = step.run.find('\n', value);
      if (end == std::string::npos || step.run.compare(end, kind_key.size(), kind_key) != 0)
        continue;
      const std::size_t name = end + kind_key.size();
      const std::string kind = step.run.substr(name, step.run.find('\n', name) - name);
      const std::string_view right = right_version(kind);
      if (right.empty() || step.run.substr(value, end - value) == right) continue;
      step.run.replace(value, end - value, right);
      mended = true;
    }
  return mended;
}

std::string own_manifests(const PlatformSpec& platform) {
  const kube::Cluster& cluster = platform.clusters.front().initial;
  std::string text;
  const auto add = [&](const auto& objects) {
    for (const auto& object : objects) {
      Value manifest = kube::to_value(cluster, object);
      for (Value::Member& member : manifest.members)
        if (member.key == "metadata")
          std::erase_if(member.value.members,
                        [](const Value::Member& m) { return m.key == "namespace"; });
      std::erase_if(manifest.members, [](const Value::Member& m) { return m.key == "status"; });
      text += "---\n" + kube::to_yaml(manifest);
    }
  };
  add(cluster.config_maps);
  add(cluster.claims);
  add(cluster.services);
  add(cluster.workloads);
  add(cluster.budgets);
  add(cluster.autoscalers);
  add(cluster.cron_jobs);
  return text;
}

}  // namespace drdrill::audit
