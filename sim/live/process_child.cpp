#include "sim/live/process_child.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <map>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "sim/live/user.hpp"

namespace drdrill::live {
namespace {

constexpr int not_found = 127;
constexpr const char* container_path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A descriptor that means this process, whoever has its pid later.
int open_process(ProcessId process) {
  const int file = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
  if (file < 0) fail("there is no process " + to_string(process));
  if (process_of(process.pid) == process) return file;
  close(file);
  errno = ESRCH;
  fail("there is no process " + to_string(process));
}

std::vector<std::string> variables_of(const Program& program) {
  std::map<std::string, std::string> all;
  const bool apart = program.container || program.inside;
  for (char** entry = environ; !apart && *entry; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (apart) all = {{"HOME", "/tmp"}, {"LANG", "C.UTF-8"}};
  for (const auto& [name, value] : program.environment) all[name] = value;
  std::vector<std::string> variables;
  if (apart && all.count("PATH") == 0) variables.emplace_back(container_path);
  for (const auto& [name, value] : all) {
    variables.emplace_back(name).append("=").append(value);
  }
  return variables;
}

}  // namespace

Child::Child(const Program& program, const Relay* relay)
    : folder_(program.folder),
      user_(program.user),
      words_(program.argv),
      variables_(variables_of(program)),
      relay_(relay) {
  for (std::string& word : words_) argv_.push_back(word.data());
  argv_.push_back(nullptr);
  for (std::string& text : variables_) envp_.push_back(text.data());
  envp_.push_back(nullptr);
  if (!user_.empty()) {
    const auto ids = find_user(user_);
    if (!ids) throw std::system_error(ENOENT, std::generic_category(), "no user " + user_);
    uid_ = ids->user;
    gid_ = ids->group;
  }
  if (program.container) {
    container_.emplace(*program.container);
    if (folder_.empty()) folder_ = "/";
  }
  if (!program.name_space.empty()) {
    const std::string path = "/run/netns/" + program.name_space;
    name_space_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (name_space_ < 0) fail("there is no network namespace " + program.name_space);
  }
  if (program.inside) {
    if (folder_.empty()) folder_ = "/";
    inside_ = open_process(*program.inside);
  }
}

Child::~Child() {
  if (name_space_ >= 0) close(name_space_);
  if (inside_ >= 0) close(inside_);
}

pid_t Child::fork() const {
  if (!container_) return ::fork();
  const long flags = ContainerPlan::clone_flags() | SIGCHLD;
  return static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
}

void Child::give_up(const char* what) {
  for (const char* text : {"drdrill: ", what, ": ", strerrordesc_np(errno), "\n"})
    if (write(STDERR_FILENO, text, std::strlen(text)) < 0) break;
  _exit(not_found);
}

/// Goes where another process is. Of its process namespace only a child is a part, so from here on
/// we are but the one that waits for it.
void Child::join() const {
  int spaces = ContainerPlan::clone_flags() | CLONE_NEWNET;
  // The network of an ordinary user's lab is the machine's own, which is not ours to enter.
  if (geteuid() != 0) spaces &= ~CLONE_NEWNET;
  if (setns(inside_, spaces) != 0) give_up("the container cannot be entered");
  const pid_t pid = ::fork();
  if (pid < 0) give_up("the container cannot be entered");
  if (pid == 0) return;
  // Whoever reads what our child writes shall not wait for us; nor anybody else.
  close_range(0, ~0U, 0);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/// By the kernel's calls: the library's would tell the other threads, and here there are none.
void Child::change_user() const {
  if (!user_.empty() && (syscall(SYS_setgroups, 0, nullptr) != 0 ||
                         syscall(SYS_setgid, gid_) != 0 || syscall(SYS_setuid, uid_) != 0))
    give_up(user_.c_str());
}

void Child::become(int go, Streams streams) const {
  setsid();
  char byte = 0;
  if (go >= 0 && read(go, &byte, 1) != 1) _exit(not_found);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  dup2(streams.in, STDIN_FILENO);
  dup2(streams.out, STDOUT_FILENO);
  dup2(streams.err, STDERR_FILENO);
  if (name_space_ >= 0 && setns(name_space_, CLONE_NEWNET) != 0) give_up("network namespace");
  if (container_)
    if (const char* problem = container_->enter()) give_up(problem);
  if (inside_ >= 0) join();
  if (relay_) {
    if (unshare(CLONE_NEWNET) != 0) give_up("network of its own");
    if (const char* problem = relay_->open()) give_up(problem);
  }
  if (!folder_.empty() && chdir(folder_.c_str()) != 0) give_up(folder_.c_str());
  change_user();
  if (container_ || inside_ >= 0) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // Whoever changes its user loses this, so it comes last.
    if (inside_ >= 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  // What our caller left open for whom it starts is not for what we start.
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  execvpe(argv_[0], argv_.data(), envp_.data());
  give_up(argv_[0]);
}

}  // namespace drdrill::live
