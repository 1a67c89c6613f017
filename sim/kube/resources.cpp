#include "sim/kube/resources.hpp"

#include <algorithm>

namespace drdrill::kube {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool lists(std::string_view words, std::string_view word) {
  std::size_t start = 0;
  while (start < words.size()) {
    const std::size_t end = std::min(words.find(' ', start), words.size());
    if (words.substr(start, end - start) == word) return true;
    start = end + 1;
  }
  return false;
}

bool in_group(const Resource& r, std::string_view suffix) {
  if (suffix.empty()) return true;
  const std::string versioned = std::string(r.version) + "." + std::string(r.group);
  return suffix == r.group || suffix == versioned;
}

}  // namespace

std::string Resource::api_version() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

/// The versions that Kubernetes 1.31 and 1.32 serve: one for each kind, and an older one for HPAs.
bool Resource::serves(std::string_view version_given) const {
  if (version_given == api_version()) return true;
  return kind == "HorizontalPodAutoscaler" && version_given == "autoscaling/v1";
}

std::string Resource::name() const {
  return group.empty() ? std::string(singular) : std::string(singular) + "." + std::string(group);
}

std::string Resource::plural_name() const {
  return group.empty() ? std::string(plural) : std::string(plural) + "." + std::string(group);
}

const std::vector<Resource>& resources() {
  static const std::vector<Resource> all{
      {"Pod", "pods", "pod", "po", "", "v1"},
      {"Deployment", "deployments", "deployment", "deploy", "apps", "v1"},
      {"StatefulSet", "statefulsets", "statefulset", "sts", "apps", "v1"},
      {"DaemonSet", "daemonsets", "daemonset", "ds", "apps", "v1"},
      {"ReplicaSet", "replicasets", "replicaset", "rs", "apps", "v1"},
      {"Service", "services", "service", "svc", "", "v1"},
      {"Endpoints", "endpoints", "endpoints", "ep", "", "v1"},
      {"EndpointSlice", "endpointslices", "endpointslice", "", "discovery.k8s.io", "v1"},
      {"Node", "nodes", "node", "no", "", "v1", false},
      {"Namespace", "namespaces", "namespace", "ns", "", "v1", false},
      {"ConfigMap", "configmaps", "configmap", "cm", "", "v1"},
      {"Secret", "secrets", "secret", "", "", "v1"},
      {"PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", "pvc", "", "v1"},
      {"PersistentVolume", "persistentvolumes", "persistentvolume", "pv", "", "v1", false},
      {"ServiceAccount", "serviceaccounts", "serviceaccount", "sa", "", "v1"},
      {"Event", "events", "event", "ev", "", "v1"},
      {"LimitRange", "limitranges", "limitrange", "limits", "", "v1"},
      {"ResourceQuota", "resourcequotas", "resourcequota", "quota", "", "v1"},
      {"Job", "jobs", "job", "", "batch", "v1"},
      {"CronJob", "cronjobs", "cronjob", "cj", "batch", "v1"},
      {"PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy", "v1"},
      {"HorizontalPodAutoscaler", "horizontalpodautoscalers", "horizontalpodautoscaler", "hpa",
       "autoscaling", "v2"},
      {"NetworkPolicy", "networkpolicies", "networkpolicy", "netpol", "networking.k8s.io", "v1"},
      {"Ingress", "ingresses", "ingress", "ing", "networking.k8s.io", "v1"},
      {"IngressClass", "ingressclasses", "ingressclass", "", "networking.k8s.io", "v1", false},
      {"StorageClass", "storageclasses", "storageclass", "sc", "storage.k8s.io", "v1", false},
      {"Role", "roles", "role", "", "rbac.authorization.k8s.io", "v1"},
      {"RoleBinding", "rolebindings", "rolebinding", "", "rbac.authorization.k8s.io", "v1"},
      {"ClusterRole", "clusterroles", "clusterrole", "", "rbac.authorization.k8s.io", "v1", false},
      {"ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", "",
       "rbac.authorization.k8s.io", "v1", false},
      {"PriorityClass", "priorityclasses", "priorityclass", "pc", "scheduling.k8s.io", "v1", false},
      {"CustomResourceDefinition", "customresourcedefinitions", "customresourcedefinition",
       "crd crds", "apiextensions.k8s.io", "v1", false},
  };
  return all;
}

const Resource* find_kind(std::string_view kind) {
  for (const Resource& r : resources())
    if (r.kind == kind) return &r;
  return nullptr;
}

const Resource* find_resource(std::string_view word) {
  const std::string name = lower(word);
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::string_view head = std::string_view(name).substr(0, dot);
  const std::string_view group = std::string_view(name).substr(std::min(dot + 1, name.size()));
  for (const Resource& r : resources()) {
    const bool named = head == r.plural || head == r.singular || lists(r.shorts, head);
    if (named && in_group(r, group)) return &r;
  }
  return nullptr;
}

}  // namespace drdrill::kube
