#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/live/clients/directory.hpp"

/// A Directory kept in a file, for processes of their own:
/// {"postgres-primary": [["127.0.7.1", 5432]], "redis": [["127.0.7.4", 6379], …]}.
/// Whoever changes it writes another file and renames it over this one.
namespace drdrill::live {

class FileDirectory final : public Directory {
 public:
  explicit FileDirectory(std::string path) : path_(std::move(path)) {}

  /// Reads the file each time. A file that is missing or malformed leads nowhere.
  std::vector<Endpoint> endpoints(std::string_view service) const override;

 private:
  std::string path_;
};

}  // namespace drdrill::live
