#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/live/process.hpp"

/// Where labs keep what they are: a folder each, `labN`, with the log of what was made and who made
/// it. The number also names the lab's network, so that several can stand side by side.
namespace drdrill::live {

/// $DRDRILL_LABS, or /run/drdrill as root and /tmp/drdrill-UID otherwise.
std::string labs_folder();

struct LabPlace {
  int number = 0;
  std::string folder;

  std::string log() const { return folder + "/undo.log"; }
  std::string owner_file() const { return folder + "/owner"; }
};

/// Makes the folder of a new lab; nobody else gets the same number. Throws std::runtime_error.
LabPlace claim_place();
/// The labs that there are.
std::vector<LabPlace> all_places();
/// Who is in charge of it; nothing: nobody, it stands until it is taken down.
std::optional<ProcessId> owner_of(const LabPlace& place);
void set_owner(const LabPlace& place, std::optional<ProcessId> owner);
ProcessId ourselves();

/// Takes a lab down, or what is left of it. What could not be undone, as sentences.
std::vector<std::string> take_down(const LabPlace& place);

}  // namespace drdrill::live
