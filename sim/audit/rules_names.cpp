#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Objects that commands name, against the manifests that are given beside them.
namespace drdrill::audit {
namespace {

struct Target {
  std::string kind;
  std::string name;
};

std::string kind_named(std::string_view word) {
  std::string kind = full_kind(word);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> brief{
      {{"svc", "service"},
       {"services", "service"},
       {"cj", "cronjob"},
       {"cronjobs", "cronjob"},
       {"daemonsets", "daemonset"},
       {"deployments", "deployment"},
       {"po", "pod"},
       {"pods", "pod"}}};
  for (const auto& [name, full] : brief)
    if (kind == name) return std::string(full);
  return kind;
}

bool is_known_kind(std::string_view kind) {
  return lists("deployment statefulset daemonset service cronjob pod", kind);
}

/// A numbered pod is its StatefulSet's; any other's name nobody can foresee.
std::optional<Target> of_pod(const std::string& pod) {
  std::string owner = owner_of(pod);
  if (owner.empty() || pod.substr(owner.size() + 1).size() > 2) return std::nullopt;
  return Target{"statefulset", std::move(owner)};
}

bool is_fixed(std::string_view name) {
  return !name.empty() && name.find_first_of("?$<>_{}[]*\"' =,") == std::string_view::npos &&
         lower(name) == name;
}

/// What kubectl is told to look at or to change, when the words say it for certain.
std::optional<Target> target_of(const Call& call) {
  constexpr std::string_view verbs =
      "exec logs port-forward delete scale rollout patch set annotate label get describe wait edit "
      "autoscale expose";
  auto at = std::find_if(call.argv.begin() + 1, call.argv.end(),
                         [&](const std::string& word) { return lists(verbs, word); });
  if (at == call.argv.end()) return std::nullopt;
  const std::string& verb = *at;
  if ((verb == "rollout" || verb == "set") && ++at == call.argv.end()) return std::nullopt;
  std::vector<std::string> words;
  for (++at; at != call.argv.end() && *at != "--"; ++at) {
    const bool takes = *at == "-n" || *at == "--namespace" || *at == "-c" || *at == "--container" ||
                       *at == "--context" || *at == "-o" || *at == "-p" || *at == "-l" ||
                       *at == "--tail" || *at == "--since" || *at == "--replicas" ||
                       *at == "--timeout" || *at == "--type" || *at == "--for" || *at == "-f";
    if (takes && !((verb == "logs" || verb == "exec") && (*at == "-f" || *at == "-p"))) {
      if (*at == "-l" || *at == "-f") return std::nullopt;
      if (++at == call.argv.end()) break;
      continue;
    }
    if (at->starts_with("-")) continue;
    words.push_back(*at);
  }
  if (words.empty()) return std::nullopt;
  const std::size_t slash = words[0].find('/');
  Target target;
  if (slash != std::string::npos)
    target = {kind_named(words[0].substr(0, slash)), words[0].substr(slash + 1)};
  else if (verb == "exec" || verb == "logs" || verb == "port-forward")
    target = {"pod", words[0]};
  else if (words.size() == 2)
    target = {kind_named(words[0]), words[1]};
  if (!is_known_kind(target.kind) || !is_fixed(target.name)) return std::nullopt;
  if (target.kind == "pod") return of_pod(target.name);
  return target;
}

/// A place for exercises and copies, or one that the documents make.
bool may_be_made(const Look& look, const std::string& ns) {
  for (const std::string_view part :
       {"test", "dr", "stag", "dev", "restor", "drill", "recover", "scratch", "tmp", "temp",
        "canary", "blue", "green", "new", "standby", "secondary", "example", "my-", "your"})
    if (contains(ns, part)) return true;
  if (std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
        const bool makes = call.has("create") || call.has("apply") || call.has("install") ||
                           call.has("upgrade") || call.has("restore") || call.has("run") ||
                           call.has("--create-namespace") || call.program() == "helm";
        return makes && contains(call.line(), ns);
      }))
    return true;
  for (const Manifests& file : look.input.manifests)
    for (const Value& document : file.documents)
      if (const Value* kind = document.find("kind"); kind && kind->text == "Kustomization")
        if (const Value* set = document.find("namespace"); set) return true;
  return false;
}

struct Known {
  std::set<std::string> namespaces;
  SourcePlace place;
};
using Objects = std::map<std::pair<std::string, std::string>, Known>;

Objects objects_of(const Look& look) {
  Objects known;
  for (const Placed& placed : look.objects) {
    const std::string kind = lower(kube::kind_of(*placed.object));
    const kube::Meta& meta = kube::meta_of(*placed.object);
    if (!is_known_kind(kind)) continue;
    Known& entry = known[{kind, meta.name}];
    entry.namespaces.insert(meta.ns);
    if (entry.place.line == 0) entry.place = placed.place(meta.at.line);
  }
  return known;
}

}  // namespace

/// A command that names an object of the manifests, in a namespace where they do not put it.
void check_elsewhere(Look& look) {
  const Objects known = objects_of(look);
  if (known.empty()) return;
  std::set<std::string> said;
  std::map<std::string, bool> made;
  for (const Call& call : look.calls) {
    const Followed& in = of_call(look, call);
    if (call.program() != "kubectl" || in.of_manifest || !call.pod.empty()) continue;
    const std::string ns = namespace_of(call);
    if (!is_fixed(ns) || !context_of(call).empty()) continue;
    const auto target = target_of(call);
    const auto found = target ? known.find({target->kind, target->name}) : known.end();
    if (found == known.end()) continue;
    const auto& [object, entry] = *found;
    // What another document shows as an example is not what runs.
    if (entry.place.file.ends_with(".md") && entry.place.file != in.file) continue;
    // Without a namespace of its own it goes where it is applied to.
    if (entry.namespaces.count(ns) != 0 || entry.namespaces.count("default") != 0) continue;
    const auto [makes, fresh] = made.try_emplace(ns, false);
    if (fresh) makes->second = may_be_made(look, ns);
    if (makes->second || !said.insert(in.file + " " + object.second + " " + ns).second) continue;
    look.report(call.place, "the manifests put " + object.first + " " + object.second + " into " +
                                joined(entry.namespaces) + " (" + entry.place.file + ":" +
                                std::to_string(entry.place.line) + "), and it is looked for in " +
                                ns + ": NotFound");
  }
}

}  // namespace drdrill::audit
