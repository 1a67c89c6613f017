#pragma once

#include <string>
#include <vector>

/// What a program of a lab sees of this machine, and every command of a runbook: its programs and
/// libraries, which it cannot change; what is mounted for it; the processes of its own container,
/// and nobody else's. As root that is a mount and a process namespace beside the network's;
/// otherwise a user namespace comes first, where the machine lets ordinary users have one.
namespace drdrill::live {

struct Mount {
  std::string from;  ///< a file or a folder of this machine
  std::string to;    ///< where it is in the container; need not exist anywhere
  bool writable = false;
};

struct Container {
  /// An empty folder of the lab: the container's file system is put together there, seen from
  /// within only.
  std::string root;
  std::string host_name;
  std::vector<Mount> mounts;

  bool operator==(const Container&) const = default;
};

/// Everything that entering needs, made before the fork: afterwards nothing may be allocated.
class ContainerPlan {
 public:
  explicit ContainerPlan(const Container& container);

  /// The namespaces that a process in the container begins in, as clone(2) takes them.
  static int clone_flags();
  /// In a process that was made with these flags: puts the file system together and goes there.
  /// Null when it is done, otherwise what could not be done; errno says why.
  const char* enter() const;

 private:
  struct Piece {
    enum class Kind { folder, file, link, bind, scratch, processes };
    Kind kind;
    std::string from, to;
    bool writable = false;
  };

  void add_folder(const std::string& to);
  void add_parents(const std::string& to);
  void add_mount(const Mount& mount);
  void add_system();
  const char* put(const Piece& piece) const;
  const char* become_root_of_users() const;

  std::string root_, host_name_;
  std::vector<Piece> pieces_;
  std::vector<std::string> made_;  ///< folders that there are already
  std::string user_map_, group_map_;
};

/// Why this process can make no containers on this machine; empty: it can. Tried once.
const std::string& why_no_containers();

}  // namespace drdrill::live
