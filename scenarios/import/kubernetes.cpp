#include "scenarios/import/kubernetes.hpp"

#include <algorithm>

#include "scenarios/file_text.hpp"
#include "scenarios/import/classify.hpp"
#include "scenarios/import/monitoring.hpp"
#include "scenarios/import/nodes.hpp"
#include "scenarios/import/secrets.hpp"
#include "scenarios/import/sections.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/stand_in_policies.hpp"
#include "scenarios/import/stand_ins.hpp"
#include "scenarios/import/values.hpp"
#include "scenarios/origin.hpp"
#include "scenarios/platform_overlay.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::importing {
namespace {

/// The assume file: members of a platform file, and `models` by the workload's name.
Value read_assume(const std::string& path, Problems& problems) {
  if (path.empty()) return object();
  const kube::YamlLimits limits;
  const FileText read = read_file_text(path, limits.bytes);
  if (read.end != FileText::End::whole) {
    problems.add({path, {}, "", read.why()});
    return object();
  }
  const auto found = kube::parse_yaml(read.text, path, problems, limits);
  if (!found || found->kind != Value::Kind::object) {
    if (found) problems.add({path, found->at, "", "expected members of a platform file"});
    return object();
  }
  return *found;
}

void check_models(const Inventory& inventory, Problems& problems) {
  const Value* models = inventory.assumed.find("models");
  if (!models) return;
  std::vector<std::string_view> workloads;
  for (const Item& item : inventory.items)
    if (item.workload()) workloads.push_back(item.meta().name);
  std::vector<std::string_view> kinds;
  for (int kind = 0; kind <= static_cast<int>(WorkloadModel::Kind::plain); ++kind)
    kinds.push_back(model_kind_name(static_cast<WorkloadModel::Kind>(kind)));
  for (const Value::Member& member : models->members) {
    const std::string pointer = "/models/" + pointer_token(member.key);
    const auto add = [&](std::string message) {
      problems.add({inventory.assume_file, member.at, pointer, std::move(message)});
    };
    if (std::find(workloads.begin(), workloads.end(), member.key) == workloads.end())
      add("there is no workload \"" + member.key + "\"" + suggestion(member.key, workloads));
    const std::string kind = text_at(member.value, "kind");
    if (!model_kind_of(kind)) add("there is no model \"" + kind + "\"" + suggestion(kind, kinds));
  }
}

Value model_value(const WorkloadModel& model) {
  Value out = object({{"kind", text(model_kind_name(model.kind))}});
  if (model.kind == WorkloadModel::Kind::livekit_sfu && model.capacity > 0)
    set(out, "capacity", whole_value(model.capacity));
  const bool leads = model.kind == WorkloadModel::Kind::postgres_primary ||
                     model.kind == WorkloadModel::Kind::redis_master;
  if (leads && model.capacity > 0) set(out, "leaders", whole_value(model.capacity));
  if (model.kind == WorkloadModel::Kind::api_service) {
    set(out, "role", text(model.role));
    set(out, "concurrency", whole_value(model.concurrency));
    set(out, "on_join_path", truth_value(model.on_join_path));
  }
  return out;
}

Value objects_value(std::deque<Item>& items) {
  Value out = array_value();
  for (Item& item : items) {
    Value written = std::move(item.manifest);
    const int line = written.at.line;
    const std::string lines = encode_lines(written);
    if (item.modelled && item.model.kind != WorkloadModel::Kind::plain)
      set(written, "model", model_value(item.model));
    if (!item.file.empty() && line > 0)
      set(written, "origin",
          object({{"file", text(item.file)}, {"line", whole_value(line)}, {"lines", text(lines)}}));
    out.items.push_back(std::move(written));
  }
  return out;
}

Value remarks_value(const std::vector<ImportRemark>& remarks) {
  Value out = array_value();
  for (const ImportRemark& remark : remarks)
    if (remark.kind == ImportRemark::Kind::assumed || remark.kind == ImportRemark::Kind::stands_in)
      out.items.push_back(
          text(remark.words + (remark.decides.empty() ? "" : " (" + remark.decides + ")")));
  return out;
}

/// What the assume file says of the first cluster is about the one that the manifests are of.
std::string cluster_name(const Inventory& inventory) {
  const Value* name = inventory.decided("/clusters/0/name");
  return name ? scalar_text(*name) : "primary";
}

Value build(Inventory& inventory, const ImportRequest& request) {
  classify(inventory);
  add_stand_ins(inventory);
  add_stand_in_policies(inventory);
  add_secrets(inventory);
  Told told(inventory);
  const Settings settings = read_settings(told);
  Value monitoring = monitoring_section(told);
  Place place = read_nodes(inventory);
  std::string region = place.region;
  if (const Value* decided = inventory.decided("/clusters/0/region"))
    region = scalar_text(*decided);
  Backups backups = read_backups(inventory, region);
  Value postgres = postgres_section(inventory, settings, backups);
  Value redis = redis_section(inventory, settings);
  Value entry = entry_section(inventory);
  Value people = people_section(inventory);
  Value load = load_section(inventory);
  Value dependencies = dependencies_section(inventory);

  Value cluster = object({{"name", text(cluster_name(inventory))},
                          {"region", text(region)},
                          {"namespace", text(inventory.home)},
                          {"kubernetes", text(place.release)}});
  if (!inventory.decided("/clusters/0/node_pools"))
    set(cluster, "node_pools", std::move(place.pools));
  set(cluster, "objects", objects_value(inventory.items));

  Value out =
      object({{"name", text(request.name)}, {"parameters", texts(request.parameter_files)}});
  if (!told.overrides.members.empty()) set(out, "overrides", std::move(told.overrides));
  if (!inventory.decided("/regions")) set(out, "regions", std::move(place.regions));
  set(out, "clusters", array_value({std::move(cluster)}));
  set(out, "postgres", std::move(postgres));
  set(out, "redis", std::move(redis));
  set(out, "entry", std::move(entry));
  if (!backups.buckets.items.empty()) set(out, "buckets", std::move(backups.buckets));
  set(out, "monitoring", std::move(monitoring));
  set(out, "people", std::move(people));
  set(out, "backups", std::move(backups.backups));
  set(out, "load", std::move(load));
  set(out, "dependencies", std::move(dependencies));
  set(out, "x-assumed", remarks_value(inventory.remarks));
  for (const Value::Member& said : inventory.assumed.members) {
    if (said.key == "models") continue;
    const Value* found = out.find(said.key);
    set(out, said.key, found ? overlay(*found, said.value) : said.value);
  }
  return out;
}

ImportedPlatform import_all(const ImportRequest& request) {
  Problems problems;
  Inventory inventory;
  inventory.assume_file = request.assume;
  inventory.assumed = read_assume(request.assume, problems);
  inventory.home = request.home;
  Collector collector(inventory, problems);
  ImportedPlatform out;
  out.files = read_sources(request, problems, inventory.remarks,
                           [&](const std::string& file, Value document) {
                             return collector.take(file, std::move(document));
                           });
  if (!problems.empty()) throw InputError(std::move(problems));
  collector.finish();
  check_models(inventory, problems);
  out.objects = inventory.items.size() + inventory.nodes.size();
  if (inventory.items.empty() && problems.empty())
    problems.add({request.paths.empty() ? "" : request.paths.front(),
                  {},
                  "",
                  "holds no object of Kubernetes (apiVersion, kind, metadata)"});
  if (!problems.empty()) throw InputError(std::move(problems));
  out.platform = build(inventory, request);
  out.remarks = std::move(inventory.remarks);
  return out;
}

}  // namespace
}  // namespace drdrill::importing

namespace drdrill {

ImportedPlatform import_kubernetes(const ImportRequest& request) {
  return importing::import_all(request);
}

}  // namespace drdrill
