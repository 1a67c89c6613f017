#include "sim/live/volume.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace drdrill::live {
namespace {

constexpr off_t page = 4096;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

/// The fifth field of a line is where something is mounted (proc(5)).
bool is_mount_point(const std::string& folder) {
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    for (int field = 0; field < 5; ++field) words >> word;
    if (word == folder) return true;
  }
  return false;
}

void mount_volume(const std::string& folder, std::uint64_t bytes) {
  const std::string options = "mode=0700,size=" + std::to_string(bytes);
  if (mount("drdrill", folder.c_str(), "tmpfs", MS_NODEV | MS_NOSUID | MS_NOEXEC,
            options.c_str()) != 0)
    fail("cannot mount a volume on " + folder);
}

std::string filler_of(const std::string& folder) {
  return folder + "/drdrill-filler";
}

/// In steps that become smaller, until not even a page is left.
void fill_volume(const std::string& folder) {
  if (!is_mount_point(folder)) throw std::runtime_error(folder + " is no volume of its own");
  const std::string path = filler_of(folder);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) fail("cannot make " + path);
  off_t size = 0;
  int error = 0;
  for (off_t step = off_t{64} << 20U; step >= page && error == 0;) {
    const int refused = posix_fallocate(file, size, step);
    if (refused == 0)
      size += step;
    else if (refused == ENOSPC)
      step /= 2;
    else
      error = refused;
  }
  close(file);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot write " + path);
}

bool is_volume_full(const std::string& folder) {
  struct statvfs there {};
  return statvfs(folder.c_str(), &there) == 0 && there.f_bavail == 0;
}

void empty_folder(const std::string& folder) {
  if (!std::filesystem::exists(folder)) return;
  for (const auto& each : std::filesystem::directory_iterator(folder))
    std::filesystem::remove_all(each.path());
}

}  // namespace drdrill::live
