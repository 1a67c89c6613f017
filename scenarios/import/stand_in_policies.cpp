#include "scenarios/import/stand_in_policies.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

Value stand_ins() {
  return object({{"matchLabels", object({{"drdrill", text("stands-in")}})}});
}

bool stands_in(const Item& item) {
  const kube::Workload* workload = item.workload();
  const std::string* label =
      workload ? kube::find_label(workload->pod_template().labels, "drdrill") : nullptr;
  return label && *label == "stands-in";
}

/// As the API server fills it in: Ingress, and Egress where there are rules for it.
Value types_of(const Item& policy) {
  if (const Value* types = at_path(policy.manifest, {"spec", "policyTypes"})) return *types;
  Value types = texts({"Ingress"});
  if (at_path(policy.manifest, {"spec", "egress"})) types.items.push_back(text("Egress"));
  return types;
}

Value policy_value(const std::string& name, const std::string& ns, Value pods, Value types,
                   bool for_all) {
  const auto rule = [&](const std::string& peers) {
    Value allowed = object();
    if (!for_all) set(allowed, peers, array_value({object({{"podSelector", stand_ins()}})}));
    return array_value({std::move(allowed)});
  };
  Value spec = object({{"podSelector", std::move(pods)}});
  for (const Value& type : types.items) {
    if (type.text == "Ingress") set(spec, "ingress", rule("from"));
    if (type.text == "Egress") set(spec, "egress", rule("to"));
  }
  set(spec, "policyTypes", std::move(types));
  return object({{"apiVersion", text("networking.k8s.io/v1")},
                 {"kind", text("NetworkPolicy")},
                 {"metadata", object({{"name", text(name)}, {"namespace", text(ns)}})},
                 {"spec", std::move(spec)}});
}

void add(Inventory& inventory, Value manifest) {
  Problems ignored;
  std::vector<kube::Object> objects;
  kube::read_manifest(manifest, "", ignored, objects, inventory.home);
  if (objects.size() == 1)
    inventory.add({"", std::move(manifest), std::move(objects.front()), {}, false});
}

}  // namespace

void add_stand_in_policies(Inventory& inventory) {
  std::set<std::string> namespaces;
  for (const Item& item : inventory.items)
    if (stands_in(item)) namespaces.insert(item.meta().ns);
  std::vector<Value> made;
  std::set<std::string> touched;
  for (const Item& item : inventory.items) {
    if (!std::holds_alternative<kube::NetworkPolicy>(item.object)) continue;
    const std::string& ns = item.meta().ns;
    const Value* pods = at_path(item.manifest, {"spec", "podSelector"});
    if (!pods || namespaces.count(ns) == 0) continue;
    touched.insert(ns);
    made.push_back(policy_value("assumed-peers-" + std::to_string(made.size() + 1), ns, *pods,
                                types_of(item), false));
  }
  for (const std::string& ns : touched)
    made.push_back(
        policy_value("assumed-stand-ins", ns, stand_ins(), texts({"Ingress", "Egress"}), true));
  for (Value& policy : made) add(inventory, std::move(policy));
  for (const std::string& ns : touched)
    inventory.remark(ImportRemark::Kind::stands_in, {},
                     "NetworkPolicies of the namespace " + ns +
                         " let through what stands in; theirs cannot name it");
}

}  // namespace drdrill::importing
