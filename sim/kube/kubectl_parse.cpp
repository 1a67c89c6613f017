#include <algorithm>
#include <array>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube {
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

constexpr std::array<VerbOptions, 37> verbs{{
    {"get",
     "A|all-namespaces chunk-size= field-selector= ignore-not-found L|label-columns= no-headers "
     "output-watch-events raw= l|selector= server-print show-kind show-labels sort-by= "
     "subresource= w|watch watch-only"},
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

/// Verbs of the real kubectl that are not interpreted here.
constexpr std::array<std::string_view, 16> other_verbs{
    "expose", "run",          "explain",      "edit",     "autoscale", "certificate",
    "attach", "port-forward", "proxy",        "auth",     "debug",     "events",
    "diff",   "replace",      "api-versions", "kustomize"};

struct OptionSpec {
  std::string name;
  char letter = 0;
  bool takes_value = false;
};

void add_specs(std::string_view text, std::vector<OptionSpec>& out) {
  for (const std::string& word : parts::split(text, ' ')) {
    if (word.empty()) continue;
    OptionSpec spec;
    std::string_view rest = word;
    if (rest.size() > 2 && rest[1] == '|') {
      spec.letter = rest.front();
      rest.remove_prefix(2);
    }
    spec.takes_value = rest.back() == '=';
    if (spec.takes_value) rest.remove_suffix(1);
    spec.name = rest;
    out.push_back(std::move(spec));
  }
}

std::vector<OptionSpec> specs_of(std::string_view verb) {
  std::vector<OptionSpec> out;
  for (const VerbOptions& v : verbs)
    if (v.verb == verb) add_specs(v.options, out);
  const bool exact = verb == "logs" || verb == "exec" || verb == "cp";
  // The verb's own letters come first: logs has -f and -p of its own, and no file name.
  if (!exact) add_specs(print_options, out);
  if (exact) add_specs("f|filename=", out);
  add_specs(global_options, out);
  return out;
}

const OptionSpec* by_name(const std::vector<OptionSpec>& specs, std::string_view name) {
  for (const OptionSpec& s : specs)
    if (s.name == name) return &s;
  return nullptr;
}

const OptionSpec* by_letter(const std::vector<OptionSpec>& specs, char letter) {
  for (const OptionSpec& s : specs)
    if (s.letter == letter) return &s;
  return nullptr;
}

struct UsageError {
  std::string text;
};

bool has_verb(std::string_view verb) {
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](const VerbOptions& v) { return v.verb == verb; });
}

bool is_group(std::string_view word) {
  return std::any_of(verbs.begin(), verbs.end(), [&](const VerbOptions& v) {
    return v.verb.size() > word.size() && v.verb.starts_with(word) && v.verb[word.size()] == ' ';
  });
}

std::string canonical(std::string_view group, std::string_view word) {
  if (group == "create" && (word == "ns")) return "namespace";
  if (group == "create" && (word == "cm")) return "configmap";
  if (group == "top" && (word == "pods" || word == "po")) return "pod";
  if (group == "top" && (word == "nodes" || word == "no")) return "node";
  if (group == "config" && word == "use") return "use-context";
  return std::string(word);
}

class Parser {
 public:
  Parser(std::span<const std::string> argv, Command& out) : argv_(argv), out_(out) {}

  void run() {
    find_verb();
    specs_ = specs_of(out_.verb);
    std::size_t skipped = 0;
    for (at_ = 0; at_ < argv_.size(); ++at_) {
      const std::string& word = argv_[at_];
      if (word == "--") {
        out_.inner.assign(argv_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, argv_.end());
        return;
      }
      if (word.size() > 2 && word.starts_with("--"))
        long_option(word);
      else if (word.size() > 1 && word.front() == '-')
        letters(word);
      else if (skipped < verb_words_)
        ++skipped;
      else
        out_.args.push_back(word);
    }
  }

 private:
  /// The verb is the first word that is neither an option nor the value of a global one.
  void find_verb() {
    std::vector<std::string> words;
    std::vector<OptionSpec> global;
    add_specs(global_options, global);
    for (std::size_t i = 0; i < argv_.size() && words.size() < 2; ++i) {
      const std::string& word = argv_[i];
      if (word == "--") break;
      if (word.size() > 1 && word.front() == '-') {
        const OptionSpec* spec = word.starts_with("--") ? by_name(global, word.substr(2))
                                 : word.size() == 2     ? by_letter(global, word[1])
                                                        : nullptr;
        if (spec && spec->takes_value) ++i;
        continue;
      }
      words.push_back(word);
    }
    if (words.empty()) throw UsageError{"kubectl controls the Kubernetes cluster manager."};
    name_verb(words);
  }

