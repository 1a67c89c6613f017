#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What was made or changed on this machine, on disk before it is done. A line of JSON for each
/// thing, flushed to the disk; a second one when it is gone again. Whoever reads it later, whatever
/// became of the writer, knows everything that may be left. Undoing is idempotent: what was noted
/// and never done is found missing, and that is all.
namespace drdrill::live {

struct Made {
  enum class Kind : std::uint8_t {
    folder,      ///< `name`: its path; removed with what lies in it
    name_space,  ///< `name`: a network namespace, with the processes and links in it
    link,        ///< `name`: a network link of the machine
    table,       ///< `name`: an nft table (family bridge) in the namespace `where`
    impairment,  ///< packets of `eth0` in the namespace `where` are delayed or lost; `name`: its
                 ///< port
    process,     ///< `name`: "PID START", its start in clock ticks since boot
    stopped,     ///< `name`: as `process`; it was stopped and has to go on
    mount,       ///< `name`: a folder of the lab that a file system of its own is mounted on
    file,        ///< `name`: its path in the folder of the lab; removed
  };
  Kind kind = Kind::folder;
  std::string name;
  std::string where;

  bool operator==(const Made&) const = default;
};

std::string_view made_name(Made::Kind kind);

class UndoLog {
 public:
  /// Appends to the file; makes it when it is not there. A last line that was cut short is ended,
  /// so that it takes nothing along. Throws std::system_error.
  explicit UndoLog(std::string path);
  ~UndoLog();
  UndoLog(const UndoLog&) = delete;
  UndoLog& operator=(const UndoLog&) = delete;

  /// On disk when it returns. The number of the entry.
  std::uint64_t put(const Made& made);
  void gone(std::uint64_t entry);

  /// Called after each entry is on disk, and nothing of it done yet: where tests let a drill die.
  void when_noted(std::function<void()> call) { noted_ = std::move(call); }
  const std::string& path() const { return path_; }

 private:
  void append(const std::string& line);

  std::string path_;
  int file_ = -1;
  std::uint64_t last_ = 0;
  std::function<void()> noted_;
};

/// What may be left, latest first. A last line that was cut short (the writer died within it) was
/// never acted upon and is left out. A file that is not there has nothing.
std::vector<Made> left_by(const std::string& path);

}  // namespace drdrill::live
