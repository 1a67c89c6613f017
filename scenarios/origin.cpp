#include "scenarios/origin.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "scenarios/files.hpp"

namespace drdrill {
namespace {

std::optional<int> number_of(std::string_view text) {
  int out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

/// Calls `f` with the line of each value of the tree, depth first.
template <class Tree, class F>
void each_line(Tree& value, int line, const F& f) {
  f(value, line);
  for (auto& item : value.items) each_line(item, item.at.line, f);
  for (auto& member : value.members)
    each_line(member.value, member.at.line > 0 ? member.at.line : member.value.at.line, f);
}

std::vector<int> decode_lines(int first, std::string_view runs) {
  constexpr int most = 10'000'000;
  std::vector<int> lines;
  int line = first;
  while (!runs.empty()) {
    const std::string_view run = runs.substr(0, runs.find(' '));
    runs.remove_prefix(std::min(run.size() + 1, runs.size()));
    const std::size_t times = run.find('x');
    const auto step = number_of(run.substr(0, times));
    const auto count =
        times == std::string_view::npos ? std::optional(1) : number_of(run.substr(times + 1));
    if (!step || !count || *count < 1 || *count > most || *step < -most || *step > most) return {};
    if (lines.size() + static_cast<std::size_t>(*count) > static_cast<std::size_t>(most)) return {};
    for (int i = 0; i < *count; ++i) {
      line += *step;
      if (line < 0 || line > most) return {};
      lines.push_back(line);
    }
  }
  return lines;
}

class Timers {
 public:
  explicit Timers(PlatformSpec& platform) : platform_(platform) {}

  void add(const WorkloadModel& model, const kube::Workload& workload) {
    const kube::PodTemplate& pod = workload.pod_template();
    const std::string name = model.ns + "/" + model.workload;
    if (pod.containers.empty()) return;
    const kube::Container& container = pod.containers.front();
    if (container.readiness) probe(model, name + ".readiness", *container.readiness);
    if (container.liveness) probe(model, name + ".liveness", *container.liveness);
    put(name + ".grace", std::chrono::seconds(pod.termination_grace_s),
        "terminationGracePeriodSeconds", {model.place.file, pod.at.line});
  }

  void add(const AlertRule& rule) { put("alert/" + rule.name, rule.hold, "for", rule.place); }

 private:
  void probe(const WorkloadModel& model, const std::string& id, const kube::Probe& probe) {
    put(id, std::chrono::seconds(probe.period_s * probe.failure_threshold),
        "periodSeconds " + std::to_string(probe.period_s) + " x failureThreshold " +
            std::to_string(probe.failure_threshold),
        {model.place.file, probe.at.line});
  }

  void put(const std::string& id, Duration time, std::string source, SourcePlace place) {
    Parameter parameter;
    parameter.id = id;
    parameter.unit = ParameterUnit::seconds;
    parameter.value = constant(to_seconds(time));
    parameter.provenance = Provenance::documented;
    parameter.source = std::move(source);
    parameter.place = std::move(place);
    platform_.parameters.put(std::move(parameter));
  }

  PlatformSpec& platform_;
};

}  // namespace

SourcePlace parse_place(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const auto line = number_of(text.substr(colon + 1));
  if (!line || *line < 0) return {};
  return {std::string(text.substr(0, colon)), *line};
}

std::string place_text(const SourcePlace& place) {
  return place.file + ":" + std::to_string(place.line);
}

SourcePlace origin_of(Reader& reader) {
  if (!reader.has("origin")) {
    reader.skip("origin");
    return place_of(reader);
  }
  SourcePlace place = parse_place(reader.string("origin"));
  if (place.file.empty()) reader.problem("origin", "expected FILE:LINE, such as \"db.yaml:42\"");
  return place;
}

std::string encode_lines(const Value& root) {
  std::string out;
  int before = root.at.line;
  int step = 0;
  int count = 0;
  const auto flush = [&] {
    if (count == 0) return;
    if (!out.empty()) out += ' ';
    out += std::to_string(step);
    if (count > 1) out += "x" + std::to_string(count);
  };
  each_line(root, root.at.line, [&](const Value&, int line) {
    const int now = line - before;
    before = line;
    if (count > 0 && now == step) {
      ++count;
      return;
    }
    flush();
    step = now;
    count = 1;
  });
  flush();
  return out;
}

void apply_lines(Value& root, int first, std::string_view lines) {
  const std::vector<int> all = decode_lines(first, lines);
  std::size_t values = 0;
  each_line(root, 0, [&](Value&, int) { ++values; });
  const bool fits = all.size() == values;
  std::size_t next = 0;
  each_line(root, 0, [&](Value& value, int) {
    value.at = {fits ? all[next] : first, 1};
    ++next;
    // A text of several lines stood in as many, unless what follows leaves no room for them.
    const auto breaks = static_cast<int>(std::count(value.text.begin(), value.text.end(), '\n'));
    value.literal =
        breaks > 0 && fits && (next == all.size() || all[next] > value.at.line + breaks);
  });
}

void add_timers(PlatformSpec& platform) {
  Timers timers(platform);
  for (const WorkloadModel& model : platform.workloads) {
    if (model.cluster != 0 || model.place.file.empty() || model.place.file == platform.file)
      continue;
    for (const kube::Workload& workload : platform.clusters[model.cluster].initial.workloads)
      if (workload.meta.ns == model.ns && workload.meta.name == model.workload)
        timers.add(model, workload);
  }
  for (const AlertRule& rule : platform.monitoring.rules)
    if (!rule.place.file.empty() && rule.place.file != platform.file) timers.add(rule);
}

}  // namespace drdrill
