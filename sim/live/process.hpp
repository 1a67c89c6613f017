#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "sim/live/container.hpp"
#include "sim/live/relay.hpp"

/// Processes of this machine: started so that no one can exist that nobody has noted, and ended by
/// pid only. A pid is used again by the kernel, so a process is known by its pid and its start.
namespace drdrill::live {

struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start = 0;  ///< in clock ticks since boot (/proc/PID/stat, field 22)

  bool operator==(const ProcessId&) const = default;
};
std::string to_string(ProcessId process);  ///< "PID START"
std::optional<ProcessId> parse_process(std::string_view text);

/// The process that has this pid now; its start is 0 when there is none.
ProcessId process_of(pid_t pid);

struct Program {
  std::vector<std::string> argv{};
  /// Added to ours. In a container there is nothing else but a PATH.
  std::vector<std::pair<std::string, std::string>> environment{};
  std::string folder{};      ///< working directory; empty: ours, in a container its root
  std::string name_space{};  ///< network namespace; empty: ours
  std::optional<Container> container{};  ///< one of its own; none: it sees what we see
  std::optional<ProcessId> inside{};     ///< in the container of that process
  /// Where the pods of its network have addresses of the machine: those that it may connect to, and
  /// nothing else. run() only.
  std::optional<std::vector<Carried>> only_reaches{};
  std::string user{};    ///< empty: ours
  std::string output{};  ///< file that both outputs are appended to; empty: nowhere
};

/// Starts a program in a session of its own. `note` is called with its id before the program runs;
/// if we die first, it never does. Throws std::system_error when it cannot be started.
ProcessId start(const Program& program, const std::function<void(ProcessId)>& note);

struct Ran {
  int exit_status = 0;  ///< 128 + the signal that ended it; 127: there is no such program
  std::string out;
  std::string err;
  bool timed_out = false;
};
/// Runs a program to its end, or kills it and its children at the deadline. At most 1 MB of each
/// output is kept.
Ran run(const Program& program, std::chrono::milliseconds limit, std::string_view input = {},
        const std::function<bool()>& given_up = {});

/// Is it there, and no zombie?
bool is_alive(ProcessId process);
/// It and all processes that descend from it, parents first.
std::vector<ProcessId> tree_of(ProcessId process);
/// Every process whose working directory lies in the folder: the processes of a lab, whatever
/// became of their parents.
std::vector<ProcessId> processes_in(const std::string& folder);
/// Nothing when it is not there any more, whoever has its pid now.
void signal(ProcessId process, int number);
/// Stops the whole tree, those that it forks meanwhile too.
void stop_tree(ProcessId process);
/// Does the whole tree stand still?
bool is_stopped(ProcessId process);
/// Stops the whole tree, then kills it: nothing escapes by forking. Waits until it is gone, 5 s at
/// most.
void kill_tree(ProcessId process);
void kill_trees(const std::vector<ProcessId>& roots);  ///< all at once
/// Collects a child of ours that has ended. Nothing when it has not, or is nobody's child of ours.
void collect(ProcessId process);

}  // namespace drdrill::live
