#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/live/process.hpp"

/// Where labs keep what they are: a folder each, `labN`, with the log of what was made and who made
/// it. The number also names the lab's network, so that several can stand side by side. Whatever
/// lies here is believed, by root too, so it has to be ours alone: folders that somebody else owns
/// or may write to are refused, and so are links in their place.
namespace drdrill::live {

/// What we find is not ours to believe; says what and why.
class NotOurs : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// $DRDRILL_LABS, or /run/drdrill as root and /tmp/drdrill-UID otherwise.
std::string labs_folder();

/// A lab's number is its own on the whole machine, whoever runs it and wherever its folder is, for
/// as long as a process has this open.
class Reservation {
 public:
  /// Null when somebody has that number.
  static std::shared_ptr<const Reservation> of(int number);
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  explicit Reservation(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

struct LabPlace {
  int number = 0;
  std::string folder;
  std::shared_ptr<const Reservation> reservation{};  ///< null: it was found, not claimed

  std::string log() const { return folder + "/undo.log"; }
  std::string shared() const { return folder + "/shared"; }  ///< what its pods may read
  std::string owner_file() const { return folder + "/owner"; }
};

/// Makes the folder of a new lab. Throws std::runtime_error; NotOurs.
LabPlace claim_place();
/// The labs that there are. Throws NotOurs.
std::vector<LabPlace> all_places();
/// Who is in charge of it; nothing: nobody, it stands until it is taken down.
std::optional<ProcessId> owner_of(const LabPlace& place);
void set_owner(const LabPlace& place, std::optional<ProcessId> owner);
ProcessId ourselves();

/// Takes a lab down, or what is left of it; its folder, log included, goes when nothing else is
/// left, and not before. What could not be undone, as sentences; that its owner, somebody else,
/// lives is one. Throws NotOurs.
std::vector<std::string> take_down(const LabPlace& place);

}  // namespace drdrill::live
