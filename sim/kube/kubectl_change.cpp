#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"
#include "sim/kube/patch.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::kube::parts {
namespace {

Workload& workload_at(Session& s, int index) {
  return s.cluster.workloads[static_cast<std::size_t>(index)];
}

void scale_one(Session& s, const Targets::Item& item, int replicas) {
  const int index = workload_index(item);
  if (index == no_index || item.id.kind == "DaemonSet")
    return s.fail("Error from server (NotFound): the server could not find the requested resource");
  Workload& w = workload_at(s, index);
  const std::string* expected = s.option("current-replicas");
  const int current = expected ? parse_int(*expected).value_or(-1) : -1;
  if (current >= 0 && current != w.replicas)
    return s.fail("error: Expected replicas to be " + std::to_string(current) + ", was " +
                  std::to_string(w.replicas));
  w.replicas = replicas;
  s.changed(item.id, Change::What::scaled);
  s.say(name_of(s.cluster, item) + " scaled");
}

/// A change of a manifest that the API server would take: the object that it describes, or the
/// refusal printed.
std::optional<Object> decoded(Session& s, const Targets::Item& item, const Value& manifest) {
  Problems problems;
  std::vector<Object> out;
  const std::string name = meta_of(static_cast<const Cluster&>(s.cluster), item.id).name;
  read_manifest(manifest, "", problems, out, s.ns);
  if (problems.empty() && out.size() == 1) return std::move(out.front());
  const std::string reason = problems.empty() ? "no object" : problems.all().front().message;
  const std::string field = problems.empty() ? "" : problems.all().front().pointer;
  s.fail("The " + item.id.kind + " " + quoted(name) + " is invalid: " + field + ": " + reason);
  return std::nullopt;
}

std::string immutable_field(const Object& before, const Object& after) {
  const auto* a = std::get_if<Workload>(&before);
  const auto* b = std::get_if<Workload>(&after);
  if (a && b) {
    if (!(*a->selector == *b->selector)) return "spec.selector: Invalid value: field is immutable";
    const bool fixed = a->kind == Workload::Kind::stateful_set &&
                       (!(*a->claims == *b->claims) || a->service_name != b->service_name ||
                        a->parallel != b->parallel);
    if (fixed)
      return "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
             "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
             "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  }
  const auto* old_claim = std::get_if<PersistentVolumeClaim>(&before);
  const auto* new_claim = std::get_if<PersistentVolumeClaim>(&after);
  const bool claim_changed = old_claim && (old_claim->access_modes != new_claim->access_modes ||
                                           old_claim->storage_class != new_claim->storage_class);
  if (claim_changed)
    return "spec: Forbidden: spec is immutable after creation except resources.requests and "
           "volumeAttributesClassName for bound claims";
  const auto* old_pod = std::get_if<Pod>(&before);
  const auto* new_pod = std::get_if<Pod>(&after);
  if (!old_pod || !new_pod) return {};
  PodTemplate x = *old_pod->spec;
  PodTemplate y = *new_pod->spec;
  for (PodTemplate* t : {&x, &y}) {
    t->labels.clear();
    t->annotations.clear();
    t->tolerations.clear();
    for (Container& c : t->containers) c.image.clear();
  }
  return x == y
             ? ""
             : "spec: Forbidden: pod updates may not change fields other than "
               "`spec.containers[*].image`,`spec.initContainers[*].image`,"
               "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
               "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
               "was previously negative)";
}

std::optional<std::string> patched(Value& manifest, const Value& change, const std::string& type) {
  if (type == "json") return json_patch(manifest, change);
  if (type == "strategic") return strategic_patch(manifest, change);
  merge_patch(manifest, change);
  return std::nullopt;
}

void patch_one(Session& s, const Targets::Item& item, const Value& change,
               const std::string& type) {
  const Object before = get(s.cluster, item.id);
  Value manifest = to_value(s.cluster, before);
  const std::string old_text = to_yaml(manifest);
  if (const auto refusal = patched(manifest, change, type)) return s.fail("error: " + *refusal);
  const auto after = decoded(s, item, manifest);
  if (!after) return;
  const Meta& meta = meta_of(*after);
  const Meta& old_meta = meta_of(before);
  if (meta.name != old_meta.name || meta.ns != old_meta.ns)
    return s.fail("Error from server (BadRequest): the name of the object (" + meta.name +
                  ") does not match the name on the URL (" + old_meta.name + ")");
  if (const std::string field = immutable_field(before, *after); !field.empty())
    return s.fail("The " + item.id.kind + " " + quoted(old_meta.name) + " is invalid: " + field);
  put(s.cluster, *after);
  const bool same = to_yaml(to_value(s.cluster, get(s.cluster, item.id))) == old_text;
  if (!same) s.changed(item.id, Change::What::configured);
  s.say(name_of(s.cluster, item) + " patched" + (same ? " (no change)" : ""));
}

std::optional<Value> patch_document(Session& s) {
  const std::string* text = s.option("patch");
  if (!text) {
    s.fail("error: must specify --patch or --patch-file containing the contents of the patch");
    return std::nullopt;
  }
  Problems problems;
  auto out = parse_yaml(*text, "patch", problems);
  if (out && (out->kind == Value::Kind::object || out->kind == Value::Kind::array)) return out;
  const bool json = text->find_first_not_of(" \n\t") != std::string::npos &&
                    (*text)[text->find_first_not_of(" \n\t")] == '{';
  const std::string reason = problems.empty() ? "not an object" : problems.all().front().message;
  s.fail(json ? "Error from server (BadRequest): invalid JSON: " + reason
              : "error: unable to parse " + quoted(*text) + ": " + reason);
  return std::nullopt;
}

}  // namespace

void scale(Session& s) {
  const std::string* text = s.option("replicas");
  if (!text) return s.fail("error: required flag(s) \"replicas\" not set");
  const int replicas = parse_int(*text).value_or(-1);
  if (replicas < 0)
    return s.fail(
        "error: The --replicas=COUNT flag is required, and COUNT must be greater than or "
        "equal to 0");
  const Targets targets = resolve(s, {});
  if (targets.failed && targets.items.empty()) return;
  if (targets.items.empty()) return s.fail("error: no objects passed to scale");
  for (const Targets::Item& item : targets.items) scale_one(s, item, replicas);
}

void patch(Session& s) {
  const std::string* given = s.option("type");
  const std::string type = given ? *given : "strategic";
  if (type != "strategic" && type != "merge" && type != "json")
    return s.fail("error: --type must be one of [json merge strategic], not " + quoted(type));
  const auto change = patch_document(s);
  if (!change) return;
  if (type != "json" && change->kind != Value::Kind::object)
    return s.fail("Error from server (BadRequest): a patch must be an object");
  const Targets targets = resolve(s, {});
  for (const Targets::Item& item : targets.items) patch_one(s, item, *change, type);
}

namespace {

struct LabelChange {
  std::string key;
  std::optional<std::string> value;  ///< nothing: remove
};

/// "key=value" and "key-".
bool read_change(const std::string& word, LabelChange& out) {
  const std::size_t equals = word.find('=');
  if (equals != std::string::npos && equals > 0) {
    out = {word.substr(0, equals), word.substr(equals + 1)};
    return true;
  }
  if (equals != std::string::npos || word.size() < 2 || word.back() != '-') return false;
  out = {word.substr(0, word.size() - 1), std::nullopt};
  return true;
}

bool is_change(const std::string& word) {
  LabelChange change;
  return read_change(word, change);
}

/// Trailing arguments that are changes rather than names.
std::size_t count_changes(const std::vector<std::string>& args) {
  std::size_t count = 0;
  while (count < args.size() && is_change(args[args.size() - 1 - count])) ++count;
  return count;
}

void label_one(Session& s, const Targets::Item& item, const std::vector<LabelChange>& changes,
               bool annotations) {
  Meta& meta = meta_of(s.cluster, item.id);
  Shared<Labels>& labels = annotations ? meta.annotations : meta.labels;
  Labels fresh = *labels;
  bool removed = false;
  for (const LabelChange& c : changes) {
    const std::string* old = find_label(fresh, c.key);
    if (!c.value) {
      removed = remove_label(fresh, c.key) || removed;
      continue;
    }
    if (old && *old != *c.value && !s.flag("overwrite"))
      return s.fail("error: '" + c.key + "' already has a value (" + *old +
                    "), and --overwrite is false");
    set_label(fresh, c.key, *c.value);
  }
  const bool same = fresh == *labels;
  labels = std::move(fresh);
  if (!same) s.changed(item.id, Change::What::configured);
  const char* verb = annotations ? " annotated" : removed ? " unlabeled" : " labeled";
  s.say(name_of(s.cluster, item) + (same && !annotations ? " not labeled" : verb));
}

}  // namespace

void label(Session& s, bool annotations) {
  const std::size_t count = count_changes(s.command.args);
  if (count == 0)
    return s.fail(std::string("error: at least one ") + (annotations ? "annotation" : "label") +
                  " update is required");
  std::vector<LabelChange> changes;
  for (std::size_t i = s.command.args.size() - count; i < s.command.args.size(); ++i)
    read_change(s.command.args[i], changes.emplace_back());
  const Targets targets = resolve(s, {true, count});
  for (const Targets::Item& item : targets.items) label_one(s, item, changes, annotations);
}

namespace {

/// "key=value:Effect", "key:Effect", and both with "-" at the end, or "key-".
struct TaintChange {
  std::string key;
  std::string value;
  std::optional<TaintEffect> effect;
  bool removes = false;
};

std::optional<TaintChange> read_taint(std::string text) {
  TaintChange out;
  if (text.ends_with("-")) {
    out.removes = true;
    text.pop_back();
  }
  if (const std::size_t colon = text.find(':'); colon != std::string::npos) {
    const std::string effect = text.substr(colon + 1);
    if (effect == "NoSchedule") out.effect = TaintEffect::no_schedule;
    if (effect == "PreferNoSchedule") out.effect = TaintEffect::prefer_no_schedule;
    if (effect == "NoExecute") out.effect = TaintEffect::no_execute;
    if (!out.effect) return std::nullopt;
    text.resize(colon);
  }
  if (!out.effect && !out.removes) return std::nullopt;
  const std::size_t equals = text.find('=');
  out.key = text.substr(0, equals);
  if (equals != std::string::npos) out.value = text.substr(equals + 1);
  return out;
}

void taint_one(Session& s, const Targets::Item& item, const std::vector<TaintChange>& changes) {
  Node& node = s.cluster.nodes[static_cast<std::size_t>(item.id.index)];
  std::vector<Taint> taints = *node.taints;
  bool removes = true;
  for (const TaintChange& c : changes) {
    const auto same = [&](const Taint& t) {
      return t.key == c.key && (!c.effect || t.effect == *c.effect);
    };
    const bool present = std::any_of(taints.begin(), taints.end(), same);
    if (c.removes && !present) return s.fail("error: taint " + quoted(c.key) + " not found");
    if (!c.removes && present && !s.flag("overwrite"))
      return s.fail("error: node " + node.meta.name + " already has " + c.key +
                    " taint(s) with same effect(s) and --overwrite is false");
    std::erase_if(taints, same);
    if (!c.removes) taints.push_back({c.key, c.value, *c.effect});
    removes = removes && c.removes;
  }
  node.taints = std::move(taints);
  s.changed(item.id, Change::What::configured);
  s.say(name_of(s.cluster, item) + (removes ? " untainted" : " tainted"));
}

}  // namespace

void taint(Session& s) {
  std::vector<TaintChange> changes;
  const std::vector<std::string>& args = s.command.args;
  std::size_t count = 0;
  while (count < args.size() && args.size() - count > 1) {
    auto change = read_taint(args[args.size() - 1 - count]);
    if (!change) break;
    changes.insert(changes.begin(), std::move(*change));
    ++count;
  }
  if (changes.empty()) return s.fail("error: at least one taint update is required");
  const Targets targets = resolve(s, {true, count});
  for (const Targets::Item& item : targets.items) {
    if (item.id.kind != "Node")
      return s.fail("error: invalid resource type " + item.id.kind + ", only node(s) is supported");
    taint_one(s, item, changes);
  }
}

}  // namespace drdrill::kube::parts
