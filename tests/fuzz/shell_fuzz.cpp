#include "tests/fuzz/shell_fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "scenarios/loader.hpp"
#include "sim/base/ensure.hpp"
#include "sim/drill/shell_run.hpp"
#include "tests/scenarios/known.hpp"

namespace drdrill::test {
namespace {

/// Every other command takes time.
class Anybody : public shell::Host {
 public:
  std::optional<shell::Result> start(const shell::Invocation& invocation) override {
    ENSURE(!invocation.argv.empty(), "a command without a word");
    result = {++count % 5 == 0 ? 1 : 0, "pod/a-1 1/1 Running\nb\n", "", true};
    if (count % 2 == 0) return std::nullopt;
    return result;
  }
  shell::Result result;
  int count = 0;
};

}  // namespace

void run_any_shell(std::string_view input) {
  const shell::Parsed parsed = shell::parse(input);
  const auto lines = std::count(input.begin(), input.end(), '\n') + 1;
  if (!parsed.list) {
    ENSURE(parsed.error && parsed.error->line >= 1 && parsed.error->line <= lines + 1,
           "refused in a line that it has not");
    return;
  }
  Anybody host;
  shell::Run run(parsed.list, host);
  run.set("1", "first");
  run.as_script();
  run.files()["f"] = "a:b\nc\n";
  while (!run.resume()) run.finish(host.result);
  ENSURE(run.ended(), "a run that is over has ended");
  constexpr std::size_t most = std::size_t{4} << 20;
  ENSURE(run.output().size() <= most, "the output is bounded");
}

void check_any_file(std::string_view input) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("drdrill-fuzz-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << input;
  const Checked checked = check_file(path.string(), known_in_tests);
  std::filesystem::remove(path);
  ENSURE(checked.kind || !checked.problems.empty(), "refused without a reason");
}

}  // namespace drdrill::test
