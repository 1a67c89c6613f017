#include "scenarios/file_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace drdrill {
namespace {

/// An open file, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool wait_for_input(int number, int milliseconds) {
  ::pollfd one{number, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&one, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

/// Room for that many more, at most twice what there is and never more than `most`.
void grow(std::string& text, std::size_t more, std::size_t most) {
  const std::size_t needed = text.size() + more;
  if (needed > text.capacity()) text.reserve(std::max(needed, std::min(2 * text.capacity(), most)));
}

/// Appends until there is more than `most`, or no more. False when it cannot be read.
bool append_all(int number, bool pipe, std::size_t most, std::string& text) {
  constexpr int until_somebody_writes_ms = 1000;
  std::array<char, 65536> part{};
  bool waited = !pipe;
  while (text.size() <= most) {
    const ssize_t got = ::read(number, part.data(), part.size());
    if (got > 0) {
      grow(text, static_cast<std::size_t>(got), most + part.size());
      text.append(part.data(), static_cast<std::size_t>(got));
      waited = true;
    } else if (got == 0) {
      // A pipe that nobody holds open yet looks as one that has ended.
      if (waited || !wait_for_input(number, until_somebody_writes_ms)) return true;
      waited = true;
    } else if (errno == EAGAIN) {
      wait_for_input(number, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string FileText::why() const {
  switch (end) {
    case End::whole:
      return "";
    case End::too_large:
      return "the file is too large";
    case End::missing:
      return "there is no such file";
    case End::folder:
      return "this is a directory; expected a file";
    case End::unreadable:
      break;
  }
  return "the file cannot be read";
}

FileText read_file_text(const std::string& path, std::size_t most) {
  FileText read;
  // A pipe without a writer would hold up whoever opens it otherwise.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) read.end = FileText::End::missing;
    return read;
  }
  struct ::stat status {};
  if (::fstat(file.number(), &status) != 0) return read;
  if (S_ISDIR(status.st_mode)) {
    read.end = FileText::End::folder;
    return read;
  }
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    if (static_cast<std::size_t>(status.st_size) > most) {
      read.end = FileText::End::too_large;
      return read;
    }
    read.text.reserve(static_cast<std::size_t>(status.st_size));
  }
  if (!append_all(file.number(), S_ISFIFO(status.st_mode), most, read.text)) {
    read.text.clear();
    return read;
  }
  read.end = read.text.size() > most ? FileText::End::too_large : FileText::End::whole;
  if (read.end == FileText::End::too_large) read.text = {};
  return read;
}

}  // namespace drdrill
