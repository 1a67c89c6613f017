#include "reports/capacity.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/loader.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/find_scenario.hpp"
#include "sim/cli/study_report.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/worlds.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 7> options{{
    {"participants", "N", "for so many in all (default: the platform's own load)"},
    {"daily-curve", "S0,…,S23",
     "what share of them is there in each hour of the day (default: the platform's own)"},
    {"replications", "N", "simulated runs of each loss (default: 20)"},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"threads", "N", "default: all cores"},
    report_option("write a report (text, json, csv); \"-\" is stdout; may be repeated"),
    {"quiet", "", "no text on stdout"},
}};

std::uint64_t between(const Options& given, std::string_view name, std::uint64_t fallback,
                      std::uint64_t most) {
  const std::uint64_t number = given.natural(name, fallback);
  if (number >= 1 && number <= most) return number;
  throw UsageError("--" + std::string(name) + ": expected 1 to " + std::to_string(most));
}

/// As many in each meeting as before, as far as that goes; what they write grows as they do.
void set_participants(std::uint64_t participants, PlatformSpec& platform) {
  LoadSpec& load = platform.load;
  const auto all = static_cast<int>(participants);
  const double times =
      static_cast<double>(participants) /
      std::max(1.0, static_cast<double>(load.meetings) * load.participants_per_meeting);
  load.api_writes_per_second *= times;
  platform.redis.writes_per_second *= times;
  platform.postgres.writes_per_second *= times;
  platform.postgres.wal_bytes_per_second *= times;
  for (PostgresSpec& shard : platform.shards) {
    shard.writes_per_second *= times;
    shard.wal_bytes_per_second *= times;
  }
  const int each = std::min(all, load.participants_per_meeting);
  load.meetings = all / each;
  load.participants_per_meeting = all / load.meetings;
}

void set_daily_curve(const std::string& text, LoadSpec& load) {
  std::size_t hour = 0;
  for (std::size_t at = 0; at <= text.size(); ++hour) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    double share = -1;
    const auto read = std::from_chars(text.data() + at, text.data() + end, share);
    const bool sound = read.ec == std::errc{} && read.ptr == text.data() + end && share >= 0 &&
                       share <= 1 && hour < load.daily_curve.size();
    if (!sound) break;
    load.daily_curve.at(hour) = share;
    at = end + 1;
    if (end == text.size() && hour + 1 == load.daily_curve.size()) return;
  }
  throw UsageError("--daily-curve " + text.substr(0, 60) +
                   ": expected 24 shares from 0 to 1, of the hours from midnight on");
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
  if (given.has("participants"))
    set_participants(between(given, "participants", 1, 1'000'000), platform);
  if (given.has("daily-curve")) set_daily_curve(given.value("daily-curve", ""), platform.load);
  const StudyReport<study::Capacity> report(given, capacity_writers());
  report.write(capacity_of(platform, what), context);
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
    "those where most of the service's pods run. A figure that no run could give is not judged,\n"
    "with the reason.\n\n"
    "  drdrill capacity gomeet-500\n"
    "  drdrill capacity gomeet-500 --participants 1500 --report json=capacity.json\n",
    options,
    capacity_command};

}  // namespace drdrill::cli
