#pragma once

#include <chrono>
#include <string>
#include <sys/types.h>

/// A process beside ours that undoes what a log says was made when we die, hang or outlive the
/// deadline. Started before the first change, while there is one thread only.
namespace drdrill::live {

class Guardian {
 public:
  /// Watches over this process.
  Guardian(const std::string& log, std::chrono::seconds deadline);
  /// Lets the guardian undo everything, and waits until it has.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  /// All is in order: nothing is to be undone.
  void release();
  pid_t pid() const { return pid_; }

 private:
  int pipe_ = -1;
  pid_t pid_ = 0;
};

}  // namespace drdrill::live
