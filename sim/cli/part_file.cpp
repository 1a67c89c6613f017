#include "sim/cli/part_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "reports/words.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/unfinished.hpp"
#include "sim/study/sweep_part.hpp"

namespace drdrill::cli {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw UsageError("cannot write " + path + ": " + std::strerror(errno));
}

}  // namespace

void save_part(const std::string& path, const study::SweepPart& part) {
  const std::string text = study::written(part);
  Unfinished file;
  const int descriptor = file.create(path);
  if (descriptor < 0) fail(path);
  bool whole = true;
  for (std::size_t at = 0; at < text.size() && whole;) {
    const ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written > 0) at += static_cast<std::size_t>(written);
    whole = written > 0 || errno == EINTR;
  }
  whole = ::fsync(descriptor) == 0 && whole;
  whole = ::close(descriptor) == 0 && whole;
  if (!whole || !file.finish(path)) fail(path);
}

std::optional<study::SweepPart> load_part(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return study::read_part(text, path);
  } catch (const study::PartError& error) {
    throw UsageError(error.message());
  }
}

void remove_part(const std::string& path) {
  ::unlink(path.c_str());
}

std::string difference(const study::SweepHead& one, const study::SweepHead& other) {
  const auto words = [](const std::vector<std::string>& command) {
    std::string out = "drdrill";
    for (const std::string& word : command) out += " " + reports::shell_word(word);
    return out;
  };
  if (one == other) return "";
  if (one.version != other.version) return "it was made by drdrill " + other.version;
  if (one.models != other.models)
    return "it was made with other models (" + other.models + ", not " + one.models + ")";
  if (one.command != other.command) return "it was made by: " + words(other.command);
  return "its scenario or platform was not the same";
}

std::string command_for(const study::SweepHead& head, const study::Shard& shard,
                        const std::string& file) {
  std::string out = "drdrill";
  for (const std::string& word : head.command) out += " " + reports::shell_word(word);
  if (shard.count > 1)
    out += " --shard " + std::to_string(shard.index) + "/" + std::to_string(shard.count);
  return out + " -o " + reports::shell_word(file);
}

}  // namespace drdrill::cli
