#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "scenarios/loader.hpp"
#include "tests/scenarios/known.hpp"

/// Broken files and the exact messages that they must give. `bad/NAME.json` is checked as it
/// stands; `bad/NAME.edit` changes one of the sound files in good/ and checks that. What is said
/// must equal `bad/NAME.expected`; DRDRILL_ACCEPT=1 writes that file instead, to be read before it
/// is committed.
namespace drdrill {
namespace {

namespace fs = std::filesystem;

const fs::path folder = "tests/scenarios";

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void spill(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() / ("drdrill-corpus-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// What an edit says, line by line: "file: F" (which sound file is changed), "find: OLD" and
/// "with: NEW" (any number of pairs; a find must be there exactly once; "\n" stands for a line
/// break), "check: F" (which file is checked; default the changed one), "set: POINTER=VALUE" (then
/// the scenario is loaded with these settings), "#" for remarks.
struct Edit {
  std::string file;
  std::string check;
  std::vector<std::pair<std::string, std::string>> replacements;
  std::vector<Setting> settings;
};

std::string with_breaks(std::string text) {
  for (auto at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at))
    text.replace(at, 2, "\n");
  return text;
}

Edit parse_edit(const std::string& text) {
  Edit edit;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto colon = std::min(line.find(": "), line.size());
    const std::string key = line.substr(0, colon);
    const std::string value = colon == line.size() ? "" : line.substr(colon + 2);
    if (key.empty() || key.front() == '#') continue;
    if (key == "file")
      edit.file = value;
    else if (key == "check")
      edit.check = value;
    else if (key == "find")
      edit.replacements.emplace_back(with_breaks(value), "");
    else if (key == "with" || key == "with:")
      edit.replacements.back().second = with_breaks(value);
    else if (key == "set")
      edit.settings.push_back(parse_setting(value).value());
    else
      FAIL("unknown line in an edit: " + line);
  }
  if (edit.check.empty()) edit.check = edit.file;
  return edit;
}

std::string all_lines(const Problems& problems, const std::string& prefix) {
  std::string out;
  for (const Problem& problem : problems.all()) out += to_string(problem) + "\n";
  if (problems.dropped() > 0) out += std::to_string(problems.dropped()) + " more\n";
  for (auto at = out.find(prefix); at != std::string::npos; at = out.find(prefix, at))
    out.erase(at, prefix.size());
  return out;
}

Problems check(const std::string& path, const std::vector<Setting>& settings) {
  if (settings.empty()) return check_file(path, known_in_tests).problems;
  try {
    load_scenario(path, settings, known_in_tests);
    return {};
  } catch (const InputError& error) {
    return error.problems();
  }
}

std::string messages_of_edit(const fs::path& path, const fs::path& place) {
  const Edit edit = parse_edit(slurp(path));
  for (const auto& entry : fs::directory_iterator(folder / "good"))
    fs::copy_file(entry.path(), place / entry.path().filename(),
                  fs::copy_options::overwrite_existing);
  if (!edit.file.empty()) {
    std::string text = slurp(place / edit.file);
    for (const auto& [find, with] : edit.replacements) {
      const auto at = text.find(find);
      INFO(path << ": " << find);
      REQUIRE(at != std::string::npos);
      REQUIRE(text.find(find, at + 1) == std::string::npos);
      text.replace(at, find.size(), with);
    }
    spill(place / edit.file, text);
  }
  const std::string file = edit.check.empty() ? "scenario.json" : edit.check;
  return all_lines(check((place / file).string(), edit.settings), place.string() + "/");
}

std::string messages_of(const fs::path& path, const fs::path& place) {
  if (path.extension() == ".edit") return messages_of_edit(path, place);
  return all_lines(check_file(path.string(), known_in_tests).problems,
                   (folder / "bad").string() + "/");
}

/// The lines that only one of the two has.
std::string difference(const std::string& expected, const std::string& found) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  };
  const auto left = lines(expected);
  const auto right = lines(found);
  std::string out;
  for (const auto& line : left)
    if (std::find(right.begin(), right.end(), line) == right.end()) out += "- " + line + "\n";
  for (const auto& line : right)
    if (std::find(left.begin(), left.end(), line) == left.end()) out += "+ " + line + "\n";
  return out.empty() ? "the order differs:\n" + found : out;
}

TEST_CASE("Every broken file of the corpus gives exactly the messages that are expected") {
  const bool accept = std::getenv("DRDRILL_ACCEPT") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder / "bad"))
    if (entry.path().extension() != ".expected") cases.push_back(entry.path());
  std::sort(cases.begin(), cases.end());
  CHECK(cases.size() >= 60);
  TemporaryFolder place;
  for (const fs::path& path : cases) {
    const std::string found = messages_of(path, place.path());
    const fs::path expected = fs::path(path).replace_extension(".expected");
    if (accept) {
      spill(expected, found);
      continue;
    }
    INFO(path.string());
    CHECK_FALSE(found.empty());
    if (slurp(expected) != found) FAIL_CHECK(difference(slurp(expected), found));
  }
}

}  // namespace
}  // namespace drdrill
