#include "sim/cli/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cli/options.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Scratch::Scratch() {
  std::error_code ignored;
  std::string path = (fs::temp_directory_path(ignored) / "drdrill-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr)
    throw UsageError("cannot make the temporary folder " + path + ": " + std::strerror(errno));
  path_ = path;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Scratch::folder() {
  std::string folder = *this / std::to_string(++made_);
  fs::create_directory(folder);
  return folder;
}

ProgramResult run_program(const std::vector<std::string>& words, const Scratch& scratch) {
  const std::string out = scratch / "stdout", err = scratch / "stderr";
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
  constexpr mode_t mine = 0600;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), flags, mine);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), flags, mine);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ProgramResult result;
  if (failed != 0) return result;
  result.started = true;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  result.out = text_of(out);
  result.err = text_of(err);
  return result;
}

}  // namespace drdrill::cli
