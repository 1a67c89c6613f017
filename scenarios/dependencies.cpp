#include "scenarios/dependencies.hpp"

#include <algorithm>

#include "scenarios/files.hpp"

namespace drdrill {
namespace {

/// Follows `from` through what it needs back to itself; the components passed, or none. There are
/// seven components, so trying every path is cheap.
std::vector<ComponentId> way_back(const std::vector<DependencySpec>& all, ComponentId start,
                                  ComponentId at, std::vector<ComponentId> path) {
  if (std::find(path.begin(), path.end(), at) != path.end()) return {};
  path.push_back(at);
  for (const DependencySpec& d : all) {
    if (d.from != at) continue;
    if (d.on == start) return path;
    if (auto found = way_back(all, start, d.on, path); !found.empty()) return found;
  }
  return {};
}

void report_cycle(const Reader& reader, const std::vector<DependencySpec>& all) {
  for (const DependencySpec& d : all) {
    const auto cycle = way_back(all, d.from, d.from, {});
    if (cycle.empty()) continue;
    std::string text;
    for (ComponentId c : cycle) text += std::string(name_of(c)) + " needs ";
    reader.problem(name_of(d.from),
                   "components need each other: " + text + std::string(name_of(d.from)));
    return;
  }
}

}  // namespace

void read_dependencies(Reader& root, std::vector<DependencySpec>& out) {
  const auto names = component_names();
  auto reader = root.object("dependencies");
  if (!reader) return;
  for (const Value::Member& member : reader->value().members) {
    const auto from = component_of(member.key);
    const auto on_names = reader->strings(member.key);
    if (!from) {
      reader->unknown(member.key, "component", member.key, names);
      continue;
    }
    for (const std::string& name : on_names) {
      const auto on = component_of(name);
      if (!on) {
        reader->unknown(member.key, "component", name, names);
        continue;
      }
      const bool twice = std::any_of(out.begin(), out.end(), [&](const DependencySpec& d) {
        return d.from == *from && d.on == *on;
      });
      if (twice) reader->problem(member.key, "\"" + name + "\" stands here twice");
      out.push_back({*from, *on, place_of(*reader->member(member.key))});
    }
  }
  report_cycle(*reader, out);
}

}  // namespace drdrill
