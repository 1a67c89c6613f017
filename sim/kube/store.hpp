#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/manifest.hpp"
#include "sim/kube/resources.hpp"

/// The objects of a cluster by kind, as an API server serves them.
namespace drdrill::kube {

/// A kind that the API server serves: a built-in one, or a custom one that a
/// CustomResourceDefinition or an object of that kind in the cluster makes known.
struct ServedKind {
  std::string kind;
  std::string name;         ///< "deployment.apps"
  std::string plural_name;  ///< "deployments.apps"
  bool namespaced = true;
};

/// Nothing with an empty `kind` when the server has no such resource.
ServedKind served_kind(const Cluster& cluster, std::string_view word);

struct ObjectId {
  std::string kind;
  int index = no_index;  ///< in the cluster's vector for that kind
};

/// Those that exist, sorted by namespace and name.
std::vector<ObjectId> list(const Cluster& cluster, const std::string& kind);
/// `index == no_index` when there is none.
ObjectId find(const Cluster& cluster, const std::string& kind, std::string_view ns,
              std::string_view name);
Meta& meta_of(Cluster& cluster, const ObjectId& id);
const Meta& meta_of(const Cluster& cluster, const ObjectId& id);
Object get(const Cluster& cluster, const ObjectId& id);

/// Makes `pod_template` the workload's current one. One that an earlier revision had is that
/// revision again, under a new number: controllers know a revision by its template, so its pods are
/// up to date and stay.
void set_template(Cluster& cluster, int workload, Shared<PodTemplate> pod_template);

}  // namespace drdrill::kube
