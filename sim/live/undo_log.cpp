#include "sim/live/undo_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <system_error>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace drdrill::live {
namespace {

constexpr std::array<std::string_view, 9> names{
    "folder", "namespace", "link", "table", "impairment", "process", "stopped", "mount", "file"};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// The whole lines of a file.
std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> lines;
  std::string line;
  while (std::getline(in, line))
    if (!in.eof()) lines.push_back(line);
  return lines;
}

std::map<std::uint64_t, Made> entries_of(const std::string& path, std::uint64_t& last) {
  std::map<std::uint64_t, Made> entries;
  for (const std::string& line : lines_of(path)) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) continue;
    if (json.contains("gone")) {
      entries.erase(json["gone"].get<std::uint64_t>());
      continue;
    }
    const auto number = json.value("entry", std::uint64_t{0});
    const auto kind = std::find(names.begin(), names.end(), json.value("made", ""));
    if (kind == names.end()) continue;
    last = std::max(last, number);
    entries[number] = {static_cast<Made::Kind>(kind - names.begin()), json.value("name", ""),
                       json.value("where", "")};
  }
  return entries;
}

}  // namespace

std::string_view made_name(Made::Kind kind) {
  return names[static_cast<std::size_t>(kind)];
}

UndoLog::UndoLog(std::string path) : path_(std::move(path)) {
  entries_of(path_, last_);
  file_ = open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) fail("cannot open " + path_);
  char last = '\n';
  if (const off_t size = lseek(file_, 0, SEEK_END); size > 0) pread(file_, &last, 1, size - 1);
  if (last != '\n') append("");
  // The name of the file has to be on the disk too.
  const std::string folder = path_.substr(0, path_.rfind('/'));
  const int of_folder = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (of_folder < 0) fail("cannot open " + folder);
  fsync(of_folder);
  close(of_folder);
}

UndoLog::~UndoLog() {
  close(file_);
}

void UndoLog::append(const std::string& line) {
  const std::string text = line + "\n";
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t now = write(file_, text.data() + written, text.size() - written);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) fail("cannot write " + path_);
    written += static_cast<std::size_t>(now);
  }
  if (fdatasync(file_) != 0) fail("cannot flush " + path_);
  if (noted_) noted_();
}

std::uint64_t UndoLog::put(const Made& made) {
  nlohmann::json json{{"entry", ++last_}, {"made", made_name(made.kind)}, {"name", made.name}};
  if (!made.where.empty()) json["where"] = made.where;
  append(json.dump());
  return last_;
}

void UndoLog::gone(std::uint64_t entry) {
  append(nlohmann::json{{"gone", entry}}.dump());
}

std::vector<Made> left_by(const std::string& path) {
  std::uint64_t last = 0;
  std::vector<Made> left;
  for (const auto& [number, made] : entries_of(path, last)) left.push_back(made);
  std::reverse(left.begin(), left.end());
  return left;
}

}  // namespace drdrill::live
