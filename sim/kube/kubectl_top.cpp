#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"

/// What metrics-server measured.
namespace drdrill::kube::parts {
namespace {

constexpr std::int64_t mebibyte = 1LL << 20;

struct Row {
  const Meta* meta = nullptr;
  PodUsage usage;
};

std::string cell(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 1, ' ');
}

/// Columns as wide as their widest text and three spaces.
void print(Session& s, std::vector<std::vector<std::string>> rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size() + 3);
  if (s.flag("no-headers")) rows.erase(rows.begin());
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i + 1 < row.size() ? cell(row[i], widths[i]) : row[i];
    s.say(line);
  }
}

std::string cores(const PodUsage& usage) {
  return std::to_string(usage.cpu_milli) + "m";
}
std::string mebibytes(const PodUsage& usage) {
  return std::to_string(usage.memory_bytes / mebibyte) + "Mi";
}

std::optional<PodUsage> usage_of(const Session& s, int pod) {
  if (!s.environment.observed) return std::nullopt;
  return s.environment.observed->usage(s.outcome.cluster, pod);
}

void top_pods(Session& s) {
  const std::string* selector = s.option("selector");
  const auto wanted = selector ? parse_selector(*selector) : std::optional<Selector>(Selector{});
  if (!wanted) return s.fail("error: unable to parse requirement: invalid selector");
  const bool everywhere = s.flag("all-namespaces");
  const std::string name = s.command.args.empty() ? "" : s.command.args.front();
  std::vector<Row> rows;
  bool any = false;
  for (const ObjectId& id : list(s.cluster, "Pod")) {
    const Meta& meta = meta_of(static_cast<const Cluster&>(s.cluster), id);
    const bool chosen = (everywhere || meta.ns == s.ns) && (name.empty() || meta.name == name) &&
                        wanted->matches(*meta.labels);
    if (!chosen) continue;
    any = true;
    if (const auto usage = usage_of(s, id.index)) rows.push_back({&meta, *usage});
  }
  if (!name.empty() && !any) return s.fail(not_found("pods", name));
  if (any && rows.empty()) return s.fail("error: metrics not available yet");
  if (rows.empty()) return s.warn("No resources found in " + s.ns + " namespace.");
  const std::string* by = s.option("sort-by");
  if (by && (*by == "cpu" || *by == "memory"))
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
      return *by == "cpu" ? a.usage.cpu_milli > b.usage.cpu_milli
                          : a.usage.memory_bytes > b.usage.memory_bytes;
    });
  std::vector<std::vector<std::string>> table{{"NAME", "CPU(cores)", "MEMORY(bytes)"}};
  for (const Row& row : rows)
    table.push_back({row.meta->name, cores(row.usage), mebibytes(row.usage)});
  if (everywhere)
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i].insert(table[i].begin(), i == 0 ? "NAMESPACE" : rows[i - 1].meta->ns);
  print(s, std::move(table));
}

/// A node uses at least what its pods do; of the rest nothing is known here.
void top_nodes(Session& s) {
  const std::string name = s.command.args.empty() ? "" : s.command.args.front();
  std::vector<std::vector<std::string>> table{
      {"NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"}};
  const auto percent = [](std::int64_t part, std::int64_t all) {
    return all > 0 ? std::to_string(part * 100 / all) + "%" : std::string("<unknown>");
  };
  bool found = false;
  for (const ObjectId& id : list(s.cluster, "Node")) {
    const Node& node = s.cluster.nodes[static_cast<std::size_t>(id.index)];
    if (!name.empty() && node.meta.name != name) continue;
    found = true;
    PodUsage sum;
    bool measured = false;
    for (std::size_t p = 0; p < s.cluster.pods.size(); ++p) {
      const Pod& pod = s.cluster.pods[p];
      if (!pod.meta.exists || pod.node != id.index) continue;
      const auto usage = usage_of(s, static_cast<int>(p));
      if (!usage) continue;
      measured = true;
      sum.cpu_milli += usage->cpu_milli;
      sum.memory_bytes += usage->memory_bytes;
    }
    if (!measured || !node.ready)
      table.push_back({node.meta.name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"});
    else
      table.push_back({node.meta.name, cores(sum), percent(sum.cpu_milli, node.cpu_milli),
                       mebibytes(sum), percent(sum.memory_bytes, node.memory_bytes)});
  }
  if (!name.empty() && !found) return s.fail(not_found("nodes", name));
  print(s, std::move(table));
}

}  // namespace

/// Only of pods whose use is modelled there are metrics: others are as pods that metrics-server has
/// not measured yet.
void top(Session& s) {
  if (!s.environment.observed) return s.fail("error: Metrics API not available");
  if (s.command.verb == "top node") return top_nodes(s);
  top_pods(s);
}

}  // namespace drdrill::kube::parts
