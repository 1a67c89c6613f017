#include "scenarios/step_graph.hpp"

#include <algorithm>

namespace drdrill {
namespace {

/// The steps of a cycle of `needs`, in order, or none. Without recursion: runbooks may be long.
std::vector<std::uint32_t> find_cycle(const std::vector<Step>& steps) {
  enum class Seen : std::uint8_t { no, open, done };
  struct Frame {
    std::uint32_t step;
    std::size_t next;
  };
  std::vector<Seen> seen(steps.size(), Seen::no);
  std::vector<Frame> path;
  for (std::uint32_t start = 0; start < steps.size(); ++start) {
    if (seen[start] != Seen::no) continue;
    seen[start] = Seen::open;
    path.push_back({start, 0});
    while (!path.empty()) {
      Frame& top = path.back();
      const auto& needs = steps[top.step].needs;
      if (top.next == needs.size()) {
        seen[top.step] = Seen::done;
        path.pop_back();
        continue;
      }
      const std::uint32_t need = needs[top.next++];
      if (seen[need] == Seen::no) {
        seen[need] = Seen::open;
        path.push_back({need, 0});
      } else if (seen[need] == Seen::open) {
        std::vector<std::uint32_t> cycle;
        for (const Frame& frame : path)
          if (!cycle.empty() || frame.step == need) cycle.push_back(frame.step);
        return cycle;
      }
    }
  }
  return {};
}

}  // namespace

void StepGraph::add(Reader& reader) {
  std::optional<std::vector<std::string>> needs;
  if (reader.has("needs")) needs = reader.strings("needs");
  reader.skip("needs");
  std::vector<std::string> rollback = reader.strings("rollback");
  lists_.push_back({reader, std::move(needs), std::move(rollback)});
}

void StepGraph::resolve(std::vector<Step>& steps) {
  resolve_rollbacks(steps);
  resolve_needs(steps);
  report_cycle(steps);
  report_unreachable(steps);
}

std::vector<std::uint32_t> StepGraph::indexes(const Lists& lists, std::string_view key,
                                              const std::vector<std::string>& names,
                                              const std::vector<Step>& steps) const {
  std::vector<std::uint32_t> out;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.id == name; });
    if (found != steps.end()) {
      out.push_back(static_cast<std::uint32_t>(found - steps.begin()));
      continue;
    }
    std::vector<std::string_view> ids;
    ids.reserve(steps.size());
    for (const Step& step : steps) ids.push_back(step.id);
    lists.reader.unknown(key, "step", name, ids);
  }
  return out;
}

void StepGraph::resolve_rollbacks(std::vector<Step>& steps) const {
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    steps[i].rollback = indexes(lists_[i], "rollback", lists_[i].rollback, steps);
    for (std::uint32_t back : steps[i].rollback) {
      if (back == i)
        lists_[i].reader.problem("rollback", "a step cannot be its own rollback");
      else
        steps[back].only_as_rollback = true;
    }
  }
}

void StepGraph::resolve_needs(std::vector<Step>& steps) const {
  std::optional<std::uint32_t> before;
  for (std::uint32_t i = 0; i < lists_.size(); ++i) {
    Step& step = steps[i];
    if (lists_[i].needs)
      step.needs = indexes(lists_[i], "needs", *lists_[i].needs, steps);
    else if (!step.only_as_rollback && before)
      step.needs = {*before};
    if (!step.only_as_rollback) before = i;
    for (std::uint32_t need : step.needs)
      if (steps[need].only_as_rollback && !step.only_as_rollback)
        lists_[i].reader.problem(
            "needs", "\"" + steps[need].id + "\" runs only as a rollback, so this step never can");
  }
  // The steps of one rollback follow each other.
  for (const Step& step : std::vector<Step>(steps))
    for (std::size_t k = 1; k < step.rollback.size(); ++k)
      if (Step& back = steps[step.rollback[k]];
          back.needs.empty() && !lists_[step.rollback[k]].needs)
        back.needs = {step.rollback[k - 1]};
}

void StepGraph::report_cycle(const std::vector<Step>& steps) const {
  const auto cycle = find_cycle(steps);
  if (cycle.empty()) return;
  std::string path;
  for (std::uint32_t step : cycle) path += "\"" + steps[step].id + "\" needs ";
  path += "\"" + steps[cycle.front()].id + "\"";
  lists_[cycle.front()].reader.problem("needs", "steps wait for each other: " + path);
}

void StepGraph::report_unreachable(const std::vector<Step>& steps) const {
  std::vector<bool> reached(steps.size(), false);
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < steps.size(); ++i)
    if (!steps[i].only_as_rollback) open.push_back(i);
  while (!open.empty()) {
    const std::uint32_t step = open.back();
    open.pop_back();
    if (reached[step]) continue;
    reached[step] = true;
    for (std::uint32_t back : steps[step].rollback) open.push_back(back);
  }
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (!reached[i])
      lists_[i].reader.problem("id", "no step can lead to \"" + steps[i].id +
                                         "\": it is a rollback of nothing that runs");
}

}  // namespace drdrill
