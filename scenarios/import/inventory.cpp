#include "scenarios/import/inventory.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "scenarios/import/operators.hpp"
#include "scenarios/import/values.hpp"
#include "sim/kube/helm.hpp"
#include "sim/kube/resources.hpp"

namespace drdrill::importing {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out.append(part);
  return out;
}

using Kind = ImportRemark::Kind;

constexpr std::size_t most_values = 1'000'000;  // what a platform file may have
constexpr std::size_t most_seen = 100'000;      // those of no interest, too
constexpr std::size_t most_objects = 20'000;

void drop(Value* object, std::initializer_list<std::string_view> keys) {
  if (!object) return;
  std::erase_if(object->members, [&](const Value::Member& member) {
    return std::find(keys.begin(), keys.end(), member.key) != keys.end();
  });
}

Value* member(Value& object, std::string_view key) {
  for (Value::Member& m : object.members)
    if (m.key == key) return &m.value;
  return nullptr;
}

/// A member that is null is one that is not there.
void drop_nulls(Value& value) {
  std::erase_if(value.members,
                [](const Value::Member& m) { return m.value.kind == Value::Kind::null; });
  for (Value& item : value.items) drop_nulls(item);
  for (Value::Member& m : value.members) drop_nulls(m.value);
}

/// Takes away what the API server adds, what no recovery depends on and what is secret.
void prune(Value& manifest, const std::string& kind) {
  drop_nulls(manifest);
  drop(&manifest, {"status"});
  if (Value* meta = member(manifest, "metadata")) {
    drop(meta, {"managedFields", "creationTimestamp", "resourceVersion", "uid", "selfLink",
                "generation", "ownerReferences", "finalizers"});
    Value* annotations = member(*meta, "annotations");
    drop(annotations,
         {"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"});
    if (annotations && annotations->members.empty()) drop(meta, {"annotations"});
  }
  if (kind == "Secret")
    for (const char* part : {"data", "stringData"})
      if (Value* data = member(manifest, part))
        for (Value::Member& one : data->members) {
          const Position at = one.value.at;
          one.value = text("not-kept");
          one.value.at = at;
        }
  if (kind == "CustomResourceDefinition") drop(&manifest, {"spec"});
}

/// What controllers make of other objects, or what passes by.
bool is_made_by_controllers(const Value& manifest, const std::string& kind) {
  for (const char* made : {"ReplicaSet", "Endpoints", "EndpointSlice", "Event", "Lease",
                           "ControllerRevision", "PodMetrics", "CSIStorageCapacity"})
    if (kind == made) return true;
  const Value* owners = at_path(manifest, {"metadata", "ownerReferences"});
  return (kind == "Pod" || kind == "Job") && owners && !owners->items.empty();
}

std::string name_of(const Value& manifest) {
  const Value* name = at_path(manifest, {"metadata", "name"});
  return name ? scalar_text(*name) : std::string();
}

/// A file of a repository that is YAML, but no object of Kubernetes.
bool is_object(const Value& document) {
  return !text_at(document, "apiVersion").empty() && !text_at(document, "kind").empty();
}

/// Kinds of others that are read nevertheless: for hosts, rules and sizes.
bool is_read(std::string_view api_version, std::string_view kind) {
  for (const char* known :
       {"IngressRoute", "HTTPRoute", "VirtualService", "Route", "PrometheusRule", "Prometheus"})
    if (kind == known) return true;
  return is_operators(api_version, kind);
}

bool is_infrastructure(std::string_view ns) {
  return ns.starts_with("kube-") || has_any(ns, {"monitoring", "ingress", "cert-manager", "traefik",
                                                 "istio", "flux", "argo", "operator", "logging"});
}

}  // namespace

int Inventory::mentions(std::string_view name) const {
  int count = 0;
  for (const Item& item : items) {
    if (!item.workload()) continue;
    for (const kube::Container& container : item.workload()->pod_template().containers)
      for (const kube::EnvVar& variable : container.env) count += has(variable.value, name) ? 1 : 0;
  }
  return count;
}

const Value* Inventory::decided(std::string_view pointer) const {
  return at_pointer(assumed, pointer);
}

