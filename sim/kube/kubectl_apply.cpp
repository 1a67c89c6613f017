#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::kube::parts {
namespace {

/// Objects of the files with the place they came from.
struct Read {
  Object object;
  std::string file;
  bool replicas_given = true;
};

bool gives_replicas(const Value& document) {
  return at_pointer(document, "/spec/replicas") != nullptr;
}

void read_document(Session& s, const std::string& file, const Value& document,
                   std::vector<Read>& out) {
  Problems problems;
  std::vector<Object> objects;
  read_manifest(document, file, problems, objects, s.ns);
  for (const Problem& p : problems.all())
    s.fail("Error from server (BadRequest): error when creating " + quoted(file) + ": " +
           to_string(p));
  for (Object& object : objects)
    out.push_back({std::move(object), file, gives_replicas(document) || objects.size() > 1});
}

/// An object with another namespace than -n is refused before anything is sent.
bool fits_namespace(Session& s, const Object& object) {
  const std::string& ns = meta_of(object).ns;
  if (!s.ns_given || ns.empty() || ns == s.ns) return true;
  s.fail("error: the namespace from the provided object " + quoted(ns) +
         " does not match the namespace " + quoted(s.ns) + ". You must pass '--namespace=" + ns +
         "' to perform this operation.");
  return false;
}

std::string name_of(const Object& object) {
  const std::string kind = kind_of(object);
  const Resource* r = find_kind(kind);
  std::string name;
  if (r) {
    name = r->name();
  } else {
    for (char c : kind) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::string version = api_version_of(object);
    if (const std::size_t slash = version.find('/'); slash != std::string::npos)
      name += "." + version.substr(0, slash);
  }
  return name + "/" + meta_of(object).name;
}

bool is_served(const Session& s, const Object& object) {
  if (!std::holds_alternative<OtherObject>(object)) return true;
  const std::string kind = kind_of(object);
  if (const Resource* resource = find_kind(kind)) return resource->serves(api_version_of(object));
  return !served_kind(s.cluster, kind).kind.empty();
}

void create_one(Session& s, Read& read) {
  const Meta& meta = meta_of(read.object);
  const std::string name = name_of(read.object);
  if (!meta.ns.empty() && find_namespace(s.cluster, meta.ns) == no_index)
    return s.fail("Error from server (NotFound): error when creating " + quoted(read.file) +
                  ": namespaces " + quoted(meta.ns) + " not found");
  std::visit([&](auto& o) { o.meta.created = s.environment.now; }, read.object);
  const std::string kind = kind_of(read.object);
  const int index = put(s.cluster, std::move(read.object));
  s.changed({kind, index}, Change::What::created);
  s.say(name + " created");
}

void configure_one(Session& s, Read& read, const ObjectId& id) {
  const std::string name = name_of(read.object);
  const Object old = get(s.cluster, id);
  auto* fresh = std::get_if<Workload>(&read.object);
  if (fresh && !(*fresh->selector == *std::get<Workload>(old).selector))
    return s.fail("The " + id.kind + " " + quoted(meta_of(old).name) +
                  " is invalid: spec.selector: Invalid value: field is immutable");
  // apply leaves alone what the manifest does not say: an HPA's or an operator's replicas stay.
  if (fresh && !read.replicas_given) fresh->replicas = std::get<Workload>(old).replicas;
  const std::string before = to_yaml(to_value(s.cluster, old));
  put(s.cluster, std::move(read.object));
  const bool same = to_yaml(to_value(s.cluster, get(s.cluster, id))) == before;
  if (!same) s.changed(id, Change::What::configured);
  s.say(name + (same ? " unchanged" : " configured"));
}

void store_one(Session& s, Read& read, bool create_only) {
  if (!fits_namespace(s, read.object)) return;
  if (!is_served(s, read.object)) {
    return s.fail(
        "error: resource mapping not found for name: " + quoted(meta_of(read.object).name) +
        " namespace: " + quoted(meta_of(read.object).ns) + " from " + quoted(read.file) +
        ": no matches for kind " + quoted(kind_of(read.object)) + " in version " +
        quoted(api_version_of(read.object)) + "\nensure CRDs are installed first");
  }
  const ObjectId id =
      find(s.cluster, kind_of(read.object), meta_of(read.object).ns, meta_of(read.object).name);
  if (id.index == no_index) return create_one(s, read);
  if (!create_only) return configure_one(s, read, id);
  const ServedKind kind = served_kind(s.cluster, id.kind);
  s.fail("Error from server (AlreadyExists): error when creating " + quoted(read.file) + ": " +
         kind.plural_name + " " + quoted(meta_of(read.object).name) + " already exists");
}

bool is_free(Session& s, const std::string& kind, const std::string& ns, const std::string& name) {
  const ServedKind served = served_kind(s.cluster, kind);
  if (!ns.empty() && find_namespace(s.cluster, ns) == no_index) {
    s.fail("error: failed to create " + kind + ": namespaces " + quoted(ns) + " not found");
    return false;
  }
  if (find(s.cluster, served.kind, ns, name).index == no_index) return true;
  s.fail("Error from server (AlreadyExists): " + served.plural_name + " " + quoted(name) +
         " already exists");
  return false;
}

std::optional<std::string> only_name(Session& s) {
  const std::size_t count = s.command.args.size();
  if (count == 1) return s.command.args.front();
  s.fail("error: exactly one NAME is required, got " + std::to_string(count) + "\nSee 'kubectl " +
         s.command.verb + " -h' for help and examples");
  return std::nullopt;
}

void store_new(Session& s, Object object) {
  std::visit([&](auto& o) { o.meta.created = s.environment.now; }, object);
  const std::string name = name_of(object);
  const std::string kind = kind_of(object);
  const int index = put(s.cluster, std::move(object));
  s.changed({kind, index}, Change::What::created);
  s.say(name + " created");
}

}  // namespace

