#include "sim/live/undo.hpp"

#include <filesystem>
#include <signal.h>
#include <unistd.h>

#include "sim/live/process.hpp"

namespace drdrill::live {
namespace {

constexpr std::chrono::seconds limit{10};

bool exists(const Made& made) {
  std::error_code error;
  switch (made.kind) {
    case Made::Kind::folder:
      return std::filesystem::exists(made.name, error);
    case Made::Kind::name_space:
      return std::filesystem::exists("/run/netns/" + made.name, error);
    case Made::Kind::link:
      return std::filesystem::exists("/sys/class/net/" + made.name, error);
    case Made::Kind::table:
      return std::filesystem::exists("/run/netns/" + made.where, error) &&
             run({.argv = {"ip", "netns", "exec", made.where, "nft", "list", "table", "inet",
                           made.name}},
                 limit)
                     .exit_status == 0;
    case Made::Kind::process: {
      const auto process = parse_process(made.name);
      return process && is_alive(*process);
    }
    case Made::Kind::stopped:
      return false;  // the process itself is another entry
  }
  return false;
}

/// The processes that live in a namespace go with it.
void end_processes_of(const std::string& name_space) {
  const Ran listed = run({.argv = {"ip", "netns", "pids", name_space}}, limit);
  std::size_t from = 0;
  while (from < listed.out.size()) {
    const std::size_t end = std::min(listed.out.find('\n', from), listed.out.size());
    const pid_t pid = static_cast<pid_t>(std::atol(listed.out.substr(from, end - from).c_str()));
    if (pid > 1 && pid != getpid()) kill(pid, SIGKILL);
    from = end + 1;
  }
}

void undo_one(const Made& made) {
  std::error_code error;
  switch (made.kind) {
    case Made::Kind::folder:
      for (const ProcessId& process : processes_in(made.name))
        if (process.pid != getpid()) kill_tree(process);
      std::filesystem::remove_all(made.name, error);
      break;
    case Made::Kind::name_space:
      end_processes_of(made.name);
      run({.argv = {"ip", "netns", "delete", made.name}}, limit);
      break;
    case Made::Kind::link:
      run({.argv = {"ip", "link", "delete", made.name}}, limit);
      break;
    case Made::Kind::table:
      run({.argv = {"ip", "netns", "exec", made.where, "nft", "delete", "table", "inet",
                    made.name}},
          limit);
      break;
    case Made::Kind::process:
      if (const auto process = parse_process(made.name)) kill_tree(*process);
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
    if (!exists(made)) continue;
    if (made.kind == Made::Kind::name_space) words += "netns delete " + made.name + "\n";
    if (made.kind == Made::Kind::link) words += "link delete " + made.name + "\n";
  }
  kill_trees(processes);
  if (words.empty()) return;
  for (const Made& made : left)
    if (made.kind == Made::Kind::name_space && exists(made)) end_processes_of(made.name);
  run({.argv = {"ip", "-force", "-batch", "-"}}, limit, words);
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

std::vector<std::string> undo(const std::vector<Made>& left) {
  for (const Made& made : left)
    if (made.kind == Made::Kind::stopped) undo_one(made);
  undo_most(left);
  for (const Made& made : left)
    if (made.kind != Made::Kind::stopped && exists(made)) undo_one(made);
  return residue(left);
}

}  // namespace drdrill::live
