#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/kubectl.hpp"
#include "sim/kube/kubectl_options.hpp"

/// What kubectl and the API server of Kubernetes 1.32 do not have.
namespace drdrill::audit {
namespace {

struct KindVersion {
  std::string_view kind;
  std::string_view versions;  ///< that an API server of 1.32 has
};

constexpr std::array<KindVersion, 14> kind_versions{{
    {"NetworkPolicy", "networking.k8s.io/v1"},
    {"Ingress", "networking.k8s.io/v1"},
    {"Deployment", "apps/v1"},
    {"StatefulSet", "apps/v1"},
    {"DaemonSet", "apps/v1"},
    {"ReplicaSet", "apps/v1"},
    {"Job", "batch/v1"},
    {"CronJob", "batch/v1"},
    {"PodDisruptionBudget", "policy/v1"},
    {"HorizontalPodAutoscaler", "autoscaling/v1 autoscaling/v2"},
    {"Service", "v1"},
    {"ConfigMap", "v1"},
    {"Secret", "v1"},
    {"PersistentVolumeClaim", "v1"},
}};

std::string first_operand(const Call& call, std::string_view verb) {
  auto at = std::find(call.argv.begin(), call.argv.end(), verb);
  for (; at != call.argv.end() && ++at != call.argv.end();) {
    if (*at == "-n" || *at == "--namespace" || *at == "--context" || *at == "-l" || *at == "-o") {
      if (++at == call.argv.end()) break;
      continue;
    }
    if (!at->starts_with("-")) return *at;
  }
  return {};
}

void check_version(Look& look, std::string_view kind, std::string_view version,
                   const SourcePlace& place) {
  // serving.knative.dev has a Service of its own, and others have what they like.
  const std::string_view group = version.substr(0, version.rfind('/'));
  if (contains(group, ".") && !group.ends_with(".k8s.io")) return;
  for (const KindVersion& known : kind_versions)
    if (known.kind == kind && !lists(known.versions, version))
      look.report(place, "no API server has a " + std::string(kind) + " in " +
                             std::string(version) + "; it is in " + std::string(known.versions) +
                             ", and nothing is made of this one");
}

std::string value_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos || (at > 0 && text[at - 1] != '\n')) return {};
  std::string_view rest = text.substr(at + key.size());
  rest = rest.substr(0, rest.find('\n'));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find_first_of(" #")));
}

}  // namespace

std::string_view right_version(std::string_view kind) {
  for (const KindVersion& known : kind_versions)
    if (known.kind == kind) return known.versions.substr(known.versions.rfind(' ') + 1);
  return {};
}

void check_kubectl_syntax(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || call.argv.size() < 2) continue;
    std::vector<std::string> words;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
      std::string word = call.argv[i];
      std::replace(word.begin(), word.end(), '?', 'x');
      words.push_back(word.empty() ? "x" : word);
    }
    const kube::Parsed parsed = kube::parse(words);
    if (parsed.command) continue;
    const std::string error = parsed.error.substr(0, parsed.error.find('\n'));
    // Verbs that are not interpreted here exist all the same.
    if (!contains(error, "unknown flag") && !contains(error, "unknown shorthand")) continue;
    if (!kube::parts::has_verb(words[0]) && !kube::parts::is_group(words[0])) continue;
    // Only some verbs' options are all known here.
    constexpr std::string_view known_verbs =
        "scale delete logs drain cordon uncordon rollout patch wait";
    if (!lists(known_verbs, words[0])) continue;
    look.report(
        call.place,
        "kubectl " + words[0] + " ends with \"" +
            error.substr(error.starts_with("error: ") || error.starts_with("Error: ") ? 7 : 0) +
            "\" and does nothing");
  }
}

void check_kubectl_logs(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || !call.has("logs")) continue;
    const bool selected = call.has("-l") || call.has("--selector") ||
                          std::any_of(call.argv.begin(), call.argv.end(), [](const auto& w) {
                            return w.starts_with("--selector=") || w.starts_with("-l");
                          });
    for (std::size_t i = 1; i < call.raw.size(); ++i)
      if (call.raw[i].starts_with("--since=$") && contains(lower(call.raw[i]), "time"))
        look.report_as("kubectl-option-unknown", call.place,
                       "--since takes a duration (2h); a time of day is --since-time, and there is "
                       "no end to it");
    const std::string operand = first_operand(call, "logs");
    // In a sentence `kubectl logs` is only named.
    const bool named = call.argv.size() == 2 && !of_call(look, call).is_script();
    if (!selected && operand.empty() && !named)
      look.report(
          call.place,
          "kubectl logs names neither a pod nor a selector, and prints nothing but an error");
    else if (operand.starts_with("deployment/") || operand.starts_with("deploy/"))
      look.report_as("logs-of-one-pod", call.place,
                     "kubectl logs " + operand + " shows one of its pods, whichever comes first");
  }
}

