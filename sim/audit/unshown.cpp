#include "sim/audit/unshown.hpp"

#include <algorithm>
#include <array>
#include <set>

/// What a rehearsal cannot show, because it was given less than the people have.
namespace drdrill::audit {
namespace {

/// What stands between the first `before` and the `after` behind it; empty: not both are there.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + before.size();
  const std::size_t end = text.find(after, begin);
  return end == std::string_view::npos ? std::string()
                                       : std::string(text.substr(begin, end - begin));
}

struct Given {
  std::set<std::string> names;
  std::set<std::string> workloads;
  std::set<std::string> namespaces;
  std::vector<const kube::Labels*> labels;

  explicit Given(const PlatformSpec& platform) {
    for (const ClusterSpec& spec : platform.clusters) {
      const kube::Cluster& all = spec.initial;
      const auto add = [&](const auto& objects) {
        for (const auto& object : objects) {
          names.insert(object.meta.name);
          namespaces.insert(object.meta.ns);
        }
      };
      add(all.workloads), add(all.services), add(all.config_maps), add(all.secrets);
      add(all.claims), add(all.jobs), add(all.cron_jobs), add(all.ingresses), add(all.others);
      add(all.budgets), add(all.autoscalers), add(all.network_policies), add(all.nodes);
      for (const kube::Namespace& each : all.namespaces) {
        names.insert(each.meta.name);
        namespaces.insert(each.meta.name);
      }
      for (const kube::Workload& workload : all.workloads) {
        workloads.insert(workload.meta.name);
        labels.push_back(&workload.pod_template().labels);
      }
    }
  }

  /// "db-0" and "web-5d9c-x2" are pods of db and web. `answer` is what kubectl said.
  bool has(const std::string& name, std::string_view answer) const {
    const bool workload = contains(answer, "s.apps \"");
    if (!contains(answer, "pods \"")) return (workload ? workloads : names).count(name) != 0;
    for (std::string part = name; !part.empty(); part.resize(part.rfind('-'))) {
      if (workloads.count(part) != 0) return true;
      if (part.find('-') == std::string::npos) break;
    }
    return false;
  }
};

/// Words of a command that follow one of the options.
std::vector<std::string> behind_options(std::string_view text,
                                        std::initializer_list<std::string_view> options) {
  std::vector<std::string> out;
  std::string word, before;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (c != ' ' && c != '\n' && c != '\t' && c != '\\') {
      if (c != '"' && c != '\'') word += c;
      continue;
    }
    if (word.empty()) continue;
    for (const std::string_view option : options) {
      if (before == option) out.push_back(word);
      if (word.starts_with(option) && word.size() > option.size() && word[option.size()] == '=')
        out.push_back(word.substr(option.size() + 1));
    }
    before = std::move(word);
    word.clear();
  }
  return out;
}

bool is_plain(std::string_view word) {
  return !word.empty() && word.find_first_of("$<>()!{}?*") == std::string_view::npos;
}

/// "app=web,tier=front" against what pods are labelled with.
bool selects_some(const Given& given, std::string_view selector) {
  return std::any_of(given.labels.begin(), given.labels.end(), [&](const kube::Labels* labels) {
    std::string_view rest = selector;
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string* has = kube::find_label(*labels, std::string(one.substr(0, equals)));
      const std::size_t value = one.find_first_not_of('=', equals);
      if (!has || value == std::string_view::npos || *has != one.substr(value)) return false;
    }
    return true;
  });
}

/// An object, pod or context that no manifest has.
std::string object_not_given(const Look& look, const Step& step, const StepEnded& end) {
  const std::string& platform = look.input.platform->name;
  for (const auto& [before, after] : {std::pair{"no context exists with the name: \"", "\""},
                                      {"context \"", "\" does not exist"},
                                      {"no context exists with the name \"", "\""}})
    if (const std::string name = between(end.told().output, before, after); !name.empty())
      return std::string(platform)
          .append(" is one cluster, and the context ")
          .append(name)
          .append(" is of another");
  const Given given(*look.input.platform);
  if (contains(end.told().output, "(NotFound)")) {
    const std::string name =
        between(end.told().output.substr(end.told().output.find("(NotFound)")), "\"", "\"");
    if (!name.empty() && !given.has(name, end.told().output))
      return "nothing that was given makes " + name;
  }
  // Kinds come with operators, whose definitions are seldom among the manifests.
  if (const std::string kind = between(end.told().output, "have a resource type \"", "\"");
      !kind.empty())
    return "nothing that was given defines " + kind;
  const bool nothing = contains(end.told().output, "no matching resources found") ||
                       contains(end.told().output, "no objects passed to scale") ||
                       contains(end.told().hidden_error, "No resources found");
  if (!nothing) return {};
  for (const std::string& ns : behind_options(step.run, {"-n", "--namespace"}))
    if (is_plain(ns) && given.namespaces.count(ns) == 0)
      return "nothing that was given is in the namespace " + ns;
  for (const std::string& selector : behind_options(step.run, {"-l", "--selector"}))
    if (is_plain(selector) && !selects_some(given, selector))
      return "nothing that was given has pods with " + selector;
  return {};
}

