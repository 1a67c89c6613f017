#include "sim/live/undo.hpp"

#include <algorithm>
#include <filesystem>
#include <signal.h>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>

#include "sim/live/process.hpp"
#include "sim/live/volume.hpp"

namespace drdrill::live {
namespace {

constexpr std::chrono::seconds limit{10};
constexpr int removals = 100;
constexpr std::chrono::milliseconds between_removals{20};

Ran in_name_space(const Made& made, std::vector<std::string> argv) {
  argv.insert(argv.begin(), {"ip", "netns", "exec", made.where});
  return run({.argv = std::move(argv)}, limit);
}

bool has_name_space(const std::string& name) {
  std::error_code error;
  return std::filesystem::exists("/run/netns/" + name, error);
}

bool exists(const Made& made) {
  std::error_code error;
  switch (made.kind) {
    case Made::Kind::folder:
    case Made::Kind::file:
      return std::filesystem::exists(std::filesystem::symlink_status(made.name, error));
    case Made::Kind::mount:
      return is_mount_point(made.name);
    case Made::Kind::name_space:
      return has_name_space(made.name);
    case Made::Kind::link:
      return std::filesystem::exists("/sys/class/net/" + made.name, error);
    case Made::Kind::table:
      return has_name_space(made.where) &&
             in_name_space(made, {"nft", "list", "table", "bridge", made.name}).exit_status == 0;
    case Made::Kind::impairment:
      return has_name_space(made.where) &&
             in_name_space(made, {"tc", "qdisc", "show", "dev", "eth0"}).out.find("netem") !=
                 std::string::npos;
    case Made::Kind::process: {
      const auto process = parse_process(made.name);
      return process && is_alive(*process);
    }
    case Made::Kind::stopped:
      return false;  // the process itself is another entry
  }
  return false;
}

bool is_of_network(const std::string& name, const std::string& prefix) {
  return name == prefix || name.starts_with(prefix + "-");
}

/// Is it a thing that this lab can have made? A log is believed only so far.
bool is_of_lab(const Made& made, const std::string& folder, const std::string& prefix) {
  switch (made.kind) {
    case Made::Kind::folder:
      return std::filesystem::path(made.name).lexically_normal() == folder;
    case Made::Kind::name_space:
    case Made::Kind::link:
      return is_of_network(made.name, prefix);
    case Made::Kind::table:
    case Made::Kind::impairment:
      return is_of_network(made.where, prefix) && !made.name.empty() &&
             std::all_of(made.name.begin(), made.name.end(),
                         [](unsigned char c) { return std::isalnum(c) != 0; });
    case Made::Kind::process:
    case Made::Kind::stopped:
      return parse_process(made.name).has_value();
    case Made::Kind::mount:
    case Made::Kind::file: {
      const auto path = std::filesystem::path(made.name);
      return path.lexically_normal() == path && made.name.starts_with(folder + "/");
    }
  }
  return false;
}

/// The processes that live in a namespace go with it.
void end_processes_of(const std::string& name_space) {
  const Ran listed = run({.argv = {"ip", "netns", "pids", name_space}}, limit);
  std::vector<ProcessId> processes;
  std::size_t from = 0;
  while (from < listed.out.size()) {
    const std::size_t end = std::min(listed.out.find('\n', from), listed.out.size());
    const pid_t pid = static_cast<pid_t>(std::atol(listed.out.substr(from, end - from).c_str()));
    if (pid > 1 && pid != getpid()) processes.push_back(process_of(pid));
    from = end + 1;
  }
  kill_trees(processes);
}

void undo_one(const Made& made) {
  switch (made.kind) {
    case Made::Kind::folder:
      break;  // comes last
    case Made::Kind::name_space:
      end_processes_of(made.name);
      run({.argv = {"ip", "netns", "delete", made.name}}, limit);
      break;
    case Made::Kind::link:
      run({.argv = {"ip", "link", "delete", made.name}}, limit);
      break;
    case Made::Kind::table:
      in_name_space(made, {"nft", "delete", "table", "bridge", made.name});
      break;
    case Made::Kind::impairment:
      in_name_space(made, {"tc", "qdisc", "del", "dev", "eth0", "root"});
      break;
    case Made::Kind::process:
      if (const auto process = parse_process(made.name)) kill_tree(*process);
      break;
    case Made::Kind::mount:
      // Whoever still has something open there keeps it until the end; nobody else finds it.
      umount2(made.name.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
      break;
    case Made::Kind::file:
      unlink(made.name.c_str());
      break;
    case Made::Kind::stopped:
      if (const auto process = parse_process(made.name))
        for (const ProcessId& one : tree_of(*process)) signal(one, SIGCONT);
      break;
  }
}

/// What goes without an order among itself, at once: all processes, then all namespaces and links.
/// What is still there afterwards is undone one by one.
void undo_most(const std::vector<Made>& left) {
  std::vector<ProcessId> processes;
  std::string words;
  for (const Made& made : left) {
    if (made.kind == Made::Kind::process)
      if (const auto process = parse_process(made.name)) processes.push_back(*process);
    if (made.kind == Made::Kind::name_space && exists(made))
      words += "netns delete " + made.name + "\n";
    if (made.kind == Made::Kind::link && exists(made)) words += "link delete " + made.name + "\n";
  }
  kill_trees(processes);
  if (words.empty()) return;
  for (const Made& made : left)
    if (made.kind == Made::Kind::name_space && exists(made)) end_processes_of(made.name);
  run({.argv = {"ip", "-force", "-batch", "-"}}, limit, words);
}

/// Whoever lives in the folder, then the folder.
std::vector<std::string> remove_folder(const std::string& folder) {
  for (const ProcessId& process : processes_in(folder))
    if (process.pid != getpid()) kill_tree(process);
  // The guardian, or another one who recovers, may be removing it too: what is gone between the
  // look and the removal ends `remove_all` with an error.
  const Made made{Made::Kind::folder, folder, ""};
  for (int again = 0; again < removals && exists(made); ++again) {
    if (again > 0) std::this_thread::sleep_for(between_removals);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
  }
  return residue({made});
}

}  // namespace

std::vector<std::string> residue(const std::vector<Made>& left) {
  std::vector<std::string> found;
  for (const Made& made : left)
    if (exists(made))
      found.push_back(std::string(made_name(made.kind)) + " " + made.name +
                      (made.where.empty() ? "" : " in " + made.where) + " is still there");
  return found;
}

std::vector<std::string> undo(const std::vector<Made>& log, const std::string& folder,
                              const std::string& prefix) {
  std::vector<Made> left;
  std::vector<std::string> strange;
  for (const Made& made : log) {
    if (!is_of_lab(made, folder, prefix))
      strange.push_back("the log of " + folder + " names what no lab there can have made: " +
                        std::string(made_name(made.kind)) + " " + made.name);
    else if (made.kind != Made::Kind::folder)
      left.push_back(made);
  }
  for (const Made& made : left)
    if (made.kind == Made::Kind::stopped) undo_one(made);
  undo_most(left);
  for (const Made& made : left)
    if (made.kind != Made::Kind::stopped && exists(made)) undo_one(made);
  std::vector<std::string> found = residue(left);
  found.insert(found.end(), strange.begin(), strange.end());
  return found.empty() ? remove_folder(folder) : found;
}

}  // namespace drdrill::live
