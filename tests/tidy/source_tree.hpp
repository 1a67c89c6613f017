#pragma once

#include <string>
#include <vector>

/// The project's own source files, as text.
namespace drdrill::test {

struct SourceFile {
  std::string path;    ///< from the root: "sim/drill/world.hpp"
  std::string folder;  ///< "sim/drill"
  std::vector<std::string> lines;
  /// The same without comments and string literals, so that words in them are not taken for code.
  std::vector<std::string> code;
};

/// All .hpp and .cpp files under the folders, in order of path.
std::vector<SourceFile> source_files(const std::vector<std::string>& folders);

/// The line of the first appearance of `word` in code, or 0.
int line_of(const SourceFile& file, const std::string& word);

}  // namespace drdrill::test