void Inventory::remark(Kind kind, SourcePlace place, std::string words, std::string decides) {
  remarks.push_back({kind, std::move(place), std::move(words), std::move(decides)});
}

std::vector<const kube::Service*> Inventory::services_of(const kube::Workload& workload) const {
  return traffic().services_of(workload);
}

const Traffic& Inventory::traffic() const {
  if (!traffic_ || seen_by_traffic_ != items.size()) {
    traffic_ = std::make_shared<Traffic>(items);
    seen_by_traffic_ = items.size();
  }
  return *traffic_;
}

const Item* Inventory::find(std::string_view kind, std::string_view ns,
                            std::string_view name) const {
  const auto found =
      by_name_.find(std::string(kind) + " " + std::string(ns) + "/" + std::string(name));
  return found == by_name_.end() ? nullptr : found->second;
}

void Inventory::add(Item item) {
  items.push_back(std::move(item));
  const Item& kept = items.back();
  by_name_.emplace(
      std::string(kube::kind_of(kept.object)) + " " + kept.meta().ns + "/" + kept.meta().name,
      &kept);
}

bool Collector::take(const std::string& file, Value document) {
  const Value* items = document.find("items");
  if (items && text_at(document, "kind").ends_with("List")) {
    for (const Value& item : items->items)
      if (!take(file, item)) break;
    return !full_;
  }
  Taken taken{file, std::move(document)};
  if (++seen_ > most_seen) {
    problems_.add({file, taken.manifest.at, "",
                   "with this, more than " + std::to_string(most_seen) +
                       " objects of any kind; import fewer namespaces"});
    full_ = true;
  } else if (is_of_interest(taken)) {
    keep(std::move(taken));
  }
  return !full_;
}

bool Collector::is_of_interest(const Taken& taken) {
  if (!is_object(taken.manifest)) return false;
  const std::string kind = text_at(taken.manifest, "kind");
  if (is_made_by_controllers(taken.manifest, kind)) return false;
  const SourcePlace place{taken.file, taken.manifest.at.line};
  if (text_at(taken.manifest, "apiVersion").starts_with("kustomize.config.k8s.io")) {
    inventory_.remark(Kind::left_out, place,
                      "is what kustomize reads; import what it makes: kubectl kustomize FOLDER | "
                      "drdrill import kubernetes -");
    return false;
  }
  const kube::Hook hook = kube::hook_of(taken.manifest);
  const bool ends = kind == "Pod" || kind == "Job";
  if (hook == kube::Hook::test || (hook == kube::Hook::release && ends)) {
    inventory_.remark(
        Kind::left_out, place,
        joined({kind, " \"", name_of(taken.manifest), "\" (", kube::hook_words(taken.manifest),
                hook == kube::Hook::test
                    ? ") is a test that `helm test` runs, and no part of what runs"
                    : ") runs when a release is installed or changed, which no drill does"}));
    return false;
  }
  if (kind == "Pod") {
    inventory_.remark(Kind::left_out, place,
                      "Pod \"" + name_of(taken.manifest) +
                          "\" belongs to no controller: nothing brings it back, and no model runs "
                          "it");
    return false;
  }
  return kind != "List" && !(kind.ends_with("List") && taken.manifest.find("items"));
}

void Collector::keep(Taken taken) {
  const std::string kind = text_at(taken.manifest, "kind");
  if (kind != "Node") prune(taken.manifest, kind);
  values_ += size_of(taken.manifest);
  full_ = values_ > most_values || taken_.size() + inventory_.nodes.size() >= most_objects;
  if (full_)
    return problems_.add({taken.file, taken.manifest.at, "",
                          "with this, more than " + std::to_string(most_objects) + " objects or " +
                              std::to_string(most_values) + " values; import fewer namespaces"});
  if (kind == "Node")
    inventory_.nodes.push_back(std::move(taken.manifest));
  else
    taken_.push_back(std::move(taken));
}

