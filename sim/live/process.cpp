#include "sim/live/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <map>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace drdrill::live {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_output = 1'000'000;
constexpr int not_found = 127;

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

/// Everything that the child needs, made before the fork: afterwards it may not allocate.
struct Prepared {
  explicit Prepared(const Program& program) : folder(program.folder), hosts(program.hosts) {
    for (const std::string& word : program.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::map<std::string, std::string> all;
    for (char** entry = environ; *entry; ++entry) {
      const std::string text = *entry;
      const auto equals = text.find('=');
      if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : program.environment) all[name] = value;
    for (const auto& [name, value] : all) variables.emplace_back(name).append("=").append(value);
    for (const std::string& text : variables) envp.push_back(const_cast<char*>(text.c_str()));
    envp.push_back(nullptr);
    if (!program.name_space.empty()) {
      const std::string path = "/run/netns/" + program.name_space;
      name_space = open(path.c_str(), O_RDONLY | O_CLOEXEC);
      if (name_space < 0) fail("there is no network namespace " + program.name_space);
    }
    if (!program.user.empty()) {
      const passwd* entry = getpwnam(program.user.c_str());
      if (!entry)
        throw std::system_error(ENOENT, std::generic_category(), "no user " + program.user);
      uid = entry->pw_uid;
      gid = entry->pw_gid;
      switches_user = true;
    }
  }
  ~Prepared() {
    if (name_space >= 0) close(name_space);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  std::string folder;
  std::string hosts;
  std::vector<char*> argv;
  std::vector<std::string> variables;
  std::vector<char*> envp;
  int name_space = -1;
  bool switches_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// In the child: never returns. `go`: wait for a byte there; none: our parent is dead, and so are
/// we.
[[noreturn]] void become(const Prepared& prepared, int go, int in, int out, int err) {
  setsid();
  char byte = 0;
  if (go >= 0 && read(go, &byte, 1) != 1) _exit(not_found);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (prepared.name_space >= 0 && setns(prepared.name_space, CLONE_NEWNET) != 0) _exit(not_found);
  if (!prepared.hosts.empty() &&
      (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0 ||
       mount(prepared.hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) != 0))
    _exit(not_found);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  if (!prepared.folder.empty() && chdir(prepared.folder.c_str()) != 0) _exit(not_found);
  if (prepared.switches_user &&
      (setgroups(0, nullptr) != 0 || setgid(prepared.gid) != 0 || setuid(prepared.uid) != 0))
    _exit(not_found);
  execvpe(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
  _exit(not_found);
}

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

int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ProcessId start(const Program& program, const std::function<void(ProcessId)>& note) {
  const Prepared prepared(program);
  const File nothing("/dev/null", O_RDONLY);
  const File output(program.output.empty() ? "/dev/null" : program.output,
                    O_WRONLY | O_APPEND | O_CREAT);
  Pipe go;
  const pid_t pid = fork();
  if (pid < 0) fail("cannot start " + program.argv.front());
  if (pid == 0) {
    go.close_write();
    become(prepared, go.read_end(), nothing.number(), output.number(), output.number());
  }
  go.close_read();
  const ProcessId id = process_of(pid);
  if (note) note(id);
  if (write(go.write_end(), "g", 1) != 1) fail("cannot start " + program.argv.front());
  return id;
}

Ran run(const Program& program, std::chrono::milliseconds limit, std::string_view input,
        const std::function<bool()>& given_up) {
  const Prepared prepared(program);
  Pipe in, out, err;
  const pid_t pid = fork();
  if (pid < 0) fail("cannot start " + program.argv.front());
  if (pid == 0) become(prepared, -1, in.read_end(), out.write_end(), err.write_end());
  in.close_read();
  out.close_write();
  err.close_write();
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
      const ssize_t sent = write(in.write_end(), input.data(), input.size());
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      if (input.empty() || (sent < 0 && errno != EAGAIN)) in.close_write();
    }
  }
  int status = 0;
  while (!ran.timed_out && waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline) ran.timed_out = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (ran.timed_out) {
    kill_tree(id);
    waitpid(pid, &status, 0);
  }
  ran.exit_status = status_of(status);
  return ran;
}

}  // namespace drdrill::live
