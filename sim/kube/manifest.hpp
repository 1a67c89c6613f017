#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/base/reader.hpp"
#include "sim/kube/cluster.hpp"

/// Manifests to objects and back. What recovery does not depend on is left out without a word; what
/// is wrong is reported with its place; a kind that is not modelled becomes an OtherObject.
namespace drdrill::kube {

using Object = std::variant<Namespace, Node, Workload, Pod, Service, PodDisruptionBudget,
                            HorizontalPodAutoscaler, NetworkPolicy, PersistentVolumeClaim,
                            ConfigMap, Secret, Job, CronJob, Ingress, OtherObject>;

/// The object of one manifest, or of each item of a List, appended to `out`. Objects without a
/// namespace get `default_namespace` when their kind has one.
void read_manifest(const Value& document, const std::string& file, Problems& problems,
                   std::vector<Object>& out, std::string_view default_namespace = "default");

/// The manifest of an object with its status, as `kubectl get -o yaml` shows it. read_manifest
/// reads it back to the same object, status apart.
Value to_value(const Cluster& cluster, const Object& object);

const Meta& meta_of(const Object& object);
std::string kind_of(const Object& object);
std::string api_version_of(const Object& object);

/// Puts an object into the cluster, replacing the one of its kind, namespace and name, whose status
/// it keeps (a Workload gets a new revision when its template changed). Its index in its vector.
int put(Cluster& cluster, Object object);

}  // namespace drdrill::kube
