#include "scenarios/object_file.hpp"

#include <algorithm>
#include <set>

#include "scenarios/cron.hpp"
#include "scenarios/files.hpp"
#include "scenarios/origin.hpp"
#include "sim/drill/sfu_server.hpp"
#include "sim/kube/manifest.hpp"

namespace drdrill {
namespace {

using Kind = WorkloadModel::Kind;

constexpr std::size_t model_kinds = static_cast<std::size_t>(Kind::plain) + 1;
constexpr std::array<std::string_view, 5> api_roles{"auth", "meeting", "signaling", "chat", "turn"};
constexpr int most_replicas = 10'000;
constexpr int most_lines = 10'000'000;

/// A cluster that stands before this one, or is it.
std::optional<std::uint32_t> read_member_of(Reader& reader, const PlatformSpec& platform) {
  const std::string name = reader.string("member_of");
  std::vector<std::string> known;
  for (const ClusterSpec& cluster : platform.clusters) known.push_back(cluster.initial.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return static_cast<std::uint32_t>(found - known.begin());
  reader.unknown("member_of", "cluster", name, views(known));
  return std::nullopt;
}

/// The shard of PostgreSQL that a server belongs to, counted from 1.
std::uint32_t read_shard(Reader& reader, const PlatformSpec& platform) {
  const std::string name = reader.string("shard");
  std::vector<std::string_view> known;
  for (const PostgresSpec& shard : platform.shards) known.push_back(shard.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return static_cast<std::uint32_t>(found - known.begin()) + 1;
  reader.unknown("shard", "shard of postgres", name, known);
  return 0;
}

/// The stores that a health endpoint asks.
void read_health_needs(Reader& reader, WorkloadModel& model) {
  static constexpr std::array<std::string_view, 2> stores{"postgres", "redis"};
  for (const std::string& store : reader.strings("health_needs")) {
    model.health_needs_postgres = model.health_needs_postgres || store == stores[0];
    model.health_needs_redis = model.health_needs_redis || store == stores[1];
    if (std::find(stores.begin(), stores.end(), store) == stores.end())
      reader.unknown("health_needs", "store", store, {stores.begin(), stores.end()});
  }
}

/// What `model` says; only the settings that mean something for the kind are known.
WorkloadModel read_model(Reader& reader, const PlatformSpec& platform) {
  constexpr std::int64_t most_concurrency = 100'000;
  const auto kinds = enum_names<Kind>(model_kinds, model_kind_name);
  WorkloadModel model;
  model.kind = static_cast<Kind>(reader.one_of("kind", kinds));
  if (model.kind == Kind::api_service) {
    model.role = api_roles[reader.one_of("role", api_roles)];
    model.concurrency = static_cast<int>(reader.integer("concurrency", 1, most_concurrency, 1));
    model.on_join_path = reader.boolean("on_join_path", false);
    read_health_needs(reader, model);
  }
  if (model.kind == Kind::livekit_sfu) {
    model.capacity = static_cast<int>(reader.integer("capacity", 0, most_concurrency, 0));
    model.role = sfu_servers[reader.one_of("server", sfu_servers, 0)];
  }
  const bool redis = model.kind == Kind::redis_master || model.kind == Kind::redis_replica;
  if (redis && reader.has("member_of")) model.member_of = read_member_of(reader, platform);
  const bool postgres = component_of(model.kind) == ComponentId::postgres;
  if (postgres && reader.has("shard")) model.shard = read_shard(reader, platform);
  // How many of the pods lead at first: see models/leaders.hpp.
  if (model.kind == Kind::postgres_primary || model.kind == Kind::redis_master)
    model.capacity = static_cast<int>(reader.integer("leaders", 1, most_concurrency, 0));
  reader.finish();
  return model;
}

void check_workload(const Reader& reader, const kube::Workload& workload) {
  if (workload.replicas >= 0 && workload.replicas <= most_replicas) return;
  const Value* replicas = at_pointer(reader.value(), "/spec/replicas");
  reader.problems().add({reader.file(), replicas ? replicas->at : reader.at(),
                         reader.pointer() + "/spec/replicas",
                         std::to_string(workload.replicas) + " replicas; expected 0 to " +
                             std::to_string(most_replicas)});
}

void check_cron_job(const Reader& reader, const kube::CronJob& job) {
  const auto mistake = cron_mistake(job.schedule);
  if (!mistake) return;
  const Value* schedule = at_pointer(reader.value(), "/spec/schedule");
  reader.problems().add({reader.file(), schedule ? schedule->at : reader.at(),
                         reader.pointer() + "/spec/schedule", *mistake});
}

/// The objects of one element, its problems dated to the platform file.
std::vector<kube::Object> decode(const Reader& reader, const std::string& ns) {
  Problems found;
  std::vector<kube::Object> objects;
  kube::read_manifest(reader.value(), reader.file(), found, objects, ns);
  for (Problem problem : found.all()) {
    problem.pointer = reader.pointer() + problem.pointer;
    reader.problems().add(std::move(problem));
  }
  return objects;
}

class ObjectReader {
 public:
  explicit ObjectReader(PlatformSpec& platform)
      : platform_(platform), cluster_(platform.clusters.back()) {}

  /// A model for a workload that is made later.
  void read_later(Reader& reader) {
    WorkloadModel model;
    const std::string name = read_name(reader, "name");
    const std::string ns = reader.string("namespace", cluster_.home_namespace);
    if (auto said = reader.object("model", true)) model = read_model(*said, platform_);
    reader.finish();
    const bool known = std::any_of(
        platform_.workloads.begin(), platform_.workloads.end(), [&](const WorkloadModel& other) {
          return other.cluster == index() && other.ns == ns && other.workload == name;
        });
    if (known) return reader.problem("name", "workload \"" + name + "\" has a model already");
    add(reader, std::move(model), ns, name);
  }

  /// What an importer wrote is read with the file and the lines that it came from.
  void read(Reader& reader) {
    auto origin = reader.object("origin");
    if (!origin) return read_object(reader);
    const std::string file = read_name(*origin, "file");
    const auto line = static_cast<int>(origin->integer("line", 1, most_lines, 1));
    const std::string lines = origin->string("lines", std::string());
    origin->finish();
    Value manifest = reader.value();
    const Value model = reader.has("model") ? *manifest.find("model") : Value();
    const bool modelled = reader.has("model");
    std::erase_if(manifest.members,
                  [](const auto& m) { return m.key == "origin" || m.key == "model"; });
    apply_lines(manifest, line, lines);
    if (modelled) manifest.members.push_back({"model", manifest.at, model});
    Reader there(manifest, file, reader.problems(), reader.pointer());
    read_object(there);
  }

 private:
  void read_object(Reader& reader) {
    auto model = reader.object("model");
    const auto objects = decode(reader, cluster_.home_namespace);
    const bool one_workload =
        objects.size() == 1 && std::holds_alternative<kube::Workload>(objects.front());
    if (model && !one_workload && !objects.empty())
      model->problem("only a Deployment, StatefulSet or DaemonSet can bear a model");
    for (const kube::Object& object : objects) {
      if (!claim(reader, object)) continue;
      if (const auto* workload = std::get_if<kube::Workload>(&object))
        add_model(reader, *workload, one_workload ? model : std::nullopt);
      if (const auto* job = std::get_if<kube::CronJob>(&object)) check_cron_job(reader, *job);
      kube::put(cluster_.initial, object);
    }
  }

  bool claim(const Reader& reader, const kube::Object& object) {
    const kube::Meta& meta = kube::meta_of(object);
    std::string id =
        kube::kind_of(object) + " " + (meta.ns.empty() ? "" : meta.ns + "/") + meta.name;
    if (seen_.insert(id).second) {
      cluster_.places.emplace(std::move(id), place_of(reader));
      return true;
    }
    reader.problem("there is another " + id + " before this one");
    return false;
  }

  void add_model(Reader& reader, const kube::Workload& workload, std::optional<Reader> said) {
    check_workload(reader, workload);
    WorkloadModel model;
    if (said) model = read_model(*said, platform_);
    add(reader, std::move(model), workload.meta.ns, workload.meta.name);
  }

  std::uint32_t index() const { return static_cast<std::uint32_t>(platform_.clusters.size() - 1); }

  void add(const Reader& reader, WorkloadModel model, const std::string& ns,
           const std::string& name) {
    model.cluster = index();
    model.ns = ns;
    model.workload = name;
    model.place = place_of(reader);
    platform_.workloads.push_back(std::move(model));
  }

  PlatformSpec& platform_;
  ClusterSpec& cluster_;
  std::set<std::string> seen_;
};

/// Every namespace that an object is in must exist, wherever in the list it stands.
void check_namespaces(Reader& cluster, const kube::Cluster& initial) {
  std::vector<std::string_view> known;
  for (const kube::Namespace& ns : initial.namespaces) known.push_back(ns.meta.name);
  cluster.each("objects", [&](Reader& object) {
    const Value* ns = at_pointer(object.value(), "/metadata/namespace");
    if (!ns || ns->kind != Value::Kind::string) return;
    if (std::find(known.begin(), known.end(), ns->text) != known.end()) return;
    object.problems().add(
        {object.file(), ns->at, object.pointer() + "/metadata/namespace",
         "there is no namespace \"" + ns->text + "\"" + suggestion(ns->text, known)});
  });
}

}  // namespace

void read_objects(Reader& cluster, PlatformSpec& platform) {
  ObjectReader objects(platform);
  cluster.each("objects", [&](Reader& reader) { objects.read(reader); });
  cluster.each("models", [&](Reader& reader) { objects.read_later(reader); });
  check_namespaces(cluster, platform.clusters.back().initial);
}

}  // namespace drdrill
