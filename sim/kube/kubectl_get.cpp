#include <algorithm>
#include <charconv>

#include "sim/kube/jsonpath.hpp"
#include "sim/kube/kubectl_parts.hpp"
#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::kube::parts {
namespace {

struct Output {
  std::string form;      ///< "", "name", "wide", "json", "yaml", "jsonpath"
  std::string argument;  ///< of jsonpath
};

std::optional<Output> output_of(Session& s) {
  const std::string* text = s.option("output");
  if (!text) return Output{};
  const std::size_t equals = text->find('=');
  Output out{text->substr(0, equals), ""};
  if (equals != std::string::npos) out.argument = text->substr(equals + 1);
  if (const std::string* t = s.option("template"); t && out.argument.empty()) out.argument = *t;
  for (const char* known : {"", "name", "wide", "json", "yaml", "jsonpath"})
    if (out.form == known) return out;
  for (const char* real : {"custom-columns", "go-template", "jsonpath-as-json", "jsonpath-file",
                           "custom-columns-file", "go-template-file", "kyaml"}) {
    if (out.form != real) continue;
    s.fail("drdrill does not interpret `-o " + out.form + "`");
    return std::nullopt;
  }
  s.fail("error: unable to match a printer suitable for the output format " + quoted(out.form) +
         ", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,"
         "json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml");
  return std::nullopt;
}

/// The items that a template looks at, when each of its expressions begins with an item's number;
/// nullopt when it may look at any.
std::optional<std::vector<std::size_t>> items_named(std::string_view path_template) {
  constexpr std::string_view items = "{.items[";
  std::vector<std::size_t> out;
  for (std::size_t at = path_template.find('{'); at != std::string_view::npos;
       at = path_template.find('{', at + 1)) {
    std::string_view rest = path_template.substr(at);
    if (!rest.starts_with(items)) return std::nullopt;
    rest.remove_prefix(items.size());
    std::size_t item = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), item);
    rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
    const std::string_view path = rest.substr(0, rest.find('}'));
    if (read.ec != std::errc{} || !rest.starts_with(']') ||
        path.find_first_of(", $|") != std::string_view::npos)
      return std::nullopt;
    out.push_back(item);
  }
  return out;
}

/// The object itself when one was named, else a List. Items that `output` cannot look at are left
/// empty: a List of nodes is long to write and read for one name.
Value document_of(const Session& s, const Targets& targets, const Output& output) {
  if (targets.by_name && targets.items.size() == 1)
    return to_value(s.cluster, get(s.cluster, targets.items.front().id));
  Value items = array_value();
  const auto named = output.form == "jsonpath" ? items_named(output.argument) : std::nullopt;
  if (named) items.items.resize(targets.items.size(), object_value());
  for (std::size_t i = 0; !named && i < targets.items.size(); ++i)
    items.items.push_back(to_value(s.cluster, get(s.cluster, targets.items[i].id)));
  for (std::size_t i = 0; named && i < named->size(); ++i)
    if (const std::size_t at = (*named)[i]; at < items.items.size())
      items.items[at] = to_value(s.cluster, get(s.cluster, targets.items[at].id));
  Value out = object_value();
  set_text(out, "apiVersion", "v1");
  set(out, "items", std::move(items));
  set_text(out, "kind", "List");
  set(out, "metadata", object_value());
  return out;
}

void print_empty(Session& s) {
  if (s.flag("ignore-not-found")) return;
  const bool everywhere = s.flag("all-namespaces");
  const ServedKind kind = served_kind(s.cluster, split(s.command.args.front(), ',').front());
  s.warn(everywhere || !kind.namespaced ? "No resources found"
                                        : "No resources found in " + s.ns + " namespace.");
}

void print_tables(Session& s, const Targets& targets, bool wide) {
  std::size_t at = 0;
  while (at < targets.items.size()) {
    std::vector<ObjectId> same;
    const std::string& kind = targets.items[at].id.kind;
    for (; at < targets.items.size() && targets.items[at].id.kind == kind; ++at)
      same.push_back(targets.items[at].id);
    const bool show_ns = s.flag("all-namespaces") && targets.items[at - 1].kind->namespaced;
    s.outcome.out += table_of(s, same, wide, show_ns, !s.flag("no-headers"));
    if (at < targets.items.size()) s.outcome.out += "\n";
  }
}

