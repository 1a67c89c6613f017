#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/audit/audit.hpp"

/// How `audit` reads what it was given: no more of a file, a folder or a pipe than it can look at,
/// and nothing is left out without a word.
namespace drdrill::cli {

inline constexpr std::size_t most_audited_bytes = std::size_t{32} << 20;  ///< of one file

/// The text; nothing when there is more of it than `most` bytes, or it cannot be read. A device or
/// a pipe is read up to there and no further.
std::optional<std::string> bounded_text(const std::string& path,
                                        std::size_t most = most_audited_bytes);
std::optional<std::string> bounded_text(std::istream& in, std::size_t most = most_audited_bytes);

/// What `path` is, as the document at `document` names it: seen from the working directory, from
/// the document's folder, and from those around it as far as the repository or one of `roots` goes.
audit::NamedPath path_named_in(const std::string& path, const std::string& document,
                               const std::vector<std::string>& roots);

struct FolderFiles {
  std::vector<std::string> paths;  ///< in order
  bool all = true;                 ///< false: there are more
};
/// The files below a folder, without what no author wrote (hidden ones, node_modules, vendor,
/// build).
FolderFiles files_below(const std::string& folder, std::size_t most = 20'000);

/// "./docs/dr.md" and "/home/me/repo/docs/dr.md" are "docs/dr.md" in /home/me/repo: the same
/// finding has one name, whoever asks.
std::string shown_path(const std::string& path);
/// "charts/db/templates/x.yaml" is of charts/db.
std::string chart_of(const std::string& path);

}  // namespace drdrill::cli
