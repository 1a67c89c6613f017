#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/databases.hpp"
#include "models/volumes.hpp"
#include "sim/drill/shell_run.hpp"

/// Backups: what the programs that take, list, prune and restore them do to disks and servers, and
/// which artefacts exist when a drill begins. Artefacts are files; nothing says that a backup
/// exists but a script that could write it: history is made by running the CronJobs' own scripts
/// for each time that their schedule fired before the drill.
namespace drdrill::models {

class Sites;

/// A program called in a container.
struct ProgramCall {
  std::span<const std::string> argv;
  Disk disk;
  PodRef pod = no_pod;  ///< no_pod: before the drill, when all was well
  Offset now{};
};

struct ProgramAnswer {
  shell::Result result;
  Duration takes{};
  bool changed_server = false;
  ParameterId paced_by = ParameterId::none;  ///< the parameter that set how long it takes
  std::string writes = {};  ///< where in Volumes what it makes lies, unfinished until it is over
};

class Backups {
 public:
  Backups(Context& context, Kubernetes& kubernetes, Volumes& volumes, Databases& databases,
          Sites& sites);

  /// Puts on disks what the CronJobs have left there by the start of the drill: the latest firings
  /// of each within 32 days, 64 at most. Once, after Kubernetes has warmed up.
  void make_history();

  /// Nothing when this is no program of backups.
  std::optional<ProgramAnswer> run(const ProgramCall& call);

  /// date(1) on a machine whose clock is UTC.
  ProgramAnswer date(const ProgramCall& call);

  /// The program is not in the container's image.
  static bool is_missing(const Disk& disk, std::string_view program);

  void add_inventory(Inventory& inventory) const;
  /// Of the component's backups that people believe to have: how many have an artefact (one of each
  /// database, when it is a dump) that is whole and younger than the period of its schedule.
  struct Freshness {
    int believed = 0, fresh = 0;
    std::string first_without;  ///< "postgres-backup: no whole artefact"
  };
  Freshness freshness(ComponentId component) const;
  /// Artefacts that were written whole by now.
  std::vector<const File*> artefacts(ComponentId component) const;

 private:
  void spoil_history();
  using Program = ProgramAnswer (Backups::*)(const ProgramCall&);
  struct ProgramOf {
    std::string_view name;
    Program run;
  };
  static std::span<const ProgramOf> programs();

  ProgramAnswer make_folder(const ProgramCall& call);
  ProgramAnswer remove(const ProgramCall& call);
  ProgramAnswer touch(const ProgramCall& call);
  ProgramAnswer nothing(const ProgramCall& call);
  ProgramAnswer copy(const ProgramCall& call);
  ProgramAnswer find(const ProgramCall& call);
  ProgramAnswer list(const ProgramCall& call);
  ProgramAnswer pg_dump(const ProgramCall& call);
  ProgramAnswer pg_basebackup(const ProgramCall& call);
  ProgramAnswer pg_rewind(const ProgramCall& call);
  void write_standby(const ProgramCall& call, const std::string& folder, const std::string& host,
                     Offset at);
  ProgramAnswer pg_receivewal(const ProgramCall& call);
  ProgramAnswer pg_restore(const ProgramCall& call);
  ProgramAnswer untar(const ProgramCall& call);
  ProgramAnswer redis_snapshot(const ProgramCall& call);
  ProgramAnswer aws(const ProgramCall& call);
  ProgramAnswer copy_object(const ProgramCall& call, const std::vector<std::string>& words);
  ProgramAnswer list_objects(const ProgramCall& call, const std::string& prefix);
  std::string bucket_problem(std::string_view path) const;

  Context& context_;
  Kubernetes& kubernetes_;
  Volumes& volumes_;
  Databases& databases_;
  Sites& sites_;
  Draw& dump_rate_;
  Draw& clone_rate_;
  Draw& gzip_rate_;
  Draw& gunzip_rate_;
  Draw& compression_;
  Draw& object_rate_;
  Draw& restorable_;
};

}  // namespace drdrill::models
