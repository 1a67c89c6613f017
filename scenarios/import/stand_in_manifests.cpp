#include "scenarios/import/stand_in_manifests.hpp"

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

Value labels_of(const std::string& name) {
  return object({{"app", text(name)}, {"drdrill", text("stands-in")}});
}

Value mount(const std::string& name, const std::string& path) {
  return object({{"name", text(name)}, {"mountPath", text(path)}});
}

/// What is mounted where backups and WAL go.
void mount_store(Value& mounts, Value& pod) {
  mounts.items.push_back(mount("store", "/archive"));
  set(pod, "volumes",
      array_value(
          {object({{"name", text("store")},
                   {"persistentVolumeClaim", object({{"claimName", text(store_claim)}})}})}));
}

}  // namespace

Value manifest_of(const Shape& shape) {
  Value container = object(
      {{"name", text("main")},
       {"image", text(shape.image)},
       {"ports", array_value({object({{"containerPort", whole_value(shape.port)}})})},
       {"resources",
        object({{"requests", object({{"cpu", text("100m")}, {"memory", text("128Mi")}})}})},
       {"readinessProbe", object({{"tcpSocket", object({{"port", whole_value(shape.port)}})}})}});
  if (!shape.args.empty()) set(container, "args", texts(shape.args));
  if (!shape.follows.empty())
    set(container, "env",
        array_value(
            {object({{"name", text("POSTGRES_PRIMARY_HOST")}, {"value", text(shape.follows)}})}));
  Value pod = object();
  Value mounts = array_value();
  if (!shape.data.empty()) mounts.items.push_back(mount("data", shape.data));
  if (shape.archives) mount_store(mounts, pod);
  if (!mounts.items.empty()) set(container, "volumeMounts", mounts);
  set(pod, "containers", array_value({container}));
  Value spec = object(
      {{"replicas", whole_value(shape.replicas)},
       {"selector", object({{"matchLabels", labels_of(shape.name)}})},
       {"template",
        object({{"metadata", object({{"labels", labels_of(shape.name)}})}, {"spec", pod}})}});
  if (shape.stateful) set(spec, "serviceName", text(shape.name));
  if (!shape.data.empty())
    set(spec, "volumeClaimTemplates",
        array_value({object(
            {{"metadata", object({{"name", text("data")}})},
             {"spec", object({{"accessModes", texts({"ReadWriteOnce"})},
                              {"resources",
                               object({{"requests", object({{"storage", text("10Gi")}})}})}})}})}));
  return object(
      {{"apiVersion", text("apps/v1")},
       {"kind", text(shape.stateful ? "StatefulSet" : "Deployment")},
       {"metadata", object({{"name", text(shape.name)}, {"labels", labels_of(shape.name)}})},
       {"spec", spec}});
}

Value backup_job(const std::string& name, const OperatedPostgres& made,
                 const std::string& schedule) {
  std::string script = "set -e\n";
  if (made.dumps) {
    script += "mkdir -p /archive/dump\n";
    for (const std::string& database : made.databases)
      script.append("pg_dump -h ")
          .append(made.service)
          .append(" -d ")
          .append(database)
          .append(" -Fc -f /archive/dump/")
          .append(database)
          .append("_$(date +%Y%m%d_%H%M%S).dump\n");
  } else {
    script += "folder=/archive/base/$(date +%Y%m%d_%H%M%S)\nmkdir -p $folder\npg_basebackup -h " +
              made.service + " -D $folder -F tar -z -X fetch\n";
  }
  if (made.keep_days > 0)
    script += "find /archive -name '*.*' -mtime +" + std::to_string(made.keep_days) + " -delete\n";
  Value container = object({{"name", text("backup")},
                            {"image", text("postgres:15")},
                            {"command", texts({"/bin/sh", "-c", script})}});
  Value pod = object();
  Value mounts = array_value();
  mount_store(mounts, pod);
  set(container, "volumeMounts", mounts);
  set(pod, "containers", array_value({container}));
  set(pod, "restartPolicy", text("OnFailure"));
  return object(
      {{"apiVersion", text("batch/v1")},
       {"kind", text("CronJob")},
       {"metadata", object({{"name", text(name)}})},
       {"spec", object({{"schedule", text(schedule)},
                        {"concurrencyPolicy", text("Forbid")},
                        {"jobTemplate",
                         object({{"spec", object({{"template", object({{"spec", pod}})}})}})}})}});
}

std::vector<Value> store_manifests() {
  return {
      object({{"apiVersion", text("storage.k8s.io/v1")},
              {"kind", text("StorageClass")},
              {"metadata", object({{"name", text(store_claim)}})},
              {"provisioner", text("nfs.csi.k8s.io")}}),
      object({{"apiVersion", text("v1")},
              {"kind", text("PersistentVolumeClaim")},
              {"metadata", object({{"name", text(store_claim)}})},
              {"spec", object({{"accessModes", texts({"ReadWriteMany"})},
                               {"storageClassName", text(store_claim)},
                               {"resources",
                                object({{"requests", object({{"storage", text("1Ti")}})}})}})}})};
}

}  // namespace drdrill::importing
