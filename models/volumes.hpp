#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/kubernetes.hpp"
#include "sim/drill/shell_run.hpp"

/// What lies on disks: the files of volume claims and of containers, by the volume that holds them.
/// A file on a claim outlives pods; one on a container's own disk does not. Where a claim's data
/// can be reached follows from Kubernetes: a claim is bound to a zone, and pods that mount it go
/// there.
namespace drdrill::models {

/// A range of slots in a snapshot of Redis, and whose writes it holds up to when.
struct SnapshotPart {
  int first = 0;
  int last = 0;
  int cluster = 0;  ///< the installation that acknowledged them
  Offset until{};
  Offset began = Offset::min();  ///< they were empty then; min: they go back to before the drill
  double filled = 1;             ///< the share of the keys that there is room for
};

/// What a file holds when it is no text.
struct Content {
  enum class Kind : std::uint8_t { text, live_data, base_backup, dump, wal, snapshot };
  Kind kind = Kind::text;
  std::string database;  ///< dump
  int installation = 0;  ///< of PostgreSQL: 0 the platform's own, 1 its first shard
  int timeline = 0;
  Offset until{};     ///< holds what was acknowledged up to then; Offset::min(): nothing
  Offset complete{};  ///< when it has been written whole
  double bytes = 0;
  bool cut_short = false;           ///< its end is missing
  bool with_wal = false;            ///< base_backup: a data directory that holds the WAL it needs
  int server = -1;                  ///< live_data: whose
  std::vector<SnapshotPart> parts;  ///< snapshot
};

struct File {
  std::string text;
  Content content;
  Offset written{};
};

/// A container's view of disks: whose mounts, and whose own disk for everything else.
struct Disk {
  int cluster = 0;
  std::string_view ns;
  const kube::PodTemplate* spec = nullptr;
  std::string own;  ///< of the container: "pod/0/17"
};

class Volumes {
 public:
  explicit Volumes(Kubernetes& kubernetes) : kubernetes_(kubernetes) {}

  void keep() { kept_ = files_; }
  void reset() {
    files_ = kept_;
    full_.clear();
  }

  Disk disk_of(PodRef ref) const;
  /// Where a path of a container lies: "claim/0/gomeet/backup-storage:/postgresql/x.dump"; an
  /// object of a bucket, "s3://NAME/x", lies at "bucket/NAME:/x" from everywhere.
  std::string locate(const Disk& disk, std::string_view path) const;
  static std::string claim_root(int cluster, std::string_view ns, std::string_view claim);
  /// Where what lies on volumes of this name lies: on claims of any cluster, or in a bucket.
  std::vector<std::string> roots_of(std::string_view volume) const;
  /// The root of the claim that a path of the container lies on, or else of its only claim; empty
  /// when there is none.
  std::string claim_behind(const Disk& disk, std::string_view path) const;

  const File* find(std::string_view key) const;
  File& put(const std::string& key, File file);
  bool remove(std::string_view key);
  /// Who was writing it ended then: a file is never whole, an object never comes to be.
  void interrupt(const std::string& key, Offset now);
  /// A fault or its end: nothing more can be written below these roots, since when.
  void set_full(std::map<std::string, Offset, std::less<>> roots) { full_ = std::move(roots); }
  /// Since when nothing can be written there; never if it can.
  Offset full_since(std::string_view key) const;
  bool is_full(std::string_view key) const { return full_since(key) != never; }
  /// Everything at or below a key.
  void remove_below(std::string_view key);
  /// Calls f(key, file) for what lies at or below a key, in order.
  template <class F>
  void each_below(std::string_view key, F&& f) const {
    for (auto at = files_.lower_bound(key); at != files_.end() && at->first.starts_with(key); ++at)
      if (at->first.size() == key.size() || key.ends_with('/') || key.ends_with(':') ||
          at->first[key.size()] == '/')
        f(at->first, at->second);
  }
  /// Paths, as the container sees them, of the files at or below a path.
  std::vector<std::string> paths_below(const Disk& disk, std::string_view path) const;

  /// A file that a ConfigMap brings: its text, and whether it may be executed.
  struct Script {
    std::string text;
    bool executable = false;
  };
  std::optional<Script> script(const Disk& disk, std::string_view path) const;

  /// Lets a shell see the disk, and takes back what it wrote.
  void load(shell::Run& run, const Disk& disk) const;
  void store(shell::Run& run, const Disk& disk, Offset now);

 private:
  Kubernetes& kubernetes_;
  std::map<std::string, File, std::less<>> files_, kept_;
  std::map<std::string, Offset, std::less<>> full_;  // roots
};

}  // namespace drdrill::models
