#include "sim/live/place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

/// Where servers run as users of their own, they have to get at their folders.
mode_t mode_of_ours() {
  return geteuid() == 0 ? 0711 : 0700;
}

/// False when nothing is there.
bool is_ours(const std::string& path) {
  struct stat found = {};
  if (lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return false;
    throw NotOurs("cannot look at " + path + ": " + std::strerror(errno));
  }
  if (!S_ISDIR(found.st_mode)) throw NotOurs(path + " is no folder");
  if (found.st_uid != geteuid())
    throw NotOurs(path + " belongs to user " + std::to_string(found.st_uid) +
                  ", so what lies there is not believed; DRDRILL_LABS names another folder");
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw NotOurs(path + " can be written to by others, so what lies there is not believed");
  return true;
}

void make_ours(const std::string& path) {
  if (mkdir(path.c_str(), mode_of_ours()) != 0 && errno != EEXIST)
    throw std::runtime_error("cannot make " + path + ": " + std::strerror(errno));
  is_ours(path);
}

}  // namespace

std::string labs_folder() {
  if (const char* given = std::getenv("DRDRILL_LABS"); given && *given)
    return std::filesystem::absolute(given).lexically_normal();
  if (geteuid() == 0) return "/run/drdrill";
  return "/tmp/drdrill-" + std::to_string(geteuid());
}

/// A name in the abstract name space of sockets: the kernel lets one process at a time have it, and
/// takes it back when that ends.
std::shared_ptr<const Reservation> Reservation::of(int number) {
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::runtime_error("cannot open a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = Network::prefix(number);
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  std::shared_ptr<const Reservation> made(new Reservation(descriptor));
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) != 0) return nullptr;
  return made;
}

Reservation::~Reservation() {
  close(descriptor_);
}

LabPlace claim_place() {
  const std::filesystem::path labs = labs_folder();
  std::error_code error;
  std::filesystem::create_directories(labs.parent_path(), error);
  make_ours(labs);
  for (int number = 0; number < most_labs; ++number) {
    const auto reservation = Reservation::of(number);
    // A namespace or link of that name may be left by a lab of another folder that died.
    const std::string name = Network::prefix(number);
    if (!reservation || std::filesystem::exists("/sys/class/net/" + name) ||
        std::filesystem::exists("/run/netns/" + name))
      continue;
    const std::string folder = folder_of(number);
    if (mkdir(folder.c_str(), 0755) == 0) {
      LabPlace place{number, folder, reservation};
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
  if (!is_ours(labs_folder())) return places;
  for (int number = 0; number < most_labs; ++number)
    if (is_ours(folder_of(number))) places.push_back({number, folder_of(number)});
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
  if (!is_ours(labs_folder()) || !is_ours(place.folder)) return {};
  // Its namespaces go before its folder: nobody shall have the number, and with it their names,
  // until all of it is gone. Whoever stands guard over it may have it still.
  const auto held = place.reservation ? place.reservation : Reservation::of(place.number);
  // The lab that was looked at may have gone meanwhile, and another one have its number.
  const auto owner = owner_of(place);
  if (!place.reservation && owner && *owner != ourselves() && is_alive(*owner))
    return {"it belongs to process " + std::to_string(owner->pid) + ", which lives"};
  if (!held && !std::filesystem::exists(place.owner_file())) return {};  // it is just being made
  return undo(left_by(place.log()), place.folder, Network::prefix(place.number));
}

}  // namespace drdrill::live
