#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kube/kubectl.hpp"
#include "sim/kube/manifest.hpp"
#include "sim/kube/store.hpp"

/// The verbs behind run(), by file, and what they share. Not for other folders.
namespace drdrill::kube::parts {

/// One command at work on one cluster.
struct Session {
  Cluster& cluster;
  const Command& command;
  const Environment& environment;
  std::string ns;  ///< the namespace that the command names, or "default"
  bool ns_given = false;
  Outcome outcome;

  const std::string* option(std::string_view name) const { return command.option(name); }
  bool flag(std::string_view name, bool fallback = false) const {
    return command.flag(name, fallback);
  }
  void say(const std::string& line) { (outcome.out += line) += '\n'; }
  void warn(const std::string& line) { (outcome.err += line) += '\n'; }
  /// Prints to stderr; the command ends with 1 (but goes on if its verb does).
  void fail(const std::string& line) {
    warn(line);
    outcome.exit_code = 1;
  }
  void changed(const ObjectId& id, Change::What what);
  ObjectRef ref(const ObjectId& id) const;
};

std::string quoted(std::string_view text);
std::string not_found(std::string_view plural_name, std::string_view name);
std::vector<std::string> split(std::string_view text, char separator);
std::optional<int> parse_int(std::string_view text);

using Sources = std::vector<std::pair<std::string, std::string>>;  ///< names and texts
/// What -f names: of folders the manifests in order of name, with -R those of folders in them too.
/// Nothing when it was refused.
std::optional<Sources> sources(Session& s);
/// A file, or all files of a folder; nothing when there is neither.
std::optional<Sources> files_at(const Session& s, std::string_view path);

/// What the arguments and -l, --all, -A, --field-selector name.
struct Targets {
  struct Item {
    ObjectId id;
    Shared<ServedKind> kind;
  };
  std::vector<Item> items;
  bool by_name = false;  ///< names were given, not a selection
  bool failed = false;   ///< something was not found or refused, and was printed
};
struct TargetRules {
  bool needs_name = true;     ///< a type alone is refused
  std::size_t skip_last = 0;  ///< trailing arguments that are no names
};
Targets resolve(Session& s, const TargetRules& rules, std::size_t first = 0);
/// "TYPE/NAME" or a bare name of `kind`; index no_index when refused.
Targets::Item resolve_one(Session& s, const std::string& word, std::string_view kind);
bool field_matches(const Cluster& cluster, const ObjectId& id, const FieldTerm& term, bool& known);

std::string name_of(const Cluster& cluster, const Targets::Item& item);  ///< "deployment.apps/x"
int workload_index(const Targets::Item& item);  ///< no_index when it is no workload

void get(Session& s);
void get_events(Session& s);
void describe(Session& s);
void top(Session& s);
void scale(Session& s);
void remove(Session& s);
void cordon(Session& s, bool on);
void drain(Session& s);
void rollout(Session& s, std::string_view verb);
void patch(Session& s);
void label(Session& s, bool annotations);
void taint(Session& s);
void set_image(Session& s);
void set_env(Session& s);
void apply(Session& s, bool create_only);
void create_namespace(Session& s);
void create_config_map(Session& s);
void create_job(Session& s);
void exec(Session& s);
void logs(Session& s);
void wait(Session& s);

/// Objects that follow from others: Endpoints, EndpointSlices, Events.
bool is_derived(std::string_view kind);
/// A cluster that has those of the kind, and the same namespaces.
Cluster derived(const Session& s, const std::string& kind);

/// Deletes one object as the API server does, with what it owns.
void delete_object(Session& s, const ObjectId& id, std::optional<int> grace_s);

/// Table of objects of one kind as `kubectl get` prints it.
std::string table_of(const Session& s, const std::vector<ObjectId>& ids, bool wide, bool show_ns,
                     bool headers);

/// Rollout state: what `kubectl rollout status` says now.
struct RolloutText {
  bool done = false;
  std::string line;
};
RolloutText rollout_text(const Cluster& cluster, int workload);

}  // namespace drdrill::kube::parts
