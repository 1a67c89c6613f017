#include <algorithm>
#include <array>

#include "sim/kube/kubectl_options.hpp"
#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube {
namespace {

using parts::OptionSpec;
using parts::OptionSpecs;

/// Verbs of the real kubectl that are not interpreted here.
constexpr std::array<std::string_view, 19> other_verbs{
    "expose",       "run",       "explain",      "edit",    "autoscale",
    "certificate",  "attach",    "port-forward", "proxy",   "auth",
    "debug",        "cp",        "diff",         "replace", "plugin",
    "api-versions", "kustomize", "completion",   "options"};

struct UsageError {
  std::string text;
};

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
    specs_ = &parts::specs_of(out_.verb);
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
    const OptionSpecs& global = parts::global_specs();
    for (std::size_t i = 0; i < argv_.size() && words.size() < 2; ++i) {
      const std::string& word = argv_[i];
      if (word == "--") break;
      if (word.size() > 1 && word.front() == '-') {
        const OptionSpec* spec = word.starts_with("--") ? parts::by_name(global, word.substr(2))
                                 : word.size() == 2     ? parts::by_letter(global, word[1])
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
    if (parts::is_group(first) && words.size() > 1) {
      const std::string both = first + " " + canonical(first, words[1]);
      if (parts::has_verb(both)) {
        out_.verb = both;
        verb_words_ = 2;
        return;
      }
      if (!parts::has_verb(first))
        throw UsageError{"error: unknown command \"" + words[1] + "\"\nSee 'kubectl " + first +
                         " -h' for help and examples"};
    }
    if (!parts::has_verb(first) && !parts::is_group(first)) {
      if (std::find(other_verbs.begin(), other_verbs.end(), first) == other_verbs.end())
        throw UsageError{"Error: unknown command \"" + first + "\" for \"kubectl\""};
      out_.verb = first;
      verb_words_ = 1;
      return;
    }
    if (!parts::has_verb(first))
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
    const OptionSpec* spec = parts::by_name(*specs_, name);
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
      const OptionSpec* spec = parts::by_letter(*specs_, word[i]);
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
    out_.options.push_back({std::string(spec.name), std::move(value)});
  }

  void check(std::string_view name, const std::string& value) const {
    constexpr std::array<std::string_view, 7> numbers{"replicas",
                                                      "current-replicas",
                                                      "tail",
                                                      "to-revision",
                                                      "grace-period",
                                                      "revision",
                                                      "skip-wait-for-delete-timeout"};
    if (std::find(numbers.begin(), numbers.end(), name) != numbers.end() &&
        !parts::parse_int(value))
      throw UsageError{"Error: invalid argument \"" + value + "\" for \"--" + std::string(name) +
                       "\" flag: strconv.ParseInt: parsing \"" + value + "\": invalid syntax" +
                       see()};
    if ((name == "timeout" || name == "since") && !parse_duration(value))
      throw UsageError{"Error: invalid argument \"" + value + "\" for \"--" + std::string(name) +
                       "\" flag: time: invalid duration \"" + value + "\"" + see()};
  }

  std::span<const std::string> argv_;
  Command& out_;
  const OptionSpecs* specs_ = nullptr;
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
