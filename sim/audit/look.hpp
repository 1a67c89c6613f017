#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/audit/audit.hpp"
#include "sim/audit/call.hpp"
#include "sim/drill/shell.hpp"

/// What rules look at: every command of every procedure, as far as it is known without running.
namespace drdrill::audit {

struct Assigned {
  std::string name;
  std::string value;  ///< with "?" for what is not known
  std::size_t procedure = 0;
  SourcePlace place;
  bool exported = false;  ///< programs that are started have it, too
};

/// `$name` in a command.
struct Use {
  std::string name;
  std::size_t procedure = 0;
  SourcePlace place;
  bool guarded = false;  ///< ${name:-x}, ${name:?}
  std::string followed;  ///< what stands right behind it in the word
};

/// A procedure as rules see it; the runs of a script with several choices are one.
struct Followed {
  const Procedure* procedure = nullptr;
  std::string about;  ///< name, title and headings in lower case
  enum class Purpose { backup, recovery, drill, other };
  Purpose purpose = Purpose::other;
  std::string file;
  /// Where it runs, when a manifest says so: shell of a container, or a script that one starts.
  const kube::PodTemplate* pod = nullptr;
  const kube::Container* container = nullptr;
  bool of_manifest = false;    ///< its text stands in a manifest
  bool one_line = false;       ///< all of its text stands in one line of the file
  bool makes_backups = false;  ///< by the programs that it calls

  bool is_script() const { return !procedure->script.empty(); }
};

/// An object of a manifest or a platform.
struct Placed {
  const kube::Object* object = nullptr;
  std::string file;
  int first_line = 1;  ///< of the text that its lines count in

  SourcePlace place(int line) const { return {file, first_line + (line > 0 ? line : 1) - 1}; }
};

class Look {
 public:
  explicit Look(const Input& input);

  const Input& input;
  std::vector<Followed> procedures;
  std::vector<Call> calls;  ///< in order of procedure, step and line
  std::vector<Assigned> assigned;
  std::vector<Use> uses;
  std::vector<const shell::For*> fixed_loops;
  struct CaseSeen {
    const shell::Case* what;
    std::size_t procedure;
    SourcePlace place;
    bool more_follows;
  };
  std::vector<CaseSeen> cases;
  std::set<std::pair<std::size_t, std::string>> functions;  ///< that a procedure defines
  std::set<std::size_t> acting;  ///< procedures with commands outside of functions
  /// `while true` that nothing in it leaves.
  struct EndlessLoop {
    std::size_t procedure;
    std::size_t step;
    SourcePlace place;
    bool more_follows;  ///< in the same list of commands
    bool in_function;
  };
  std::vector<EndlessLoop> endless;
  std::vector<std::shared_ptr<const shell::List>> trees;
  std::size_t text_left = std::size_t{32} << 20;  ///< bytes that variables may still put into words
  std::size_t inner_left = std::size_t{2} << 20;  ///< bytes of `bash -c` that may still be read
  std::vector<Objective> objectives;
  std::vector<Unread> unread;  ///< beside those of the input
  std::vector<Finding> found;

  /// The rule that is being checked; report() takes severity and fix from it.
  const Rule* rule = nullptr;
  void report(const SourcePlace& place, std::string evidence, std::string objective = {});
  void report_as(std::string_view id, const SourcePlace& place, std::string evidence,
                 std::string objective = {});

  /// The commands of one procedure.
  const std::vector<const Call*>& of(std::size_t procedure) const;
  const Objective* objective_of(ComponentId component) const;
  /// A container of a CronJob of the manifests or the platform.
  struct Scheduled {
    std::string script;  ///< the file name of the one that it starts; may be empty
    std::string schedule;
    std::string time_zone;
    std::string image;
    SourcePlace place;
    const kube::CronJob* job = nullptr;
    const kube::Container* container = nullptr;
    std::set<std::size_t>
        procedures;  ///< what it runs: its own shell, scripts of documents or maps

    bool runs(std::size_t procedure) const { return procedures.count(procedure) != 0; }
  };
  std::vector<Scheduled> scheduled;
  /// What manifests have, with their places: those that were given and, where the platform itself
  /// is looked at, the platform's.
  std::vector<Placed> objects;
  /// All workload kinds that names are known to have: "postgres-primary" → {"statefulset"}.
  std::map<std::string, std::set<std::string>> kinds;

 private:
  void add_documents();
  std::vector<std::vector<const Call*>> by_procedure_;
  std::deque<Procedure> of_manifests_;
  std::deque<kube::Object> of_platform_;
};

/// Has the container this variable, as far as manifests say? Nothing: it takes some from a Secret
/// or a ConfigMap that is not among them.
std::optional<bool> has_variable(const Look& look, const kube::Container& container,
                                 std::string_view name);
/// The longest time between two runs.
std::optional<Duration> interval_of(const Look::Scheduled& each);
/// The procedure that a command stands in.
const Followed& of_call(const Look& look, const Call& call);
/// The option of a program of PostgreSQL 15 that it does not have; empty: none is known.
std::string unknown_option(const Call& call);
/// The version in which an API server of Kubernetes 1.32 has the kind; empty: it is not known here.
std::string_view right_version(std::string_view kind);
/// What a name or a heading is about: "pg_dump of orders" is PostgreSQL.
std::optional<ComponentId> component_of_text(std::string_view text);
/// "postgres RPO 15m"
std::string objective_words(const Objective& objective, bool rpo);

}  // namespace drdrill::audit
