#pragma once

#include <string>
#include <vector>

namespace drdrill::cli {

/// A folder of our own for files on their way, removed with everything in it at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) = delete;

  /// A new, empty folder inside.
  std::string folder();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int made_ = 0;
};

struct ProgramResult {
  bool started = false;
  int status = -1;  ///< its exit status; -1 when a signal ended it
  std::string out;  ///< without the last line break
  std::string err;
};

/// Runs a program of the search path, without a shell, to its end. What it prints goes through
/// files in `scratch`.
ProgramResult run_program(const std::vector<std::string>& words, const Scratch& scratch);

}  // namespace drdrill::cli
