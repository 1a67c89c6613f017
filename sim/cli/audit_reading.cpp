#include "sim/cli/audit_reading.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <istream>

#include "scenarios/file_text.hpp"

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
  FileText read = read_file_text(path, most);
  if (read.end != FileText::End::whole) return std::nullopt;
  return std::move(read.text);
}

namespace {

namespace fs = std::filesystem;

/// The folders from which the document's author may mean a path: its own and those around it, up to
/// the repository, a folder that was named, or the working directory; the document's own alone
/// where none of these is around it.
std::vector<fs::path> folders_around(const std::string& document,
                                     const std::vector<std::string>& roots) {
  constexpr std::size_t most = 16;
  std::vector<fs::path> folders;
  std::error_code error;
  fs::path at = fs::path(document).parent_path();
  for (std::size_t i = 0; i < most; ++i) {
    folders.push_back(at.empty() ? fs::path(".") : at);
    const bool ends = at.empty() || fs::exists(at / ".git", error) ||
                      std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
                        return fs::path(root).lexically_normal() == at;
                      });
    if (ends) return folders;
    if (!at.has_relative_path()) break;
    at = at.parent_path();
  }
  folders.resize(1);
  return folders;
}

/// Is there a folder with manifests in it?
bool has_deeper(const fs::path& folder) {
  constexpr int most = 2000;
  int seen = 0;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end && seen < most;
       at.increment(error), ++seen) {
    const std::string leaf = at->path().filename().string();
    if (at.depth() > 0 && (leaf.ends_with(".yaml") || leaf.ends_with(".yml"))) return true;
  }
  return false;
}

}  // namespace

audit::NamedPath path_named_in(const std::string& path, const std::string& document,
                               const std::vector<std::string>& roots) {
  using Kind = audit::NamedPath::Kind;
  const fs::path plain = fs::path(path).lexically_normal();
  if (plain.empty() || plain.is_absolute()) return {};
  const fs::path first = *plain.begin();
  const bool nested = std::distance(plain.begin(), plain.end()) > 1 && first != "..";
  audit::NamedPath found;
  std::error_code error;
  for (const fs::path& folder : folders_around(document, roots)) {
    const fs::path whole = folder / plain;
    if (fs::is_directory(whole, error)) return {Kind::folder, has_deeper(whole)};
    if (fs::exists(whole, error)) return {Kind::file, false};
    if (nested && fs::is_directory(folder / first, error)) found.kind = Kind::missing;
  }
  return found;
}

FolderFiles files_below(const std::string& folder, std::size_t most) {
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

std::string shown_path(const std::string& path) {
  const fs::path plain = fs::path(path).lexically_normal();
  if (!plain.is_absolute()) return plain.string();
  std::error_code error;
  const fs::path near = plain.lexically_relative(fs::current_path(error));
  return error || near.empty() || *near.begin() == ".." ? plain.string() : near.string();
}

std::string chart_of(const std::string& path) {
  const std::size_t at = path.rfind("/templates/");
  return at == std::string::npos ? fs::path(path).parent_path().string() : path.substr(0, at);
}

}  // namespace drdrill::cli
