#include "sim/live/machine_audit.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "sim/live/network.hpp"
#include "sim/live/process.hpp"

namespace drdrill::live {
namespace {

namespace fs = std::filesystem;

enum Kind : std::size_t { name_space, link, table, mount, process, file };
using Names = std::set<std::string>;

Names names_in(const std::string& folder) {
  Names names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    names.insert(at->path().filename());
  return names;
}

/// The fifth field of a line is where something is mounted (proc(5)).
Names mount_points() {
  Names names;
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    for (int field = 0; field < 5; ++field) words >> word;
    names.insert(word);
  }
  return names;
}

/// "table bridge fault0", of the network that we are in.
Names tables() {
  Names names;
  if (geteuid() != 0) return names;
  std::istringstream lines(run({.argv = {"nft", "list", "tables"}}, std::chrono::seconds(10)).out);
  for (std::string line; std::getline(lines, line);) names.insert(line);
  return names;
}

bool is_named(const std::string& name, const std::string& prefix) {
  return name == prefix || name.starts_with(prefix + "-");
}

bool lies_in(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

bool is_of_lab(std::size_t kind, const std::string& name, const LabPlace& place) {
  switch (kind) {
    case name_space:
    case link:
      return is_named(name, Network::prefix(place.number));
    case table:
      return name.find(" fault") != std::string::npos;
    case mount:
      return lies_in(name, place.folder);
    case process:
      return true;
    default:
      return labs_folder() + "/" + name == place.folder;
  }
}

/// Whose names do not tell when they were made.
bool has_to_be_new(std::size_t kind) {
  return kind == table || kind == process;
}

}  // namespace

MachineState look_at_machine() {
  MachineState state;
  state.names[name_space] = names_in("/run/netns");
  state.names[link] = names_in("/sys/class/net");
  state.names[table] = tables();
  state.names[mount] = mount_points();
  for (const ProcessId& one : tree_of(process_of(getpid())))
    state.names[process].insert(to_string(one));
  state.names[file] = names_in(labs_folder());
  return state;
}

MachineAudit audit_machine(const MachineState& before, const LabPlace& place) {
  MachineState now = look_at_machine();
  for (const ProcessId& one : processes_in(place.folder))
    if (one.pid != getpid()) now.names[process].insert(to_string(one));
  MachineAudit audit;
  std::size_t compared = 0;
  std::string counts;
  for (std::size_t kind = 0; kind < now.names.size(); ++kind) {
    const Names& then = before.names[kind];
    for (const std::string& name : now.names[kind]) {
      const bool is_new = then.count(name) == 0;
      if (is_of_lab(kind, name, place) && (is_new || !has_to_be_new(kind)))
        audit.left.push_back(std::string(MachineState::kinds[kind]) + ": " + name +
                             " is still there");
    }
    const std::size_t size = now.names[kind].size();
    compared += size;
    counts += (counts.empty() ? "" : ", ") + std::to_string(size) + " " + MachineState::kinds[kind];
  }
  audit.words = std::to_string(compared) + " things on this machine compared (" + counts + "): " +
                (audit.left.empty() ? "nothing left" : std::to_string(audit.left.size()) + " left");
  return audit;
}

}  // namespace drdrill::live
