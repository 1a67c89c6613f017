#include "sim/cli/unfinished.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace drdrill::cli {
namespace {

// A signal handler reaches nothing but globals. The list changes only while signals are held back.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
Unfinished* first = nullptr;

/// No signal comes while it lives. errno is left alone.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() {
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  SignalsHeld(SignalsHeld&&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

void Unfinished::list() {
  next_ = first;
  first = this;
}

void Unfinished::unlist() {
  Unfinished** at = &first;
  while (*at != this) at = &(*at)->next_;
  *at = next_;
}

Unfinished::~Unfinished() {
  if (file_.empty()) return;
  const SignalsHeld held;
  ::unlink(file_.c_str());
  unlist();
}

int Unfinished::create(const std::string& path) {
  const std::filesystem::path whole(path);
  constexpr int most_attempts = 100;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const std::string name = "." + whole.filename().string() + "." + std::to_string(::getpid()) +
                             "-" + std::to_string(attempt) + ".tmp";
    std::string file = (whole.parent_path() / name).string();
    const SignalsHeld held;
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) {
      file_ = std::move(file);
      list();
      return descriptor;
    }
    if (errno != EEXIST) break;
  }
  return -1;
}

bool Unfinished::finish(const std::string& path) {
  const SignalsHeld held;
  if (::rename(file_.c_str(), path.c_str()) != 0) return false;
  unlist();
  file_.clear();
  return true;
}

void remove_unfinished() {
  for (const Unfinished* each = first; each != nullptr; each = each->next_)
    ::unlink(each->file_.c_str());
}

}  // namespace drdrill::cli
