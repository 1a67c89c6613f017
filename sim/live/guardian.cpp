#include "sim/live/guardian.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "sim/live/process.hpp"
#include "sim/live/undo.hpp"

namespace drdrill::live {
namespace {

using Clock = std::chrono::steady_clock;

/// True when we were told that nothing is to be undone. False when the other end is closed, or the
/// deadline has passed.
bool released(int pipe, Clock::time_point deadline, bool& late) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    late = left <= 0;
    if (late) return false;
    pollfd file{pipe, POLLIN, 0};
    const int ready = poll(&file, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) continue;
    char byte = 0;
    const ssize_t got = read(pipe, &byte, 1);
    if (got == 1) return true;
    if (got == 0) return false;
  }
}

/// The files of whoever started us are not ours to hold.
void close_all_but(int kept) {
  for (int file = 3; file < 1024; ++file)
    if (file != kept) close(file);
}

[[noreturn]] void guard(int pipe, const std::string& log, pid_t owner,
                        std::chrono::seconds deadline) {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_IGN);
  close_all_but(pipe);
  bool late = false;
  if (!released(pipe, Clock::now() + deadline, late)) {
    if (late) kill(owner, SIGKILL);
    undo(left_by(log));
  }
  _exit(0);
}

}  // namespace

Guardian::Guardian(const std::string& log, std::chrono::seconds deadline) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  const pid_t owner = getpid();
  pid_ = fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot fork");
  if (pid_ == 0) {
    close(ends[1]);
    guard(ends[0], log, owner, deadline);
  }
  close(ends[0]);
  pipe_ = ends[1];
}

void Guardian::release() {
  if (pipe_ < 0) return;
  if (write(pipe_, "r", 1) != 1) return;
  close(pipe_);
  pipe_ = -1;
}

Guardian::~Guardian() {
  if (pipe_ >= 0) close(pipe_);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace drdrill::live
