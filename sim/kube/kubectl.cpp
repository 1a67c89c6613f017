#include "sim/kube/kubectl.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube {
namespace parts {

ObjectRef Session::ref(const ObjectId& id) const {
  const Meta& meta = meta_of(static_cast<const Cluster&>(cluster), id);
  return {cluster.context, id.kind, meta.ns, meta.name};
}

void Session::changed(const ObjectId& id, Change::What what) {
  outcome.changed.push_back({ref(id), what});
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string not_found(std::string_view plural_name, std::string_view name) {
  return "Error from server (NotFound): " + std::string(plural_name) + " " + quoted(name) +
         " not found";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    out.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

std::optional<int> parse_int(std::string_view text) {
  int out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

namespace {

using Verb = void (*)(Session&);
struct Row {
  std::string_view verb;
  Verb run;
};

void not_modelled(Session& s) {
  s.outcome.understood = false;
  s.fail("drdrill does not interpret `kubectl " + s.command.verb + "`");
}

void version(Session& s) {
  const Version& v = s.cluster.version;
  const std::string text = "v" + std::to_string(v.major) + "." + std::to_string(v.minor) + ".0";
  s.say("Client Version: " + text);
  if (!s.flag("client")) s.say("Server Version: " + text);
}

void cluster_info(Session& s) {
  s.say("Kubernetes control plane is running at https://" + s.cluster.name);
}

void api_resources(Session& s) {
  for (const Resource& r : resources())
    s.say(std::string(r.plural) + "  " + r.api_version() + "  " + std::string(r.kind));
}

constexpr std::array<Row, 31> rows{{
    {"get", get},
    {"events", get_events},
    {"describe", describe},
    {"top pod", top},
    {"top node", top},
    {"scale", scale},
    {"delete", remove},
    {"cordon", [](Session& s) { cordon(s, true); }},
    {"uncordon", [](Session& s) { cordon(s, false); }},
    {"drain", drain},
    {"rollout restart", [](Session& s) { rollout(s, "restart"); }},
    {"rollout status", [](Session& s) { rollout(s, "status"); }},
    {"rollout undo", [](Session& s) { rollout(s, "undo"); }},
    {"rollout history", [](Session& s) { rollout(s, "history"); }},
    {"rollout pause", [](Session& s) { rollout(s, "pause"); }},
    {"rollout resume", [](Session& s) { rollout(s, "resume"); }},
    {"patch", patch},
    {"label", [](Session& s) { label(s, false); }},
    {"annotate", [](Session& s) { label(s, true); }},
    {"taint", taint},
    {"set image", set_image},
    {"set env", set_env},
    {"apply", [](Session& s) { apply(s, false); }},
    {"create", [](Session& s) { apply(s, true); }},
    {"create namespace", create_namespace},
    {"create configmap", create_config_map},
    {"create job", create_job},
    {"exec", exec},
    {"logs", logs},
    {"wait", wait},
    {"version", version},
}};

Verb verb_of(std::string_view name) {
  for (const Row& row : rows)
    if (row.verb == name) return row.run;
  if (name == "cluster-info") return cluster_info;
  if (name == "api-resources") return api_resources;
  return not_modelled;
}

Outcome run_on(Cluster& cluster, std::size_t index, const Command& command,
               const Environment& environment) {
  const std::string* ns = command.option("namespace");
  Session s{cluster, command, environment, ns ? *ns : "default", ns != nullptr, {}};
  s.outcome.cluster = index;
  if (!cluster.api_available)
    s.fail("Unable to connect to the server: dial tcp: i/o timeout");
  else
    verb_of(command.verb)(s);
  if (s.outcome.wait) s.outcome.wait->cluster = index;
  return std::move(s.outcome);
}

bool is_dry_run(const Command& command) {
  const std::string* mode = command.option("dry-run");
  return mode && *mode != "none";
}

Outcome run_checked(Cluster& cluster, std::size_t index, const Command& command,
                    const Environment& environment) {
  if (!is_dry_run(command)) return run_on(cluster, index, command, environment);
  Cluster copy = cluster;
  Outcome out = run_on(copy, index, command, environment);
  out.changed.clear();
  out.wait.reset();
  return out;
}

/// kubectl finds out in different places, and says so differently, when a namespace is given.
Outcome unknown_context(const Command& command, const std::string& name) {
  Outcome out;
  out.exit_code = 1;
  out.err =
      command.option("namespace")
          ? "error: context " + quoted(name) + " does not exist\n"
          : "Error in configuration: context was not found for specified context: " + name + "\n";
  return out;
}

Outcome run_config(Clusters& clusters, const Command& command) {
  Outcome out;
  const std::string current =
      clusters.items.empty() ? "" : clusters.items[clusters.current].context;
  if (command.verb == "config current-context") {
    out.out = current + "\n";
  } else if (command.verb == "config get-contexts") {
    const std::string* output = command.option("output");
    const bool names = output && *output == "name";
    if (!names) out.out = "CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n";
    for (const Cluster& c : clusters.items)
      out.out += names ? c.context + "\n"
                       : (c.context == current ? "*         " : "          ") + c.context + "   " +
                             c.name + "\n";
  } else if (command.verb == "config use-context") {
    const std::string name = command.args.empty() ? "" : command.args.front();
    for (std::size_t i = 0; i < clusters.items.size(); ++i) {
      if (clusters.items[i].context != name) continue;
      clusters.current = i;
      out.out = "Switched to context " + quoted(name) + ".\n";
      return out;
    }
    out.exit_code = 1;
    out.err = "error: no context exists with the name: " + quoted(name) + "\n";
  }
  return out;
}

}  // namespace
}  // namespace parts

Outcome run(Clusters& clusters, const Command& command, const Environment& environment) {
  if (command.verb.starts_with("config ")) return parts::run_config(clusters, command);
  const std::string* context = command.option("context");
  std::size_t index = clusters.current;
  if (context) {
    const auto found = std::find_if(clusters.items.begin(), clusters.items.end(),
                                    [&](const Cluster& c) { return c.context == *context; });
    if (found == clusters.items.end()) return parts::unknown_context(command, *context);
    index = static_cast<std::size_t>(found - clusters.items.begin());
  }
  if (index >= clusters.items.size()) {
    Outcome out;
    out.exit_code = 1;
    out.err =
        "The connection to the server localhost:8080 was refused - did you specify the right host "
        "or port?\n";
    return out;
  }
  return parts::run_checked(clusters.items[index], index, command, environment);
}

Outcome run(Cluster& cluster, const Command& command, const Environment& environment) {
  const std::string* context = command.option("context");
  if (context && *context != cluster.context) return parts::unknown_context(command, *context);
  return parts::run_checked(cluster, 0, command, environment);
}

Outcome run(Clusters& clusters, std::span<const std::string> argv, std::string stdin_text,
            const Environment& environment) {
  const Parsed parsed = parse(argv, std::move(stdin_text));
  if (parsed.command) return run(clusters, *parsed.command, environment);
  Outcome out;
  out.exit_code = 1;
  out.err = parsed.error;
  return out;
}

}  // namespace drdrill::kube
