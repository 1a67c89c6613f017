#include "reports/capacity.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 6> options{{
    {"participants", "N", "for so many in all (default: the platform's own load)"},
    {"replications", "N", "simulated runs of each loss (default: 20)"},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"threads", "N", "default: all cores"},
    {"report", "FORMAT=FILE", "write a report (text, json); \"-\" is stdout; may be repeated",
     true},
    {"quiet", "", "no text on stdout"},
}};

std::uint64_t between(const Options& given, std::string_view name, std::uint64_t fallback,
                      std::uint64_t most) {
  const std::uint64_t number = given.natural(name, fallback);
  if (number >= 1 && number <= most) return number;
  throw UsageError("--" + std::string(name) + ": expected 1 to " + std::to_string(most));
}

int capacity_command(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError("capacity needs one platform: drdrill capacity gomeet-500");
  study::CapacityOptions what;
  what.seed = given.natural("seed", what.seed);
  what.replications =
      static_cast<std::uint32_t>(between(given, "replications", what.replications, 100'000));
  if (given.has("threads"))
    what.threads = static_cast<unsigned>(between(given, "threads", 1, 1024));
  PlatformSpec platform =
      load_platform(find_platform(given.positional().front(), context), {}, parameters_of_models());
  if (given.has("participants")) {
    // As many in each meeting as before, as far as that goes.
    const auto all = static_cast<int>(between(given, "participants", 1, 1'000'000));
    const int each = std::min(all, platform.load.participants_per_meeting);
    platform.load.meetings = all / each;
    platform.load.participants_per_meeting = all / platform.load.meetings;
  }
  constexpr std::array<std::string_view, 2> formats{"text", "json"};
  const auto requests = given.values("report");
  const ReportFiles reports(requests, formats);
  const study::Capacity capacity = capacity_of(platform, what);
  constexpr std::size_t unbroken = 160;  // columns, where no terminal limits them
  if (!given.has("quiet") && !reports.takes_stdout())
    reports::write_capacity_text(capacity, context.out,
                                 {context.colour, context.terminal ? context.width : unbroken});
  reports.write(
      [&](std::string_view format, std::ostream& out) {
        if (format == "json")
          reports::write_capacity_json(capacity, out);
        else
          reports::write_capacity_text(capacity, out, {});
      },
      context.out);
  return exit_pass;
}

}  // namespace

constexpr Subcommand capacity_subcommand{
    "capacity",
    "PLATFORM",
    "what is carried after a loss, and what it costs",
    "For each service and the loss of a node, a zone and the region: the pods that are left, the\n"
    "participants that they carry, and, simulated with nobody acting, how long it takes until the\n"
    "service works and until 99.5 % of participants have media again. Then the replicas that the\n"
    "load needs, at its peak, after such losses and over the day, and what they and the standby\n"
    "cost a month. PLATFORM is a file or the name of a shipped platform. The node and the zone "
    "are\n"
    "those where most of the service's pods run.\n\n"
    "  drdrill capacity gomeet-500\n"
    "  drdrill capacity gomeet-500 --participants 1500 --report json=capacity.json\n",
    options,
    capacity_command};

}  // namespace drdrill::cli
