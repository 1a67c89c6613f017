#include "sim/cli/folders.hpp"

#include <filesystem>

namespace drdrill::cli {

constexpr std::string_view source_scenarios = DRDRILL_SOURCE_SCENARIOS;
constexpr std::string_view installed_scenarios = DRDRILL_INSTALLED_SCENARIOS;

std::string scenarios_beside_program() {
  std::error_code none;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  // Without /proc (a chroot) nobody knows where the program lies; the package puts it into /usr.
  if (none) return "/usr/share/drdrill/scenarios";
  return (program.parent_path().parent_path() / "share/drdrill/scenarios").string();
}

}  // namespace drdrill::cli
