#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/import/kubernetes.hpp"
#include "sim/base/problem.hpp"

/// The documents of files and folders. Internal to the importers.
namespace drdrill::importing {

/// Hands over every document, one after the other, with the file's name; files of folders by name.
/// What cannot be read or is no YAML is a problem; files of a folder that are plainly something
/// else (a Helm template) are a remark. The number of files read.
std::size_t read_sources(const ImportRequest& request, Problems& problems,
                         std::vector<ImportRemark>& remarks,
                         const std::function<bool(const std::string& file, Value)>& take);

}  // namespace drdrill::importing
