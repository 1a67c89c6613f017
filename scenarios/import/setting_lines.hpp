#pragma once

#include <vector>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/inventory.hpp"
#include "sim/kube/server_settings.hpp"

/// The settings that a server is given, by files and on its command line, one by one. Internal to
/// the importers.
namespace drdrill::importing {

/// One of them, and where it stands.
struct SettingLine : kube::ServerSetting {
  SourcePlace place;
};

/// "name value", "name = value", one a line, with "#" and ";" before remarks.
void read_lines(const ConfigFile& file, std::vector<SettingLine>& out);

/// "--name value" (Redis), "-c name=value", "--name=value" (PostgreSQL).
void read_arguments(const Item& item, const kube::Container& container,
                    std::vector<SettingLine>& out);

}  // namespace drdrill::importing
