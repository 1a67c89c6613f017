#include "sim/cli/folders.hpp"

namespace drdrill::cli {

constexpr std::string_view source_scenarios = DRDRILL_SOURCE_SCENARIOS;
constexpr std::string_view installed_scenarios = DRDRILL_INSTALLED_SCENARIOS;

}  // namespace drdrill::cli
