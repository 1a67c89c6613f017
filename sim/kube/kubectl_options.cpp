#include "sim/kube/kubectl_options.hpp"

#include <algorithm>
#include <array>

namespace drdrill::kube::parts {
namespace {

/// The options of a verb as `kubectl VERB --help` of 1.32 lists them: names with "=" take a value,
/// "x|name" has the short form -x.
struct VerbOptions {
  std::string_view verb;
  std::string_view options;
};

constexpr std::string_view global_options =
    "as= as-group= as-uid= cache-dir= certificate-authority= client-certificate= client-key= "
    "cluster= context= disable-compression h|help insecure-skip-tls-verify kubeconfig= "
    "log-flush-frequency= match-server-version n|namespace= password= profile= profile-output= "
    "request-timeout= s|server= tls-server-name= token= user= username= v|v= vmodule= "
    "warnings-as-errors";

constexpr std::string_view print_options =
    "allow-missing-template-keys f|filename= k|kustomize= o|output= R|recursive "
    "show-managed-fields template= field-manager= dry-run=";

constexpr std::array<VerbOptions, 38> verbs{{
    {"get",
     "A|all-namespaces chunk-size= field-selector= ignore-not-found L|label-columns= no-headers "
     "output-watch-events raw= l|selector= server-print show-kind show-labels sort-by= "
     "subresource= w|watch watch-only"},
    {"events", "A|all-namespaces chunk-size= for= no-headers types= w|watch watch-only"},
    {"describe", "A|all-namespaces chunk-size= l|selector= show-events"},
    {"scale", "all current-replicas= replicas= resource-version= l|selector= timeout="},
    {"delete",
     "all A|all-namespaces cascade= field-selector= force grace-period= ignore-not-found "
     "i|interactive now raw= l|selector= timeout= wait"},
    {"drain",
     "chunk-size= delete-emptydir-data disable-eviction force grace-period= ignore-daemonsets "
     "pod-selector= l|selector= skip-wait-for-delete-timeout= timeout="},
    {"cordon", "l|selector="},
    {"uncordon", "l|selector="},
    {"rollout restart", "l|selector="},
    {"rollout status", "revision= l|selector= timeout= w|watch"},
    {"rollout undo", "l|selector= to-revision="},
    {"rollout history", "l|selector= revision="},
    {"rollout pause", "l|selector="},
    {"rollout resume", "l|selector="},
    {"patch", "local p|patch= patch-file= subresource= type="},
    {"label",
     "all A|all-namespaces field-selector= list local overwrite resource-version= l|selector="},
    {"annotate",
     "all A|all-namespaces field-selector= list local overwrite resource-version= l|selector="},
    {"taint", "all overwrite l|selector= validate="},
    {"set image", "all local l|selector="},
    {"set env",
     "all c|containers= e|env= from= keys= list local overwrite prefix= resolve l|selector="},
    {"apply",
     "all cascade= force force-conflicts grace-period= openapi-patch overwrite prune "
     "prune-allowlist= l|selector= server-side subresource= timeout= validate= wait"},
    {"create", "edit raw= save-config l|selector= validate= windows-line-endings"},
    {"create namespace", "save-config validate="},
    {"create configmap",
     "append-hash from-env-file= from-file= from-literal= save-config validate="},
    {"create job", "from= image= save-config validate="},
    {"exec", "c|container= pod-running-timeout= q|quiet i|stdin t|tty"},
    {"logs",
     "all-containers all-pods c|container= f|follow ignore-errors insecure-skip-tls-verify-backend "
     "limit-bytes= max-log-requests= pod-running-timeout= prefix p|previous l|selector= since= "
     "since-time= tail= timestamps"},
    {"wait", "all A|all-namespaces field-selector= for= local l|selector= timeout="},
    {"top pod",
     "A|all-namespaces containers field-selector= no-headers l|selector= sort-by= sum "
     "use-protocol-buffers"},
    {"top node", "no-headers l|selector= show-capacity sort-by= use-protocol-buffers"},
    {"config get-contexts", "no-headers"},
    {"config use-context", ""},
    {"config current-context", ""},
    {"config view", "flatten merge minify raw"},
    {"cluster-info", ""},
    {"version", "client"},
    {"api-resources", "api-group= cached namespaced no-headers sort-by= verbs= categories="},
    {"cp", "c|container= no-preserve retries="},
}};

void add_specs(std::string_view text, OptionSpecs& out) {
  while (!text.empty()) {
    std::string_view rest = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(rest.size() + 1, text.size()));
    OptionSpec spec;
    if (rest.size() > 2 && rest[1] == '|') {
      spec.letter = rest.front();
      rest.remove_prefix(2);
    }
    spec.takes_value = rest.back() == '=';
    if (spec.takes_value) rest.remove_suffix(1);
    spec.name = rest;
    out.push_back(spec);
  }
}

OptionSpecs make_specs(std::string_view verb, std::string_view options) {
  OptionSpecs out;
  add_specs(options, out);
  const bool exact = verb == "logs" || verb == "exec" || verb == "cp";
  // The verb's own letters come first: logs has -f and -p of its own, and no file name.
  if (!exact) add_specs(print_options, out);
  if (exact) add_specs("f|filename=", out);
  add_specs(global_options, out);
  return out;
}

}  // namespace

const OptionSpecs& specs_of(std::string_view verb) {
  static const std::array<OptionSpecs, verbs.size() + 1> all = [] {
    std::array<OptionSpecs, verbs.size() + 1> made;
    for (std::size_t i = 0; i < verbs.size(); ++i)
      made[i] = make_specs(verbs[i].verb, verbs[i].options);
    made.back() = make_specs("", "");
    return made;
  }();
  for (std::size_t i = 0; i < verbs.size(); ++i)
    if (verbs[i].verb == verb) return all[i];
  return all.back();
}

const OptionSpecs& global_specs() {
  static const OptionSpecs specs = [] {
    OptionSpecs made;
    add_specs(global_options, made);
    return made;
  }();
  return specs;
}

const OptionSpec* by_name(const OptionSpecs& specs, std::string_view name) {
  for (const OptionSpec& s : specs)
    if (s.name == name) return &s;
  return nullptr;
}

const OptionSpec* by_letter(const OptionSpecs& specs, char letter) {
  for (const OptionSpec& s : specs)
    if (s.letter == letter) return &s;
  return nullptr;
}

bool has_verb(std::string_view verb) {
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](const VerbOptions& v) { return v.verb == verb; });
}

bool is_group(std::string_view word) {
  return std::any_of(verbs.begin(), verbs.end(), [&](const VerbOptions& v) {
    return v.verb.size() > word.size() && v.verb.starts_with(word) && v.verb[word.size()] == ' ';
  });
}

}  // namespace drdrill::kube::parts
