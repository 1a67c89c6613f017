#pragma once

#include <string>

/// Files that are there and not yet whole. They have a name of their own until they are, and when
/// a signal ends the program they go with it.
namespace drdrill::cli {

class Unfinished {
 public:
  Unfinished() = default;
  /// Removes the file unless it got its name.
  ~Unfinished();
  Unfinished(Unfinished&&) = delete;

  /// Makes a new file beside `path`. Its descriptor, which is the caller's; or -1, with errno.
  int create(const std::string& path);
  bool created() const { return !file_.empty(); }
  /// Gives it the name `path`. False, with errno, when that fails.
  bool finish(const std::string& path);

 private:
  friend void remove_unfinished();
  void list();
  void unlist();

  std::string file_;  ///< "" when there is none
  Unfinished* next_ = nullptr;
};

/// Removes all of them. For handlers of signals: it only walks a list and calls unlink().
void remove_unfinished();

}  // namespace drdrill::cli
