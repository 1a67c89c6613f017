#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/kube/cluster.hpp"

/// The settings that PostgreSQL and Redis are given by files and on their command line, one by one.
namespace drdrill::kube {

inline constexpr std::string_view by_command_line = "command line";

/// One "name value" that a process is given, and by what.
struct ServerSetting {
  std::string name;
  std::string value;
  std::string by;              ///< a file, or `by_command_line`
  int line = 0;                ///< of the file; 0: the first
  bool remark_behind = false;  ///< "#" stands behind the value in the line
};

/// "name value", "name = value", one a line, with "#" and ";" before remarks.
void read_settings(std::string_view text, const std::string& by, std::vector<ServerSetting>& out);

/// "--name value" (Redis), "-c name=value", "--name=value" (PostgreSQL).
void read_arguments(const Container& container, std::vector<ServerSetting>& out);

/// Does the container's image look there for its configuration without being told?
bool is_default_place(const Container& container, std::string_view path);

/// What the pod's first container is given now: by its command line, and by the files (*.conf) of
/// ConfigMaps that a command line, the environment or a script which is run names, or that lie
/// where the image looks.
std::vector<ServerSetting> given_settings(const Cluster& cluster, std::string_view ns,
                                          const PodTemplate& pod);

}  // namespace drdrill::kube
