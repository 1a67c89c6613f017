#include "sim/live/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "sim/live/process_child.hpp"

namespace drdrill::live {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_output = 1'000'000;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_read() { shut(ends_[0]); }
  void close_write() { shut(ends_[1]); }

 private:
  static void shut(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

class File {
 public:
  File(const std::string& path, int flags) : file_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (file_ < 0) fail("cannot open " + path);
  }
  ~File() { close(file_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return file_; }

 private:
  int file_;
};

/// Reads what there is. False at the end.
bool take(int from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(from, buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = most_output - std::min(most_output, into.size());
  into.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
  return got > 0;
}

/// As write(2), but whoever does not read what we write is no reason for us to end.
ssize_t write_quietly(int to, std::string_view text) {
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t sent = write(to, text.data(), text.size());
  const int error = errno;
  const timespec at_once{};
  if (sent < 0 && error == EPIPE) sigtimedwait(&pipe_signal, nullptr, &at_once);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return sent;
}

int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ProcessId start(const Program& program, const std::function<void(ProcessId)>& note) {
  const Child child(program);
  const File nothing("/dev/null", O_RDONLY);
  const File output(program.output.empty() ? "/dev/null" : program.output,
                    O_WRONLY | O_APPEND | O_CREAT);
  Pipe go;
  const pid_t pid = child.fork();
  if (pid < 0) fail("cannot start " + program.argv.front());
  if (pid == 0) {
    go.close_write();
    child.become(go.read_end(), {nothing.number(), output.number(), output.number()});
  }
  go.close_read();
  const ProcessId id = process_of(pid);
  if (note) note(id);
  if (write(go.write_end(), "g", 1) != 1) fail("cannot start " + program.argv.front());
  return id;
}

Ran run(const Program& program, std::chrono::milliseconds limit, std::string_view input,
        const std::function<bool()>& given_up) {
  std::optional<Relay> relay;
  if (program.only_reaches) relay.emplace(*program.only_reaches);
  const Child child(program, relay ? &*relay : nullptr);
  Pipe in, out, err;
  const pid_t pid = child.fork();
  if (pid < 0) fail("cannot start " + program.argv.front());
  if (pid == 0) child.become(-1, {in.read_end(), out.write_end(), err.write_end()});
  in.close_read();
  out.close_write();
  err.close_write();
  if (relay) relay->start();
  const ProcessId id = process_of(pid);
  fcntl(in.write_end(), F_SETFL, O_NONBLOCK);
  Ran ran;
  const auto deadline = Clock::now() + limit;
  bool out_open = true, err_open = true;
  if (input.empty()) in.close_write();
  while (out_open || err_open) {
    if (Clock::now() >= deadline || (given_up && given_up())) {
      ran.timed_out = true;
      break;
    }
    std::array<pollfd, 3> files{{{out_open ? out.read_end() : -1, POLLIN, 0},
                                 {err_open ? err.read_end() : -1, POLLIN, 0},
                                 {in.write_end(), POLLOUT, 0}}};
    if (poll(files.data(), files.size(), 50) <= 0) continue;
    if (files[0].revents != 0) out_open = take(out.read_end(), ran.out);
    if (files[1].revents != 0) err_open = take(err.read_end(), ran.err);
    if (files[2].revents != 0) {
      const ssize_t sent = write_quietly(in.write_end(), input);
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      if (input.empty() || (sent < 0 && errno != EAGAIN)) in.close_write();
    }
  }
  int status = 0;
  while (!ran.timed_out && waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline || (given_up && given_up())) ran.timed_out = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (ran.timed_out) {
    kill_tree(id);
    waitpid(pid, &status, 0);
  }
  ran.exit_status = ran.timed_out ? 128 + SIGKILL : status_of(status);
  return ran;
}

}  // namespace drdrill::live
