#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Files and folders that commands name: are they there, and what does kubectl make of them?
namespace drdrill::audit {
namespace {

bool is_address(std::string_view path) {
  return contains(path, "://");
}

/// What kubectl is given by -f or -k; empty: nothing, or nobody knows.
std::string given_to_kubectl(const Call& call) {
  const bool takes = changes(call, "apply") || changes(call, "create") ||
                     changes(call, "replace") || changes(call, "delete");
  if (!takes) return {};
  std::string path = call.option("-f", "--filename");
  if (path.empty()) path = call.option("-k", "--kustomize");
  return path == "-" || contains(path, "?") || contains(path, "*") || contains(path, "<") ? ""
                                                                                          : path;
}

/// The script that is called by its path.
std::string script_called(const Call& call) {
  std::string path = call.argv.front();
  if (lists("bash sh source .", path) && call.argv.size() > 1) path = call.argv[1];
  const bool script = path.ends_with(".sh") && contains(path, "/") && !path.starts_with("/");
  return script && !contains(path, "?") ? path : "";
}

NamedPath seen(const Look& look, const Call& call, const std::string& path) {
  if (!look.input.named_path || path.starts_with("/") || path.starts_with("~")) return {};
  return look.input.named_path(path, of_call(look, call).file);
}

/// Files that no repository is to hold are made by somebody, and so are those that a command makes.
bool may_come(const Look& look, const Call& call, const std::string& path) {
  const std::string low = lower(path);
  for (const std::string_view word :
       {"secret", "credential", "kubeconfig", ".env", ".local", "private", "generated", "rendered",
        "example", "your", "my-", "foo", "backup"})
    if (contains(low, word)) return true;
  const std::string& file = of_call(look, call).file;
  const std::string folder = path.substr(0, path.find('/') + 1);
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& other) {
    if (of_call(look, other).file != file) return false;
    // Where commands go elsewhere, paths begin there.
    if (lists("cd pushd git helm kustomize terraform curl wget tar unzip", other.program()))
      return true;
    return std::any_of(other.targets.begin(), other.targets.end(), [&](const std::string& target) {
      return contains(target, folder) || target == path;
    });
  });
}

/// Of one procedure what is not there, told at once.
struct Missing {
  SourcePlace place;
  std::string folder;
  std::set<std::string> paths;
};

void note_missing(const Look& look, const Call& call, const std::string& path,
                  std::map<std::size_t, Missing>& missing) {
  if (may_come(look, call, path)) return;
  Missing& here = missing[call.procedure];
  if (here.paths.empty()) here.place = call.place;
  here.folder = path.substr(0, path.find('/', path.starts_with("./") ? 2 : 0));
  here.paths.insert(path);
}

/// Manifests that name another namespace than the command.
void tell_namespace(Look& look, const Call& call, const std::map<std::string, int>& names) {
  const std::string ns = namespace_of(call);
  const auto most = std::max_element(
      names.begin(), names.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto own = names.find(ns);
  if (ns.empty() || own == names.end() || most->first == ns || most->second < 2 * own->second)
    return;
  std::string text = "manifests that name their namespace themselves (";
  text.append(most->first).append(", as the other commands here) are refused with -n ");
  text.append(ns).append(": \"the namespace from the provided object does not match\"");
  look.report_as("namespace-refused", call.place, std::move(text));
}

}  // namespace

void check_paths(Look& look) {
  std::map<std::string, std::map<std::string, int>> used;  // by file: namespaces, how often
  for (const Call& call : look.calls)
    if (call.program() == "kubectl")
      if (const std::string ns = namespace_of(call); !ns.empty() && !contains(ns, "?"))
        ++used[of_call(look, call).file][ns];
  std::map<std::size_t, Missing> missing;
  for (const Call& call : look.calls) {
    if (const std::string script = script_called(call); !script.empty() && call.pod.empty())
      if (seen(look, call, script).kind == NamedPath::Kind::missing)
        note_missing(look, call, script, missing);
    const std::string path = given_to_kubectl(call);
    if (path.empty() || is_address(path)) continue;
    const NamedPath found = seen(look, call, path);
    if (found.kind == NamedPath::Kind::missing) {
      note_missing(look, call, path, missing);
      continue;
    }
    const bool folder = path.size() > 1 && path.ends_with('/');
    if (!folder || !(changes(call, "apply") || changes(call, "create"))) continue;
    const bool flat = found.kind == NamedPath::Kind::folder && !found.deeper;
    const bool all = call.has("-R") || call.has("--recursive") || call.has("--recursive=true") ||
                     !call.option("-k", "--kustomize").empty();
    if (!flat && !all)
      look.report(call.place,
                  "kubectl takes the files of " + path +
                      " and none of the folders in it, unless -R says so: what lies deeper is not "
                      "made");
    tell_namespace(look, call, used[of_call(look, call).file]);
  }
  for (const auto& [procedure, here] : missing)
    look.report_as("file-not-there", here.place,
                   joined(here.paths) + (here.paths.size() == 1 ? " is" : " are") +
                       " not there, and the folder " + here.folder +
                       " is: whoever follows this stops here");
}

}  // namespace drdrill::audit
