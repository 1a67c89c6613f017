#include "sim/audit/disasters.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <sstream>

#include "sim/audit/graph.hpp"

namespace drdrill::audit {
namespace {

using Kind = WorkloadModel::Kind;

/// "api" begins a word of "API services", and none of "rapid".
bool says(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if (at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0) return true;
  return false;
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return says(text, word); });
}

struct Named {
  std::string_view word;
  Kind kind;
};
/// What a text names; the first row that fits.
constexpr std::array<Named, 19> components_by_word{{{"postgres", Kind::postgres_primary},
                                                    {"database", Kind::postgres_primary},
                                                    {"db", Kind::postgres_primary},
                                                    {"pg", Kind::postgres_primary},
                                                    {"redis", Kind::redis_master},
                                                    {"cache", Kind::redis_master},
                                                    {"valkey", Kind::redis_master},
                                                    {"livekit", Kind::livekit_sfu},
                                                    {"sfu", Kind::livekit_sfu},
                                                    {"media", Kind::livekit_sfu},
                                                    {"monitoring", Kind::monitoring},
                                                    {"prometheus", Kind::monitoring},
                                                    {"grafana", Kind::monitoring},
                                                    {"load balancer", Kind::ingress},
                                                    {"load-balancer", Kind::ingress},
                                                    {"ingress", Kind::ingress},
                                                    {"traefik", Kind::ingress},
                                                    {"backend", Kind::api_service},
                                                    {"api", Kind::api_service}}};

std::optional<Kind> component_named(std::string_view about) {
  for (const Named& row : components_by_word)
    if (says(about, row.word)) return row.kind;
  return std::nullopt;
}

const WorkloadModel* workload_of(const PlatformSpec& platform, Kind kind) {
  for (const WorkloadModel& model : platform.workloads)
    if (model.kind == kind && model.cluster == 0 && !stands_in(model)) return &model;
  return nullptr;
}

const kube::Workload* object_of(const PlatformSpec& platform, const WorkloadModel& model) {
  for (const kube::Workload& workload : platform.clusters.front().initial.workloads)
    if (workload.meta.name == model.workload && workload.meta.ns == model.ns) return &workload;
  return nullptr;
}

/// A node that the workload's pods go to: of its pool, or of any where it may go to all.
std::string node_of(const PlatformSpec& platform, const WorkloadModel& model) {
  const ClusterSpec& cluster = platform.clusters.front();
  const kube::Workload* workload = object_of(platform, model);
  if (!workload || cluster.pools.empty()) return {};
  const NodePoolSpec* pool = pool_of(cluster, *workload);
  return pool ? pool->name_of(1) : cluster.pools.front().name_of(1);
}

/// All servers of a component at once: their data is gone (`fault` data-loss), or only they.
std::vector<FaultSpec> whole_component(const PlatformSpec& platform, Kind kind,
                                       std::string_view fault) {
  std::vector<FaultSpec> out;
  for (const WorkloadModel& model : platform.workloads) {
    if (model.cluster != 0 || component_of(model.kind) != component_of(kind) || stands_in(model) ||
        model.kind == Kind::postgres_scratch || model.kind == Kind::pooler)
      continue;
    const kube::Workload* workload = object_of(platform, model);
    if (!workload || workload->replicas == 0) continue;
    FaultSpec each = named_fault(fault, Level::pod, model.workload);
    each.effect.id = "disaster-" + std::to_string(out.size() + 1);
    each.effect.target.count = workload->replicas;
    if (fault == "crash") each.lasts = std::chrono::seconds(1);
    out.push_back(std::move(each));
  }
  return out;
}

std::string zone_of(const PlatformSpec& platform, Kind kind) {
  const std::string& home = platform.clusters.front().region;
  if (const WorkloadModel* model = workload_of(platform, kind))
    if (const kube::Workload* workload = object_of(platform, *model))
      if (const NodePoolSpec* pool = pool_of(platform.clusters.front(), *workload);
          pool && !pool->zones.empty())
        return pool->zone_of(1);
  for (const ZoneSpec& zone : platform.zones)
    if (zone.region == home) return zone.name;
  return {};
}

