#pragma once

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
  std::vector<std::shared_ptr<const shell::List>> trees;
  std::size_t text_left = std::size_t{32} << 20;  ///< bytes that variables may still put into words
  std::size_t inner_left = std::size_t{2} << 20;  ///< bytes of `bash -c` that may still be read
  std::vector<Objective> objectives;
  std::vector<Finding> found;

  /// The rule that is being checked; report() takes severity and fix from it.
  const Rule* rule = nullptr;
  void report(const SourcePlace& place, std::string evidence, std::string objective = {});
  void report_as(std::string_view id, const SourcePlace& place, std::string evidence,
                 std::string objective = {});

  /// The commands of one procedure.
  const std::vector<const Call*>& of(std::size_t procedure) const;
  const Objective* objective_of(ComponentId component) const;
  /// Scripts that a CronJob of the manifests or the platform starts, by file name.
  struct Scheduled {
    std::string script;
    std::string schedule;
    std::string time_zone;
    std::string image;
    SourcePlace place;
    const kube::CronJob* job = nullptr;
  };
  std::vector<Scheduled> scheduled;
  /// All workload kinds that names are known to have: "postgres-primary" → {"statefulset"}.
  std::map<std::string, std::set<std::string>> kinds;

 private:
  std::vector<std::vector<const Call*>> by_procedure_;
  void read_manifests();
};

/// The procedure that a command stands in.
const Followed& of_call(const Look& look, const Call& call);
/// What a name or a heading is about: "pg_dump of orders" is PostgreSQL.
std::optional<ComponentId> component_of_text(std::string_view text);
/// "postgres RPO 15m"
std::string objective_words(const Objective& objective, bool rpo);

}  // namespace drdrill::audit
