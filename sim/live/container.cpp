#include "sim/live/container.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/mount.h>
#include <sched.h>
#include <string_view>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/live/process.hpp"

namespace drdrill::live {
namespace {

namespace fs = std::filesystem;

bool is_root() {
  return geteuid() == 0;
}

bool write_text(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return done;
}

/// Read only with all that is mounted below it, and nothing in it makes anybody more than they are.
bool restrict(const char* path, bool writable, bool below) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID | (writable ? 0U : MOUNT_ATTR_RDONLY);
  const unsigned flags = below ? AT_RECURSIVE : 0U;
  return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attributes, sizeof attributes) == 0;
}

}  // namespace

int ContainerPlan::clone_flags() {
  const int always = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
  return is_root() ? always : always | CLONE_NEWUSER;
}

ContainerPlan::ContainerPlan(const Container& container)
    : root_(container.root), host_name_(container.host_name) {
  if (!is_root()) {
    const auto same = [](unsigned id) {
      return std::to_string(id) + " " + std::to_string(id) + " 1\n";
    };
    user_map_ = same(geteuid());
    group_map_ = same(getegid());
  }
  add_system();
  for (const Mount& mount : container.mounts) add_mount(mount);
}

void ContainerPlan::add_folder(const std::string& to) {
  if (std::find(made_.begin(), made_.end(), to) != made_.end()) return;
  add_parents(to);
  made_.push_back(to);
  pieces_.push_back({Piece::Kind::folder, {}, root_ + to});
}

void ContainerPlan::add_parents(const std::string& to) {
  const auto slash = to.rfind('/');
  if (slash != std::string::npos && slash > 0) add_folder(to.substr(0, slash));
}

/// Over a link of the machine's nothing is mounted: where it leads is not there in a container.
void ContainerPlan::add_mount(const Mount& mount) {
  std::error_code error;
  if (fs::is_symlink(mount.to, error)) return;
  if (fs::is_directory(mount.from)) {
    add_folder(mount.to);
  } else {
    add_parents(mount.to);
    pieces_.push_back({Piece::Kind::file, {}, root_ + mount.to});
  }
  pieces_.push_back({Piece::Kind::bind, mount.from, root_ + mount.to, mount.writable});
}

/// Programs, libraries and settings of the machine, devices that hold nothing, and a place for
/// temporary files.
void ContainerPlan::add_system() {
  for (const char* path : {"/usr", "/etc"}) add_mount({path, path});
  for (const char* path : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code error;
    if (fs::is_symlink(path, error))
      pieces_.push_back({Piece::Kind::link, fs::read_symlink(path, error), root_ + path});
    else if (fs::is_directory(path, error))
      add_mount({path, path});
  }
  for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const std::string path = std::string("/dev/") + name;
    if (fs::exists(path)) add_mount({path, path, true});
  }
  pieces_.push_back({Piece::Kind::link, "/proc/self/fd", root_ + "/dev/fd"});
  for (const char* path : {"/dev/shm", "/tmp"}) {
    add_folder(path);
    pieces_.push_back({Piece::Kind::scratch, {}, root_ + path});
  }
  add_folder("/proc");
  pieces_.push_back({Piece::Kind::processes, {}, root_ + "/proc"});
}

const char* ContainerPlan::become_root_of_users() const {
  if (user_map_.empty()) return nullptr;
  if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/uid_map", user_map_) ||
      !write_text("/proc/self/gid_map", group_map_))
    return "user namespace";
  return nullptr;
}

const char* ContainerPlan::put(const Piece& piece) const {
  const char* to = piece.to.c_str();
  switch (piece.kind) {
    case Piece::Kind::folder:
      return mkdir(to, 0755) == 0 || errno == EEXIST ? nullptr : to;
    case Piece::Kind::file: {
      if (access(to, F_OK) == 0) return nullptr;
      const int file = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (file < 0) return to;
      close(file);
      return nullptr;
    }
    case Piece::Kind::link:
      return symlink(piece.from.c_str(), to) == 0 ? nullptr : to;
    case Piece::Kind::bind:
      // What is mounted below comes along: a user namespace may not uncover what that hides.
      return mount(piece.from.c_str(), to, nullptr, MS_BIND | MS_REC, nullptr) ==
                     0 && restrict(to, piece.writable, true)
                 ? nullptr
                 : to;
    case Piece::Kind::scratch:
      return mount("tmpfs", to, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m") == 0 ? nullptr
                                                                                           : to;
    case Piece::Kind::processes:
      // Not everywhere may an ordinary user mount it; then nobody is seen at all.
      mount("proc", to, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
      return nullptr;
  }
  return to;
}

const char* ContainerPlan::enter() const {
  if (const char* problem = become_root_of_users()) return problem;
  // Nothing that is mounted from here on is seen outside.
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "/";
  const char* root = root_.c_str();
  if (mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") != 0) return root;
  for (const Piece& piece : pieces_)
    if (const char* problem = put(piece)) return problem;
  if (chdir(root) != 0) return root;
  if (sethostname(host_name_.c_str(), host_name_.size()) != 0) return "host name";
  // The old root is put on top of the new one and taken away: pivot_root(2) has this in its notes.
  if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
    return "pivot_root";
  return restrict("/", false, false) ? nullptr : "/";
}

const std::string& why_no_containers() {
  static const std::string why = [] {
    std::string folder = (fs::temp_directory_path() / "drdrill-container-XXXXXX").string();
    if (!mkdtemp(folder.data())) return std::string("no temporary folder can be made");
    const Container container{.root = folder, .host_name = "drdrill", .mounts = {}};
    const Ran ran = run({.argv = {"true"}, .container = container}, std::chrono::seconds(10));
    rmdir(folder.c_str());
    return ran.exit_status == 0 ? std::string()
                                : "this machine lets us make no containers: " + ran.err;
  }();
  return why;
}

}  // namespace drdrill::live
