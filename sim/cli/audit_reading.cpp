#include "sim/cli/audit_reading.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace drdrill::cli {

std::optional<std::string> bounded_text(std::istream& in, std::size_t most) {
  std::string text;
  std::array<char, 65536> part{};
  while (in && text.size() <= most) {
    in.read(part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad() || text.size() > most) return std::nullopt;
  return text;
}

std::optional<std::string> bounded_text(const std::string& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return bounded_text(in, most);
}

FolderFiles files_below(const std::string& folder, std::size_t most) {
  namespace fs = std::filesystem;
  FolderFiles found;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string leaf = at->path().filename().string();
    const bool foreign =
        leaf.starts_with(".") || leaf == "node_modules" || leaf == "vendor" || leaf == "build";
    if (at->is_directory(error) && foreign) at.disable_recursion_pending();
    if (foreign || !at->is_regular_file(error)) continue;
    if (found.paths.size() >= most) {
      found.all = false;
      break;
    }
    found.paths.push_back(at->path().lexically_normal().string());
  }
  std::sort(found.paths.begin(), found.paths.end());
  return found;
}

}  // namespace drdrill::cli