/// What a procedure can be against, in the order in which words are looked for.
struct Row {
  std::array<std::string_view, 8> words;
  std::string_view fault;  ///< of the catalog; empty: `none` says why there is none
  Level level = Level::pod;
  std::string_view none = {};
};
constexpr std::array<Row, 13> rows{{
    {{"point-in-time", "point in time", "pitr", "dropped table", "accidental delet",
      "bad migration", "corruption", "corrupted"},
     "bad-statement"},
    {{"region", "complete infrastructure", "datacenter", "data center", "site failure"},
     "region-loss",
     Level::region},
    {{"availability zone", "zone"}, "zone-loss", Level::zone},
    {{"namespace"}, "", Level::pod, "no model has a deleted namespace"},
    {{"secret", "sealed", "credential", "key rotation"},
     "",
     Level::pod,
     "no model has lost secrets"},
    {{"etcd", "control plane"}, "", Level::pod, "no model has a lost control plane"},
    {{"certificate", "tls"}, "certificate-expiry", Level::name},
    {{"disk full", "disk is full", "full disk", "no space", "out of space"}, "disk-full"},
    {{"partition", "network split", "split-brain", "split brain"}, "partition", Level::node},
    {{"dns provider", "dns outage"}, "dns-provider-down", Level::provider},
    {{"volume", "storage", "pvc", "data loss", "lost data", "restor"}, "data-loss"},
    {{"monitoring", "prometheus", "alertmanager"}, "monitoring-down"},
    {{"node", "machine", "server", "host"}, "node-loss", Level::node},
}};

/// "Docker on the nodes" is no disaster.
bool is_bad(std::string_view text) {
  return says_any(
      text, {"fail",    "loss",   "lost",     "losing",   "lose",     "down",      "crash",
             "dead",    "gone",   "die",      "unreach",  "notready", "not ready", "not-ready",
             "unavail", "outage", "disaster", "recover",  "replac",   "broken",    "drain",
             "restor",  "evict",  "rebuil",   "incident", "offline",  "cordon"});
}

const Row* row_of(std::string_view text) {
  for (const Row& row : rows)
    if ((row.fault != "node-loss" || is_bad(text)) &&
        std::any_of(row.words.begin(), row.words.end(),
                    [&](std::string_view word) { return !word.empty() && says(text, word); }))
      return &row;
  return nullptr;
}

bool keeps_data(Kind kind) {
  return kind == Kind::postgres_primary || kind == Kind::redis_master || kind == Kind::monitoring;
}

Disaster none(std::string why) {
  Disaster out;
  out.none = std::move(why);
  return out;
}

Disaster on(const PlatformSpec& platform, std::string_view fault, Level level, Kind kind) {
  Disaster out;
  out.faults = fault_on(platform, fault, level, kind);
  if (out.faults.empty())
    out.none = "the platform has no " + std::string(name_of(component_of(kind))) + " of its own";
  return out;
}

Disaster named(std::string_view fault, Level level, std::string name, std::string_view lacks) {
  if (name.empty()) return none("the platform has no " + std::string(lacks));
  Disaster out;
  out.faults.push_back(named_fault(fault, level, std::move(name)));
  return out;
}

/// The row's fault, on the component that the words name or, where they name none, on the one that
/// such a thing mostly means.
Disaster of_row(const PlatformSpec& platform, const Row& row, std::optional<Kind> kind) {
  switch (row.level) {
    case Level::region:
      return named(row.fault, row.level, platform.clusters.front().region, "region");
    case Level::zone:
      return named(row.fault, row.level, zone_of(platform, kind.value_or(Kind::postgres_primary)),
                   "zones");
    case Level::name:
      return named(row.fault, row.level, platform.entry.hostname, "name for clients");
    case Level::provider:
      return named(row.fault, row.level, platform.dns.provider, "DNS provider");
    case Level::node:
      return on(platform, row.fault, row.level, kind.value_or(Kind::api_service));
    default:
      break;
  }
  if (row.fault.empty()) return none(std::string(row.none));
  if (row.fault == "monitoring-down") return on(platform, row.fault, row.level, Kind::monitoring);
  const Kind met = kind.value_or(Kind::postgres_primary);
  if (row.fault == "data-loss" && !keeps_data(met))
    return on(platform, "node-loss", Level::node, met);
  if (row.fault == "bad-statement")
    return on(platform, row.fault, row.level, Kind::postgres_primary);
  return on(platform, row.fault, row.level, met);
}