void get_here(Session& s) {
  if (s.command.args.empty() && !s.option("filename")) {
    s.fail(
        "You must specify the type of resource to get. Use \"kubectl api-resources\" for a "
        "complete list of supported resources.\n\nerror: Required resource not specified.\nUse "
        "\"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl "
        "explain pods).\nSee 'kubectl get -h' for help and examples");
    return;
  }
  const auto output = output_of(s);
  if (!output) return;
  Targets targets = resolve(s, {false, 0});
  if (targets.failed && targets.items.empty()) return;
  if (!targets.items.empty() && targets.items.front().id.kind == "Event")
    std::stable_sort(targets.items.begin(), targets.items.end(), [&](const auto& a, const auto& b) {
      const Cluster& cluster = s.cluster;
      return meta_of(cluster, a.id).created < meta_of(cluster, b.id).created;
    });
  const bool table = output->form.empty() || output->form == "wide";
  if (table && targets.items.empty()) return print_empty(s);
  if (table) return print_tables(s, targets, output->form == "wide");
  if (output->form == "name") {
    for (const Targets::Item& item : targets.items) s.say(name_of(s.cluster, item));
    return;
  }
  if (targets.by_name && targets.items.empty()) return;
  const Value document = document_of(s, targets, *output);
  if (output->form == "json") s.outcome.out += to_json(document);
  if (output->form == "yaml") s.outcome.out += to_yaml(document);
  if (output->form != "jsonpath") return;
  if (output->argument.empty())
    return s.fail("error: template format specified but no template given");
  const JsonPathResult result = evaluate_jsonpath(output->argument, document);
  if (result.ok)
    s.outcome.out += result.text;
  else
    s.fail(result.text);
}

/// Does the verb to the objects of the kind that the first argument names, where these follow from
/// others. False: they are objects as any.
bool on_derived(Session& s, void (*verb)(Session&)) {
  if (s.command.args.empty()) return false;
  const std::string& first = s.command.args.front();
  const ServedKind kind = served_kind(s.cluster, first.substr(0, first.find('/')));
  if (!is_derived(kind.kind)) return false;
  Cluster shown = derived(s, kind.kind);
  Session there{shown, s.command, s.environment, s.ns, s.ns_given, {}};
  there.outcome.cluster = s.outcome.cluster;
  verb(there);
  s.outcome = std::move(there.outcome);
  return true;
}

}  // namespace

void get(Session& s) {
  if (!on_derived(s, get_here)) get_here(s);
}

/// `kubectl events`: those of the namespace, or with --for those about one object.
void get_events(Session& s) {
  Cluster shown = derived(s, "Event");
  if (const std::string* about = s.option("for")) {
    const std::string name = about->substr(about->find('/') + 1);
    std::erase_if(shown.others, [&](const OtherObject& event) {
      const Value* involved = at_pointer(*event.manifest, "/involvedObject/name");
      return !involved || involved->text != name;
    });
  }
  Command command = s.command;
  command.args = {"events"};
  Session there{shown, command, s.environment, s.ns, s.ns_given, {}};
  there.outcome.cluster = s.outcome.cluster;
  get_here(there);
  s.outcome = std::move(there.outcome);
}

namespace {

void describe_here(Session& s) {
  const Targets targets = resolve(s, {false, 0});
  for (const Targets::Item& item : targets.items) {
    // The facts of the real describe, in the form of the manifest: nobody should parse it.
    s.outcome.out += to_yaml(to_value(s.cluster, get(s.cluster, item.id)));
    if (item.id.kind != "Service") continue;
    std::string addresses;
    for (int pod : endpoints(s.cluster, item.id.index)) {
      const Pod& p = s.cluster.pods[static_cast<std::size_t>(pod)];
      addresses += (addresses.empty() ? "" : ",") + p.ip;
    }
    s.say("Endpoints: " + (addresses.empty() ? "<none>" : addresses));
  }
  if (targets.items.empty() && !targets.failed) print_empty(s);
}

}  // namespace

void describe(Session& s) {
  if (!on_derived(s, describe_here)) describe_here(s);
}

}  // namespace drdrill::kube::parts
