#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "sim/live/process.hpp"

/// Private to process.cpp: what a child of ours does between its fork and its program.
namespace drdrill::live {

/// Everything that it needs, made before the fork: afterwards it may not allocate.
class Child {
 public:
  /// Throws std::system_error for what is not there: a namespace, a user, a container.
  explicit Child(const Program& program, const Relay* relay = nullptr);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// As fork(2); with namespaces of its own when the program has a container.
  pid_t fork() const;

  struct Streams {
    int in, out, err;
  };
  /// In the child: never returns. `go`: waits for a byte there; none: our parent is dead, and so
  /// are we.
  [[noreturn]] void become(int go, Streams streams) const;

 private:
  void join() const;
  void change_user() const;
  [[noreturn]] static void give_up(const char* what);

  std::string program_, folder_, user_;
  std::vector<char*> argv_;
  std::vector<std::string> words_, variables_;
  std::vector<char*> envp_;
  std::optional<ContainerPlan> container_;
  const Relay* relay_;
  int name_space_ = -1;
  int inside_ = -1;  // a process of the container to join
  uid_t uid_ = 0;
  gid_t gid_ = 0;
};

}  // namespace drdrill::live