/// The workload of "kubectl rollout undo deployment/NAME"; empty: it names none.
std::string undone_by(const Runbook& runbook) {
  for (const Step& step : runbook.steps) {
    const std::size_t at = step.run.find("rollout undo ");
    if (at == std::string::npos) continue;
    std::istringstream words(step.run.substr(at + std::string_view("rollout undo ").size()));
    std::string kind, name;
    words >> kind;
    if (const std::size_t slash = kind.find('/'); slash != std::string::npos)
      name = kind.substr(slash + 1);
    else
      words >> name;
    if (name.find_first_of("$<-{\"") != 0) return name;
  }
  return {};
}

bool has_model(const PlatformSpec& platform, const std::string& name) {
  return std::any_of(platform.workloads.begin(), platform.workloads.end(),
                     [&](const WorkloadModel& model) {
                       return model.cluster == 0 && model.workload == name && !stands_in(model) &&
                              model.kind != Kind::plain;
                     });
}

/// Is the workload there, and without a model?
bool is_plain(const PlatformSpec& platform, const std::string& name) {
  return std::any_of(platform.workloads.begin(), platform.workloads.end(),
                     [&](const WorkloadModel& model) {
                       return model.workload == name && model.kind == Kind::plain;
                     });
}

}  // namespace

FaultSpec named_fault(std::string_view fault, Level level, std::string name) {
  FaultSpec out;
  out.catalog_id = fault;
  out.effect.id = "disaster";
  out.effect.primitive = find_fault(fault)->primitive;
  out.effect.target.level = level;
  out.effect.target.name = std::move(name);
  out.after = std::chrono::seconds(10);
  return out;
}

std::vector<FaultSpec> fault_on(const PlatformSpec& platform, std::string_view fault, Level level,
                                WorkloadModel::Kind kind) {
  const WorkloadModel* model = workload_of(platform, kind);
  if (!model) return {};
  std::string name = level == Level::node ? node_of(platform, *model) : model->workload;
  if (name.empty()) return {};
  return {named_fault(fault, level, std::move(name))};
}

Disaster disaster_of(const Look& look, const Followed& followed) {
  const PlatformSpec& platform = *look.input.platform;
  const Runbook& runbook = followed.procedure->runbook;
  // From what the procedure is called to the headings that it stands under: the nearest counts.
  std::vector<std::string> texts{
      lower(runbook.name + " " + runbook.title + " " + followed.procedure->script)};
  const auto& headings = followed.procedure->headings;
  for (auto heading = headings.rbegin(); heading != headings.rend(); ++heading)
    texts.push_back(lower(*heading));
  std::optional<Kind> kind;
  for (const std::string& text : texts)
    if (!kind) kind = component_named(text);
  if (contains(runbook.name, "rollback")) {
    const std::string undone = undone_by(runbook);
    if (!undone.empty() && is_plain(platform, undone))
      return none("no model has what a bad release of " + undone + " does");
    if (has_model(platform, undone))
      return named("bad-deployment", Level::pod, undone, "such workload");
  }
  if (contains(runbook.name, "rollback"))
    return on(platform, "bad-deployment", Level::pod, kind.value_or(Kind::api_service));
  const bool whole = says_any(texts.front(), {"full", "whole", "entire", "all ", "complete"});
  for (const std::string& text : texts) {
    const Row* row = row_of(text);
    const bool of_all = whole && kind && *kind != Kind::postgres_primary &&
                        (!row || row->level == Level::node || row->fault == "data-loss");
    if (of_all) {
      Disaster out;
      out.faults = whole_component(platform, *kind, keeps_data(*kind) ? "data-loss" : "crash");
      out.otherwise = whole_component(platform, *kind, "crash");
      if (!out.faults.empty()) return out;
    }
    if (row) return of_row(platform, *row, kind);
    if (component_named(text)) return on(platform, "node-loss", Level::node, *kind);
  }
  return none("its name and its headings name no disaster that a model has");
}

}  // namespace drdrill::audit