/// "job/restore-*": the shell finds no such file and kubectl knows no patterns.
void check_patterns(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || call.argv.size() < 3) continue;
    for (std::size_t i = 2; i < call.argv.size() && call.argv[i] != "--"; ++i) {
      const std::string& word = call.argv[i];
      const std::string& before = call.argv[i - 1];
      // Paths of cp and -f are files, and values of options are the option's affair.
      const bool operand = !word.starts_with("-") && !before.starts_with("-o") && before != "-f" &&
                           before != "-p" && before != "--patch" && !contains(word, "/tmp") &&
                           !contains(word, ":") && !contains(word, "{") && !contains(word, "=");
      const bool named = contains(word, "-*") || contains(word, "/*");
      if (!operand || !named || call.argv[1] == "cp" || word.starts_with(".") ||
          word.starts_with("/"))
        continue;
      look.report(call.place, "kubectl takes \"" + word +
                                  "\" as a name: it knows no patterns, and answers NotFound");
      break;
    }
  }
}

void check_resource_types(Look& look) {
  // Projects that define none; whoever has other custom resources defines them somewhere.
  constexpr std::array<std::string_view, 3> without{"livekit.io", "postgresql.org", "redis.io"};
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || call.argv.size() < 3) continue;
    const std::string& verb = call.argv[1];
    if (verb != "get" && verb != "describe") continue;
    std::string type = first_operand(call, verb);
    type = lower(type.substr(0, type.find_first_of("/,")));
    const bool none = std::any_of(without.begin(), without.end(), [&](std::string_view group) {
      return type.ends_with("." + std::string(group));
    });
    if (!none) continue;
    look.report(
        call.place,
        "no cluster has a kind \"" + type + "\" by itself, and nothing here defines it" +
            (type.ends_with("livekit.io") ? "; LiveKit keeps rooms in Redis and has no such objects"
                                          : ""));
  }
}

void check_namespace(Look& look) {
  std::map<std::string, std::pair<int, int>> counts;  // by file: with, without
  const auto names = [](const Call& call) {
    return std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& w) {
      return w == "-n" || w.starts_with("--namespace") || w == "-A" || w == "--all-namespaces" ||
             w.starts_with("-n=");
    });
  };
  const auto is_wide = [](const std::string& type) {
    constexpr std::string_view wide =
        "node nodes no namespace namespaces ns pv persistentvolume persistentvolumes storageclass "
        "storageclasses sc crd crds customresourcedefinition customresourcedefinitions "
        "volumeattachment volumeattachments priorityclass priorityclasses pc ingressclass "
        "ingressclasses runtimeclass apiservice apiservices csr certificatesigningrequest "
        "certificatesigningrequests componentstatuses cs mutatingwebhookconfiguration "
        "mutatingwebhookconfigurations validatingwebhookconfiguration "
        "validatingwebhookconfigurations volumesnapshotclass volumesnapshotclasses "
        "volumesnapshotcontent volumesnapshotcontents gatewayclass";
    // What begins with "cluster" is the cluster's, but for operators' own kind "Cluster".
    const std::string bare = type.substr(0, type.find_first_of("/.,"));
    return lists(wide, bare) ||
           (bare.starts_with("cluster") && bare != "cluster" && bare != "clusters");
  };
  const auto concerns = [&](const Call& call) {
    for (const std::string_view verb :
         {"get", "describe", "scale", "delete", "exec", "logs", "patch"})
      if (call.argv.size() > 1 && call.has(verb)) {
        const std::string type = lower(first_operand(call, verb));
        return !type.empty() && !contains(type, "?") && !is_wide(type) && !call.has("--raw");
      }
    return false;
  };
  for (const Call& call : look.calls)
    if (call.program() == "kubectl" && concerns(call)) {
      auto& [with, without] = counts[look.procedures[call.procedure].file];
      names(call) ? ++with : ++without;
    }
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl" || !concerns(call) || names(call)) continue;
    if (call.has("-f") || call.has("--filename") || call.has("-k")) continue;
    // The command that stands in for a name that people fill in is none of theirs.
    if (call.substituted && call.has("--no-headers")) continue;
    const auto& [with, without] = counts[look.procedures[call.procedure].file];
    if (with < 4 || without * 4 > with) continue;
    look.report(call.place, "\"" + call.line().substr(0, 60) +
                                "\" names no namespace, as the other commands here do: it "
                                "looks into whichever one is set");
  }
}

void check_json_path(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "kubectl") continue;
    for (const std::string& word : call.argv) {
      if (!contains(word, "jsonpath=") || !contains(word, "{range") || contains(word, "{end}"))
        continue;
      look.report(call.place,
                  "{range …} has no {end}: what follows is printed once more for the whole object, "
                  "as an item with nothing in it");
    }
  }
}

void check_api_versions(Look& look) {
  for (const Call& call : look.calls) {
    if (call.document.empty() || call.program() != "kubectl") continue;
    const std::string kind = value_after(call.document, "kind:");
    const std::string version = value_after(call.document, "apiVersion:");
    if (!kind.empty() && !version.empty()) check_version(look, kind, version, call.place);
  }
  for (const Manifests& file : look.input.manifests)
    for (const Value& document : file.documents) {
      const Value* kind = document.find("kind");
      const Value* version = document.find("apiVersion");
      if (kind && version)
        check_version(look, kind->text, version->text,
                      {file.file, file.first_line + std::max(version->at.line, 1) - 1});
    }
}

}  // namespace drdrill::audit
