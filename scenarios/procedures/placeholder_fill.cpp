#include <algorithm>
#include <array>

#include "scenarios/procedures/placeholder_words.hpp"
#include "scenarios/procedures/placeholders.hpp"
#include "scenarios/procedures/words.hpp"

/// How somebody who follows a document finds out what it leaves to be filled in.
namespace drdrill::procedures {
namespace {

/// The line that a place stands in, with those that it goes on in.
std::string_view command_around(std::string_view text, const Placeholder& placeholder) {
  std::size_t begin = placeholder.begin;
  while (begin > 0 && !(text[begin - 1] == '\n' && (begin < 2 || text[begin - 2] != '\\'))) --begin;
  std::size_t end = placeholder.end;
  while (end < text.size() && !(text[end] == '\n' && text[end - 1] != '\\')) ++end;
  return text.substr(begin, end - begin);
}

/// " -n shop --context dr" of a command, to be asked of the same place.
std::string place_of(std::string_view command) {
  std::string out;
  for (const std::string_view option : {"-n", "--namespace", "--context"}) {
    for (std::size_t at = command.find(option); at != std::string_view::npos;
         at = command.find(option, at + 1)) {
      const std::size_t behind = at + option.size();
      if (at == 0 || command[at - 1] != ' ' || behind >= command.size() ||
          (command[behind] != ' ' && command[behind] != '='))
        continue;
      const std::string_view value = command.substr(
          behind + 1,
          std::min(command.find_first_of(" \n\\|;)", behind + 1), command.size()) - behind - 1);
      const auto open = find_placeholders(value);
      if (value.empty() || (!open.empty() && open[0].end - open[0].begin != value.size())) continue;
      out += " " + std::string(option) + " " +
             (open.empty() ? std::string(value) : "\"${" + open[0].name + "}\"");
      break;
    }
  }
  return out;
}

struct Resource {
  std::string_view word;
  std::string_view plural;
};
constexpr std::array<Resource, 29> resources{{
    {"pod", "pods"},
    {"pods", "pods"},
    {"po", "pods"},
    {"node", "nodes"},
    {"nodes", "nodes"},
    {"namespace", "namespaces"},
    {"ns", "namespaces"},
    {"deployment", "deployments"},
    {"deployments", "deployments"},
    {"deploy", "deployments"},
    {"statefulset", "statefulsets"},
    {"statefulsets", "statefulsets"},
    {"sts", "statefulsets"},
    {"daemonset", "daemonsets"},
    {"ds", "daemonsets"},
    {"service", "services"},
    {"svc", "services"},
    {"pvc", "persistentvolumeclaims"},
    {"persistentvolumeclaim", "persistentvolumeclaims"},
    {"cronjob", "cronjobs"},
    {"job", "jobs"},
    {"configmap", "configmaps"},
    {"cm", "configmaps"},
    {"ingress", "ingresses"},
    {"hpa", "horizontalpodautoscalers"},
    {"pdb", "poddisruptionbudgets"},
    {"drain", "nodes"},
    {"cordon", "nodes"},
    {"uncordon", "nodes"},
}};

std::string_view plural_of(std::string_view word) {
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [&](const Resource& row) { return row.word == word; });
  return found == resources.end() ? std::string_view() : found->plural;
}

/// The kind of object that it names: by the word before it, by its own words, by the verb.
std::string_view kind_of(const Placeholder& placeholder, std::string_view text,
                         std::string_view command) {
  std::string_view left = text.substr(0, placeholder.begin);
  if (left.ends_with('"') || left.ends_with('\'')) left.remove_suffix(1);
  const bool slash = left.ends_with('/'), equals = left.ends_with('=');
  if (!slash && !equals && !left.ends_with(' ')) return {};  // a part of a name
  while (left.ends_with(' ') || left.ends_with('/') || left.ends_with('=')) left.remove_suffix(1);
  const std::size_t blank = left.find_last_of(" /\n");
  const std::string_view word = left.substr(blank == std::string_view::npos ? 0 : blank + 1);
  if (word == "-n" || word == "--namespace") return "namespaces";
  if (const auto plural = plural_of(word); !plural.empty()) return plural;
  if (word == "-c" || word == "--container" || word == "--context") return {};
  for (const std::string_view part : name_parts(placeholder.name))
    if (const auto plural = plural_of(part); !plural.empty() && plural != "hosts") return plural;
  const std::string_view before =
      command.substr(0, static_cast<std::size_t>(text.data() + placeholder.begin - command.data()));
  const bool asks_pod = before.find(" exec ") != std::string_view::npos ||
                        before.find(" logs ") != std::string_view::npos;
  const bool inside = before.find(" -- ") != std::string_view::npos;
  return asks_pod && !inside && !slash && !equals ? "pods" : std::string_view();
}

/// " | grep postgres" for <postgres-pod>: the words that are not about being one.
std::string filter_of(const Placeholder& placeholder) {
  constexpr std::array<std::string_view, 28> general{
      "name",  "id",       "failed", "failing",   "broken", "crashed", "crashing",
      "bad",   "affected", "stuck",  "unhealthy", "new",    "old",     "your",
      "the",   "a",        "any",    "some",      "target", "current", "problem",
      "wrong", "resource", "your",   "of",        "app",    "first",   "service"};
  std::string out;
  for (const std::string_view part : name_parts(placeholder.name)) {
    if (std::find(general.begin(), general.end(), part) != general.end()) continue;
    if (!plural_of(part).empty()) continue;
    out += " | grep " + std::string(part);
  }
  return out;
}

}  // namespace

std::string fill_command(const Placeholder& placeholder, std::string_view text,
                         std::string_view statement) {
  const std::string& name = placeholder.name;
  std::string_view written = placeholder.written;
  if (written.starts_with('<')) written = written.substr(1, written.size() - 2);
  if (const auto pattern = date_pattern(written); pattern && pattern->size == written.size())
    return name + "=$(date -u '+" + pattern->format + "')";
  std::string_view command = command_around(text, placeholder);
  if (command.find("kubectl") == std::string_view::npos) command = statement;
  if (command.find("kubectl") == std::string_view::npos) return {};
  const auto first = [&](const std::string& list) {
    return name + "=$(" + list + " | head -1 | cut -d' ' -f1)";
  };
  const auto or_first = [&](const std::string& list) {
    return "\n[ -n \"$" + name + "\" ] || " + first(list);
  };
  const std::size_t crosses = lowered(written).find("-xxx");
  const std::string_view kind =
      crosses != std::string::npos ? "pods" : kind_of(placeholder, text, command);
  if (kind.empty()) return {};
  if (kind == "namespaces")  // the one that has most pods
    return name +
           "=$(kubectl get pods -A --no-headers | cut -d' ' -f1 | sort | uniq -c | sort -rn | "
           "head -1 | awk '{print $2}')";
  if (kind == "nodes") {
    const std::string list = "kubectl get nodes --no-headers";
    return first(list + " | grep NotReady") + or_first(list);
  }
  const std::string filter = crosses != std::string::npos
                                 ? " | grep ^" + std::string(written.substr(0, crosses + 1))
                                 : filter_of(placeholder);
  const std::string list =
      "kubectl get " + std::string(kind) + place_of(command) + " --no-headers" + filter;
  if (kind != "pods") return first(list);
  return first(list + " | grep -vE ' (1/1|2/2|3/3|4/4) +Running|Completed'") + or_first(list);
}

}  // namespace drdrill::procedures
