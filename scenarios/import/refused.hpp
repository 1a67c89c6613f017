#pragma once

#include <vector>

#include "scenarios/import/setting_lines.hpp"

/// Settings with which a server does not start, or which it takes for something else than was
/// meant. Internal to the importers.
namespace drdrill::importing {

/// Remarks on what the workload's main container is given.
void remark_refused(Inventory& inventory, const Item& item, const kube::Container& container,
                    const std::vector<SettingLine>& lines);

/// The same of one text of a configuration file: variables that nobody puts in.
void remark_not_expanded(Inventory& inventory, const Item& item, const kube::Container& container,
                         const std::vector<SettingLine>& lines, std::string_view reader);

}  // namespace drdrill::importing