  void name_verb(const std::vector<std::string>& words) {
    const std::string& first = words.front();
    if (is_group(first) && words.size() > 1) {
      const std::string both = first + " " + canonical(first, words[1]);
      if (has_verb(both)) {
        out_.verb = both;
        verb_words_ = 2;
        return;
      }
      if (!has_verb(first))
        throw UsageError{"error: unknown command \"" + words[1] + "\"\nSee 'kubectl " + first +
                         " -h' for help and examples"};
    }
    if (!has_verb(first) && !is_group(first)) {
      if (std::find(other_verbs.begin(), other_verbs.end(), first) == other_verbs.end())
        throw UsageError{"Error: unknown command \"" + first + "\" for \"kubectl\""};
      out_.verb = first;
      verb_words_ = 1;
      return;
    }
    if (!has_verb(first))
      throw UsageError{"error: must specify one of the commands of \"kubectl " + first + "\""};
    out_.verb = first;
    verb_words_ = 1;
  }

  std::string see() const { return "\nSee 'kubectl " + out_.verb + " --help' for usage."; }

  bool lenient() const {
    return std::find(other_verbs.begin(), other_verbs.end(), out_.verb) != other_verbs.end();
  }

  void long_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const OptionSpec* spec = by_name(specs_, name);
    if (!spec) {
      if (lenient()) return;
      throw UsageError{"Error: unknown flag: --" + name + see()};
    }
    if (equals != std::string::npos) return keep(*spec, word.substr(equals + 1));
    if (!spec->takes_value) return keep(*spec, "true");
    // `--dry-run` may stand without a value.
    if (name == "dry-run") return keep(*spec, "client");
    if (at_ + 1 >= argv_.size())
      throw UsageError{"Error: flag needs an argument: --" + name + see()};
    keep(*spec, argv_[++at_]);
  }

  void letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const OptionSpec* spec = by_letter(specs_, word[i]);
      if (!spec) {
        if (lenient()) return;
        throw UsageError{std::string("Error: unknown shorthand flag: '") + word[i] + "' in " +
                         word + see()};
      }
      if (!spec->takes_value) {
        keep(*spec, "true");
        continue;
      }
      const std::size_t skip = i + 1 < word.size() && word[i + 1] == '=' ? 2 : 1;
      if (i + 1 < word.size()) return keep(*spec, word.substr(i + skip));
      if (at_ + 1 >= argv_.size())
        throw UsageError{std::string("Error: flag needs an argument: '") + word[i] + "' in " +
                         word + see()};
      return keep(*spec, argv_[++at_]);
    }
  }

  void keep(const OptionSpec& spec, std::string value) {
    check(spec.name, value);
    out_.options.push_back({spec.name, std::move(value)});
  }

  void check(const std::string& name, const std::string& value) const {
    constexpr std::array<std::string_view, 7> numbers{"replicas",
                                                      "current-replicas",
                                                      "tail",
                                                      "to-revision",
                                                      "grace-period",
                                                      "revision",
                                                      "skip-wait-for-delete-timeout"};
    if (std::find(numbers.begin(), numbers.end(), name) != numbers.end() &&
        !parts::parse_int(value))
      throw UsageError{"Error: invalid argument \"" + value + "\" for \"--" + name +
                       "\" flag: strconv.ParseInt: parsing \"" + value + "\": invalid syntax" +
                       see()};
    if ((name == "timeout" || name == "since") && !parse_duration(value))
      throw UsageError{"Error: invalid argument \"" + value + "\" for \"--" + name +
                       "\" flag: time: invalid duration \"" + value + "\"" + see()};
  }

  std::span<const std::string> argv_;
  Command& out_;
  std::vector<OptionSpec> specs_;
  std::size_t verb_words_ = 1;
  std::size_t at_ = 0;
};

}  // namespace

const std::string* Command::option(std::string_view name) const {
  for (auto o = options.rbegin(); o != options.rend(); ++o)
    if (o->name == name) return &o->value;
  return nullptr;
}

bool Command::flag(std::string_view name, bool fallback) const {
  const std::string* value = option(name);
  return value ? *value != "false" && *value != "0" : fallback;
}

Parsed parse(std::span<const std::string> argv, std::string stdin_text) {
  Parsed out;
  Command command;
  command.stdin_text = std::move(stdin_text);
  try {
    Parser(argv, command).run();
  } catch (const UsageError& error) {
    out.error = error.text + "\n";
    return out;
  }
  out.command = std::move(command);
  return out;
}

}  // namespace drdrill::kube
