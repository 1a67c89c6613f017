#include "sim/audit/dot.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "sim/audit/graph.hpp"

namespace drdrill::audit {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    out += c;
  }
  return out + '"';
}

constexpr std::string_view red = "color=\"#c0392b\", penwidth=2";

void write_domains(const PlatformSpec& platform, std::ostream& out) {
  std::set<std::pair<std::size_t, std::string>> single;
  for (const SinglePoint& point : single_points(platform))
    single.emplace(point.cluster, point.what);
  for (std::size_t c = 0; c < platform.clusters.size(); ++c) {
    const ClusterSpec& cluster = platform.clusters[c];
    out << "  subgraph cluster_" << c << " {\n    label="
        << quoted(cluster.region + ", cluster " + cluster.initial.context +
                  (cluster.standby ? " (standby)" : ""))
        << "\n";
    std::map<std::string, std::map<std::string, int>> zones;  // zone, workload, pods
    for (const kube::Workload& workload : cluster.initial.workloads) {
      const NodePoolSpec* pool = pool_of(cluster, workload);
      for (int i = 1; i <= workload.replicas; ++i)
        ++zones[pool && !pool->zones.empty() ? pool->zone_of(i) : "any zone"][workload.meta.name];
    }
    int number = 0;
    for (const auto& [zone, workloads] : zones) {
      out << "    subgraph cluster_" << c << "_" << number++ << " {\n      label=" << quoted(zone)
          << "\n";
      for (const auto& [name, pods] : workloads) {
        const bool alone = single.count({c, "the only pod of " + name}) != 0;
        out << "      " << quoted(std::to_string(c).append(zone).append(name))
            << " [shape=box, label=" << quoted(name + " × " + std::to_string(pods));
        out << (alone ? ", " + std::string(red) : "") << "]\n";
      }
      out << "    }\n";
    }
    out << "  }\n";
  }
}

}  // namespace

void write_dot(const PlatformSpec& platform, std::ostream& out) {
  out << "digraph " << quoted(platform.name)
      << " {\n  rankdir=LR\n  node [fontname=\"sans-serif\"]\n";
  std::set<ComponentId> circular;
  for (const auto& cycle : dependency_cycles(platform)) circular.insert(cycle.begin(), cycle.end());
  for (const DependencySpec& each : platform.dependencies) {
    const bool cycle = circular.count(each.from) != 0 && circular.count(each.on) != 0;
    out << "  " << quoted(name_of(each.from)) << " -> " << quoted(name_of(each.on))
        << (cycle ? " [" + std::string(red) + "]" : "") << "\n";
  }
  write_domains(platform, out);
  // Which workloads are a component.
  for (const WorkloadModel& model : platform.workloads) {
    if (model.kind == WorkloadModel::Kind::plain || model.cluster >= platform.clusters.size())
      continue;
    const ClusterSpec& cluster = platform.clusters[model.cluster];
    for (const kube::Workload& workload : cluster.initial.workloads) {
      if (workload.meta.name != model.workload || workload.replicas == 0) continue;
      const NodePoolSpec* pool = pool_of(cluster, workload);
      const std::string zone = pool && !pool->zones.empty() ? pool->zone_of(1) : "any zone";
      out << "  " << quoted(name_of(component_of(model.kind))) << " -> "
          << quoted(std::to_string(model.cluster) + zone + model.workload)
          << " [style=dotted, arrowhead=none]\n";
    }
  }
  out << "}\n";
}

void write_dot(const Runbook& runbook, std::ostream& out) {
  const auto& steps = runbook.steps;
  const Duration unknown = std::chrono::minutes(1);
  std::vector<Duration> finish(steps.size());
  std::vector<std::size_t> from(steps.size(), steps.size());
  // Needs may point forward; as many rounds as there are steps suffice, and one when they do not.
  for (std::size_t round = 0; round < steps.size(); ++round) {
    bool changed = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Duration begin{};
      std::size_t before = steps.size();
      for (const std::uint32_t need : steps[i].needs)
        if (finish[need] > begin) begin = finish[need], before = need;
      const Duration end =
          begin + (steps[i].time_limit > Duration{} ? steps[i].time_limit : unknown);
      changed = changed || end != finish[i];
      finish[i] = end;
      from[i] = before;
    }
    if (!changed) break;
  }
  std::set<std::size_t> critical;
  const auto last = std::max_element(finish.begin(), finish.end());
  for (std::size_t at = static_cast<std::size_t>(last - finish.begin());
       at < steps.size() && critical.insert(at).second;)
    at = from[at];
  out << "digraph " << quoted(runbook.name) << " {\n  node [shape=box, fontname=\"sans-serif\"]\n";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::string label = steps[i].title + "\n" + steps[i].actor;
    if (steps[i].time_limit > Duration{})
      label += ", at most " + format_duration(steps[i].time_limit);
    out << "  " << quoted(steps[i].id) << " [label=" << quoted(label)
        << (steps[i].run.empty() ? ", style=dashed" : "")
        << (critical.count(i) != 0 ? ", " + std::string(red) : "") << "]\n";
    for (const std::uint32_t need : steps[i].needs)
      out << "  " << quoted(steps[need].id) << " -> " << quoted(steps[i].id)
          << (critical.count(i) != 0 && from[i] == need ? " [" + std::string(red) + "]" : "")
          << "\n";
    for (const std::uint32_t back : steps[i].rollback)
      out << "  " << quoted(steps[i].id) << " -> " << quoted(steps[back].id)
          << " [style=dashed, label=\"if it fails\"]\n";
  }
  out << "}\n";
}

}  // namespace drdrill::audit
