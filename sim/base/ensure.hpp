#pragma once

#include <string>
#include <utility>

/// ENSURE states what must hold if drdrill itself is right. It stays on in release builds: a failed
/// ENSURE throws Bug, which the command line turns into exit code 70. It is never used for what a
/// user wrote (that is a Problem) nor for what a world did (that is an ordinary value).
namespace drdrill {

class Bug {
 public:
  explicit Bug(std::string what) : what_(std::move(what)) {}
  const std::string& what() const { return what_; }

 private:
  std::string what_;
};

[[noreturn]] void fail_ensure(const char* condition, const char* file, int line,
                              const std::string& detail);

}  // namespace drdrill

#define ENSURE(condition, detail)                                       \
  do {                                                                  \
    if (!(condition)) [[unlikely]]                                      \
      ::drdrill::fail_ensure(#condition, __FILE__, __LINE__, (detail)); \
  } while (false)
