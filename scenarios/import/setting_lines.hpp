#pragma once

#include <string>
#include <vector>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/inventory.hpp"

/// The settings that a server is given, by files and on its command line, one by one. Internal to
/// the importers.
namespace drdrill::importing {

/// One "name value" that a process is given, and by what.
struct SettingLine {
  std::string name;
  std::string value;
  std::string by;  ///< "redis.conf of ConfigMap redis", or "command line"
  SourcePlace place;
  bool remark_behind = false;  ///< "#" stands behind the value in the line
};

/// "name value", "name = value", one a line, with "#" and ";" before remarks.
void read_lines(const ConfigFile& file, std::vector<SettingLine>& out);

/// "--name value" (Redis), "-c name=value", "--name=value" (PostgreSQL).
void read_arguments(const Item& item, const kube::Container& container,
                    std::vector<SettingLine>& out);

}  // namespace drdrill::importing