/// The namespace that has most workloads, those of infrastructure aside.
void Collector::choose_home() {
  if (const Value* decided = inventory_.decided("/clusters/0/namespace")) {
    inventory_.home = scalar_text(*decided);
    return;
  }
  std::map<std::string, int> workloads;
  for (const Taken& taken : taken_) {
    const std::string kind = text_at(taken.manifest, "kind");
    if (kind != "Deployment" && kind != "StatefulSet") continue;
    const Value* meta = taken.manifest.find("metadata");
    const std::string ns = meta ? text_at(*meta, "namespace") : std::string();
    if (!ns.empty()) workloads[ns] += is_infrastructure(ns) ? 1 : 1000;
  }
  int most = 0;
  for (const auto& [ns, count] : workloads)
    if (count > most) {
      most = count;
      inventory_.home = ns;
    }
  if (inventory_.home.empty()) inventory_.home = "default";
}

void Collector::read(Taken taken) {
  Problems found;
  std::vector<kube::Object> objects;
  kube::read_manifest(taken.manifest, taken.file, found, objects, inventory_.home);
  for (const Problem& problem : found.all())
    inventory_.remark(
        Kind::left_out, {taken.file, problem.at.line},
        text_at(taken.manifest, "kind") + ": " + problem.pointer + ": " + problem.message);
  if (!found.empty() || objects.size() != 1) return;
  Item item{
      std::move(taken.file), std::move(taken.manifest), std::move(objects.front()), {}, false};
  inventory_.add(std::move(item));
}

namespace {

/// Objects of one file that another one defines, too.
struct Again {
  int count = 0;
  SourcePlace place;
  std::string words;
};

/// The built-in kind, where the object is one in a version that API servers have dropped; null
/// where another group has a kind of that name.
const kube::Resource* dropped(std::string_view api_version, std::string_view kind) {
  const kube::Resource* resource = kube::find_kind(kind);
  if (!resource || resource->serves(api_version)) return nullptr;
  const std::size_t slash = api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  return group == resource->group || group == "extensions" || group == "apps" ? resource : nullptr;
}

}  // namespace

void Collector::finish() {
  choose_home();
  std::map<std::string, std::size_t> seen;
  std::map<std::string, int> unknown;
  std::map<std::pair<std::string, std::string>, Again> replaced;  // by the files
  for (Taken& taken : taken_) {
    const std::size_t before = inventory_.items.size();
    read(std::move(taken));
    if (inventory_.items.size() == before) continue;
    Item& item = inventory_.items.back();
    const kube::Meta& meta = item.meta();
    const std::string kind = kube::kind_of(item.object);
    const std::string version = text_at(item.manifest, "apiVersion");
    const bool other = std::holds_alternative<kube::OtherObject>(item.object);
    const kube::Resource* resource = kube::find_kind(kind);
    const bool known = resource && resource->serves(version);
    if (const kube::Resource* now = other ? dropped(version, kind) : nullptr)
      inventory_.remark(
          Kind::left_out, item.place(),
          joined({kind, " \"", meta.name, "\" is of ", version,
                  ", which Kubernetes 1.32 does not serve: kubectl refuses it (it is ",
                  now->api_version(), ")"}));
    else if (other && !known && !is_read(version, kind) && unknown[version + kind]++ == 0)
      inventory_.remark(Kind::unknown, item.place(),
                        joined({"no model knows the kind ", kind, " (", version, "); \"", meta.name,
                                "\" is kept as it is"}));
    const auto [first, fresh] = seen.try_emplace(kind + " " + meta.ns + "/" + meta.name, before);
    if (fresh) continue;
    Again& again = replaced[{inventory_.items[first->second].file, item.file}];
    if (again.count++ == 0) {
      again.place = inventory_.items[first->second].place();
      again.words = kind + " \"" + meta.name + "\" is defined again at " + item.file + ":" +
                    std::to_string(item.manifest.at.line) + ", which replaces it";
    }
    inventory_.items[first->second] = std::move(item);
    inventory_.items.pop_back();
  }
  taken_.clear();
  for (auto& [files, again] : replaced) {
    if (again.count > 1)
      again.words += "; so " +
                     std::string(again.count == 2 ? "is another object"
                                                  : "are " + std::to_string(again.count - 1) +
                                                        " other objects") +
                     " of that file";
    inventory_.remark(Kind::left_out, std::move(again.place), std::move(again.words));
  }
}

}  // namespace drdrill::importing
