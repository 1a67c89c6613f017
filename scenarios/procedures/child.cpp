#include "scenarios/procedures/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/ensure.hpp"

namespace drdrill::procedures {
namespace {

using Clock = std::chrono::steady_clock;

/// Both ends of a pipe, closed when it goes.
class Pipe {
 public:
  Pipe() { ENSURE(::pipe2(ends_.data(), O_CLOEXEC) == 0, "a pipe to a child"); }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int operator[](std::size_t end) const { return ends_[end]; }
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

constexpr int no_program = 127;
constexpr int waits = 20;
constexpr std::size_t error_bytes = 4096;

/// Starts the program. posix_spawn does not copy our memory, however much of it there is.
int start(std::vector<char*>& argv, int in, int out, int err, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

void limit_memory(pid_t child, std::size_t bytes) {
  ::rlimit limit{};
  limit.rlim_cur = limit.rlim_max = bytes;
  ::prlimit(child, RLIMIT_DATA, &limit, nullptr);
}

/// What the child has had of the processor so far; nothing once it is gone.
std::chrono::milliseconds used_by(pid_t child) {
  ::clockid_t clock{};
  ::timespec used{};
  if (::clock_getcpuclockid(child, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::milliseconds(used.tv_sec * 1000 + used.tv_nsec / 1'000'000);
}

/// True when the stream has ended.
bool read_some(int from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::read(from, buffer.data(), buffer.size());
  if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
  return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

/// True when everything is written or nobody reads.
bool write_some(int to, std::string_view& rest) {
  const ssize_t put = ::write(to, rest.data(), rest.size());
  if (put > 0) rest.remove_prefix(static_cast<std::size_t>(put));
  return rest.empty() || (put < 0 && errno != EINTR && errno != EAGAIN);
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& argv, std::string_view input,
                      const ChildLimits& limits) {
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  Pipe in, out, err;
  const auto until = Clock::now() + waits * limits.time;
  ::signal(SIGPIPE, SIG_IGN);
  pid_t child = 0;
  if (start(pointers, in[0], out[1], err[1], child) != 0)
    return {ChildResult::End::no_such_program, no_program, "", ""};
  limit_memory(child, limits.memory_bytes);
  in.close(0);
  out.close(1);
  err.close(1);
  ::fcntl(in[1], F_SETFL, O_NONBLOCK);

  ChildResult result;
  bool out_ended = false, err_ended = false;
  if (input.empty()) in.close(1);
  while (!(out_ended && err_ended)) {
    const auto left = limits.time - used_by(child);
    if (left.count() <= 0 || Clock::now() > until) {
      result.end = ChildResult::End::too_slow;
      break;
    }
    std::array<::pollfd, 3> wanted{{{out_ended ? -1 : out[0], POLLIN, 0},
                                    {err_ended ? -1 : err[0], POLLIN, 0},
                                    {in[1], POLLOUT, 0}}};
    ::poll(wanted.data(), wanted.size(), static_cast<int>(std::clamp<long>(left.count(), 1, 100)));
    if (wanted[0].revents != 0) out_ended = read_some(out[0], result.out);
    if (wanted[1].revents != 0) err_ended = read_some(err[0], result.err);
    if (result.err.size() > error_bytes) result.err.resize(error_bytes);
    if (wanted[2].revents != 0 && write_some(in[1], input)) in.close(1);
    if (result.out.size() > limits.output_bytes) {
      result.end = ChildResult::End::too_much_output;
      break;
    }
  }
  if (result.end != ChildResult::End::exited) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (result.end != ChildResult::End::exited) return result;
  if (!WIFEXITED(status)) result.end = ChildResult::End::killed;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  if (result.status == no_program) result.end = ChildResult::End::no_such_program;
  return result;
}

}  // namespace drdrill::procedures
