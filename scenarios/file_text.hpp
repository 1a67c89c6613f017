#pragma once

#include <cstddef>
#include <string>

/// Reads a file that somebody named, whatever it turns out to be: no more of it than `most` bytes,
/// a device no further than that, and a pipe as long as somebody holds its other end. One that
/// nobody writes to is empty after a second.
namespace drdrill {

struct FileText {
  enum class End { whole, too_large, missing, folder, unreadable };
  End end = End::unreadable;
  std::string text;  ///< when whole

  /// Why there is no text, in words for a user.
  std::string why() const;
};

FileText read_file_text(const std::string& path, std::size_t most);

}  // namespace drdrill
