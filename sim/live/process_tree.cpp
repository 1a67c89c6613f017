#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "sim/live/process.hpp"

/// Who is there, whose child it is, and ending it: what /proc knows.
namespace drdrill::live {
namespace {

struct Stat {
  char state = 'X';
  pid_t parent = 0;
  std::uint64_t start = 0;
};

/// /proc/PID/stat; the name in it may hold anything, so fields are counted from its last ")". Read
/// of every process of the machine while some of them stand still, so without streams.
std::optional<Stat> stat_of(pid_t pid) {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", pid);
  const int file = open(path.data(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 1024> buffer{};
  const ssize_t got = read(file, buffer.data(), buffer.size() - 1);
  close(file);
  const std::string_view text(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  std::size_t at = text.rfind(')');
  if (at == std::string_view::npos || at + 2 >= text.size()) return std::nullopt;
  at += 2;
  Stat stat;
  stat.state = text[at];
  constexpr int parent_field = 1, start_field = 19;  // counted from the state
  for (int field = 1; field <= start_field; ++field) {
    at = text.find(' ', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
    if (field == parent_field) stat.parent = static_cast<pid_t>(std::atol(text.data() + at));
    if (field == start_field) stat.start = std::strtoull(text.data() + at, nullptr, 10);
  }
  return stat;
}

std::vector<pid_t> all_pids() {
  std::vector<pid_t> pids;
  DIR* folder = opendir("/proc");
  if (!folder) return pids;
  while (const dirent* entry = readdir(folder)) {
    pid_t pid = 0;
    const std::string_view name = entry->d_name;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  closedir(folder);
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace

std::string to_string(ProcessId process) {
  return std::to_string(process.pid) + " " + std::to_string(process.start);
}

std::optional<ProcessId> parse_process(std::string_view text) {
  ProcessId process;
  const char* end = text.data() + text.size();
  const auto pid = std::from_chars(text.data(), end, process.pid);
  if (pid.ec != std::errc() || pid.ptr == end || process.pid <= 1) return std::nullopt;
  const auto start = std::from_chars(pid.ptr + 1, end, process.start);
  if (start.ec != std::errc() || start.ptr != end) return std::nullopt;
  return process;
}

ProcessId process_of(pid_t pid) {
  const auto stat = stat_of(pid);
  return {pid, stat ? stat->start : 0};
}

bool is_alive(ProcessId process) {
  const auto stat = stat_of(process.pid);
  return stat && stat->start == process.start && stat->state != 'Z' && stat->state != 'X';
}

std::vector<ProcessId> trees_of(const std::vector<ProcessId>& roots) {
  std::vector<ProcessId> tree;
  for (const ProcessId& root : roots)
    if (is_alive(root)) tree.push_back(root);
  if (tree.empty()) return tree;
  std::map<pid_t, std::vector<ProcessId>> children;
  for (const pid_t pid : all_pids())
    if (const auto stat = stat_of(pid); stat && stat->state != 'Z')
      children[stat->parent].push_back({pid, stat->start});
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto found = children.find(tree[i].pid);
    if (found == children.end()) continue;
    for (const ProcessId& child : found->second)
      if (std::find(tree.begin(), tree.end(), child) == tree.end()) tree.push_back(child);
  }
  return tree;
}

std::vector<ProcessId> tree_of(ProcessId process) {
  return trees_of({process});
}

std::vector<ProcessId> processes_in(const std::string& folder) {
  std::vector<ProcessId> found;
  std::array<char, PATH_MAX> target{};
  for (const pid_t pid : all_pids()) {
    const std::string link = "/proc/" + std::to_string(pid) + "/cwd";
    const ssize_t length = readlink(link.c_str(), target.data(), target.size());
    if (length <= 0) continue;
    const std::string_view cwd(target.data(), static_cast<std::size_t>(length));
    const bool inside = cwd == folder || (cwd.starts_with(folder) && cwd[folder.size()] == '/');
    if (const auto stat = stat_of(pid); inside && stat && stat->state != 'Z')
      found.push_back({pid, stat->start});
  }
  return found;
}

/// By a descriptor that means this process and no later one with its pid.
void signal(ProcessId process, int number) {
  const int file = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
  if (file < 0) return;
  if (is_alive(process)) syscall(SYS_pidfd_send_signal, file, number, nullptr, 0);
  close(file);
}

namespace {

bool stands_still(ProcessId process) {
  const auto stat = stat_of(process.pid);
  return !stat || stat->start != process.start || stat->state == 'T' || stat->state == 't';
}

/// Whoever is stopped cannot fork; what it had forked before is found in the next round. A signal
/// that was sent has not yet arrived, so that all stand still is waited for; at most a second, for
/// a process that the kernel keeps busy stops only when it returns.
std::vector<ProcessId> stop_trees(const std::vector<ProcessId>& roots) {
  constexpr int most_waits = 1000;
  std::vector<ProcessId> tree;
  for (int waits = 0;;) {
    // First whether they stand still, then whether they are all: one that was about to stop may
    // have made a child until it did.
    const bool still = std::all_of(tree.begin(), tree.end(), stands_still);
    std::vector<ProcessId> now = trees_of(roots);
    if (now == tree) {
      if (still || ++waits > most_waits) return tree;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (const ProcessId& one : now) signal(one, SIGSTOP);
    tree = std::move(now);
  }
}

}  // namespace

void stop_tree(ProcessId process) {
  stop_trees({process});
}

bool is_stopped(ProcessId process) {
  const std::vector<ProcessId> tree = tree_of(process);
  return !tree.empty() && std::all_of(tree.begin(), tree.end(), stands_still);
}

void kill_trees(const std::vector<ProcessId>& roots) {
  const std::vector<ProcessId> tree = stop_trees(roots);
  for (const ProcessId& one : tree) signal(one, SIGKILL);
  for (int i = 0; i < 5000; ++i) {
    for (const ProcessId& root : roots) collect(root);
    if (std::none_of(tree.begin(), tree.end(), is_alive)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void kill_tree(ProcessId process) {
  kill_trees({process});
}

void collect(ProcessId process) {
  int status = 0;
  waitpid(process.pid, &status, WNOHANG);
}

}  // namespace drdrill::live
