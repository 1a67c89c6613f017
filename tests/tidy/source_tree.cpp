#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace drdrill::test {
namespace {

/// Blanks out comments and the insides of literals. Good enough for our own style: no raw strings.
std::vector<std::string> code_of(const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  bool in_comment = false;
  for (const std::string& line : lines) {
    std::string code;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string two = line.substr(i, 2);
      if (in_comment) {
        if (two == "*/") in_comment = false, ++i;
      } else if (quote != 0) {
        if (line[i] == '\\')
          ++i;
        else if (line[i] == quote)
          quote = 0, code += '"';
      } else if (two == "//") {
        break;
      } else if (two == "/*") {
        in_comment = true, ++i;
      } else if (line[i] == '"') {
        quote = line[i], code += '"';
      } else {
        code += line[i];
      }
    }
    out.push_back(code);
  }
  return out;
}

}  // namespace

std::vector<SourceFile> source_files(const std::vector<std::string>& folders) {
  std::vector<SourceFile> out;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      SourceFile file;
      file.path = entry.path().generic_string();
      file.folder = entry.path().parent_path().generic_string();
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      file.code = code_of(file.lines);
      out.push_back(std::move(file));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return out;
}

int line_of(const SourceFile& file, const std::string& word) {
  for (std::size_t i = 0; i < file.code.size(); ++i)
    if (file.code[i].find(word) != std::string::npos) return static_cast<int>(i) + 1;
  return 0;
}

}  // namespace drdrill::test
