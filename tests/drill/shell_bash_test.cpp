#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "tests/drill/shell_script.hpp"
#include "tests/drill/shell_texts.hpp"

/// The shell beside bash itself: the same text, the same standard output and the same status. The
/// texts call no program but those that are built in here.
namespace drdrill::shell {
namespace {

namespace fs = std::filesystem;

struct Said {
  std::string out;
  int status = 0;
  bool operator==(const Said&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Said& said) {
  return out << said.out << "[" << said.status << "]";
}

/// In a folder of its own, which goes away.
class Bash {
 public:
  Bash() : folder_(fs::temp_directory_path() / ("drdrill-bash-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Bash() { fs::remove_all(folder_); }
  Bash(const Bash&) = delete;
  Bash& operator=(const Bash&) = delete;

  Said run(const std::string& text) const {
    std::ofstream(folder_ / "script", std::ios::binary) << text;
    const std::string command = "cd '" + folder_.string() +
                                "' && env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 bash script 2>/dev/null "
                                "</dev/null";
    Said said;
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      said.out.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    said.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    for (const auto& entry : fs::directory_iterator(folder_)) fs::remove_all(entry.path());
    return said;
  }

 private:
  fs::path folder_;
};

/// Knows no program, as the folder's bash knows none of those that the texts call.
class NoPrograms : public Host {
 public:
  std::optional<Result> start(const Invocation&) override { return Result{127, "", "", true}; }
};

Said run_here(const std::string& text) {
  NoPrograms host;
  const Parsed parsed = parse("exec 2>/dev/null\n" + text);
  if (parsed.error)
    return {"line " + std::to_string(parsed.error->line - 1) + ": " + parsed.error->message, -1};
  Run run(parsed.list, host);
  run.as_script();
  while (!run.resume()) run.finish({});
  return {run.output(), run.exit_status()};
}

void same(const std::vector<std::string_view>& texts) {
  const Bash bash;
  for (const std::string_view text : texts) {
    INFO(text);
    CHECK(run_here(std::string(text)) == bash.run(std::string(text)));
  }
}

}  // namespace

TEST_CASE("values are cut, replaced and sliced as bash does") {
  same(texts_of_expansions());
}

TEST_CASE("arrays are bash's") {
  same(texts_of_arrays());
}

TEST_CASE("arithmetic is bash's") {
  same(texts_of_arithmetic());
}

TEST_CASE("traps run when bash runs them") {
  same(texts_of_traps());
}

TEST_CASE("processes, streams and redirections are bash's") {
  same(texts_of_streams());
}

TEST_CASE("words that lead elsewhere do as in bash") {
  same(texts_of_flow());
}

}  // namespace drdrill::shell
