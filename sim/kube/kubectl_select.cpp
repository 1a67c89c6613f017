#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube::parts {
namespace {

constexpr const char* usage =
    "error: You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n"
    "   '-f rsrc.yaml'\n"
    "   '--filename=rsrc.json'\n"
    "   '<resource> <name>'\n"
    "   '<resource>'";

std::vector<std::string> expand_all(const std::string& words) {
  std::vector<std::string> out;
  for (const std::string& word : split(words, ',')) {
    if (word == "all")
      out.insert(out.end(), {"pods", "services", "daemonsets", "deployments", "statefulsets",
                             "horizontalpodautoscalers", "cronjobs", "jobs"});
    else
      out.push_back(word);
  }
  return out;
}

class Resolver {
 public:
  Resolver(Session& s, const TargetRules& rules) : s_(s), rules_(rules) {}

  Targets run(std::vector<std::string> args) {
    const std::string* selector = s_.option("selector");
    if (selector) {
      selector_ = parse_selector(*selector);
      if (!selector_)
        return refuse("error: unable to parse requirement: invalid selector " + quoted(*selector));
    }
    if (const std::string* fields = s_.option("field-selector")) {
      fields_ = parse_field_selector(*fields).value_or(std::vector<FieldTerm>{});
      if (fields_.empty()) return refuse("error: invalid field selector " + quoted(*fields));
    }
    if (args.empty()) return refuse(usage);
    const bool slashed = args.front().find('/') != std::string::npos;
    if (slashed) return by_slash(args);
    return by_type(args);
  }

 private:
  Targets refuse(const std::string& text) {
    s_.fail(text);
    out_.failed = true;
    return std::move(out_);
  }

  bool selecting() const { return selector_ || !fields_.empty() || s_.flag("all"); }

  Targets by_slash(const std::vector<std::string>& args) {
    out_.by_name = true;
    for (const std::string& arg : args) {
      const std::size_t slash = arg.find('/');
      if (slash == std::string::npos)
        return refuse(
            "error: there is no need to specify a resource type as a separate argument when "
            "passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' "
            "instead of 'kubectl get resource resource/<resource_name>'");
      const ServedKind kind = kind_of_word(arg.substr(0, slash));
      if (kind.kind.empty()) return std::move(out_);
      add_named(kind, arg.substr(slash + 1));
    }
    return std::move(out_);
  }

  ServedKind kind_of_word(const std::string& word) {
    ServedKind kind = served_kind(s_.cluster, word);
    if (kind.kind.empty())
      refuse("error: the server doesn't have a resource type " +
             quoted(word.substr(0, word.find('.'))));
    return kind;
  }

  Targets by_type(const std::vector<std::string>& args) {
    for (const std::string& word : expand_all(args.front())) {
      const ServedKind kind = kind_of_word(word);
      if (kind.kind.empty()) return std::move(out_);
      if (args.size() == 1) {
        if (!selecting() && rules_.needs_name)
          return refuse("error: resource(s) were provided, but no name was specified");
        add_selected(kind);
        continue;
      }
      if (selecting()) return refuse("error: name cannot be provided when a selector is specified");
      out_.by_name = true;
      for (std::size_t i = 1; i < args.size(); ++i) add_named(kind, args[i]);
    }
    return std::move(out_);
  }

  void add_named(const ServedKind& kind, const std::string& name) {
    if (s_.flag("all-namespaces") && kind.namespaced) {
      refuse("error: a resource cannot be retrieved by name across all namespaces");
      return;
    }
    const ObjectId id = find(s_.cluster, kind.kind, kind.namespaced ? s_.ns : "", name);
    if (id.index != no_index) {
      out_.items.push_back({id, kind});
    } else if (!s_.flag("ignore-not-found")) {
      s_.fail(not_found(kind.plural_name, name));
      out_.failed = true;
    }
  }

  void add_selected(const ServedKind& kind) {
    const Shared<ServedKind> shared = kind;
    const std::vector<ObjectId> all = list(s_.cluster, kind.kind);
    out_.items.reserve(out_.items.size() + all.size());
    for (const ObjectId& id : all) {
      const Meta& meta = meta_of(static_cast<const Cluster&>(s_.cluster), id);
      if (kind.namespaced && !s_.flag("all-namespaces") && meta.ns != s_.ns) continue;
      if (selector_ && !selector_->matches(*meta.labels)) continue;
      bool keep = true;
      for (const FieldTerm& term : fields_) {
        bool known = true;
        keep = field_matches(s_.cluster, id, term, known) && keep;
        if (known) continue;
        refuse("Error from server (BadRequest): Unable to find " + quoted(kind.plural_name) +
               " that match label selector \"\", field selector " +
               quoted(term.path + "=" + term.value) + ": field label not supported: " + term.path);
        return;
      }
      if (keep) out_.items.push_back({id, shared});
    }
  }

  Session& s_;
  const TargetRules& rules_;
  std::optional<Selector> selector_;
  std::vector<FieldTerm> fields_;
  Targets out_;
};

std::optional<std::string> pod_field(const Cluster& cluster, const Pod& p, std::string_view path) {
  if (path == "status.phase") return std::string(phase_name(p.phase));
  if (path == "status.podIP") return p.ip;
  if (path == "spec.restartPolicy") return p.spec->restart_policy;
  if (path == "spec.nodeName")
    return p.node == no_index ? "" : cluster.nodes[static_cast<std::size_t>(p.node)].meta.name;
  return std::nullopt;
}

}  // namespace

bool field_matches(const Cluster& cluster, const ObjectId& id, const FieldTerm& term, bool& known) {
  const Meta& meta = meta_of(cluster, id);
  std::optional<std::string> value;
  if (term.path == "metadata.name") value = meta.name;
  if (term.path == "metadata.namespace") value = meta.ns;
  if (id.kind == "Pod" && !value)
    value = pod_field(cluster, cluster.pods[static_cast<std::size_t>(id.index)], term.path);
  if (id.kind == "Node" && term.path == "spec.unschedulable")
    value = cluster.nodes[static_cast<std::size_t>(id.index)].unschedulable ? "true" : "false";
  known = value.has_value();
  return known && (*value == term.value) == term.equal;
}

Targets resolve(Session& s, const TargetRules& rules, std::size_t first) {
  std::vector<std::string> args = s.command.args;
  args.erase(args.begin(),
             args.begin() + static_cast<std::ptrdiff_t>(std::min(first, args.size())));
  args.resize(args.size() - std::min(rules.skip_last, args.size()));
  return Resolver(s, rules).run(std::move(args));
}

Targets::Item resolve_one(Session& s, const std::string& word, std::string_view kind) {
  const std::size_t slash = word.find('/');
  const std::string type = slash == std::string::npos ? std::string(kind) : word.substr(0, slash);
  const std::string name = slash == std::string::npos ? word : word.substr(slash + 1);
  const ServedKind served = served_kind(s.cluster, type);
  if (served.kind.empty()) {
    s.fail("error: the server doesn't have a resource type " + quoted(type));
    return {};
  }
  const ObjectId id = find(s.cluster, served.kind, served.namespaced ? s.ns : "", name);
  if (id.index == no_index) s.fail(not_found(served.plural_name, name));
  return {id, served};
}

std::string name_of(const Cluster& cluster, const Targets::Item& item) {
  return item.kind->name + "/" + meta_of(cluster, item.id).name;
}

int workload_index(const Targets::Item& item) {
  const std::string& kind = item.id.kind;
  const bool workload = kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet";
  return workload ? item.id.index : no_index;
}

}  // namespace drdrill::kube::parts
