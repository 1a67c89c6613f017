#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/import/inventory.hpp"

/// Which configuration files a container's process really reads. A file that is mounted but stands
/// on no command line, and not where the image looks by itself, is not in force. Internal to the
/// importers.
namespace drdrill::importing {

struct ConfigFile {
  std::string path;  ///< in the container
  std::string from;  ///< "ConfigMap redis-config"
  std::string text;
  SourcePlace first;    ///< of its first line
  bool by_line = true;  ///< the lines that follow lie on the lines that follow in the manifest
  bool in_force = false;

  SourcePlace place(int line) const { return {first.file, first.line + (by_line ? line : 0)}; }
};

/// The files that ConfigMaps put into the container, those in force marked.
std::vector<ConfigFile> files_of(const Inventory& inventory, const Item& owner,
                                 const kube::Container& container);

/// A configuration in YAML. What is none, or too much of it, is nothing: its reader would not
/// start.
std::optional<Value> parse_config(std::string_view text);

/// Command and arguments, as one text.
std::string command_line(const kube::Container& container);

}  // namespace drdrill::importing
