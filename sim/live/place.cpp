#include "sim/live/place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/live/network.hpp"
#include "sim/live/pod_program.hpp"
#include "sim/live/undo.hpp"

namespace drdrill::live {
namespace {

constexpr int most_labs = 200;  // numbers are a part of addresses

std::string folder_of(int number) {
  return labs_folder() + "/lab" + std::to_string(number);
}

}  // namespace

std::string labs_folder() {
  if (const char* given = std::getenv("DRDRILL_LABS"); given && *given) return given;
  if (geteuid() == 0) return "/run/drdrill";
  return "/tmp/drdrill-" + std::to_string(geteuid());
}

LabPlace claim_place() {
  std::error_code error;
  std::filesystem::create_directories(labs_folder(), error);
  if (error) throw std::runtime_error("cannot make " + labs_folder() + ": " + error.message());
  for (int number = 0; number < most_labs; ++number) {
    // The lab of another folder has this number: bridges belong to the whole machine.
    if (std::filesystem::exists("/sys/class/net/" + Network::prefix(number))) continue;
    const std::string folder = folder_of(number);
    if (mkdir(folder.c_str(), 0755) == 0) {
      LabPlace place{number, folder};
      set_owner(place, ourselves());
      return place;
    }
    if (errno != EEXIST)
      throw std::runtime_error("cannot make " + folder + ": " + std::strerror(errno));
  }
  throw std::runtime_error("there are " + std::to_string(most_labs) +
                           " labs already; `drdrill lab down` takes them down");
}

std::vector<LabPlace> all_places() {
  std::vector<LabPlace> places;
  for (int number = 0; number < most_labs; ++number)
    if (std::filesystem::is_directory(folder_of(number)))
      places.push_back({number, folder_of(number)});
  return places;
}

std::optional<ProcessId> owner_of(const LabPlace& place) {
  std::ifstream in(place.owner_file());
  std::string line;
  std::getline(in, line);
  return parse_process(line);
}

void set_owner(const LabPlace& place, std::optional<ProcessId> owner) {
  write_file(place.owner_file(), owner ? to_string(*owner) + "\n" : "nobody\n");
}

ProcessId ourselves() {
  return process_of(getpid());
}

std::vector<std::string> take_down(const LabPlace& place) {
  std::vector<Made> left = left_by(place.log());
  // The folder goes last: it holds the log. Whoever made it may have died before noting it.
  if (left.empty()) left.push_back({Made::Kind::folder, place.folder, ""});
  return undo(left);
}

}  // namespace drdrill::live