void apply(Session& s, bool create_only) {
  const auto files = sources(s);
  if (!files) return;
  std::vector<Read> objects;
  for (const auto& [name, text] : *files) {
    Problems problems;
    const auto documents = parse_yaml_documents(text, name, problems);
    for (const Problem& p : problems.all())
      s.fail("error: error parsing " + name + ": error converting YAML to JSON: " + to_string(p));
    for (const Value& document : documents) read_document(s, name, document, objects);
  }
  if (objects.empty() && s.outcome.exit_code == 0)
    return s.fail(std::string("error: no objects passed to ") + (create_only ? "create" : "apply"));
  for (Read& read : objects) store_one(s, read, create_only);
}

void create_namespace(Session& s) {
  const auto name = only_name(s);
  if (!name || !is_free(s, "namespace", "", *name)) return;
  Namespace ns;
  ns.meta.name = *name;
  store_new(s, std::move(ns));
}

void create_config_map(Session& s) {
  const auto name = only_name(s);
  if (!name || !is_free(s, "configmap", s.ns, *name)) return;
  ConfigMap map;
  map.meta.ns = s.ns;
  map.meta.name = *name;
  std::vector<std::pair<std::string, std::string>> data;
  for (const Option& o : s.command.options) {
    const std::size_t equals = o.value.find('=');
    if (o.name == "from-literal" && equals != std::string::npos) {
      data.emplace_back(o.value.substr(0, equals), o.value.substr(equals + 1));
    } else if (o.name == "from-file") {
      const std::string path = equals == std::string::npos ? o.value : o.value.substr(equals + 1);
      const auto files = files_at(s, path);
      if (!files) return s.fail("error: error reading " + path + ": no such file or directory");
      for (const auto& [file, text] : *files)
        data.emplace_back(equals == std::string::npos ? file.substr(file.rfind('/') + 1)
                                                      : o.value.substr(0, equals),
                          text);
    }
  }
  map.data = std::move(data);
  store_new(s, std::move(map));
}

void create_job(Session& s) {
  const auto name = only_name(s);
  if (!name) return;
  const std::string* from = s.option("from");
  const std::string* image = s.option("image");
  if (!from && !image) return s.fail("error: either --image or --from must be specified");
  Job job;
  if (from) {
    const Targets::Item source = resolve_one(s, *from, "cronjob");
    if (source.id.index == no_index) return;
    if (source.id.kind != "CronJob") return s.fail("error: from must be an existing cronjob");
    job.cron_job = source.id.index;
    job.spec = s.cluster.cron_jobs[static_cast<std::size_t>(source.id.index)].job;
  } else {
    PodTemplate t;
    Container c;
    c.name = *name;
    c.image = *image;
    c.command = s.command.inner;
    t.containers.push_back(std::move(c));
    t.restart_policy = "Never";
    job.spec.pod_template = std::move(t);
  }
  if (!is_free(s, "job", s.ns, *name)) return;
  job.meta.ns = s.ns;
  job.meta.name = *name;
  store_new(s, std::move(job));
}

}  // namespace drdrill::kube::parts