/// The file that a step wants and the platform does not have.
std::string file_not_given(const Look& look, const StepEnded& end) {
  std::string path = between(end.told().output, "the path \"", "\" does not exist");
  if (path.empty() && contains(end.told().output, "No such file or directory"))
    path = between(end.told().output, "bash: ", ": No such file or directory");
  if (path.empty()) return {};
  return path + " is not among the files of " + look.input.platform->name;
}

/// What runs on the machine of whoever types, or anywhere else outside of the platform.
std::string server_not_given(const Look& look, const StepEnded& end) {
  if (contains(end.told().output, "could not translate host name"))
    if (const std::string host =
            between(end.told().output, "could not translate host name \"", "\"");
        host.empty() || host == "localhost" || host == "127.0.0.1" || is_imported(look))
      return "the server that it asks (" +
             (host.empty() ? "one on the machine that it is typed on" : host) + ") is none of " +
             look.input.platform->name + "'s";
  const std::string host = between(end.told().output + "\n", "Could not resolve host: ", "\n");
  if (host == "localhost" || host == "127.0.0.1" || (!host.empty() && is_imported(look)))
    return "what answers at " + host + " is none of " + look.input.platform->name + "'s";
  return {};
}

/// A script that says how it is used, because it was given no arguments.
std::string arguments_not_given(const Look& look, const Step& step, const StepEnded& end) {
  const std::string said = lower(end.told().output);
  const bool asks = contains(said, "usage:") || contains(said, "must be specified") ||
                    contains(said, "not specified") || contains(said, "is required") ||
                    contains(said, "missing argument") || contains(said, "required argument");
  if (!asks) return {};
  for (const Followed& followed : look.procedures) {
    if (!followed.is_script() || followed.file != step.place.file) continue;
    for (const Step& one : followed.procedure->runbook.steps)
      for (const std::string_view word : {"$1", "${1", "$#", "$@", "getopts"})
        if (contains(one.run, word)) return followed.procedure->script + " wants arguments";
  }
  return {};
}

}  // namespace

std::string first_line(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string low = lower(line);
    if (contains(low, "error") || contains(low, "not found") || contains(low, "refused") ||
        contains(low, "unknown") || contains(low, "failed") || contains(low, "no such"))
      return std::string(line.substr(0, 200));
  }
  return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 200)));
}

bool says_more_than_remarks(std::string_view run) {
  for (std::string_view rest = run; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin != std::string_view::npos && line[begin] != '#') return true;
  }
  return false;
}

bool is_imported(const Look& look) {
  if (look.input.imported) return true;
  // Objects that were imported know the manifests that they came from.
  const PlatformSpec& platform = *look.input.platform;
  return std::any_of(
      platform.clusters.begin(), platform.clusters.end(), [&](const ClusterSpec& cluster) {
        return std::any_of(cluster.places.begin(), cluster.places.end(),
                           [&](const auto& place) { return place.second.file != platform.file; });
      });
}

/// kubectl takes every kubectl-NAME of the machine that it runs on for a verb.
static std::string plugin_not_given(const StepEnded& end) {
  const std::string verb = between(end.told().output, "unknown command \"", "\" for \"kubectl\"");
  constexpr std::string_view plugins =
      "argo argocd cert-manager cnpg ctx crunchy cilium df-pv directpv gadget hns istio ko kots "
      "krew kruise linkerd minio mayastor moco neat node-shell ns oidc-login openebs pgo preflight "
      "rabbitmq resource-capacity rook-ceph sniff starboard stern tree velero view-secret vitess";
  return lists(plugins, verb) ? "kubectl " + verb + " is a plug-in, which no model has" : "";
}

std::string not_given(const Look& look, const Step& step, const StepEnded& end) {
  std::string why = file_not_given(look, end);
  if (why.empty() && end.exit_status != 0) why = plugin_not_given(end);
  if (why.empty() && end.exit_status != 0) why = server_not_given(look, end);
  if (why.empty() && end.exit_status != 0) why = arguments_not_given(look, step, end);
  if (why.empty() && is_imported(look)) why = object_not_given(look, step, end);
  return why;
}

bool may_repair_unseen(const Step& step, const StepEnded& end) {
  if (end.understood || step.phase == Phase::watch) return false;
  const std::string text = lower(step.title + " " + step.run);
  for (const std::string_view word :
       {"restor",     "recover", "failover",  "fail over", "promot",    "rebuil",
        "reinit",     "replac",  "provision", "velero",    "terraform", "ansible",
        "helm ",      "argocd",  ".sh",       ".py",       "./",        "systemctl",
        "patronictl", "docker",  "redeploy",  "switch"})
    if (contains(text, word)) return true;
  return false;
}

}  // namespace drdrill::audit
