#include "reports/sweep.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <optional>
#include <ostream>
#include <utility>

#include "reports/words.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/part_file.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/study_report.hpp"
#include "sim/cli/subcommand.hpp"
#include "sim/cli/sweep_plan.hpp"
#include "sim/study/sweep_part.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 13> options{{
    {"replications", "N", "runs of each cell (default: 1000)", false, 'n'},
    {"vary", "POINTER=VALUES",
     "a value of the files that takes several: v1,v2,… or from:to:step; may be repeated", true},
    {"set", "POINTER=VALUE", "change one value of the files, by JSON pointer; may be repeated",
     true},
    {"parameters", "FILE",
     "a parameter file laid over the platform's, such as one that a drill measured; may be "
     "repeated",
     true},
    {"seed", "N", "what all random numbers come from (default: 1)"},
    {"until-ci", "W",
     "stop each cell when P(met) is known to within W either way; --replications is then the most"},
    {"why", "", "what the recovery times wait for, and what they would be if that took half"},
    {"threads", "N", "default: all cores"},
    {"shard", "I/N", "do only part I, counted from 0, of N; needs -o"},
    {"output", "FILE",
     "keep what is done in FILE, and go on from there when it exists (-o for short)", false, 'o'},
    report_option("write a report (text, json, csv, why-csv); \"-\" is stdout; may be repeated"),
    {"quiet", "", "no text on stdout"},
    {"log-level", "LEVEL", "off, error, warn (default), info, debug; to stderr"},
}};

study::Shard shard_of(const Options& given) {
  study::Shard shard;
  if (!given.has("shard")) return shard;
  const std::string text = given.value("shard", "");
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  const bool slash = index.ec == std::errc{} && index.ptr != end && *index.ptr == '/';
  const auto count = slash ? std::from_chars(index.ptr + 1, end, shard.count) : index;
  if (!slash || count.ec != std::errc{} || count.ptr != end || shard.index >= shard.count)
    throw UsageError("--shard " + text + ": expected I/N with I from 0 to N - 1, such as 0/4");
  if (!given.has("output"))
    throw UsageError("--shard " + text + " needs a file for its part: -o part-" +
                     std::to_string(shard.index));
  if (given.has("until-ci"))
    throw UsageError("--shard with --until-ci: a shard does not see how precise the others are");
  if (given.has("report"))
    throw UsageError("--shard with --report: a part has no report; drdrill merge writes it");
  return shard;
}

/// How far a sweep is, at which rate, and for how long still.
class Watch {
 public:
  Watch(Context& context, std::string file)
      : line_(context.err, context.progress && !(context.ranks && context.ranks->rank() > 0)),
        file_(std::move(file)) {}

  void tell(const study::SweepPart& part, std::uint64_t done, std::uint64_t all) {
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    std::string words = reports::grouped(static_cast<double>(done)) + " of " +
                        reports::grouped(static_cast<double>(all)) + " replications";
    if (rate > 0)
      words += ", " + reports::grouped(rate) + " a second, " +
               format_duration(std::chrono::seconds(
                   static_cast<std::int64_t>(static_cast<double>(all - done) / rate))) +
               " left";
    line_.tell(words, static_cast<double>(done) / static_cast<double>(all));
    if (file_.empty() || now < next_) return;
    save_part(file_, part);
    // Writing takes longer the more there is; it shall not take more than a tenth of the time.
    next_ =
        Clock::now() + std::max<Clock::duration>(std::chrono::seconds(2), (Clock::now() - now) * 9);
  }

 private:
  using Clock = std::chrono::steady_clock;
  ProgressLine line_;
  std::string file_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point next_ = began_ + std::chrono::seconds(2);
};

/// What an earlier call with the same file has done, or nothing yet.
study::SweepPart begun_part(const study::SweepHead& head, const study::Shard& shard,
                            const std::string& file, Context& context) {
  study::SweepPart part(head, shard);
  if (file.empty()) return part;
  auto earlier = load_part(file);
  if (!earlier) return part;
  std::string other = difference(head, earlier->head);
  if (other.empty() && earlier->shard != shard)
    other = "it is part " + std::to_string(earlier->shard.index) + " of " +
            std::to_string(earlier->shard.count);
  if (!other.empty())
    throw UsageError(file + " is of another sweep (" + other + "); remove it or name another file");
  if (context.progress && earlier->missing() < part.missing())
    context.err << "going on with " << file << ", which has "
                << reports::counted(part.missing() - earlier->missing(), "block") << " of "
                << part.missing() << '\n';
  return std::move(*earlier);
}

/// What one of several ranks keeps until they come together.
std::string file_of_rank(const std::string& file, std::uint64_t rank) {
  return file + ".rank-" + std::to_string(rank);
}

/// Rank 0 reads what an earlier call has left, together or each rank by itself, and tells the
/// others.
study::SweepPart begun_by_ranks(const study::SweepHead& head, const std::string& file,
                                Context& context) {
  study::Ranks& ranks = *context.ranks;
  std::string text;
  std::exception_ptr mistake;
  if (ranks.rank() == 0) try {
      study::SweepPart part = begun_part(head, {}, file, context);
      std::uint64_t left = 0;
      for (; auto alone = load_part(file_of_rank(file, left)); ++left)
        if (alone->head == head && !part.overlaps(*alone)) part.merge(*alone);
      save_part(file, part);
      for (std::uint64_t i = 0; i < left; ++i) remove_part(file_of_rank(file, i));
      text = study::written(part);
    } catch (...) {
      mistake = std::current_exception();
    }
  const auto all = ranks.exchange(text);
  if (mistake) std::rethrow_exception(mistake);
  if (all.front().empty()) throw UsageError("rank 0 cannot go on with " + file);
  return study::read_part(all.front(), file);
}

/// Every rank plans for itself; all of them must come to the same.
SweepPlan agreed_plan(const Options& given, Context& context) {
  std::optional<SweepPlan> plan;
  std::exception_ptr mistake;
  try {
    plan = plan_sweep(given, context, threads_of(given));
  } catch (...) {
    mistake = std::current_exception();
  }
  std::vector<std::string> plans;
  if (context.ranks) plans = context.ranks->exchange(plan ? plan->head.inputs : "none");
  if (mistake) std::rethrow_exception(mistake);
  for (std::size_t rank = 0; rank < plans.size(); ++rank)
    if (plans[rank] != plans.front())
      throw UsageError("rank " + std::to_string(rank) +
                       " does not see the same files as rank 0, so nothing was run");
  return std::move(*plan);
}

int sweep_command(const Options& given, Context& context) {
  const study::Shard shard = shard_of(given);
  const std::string file = given.value("output", "");
  const bool silent = context.ranks && context.ranks->rank() > 0;
  const StudyReport<study::SweepPart> report(given, sweep_writers(), silent);
  const SweepPlan plan = agreed_plan(given, context);
  const bool shared = context.ranks && !file.empty();
  study::SweepPart part = shared ? begun_by_ranks(plan.head, file, context)
                                 : begun_part(plan.head, shard, file, context);
  // Before hours of work: can the file be written at all?
  if (!file.empty() && !silent) save_part(file, part);
  {
    Watch watch(context, shared ? file_of_rank(file, context.ranks->rank()) : file);
    study::SweepOptions how;
    how.threads = threads_of(given);
    how.ranks = context.ranks;
    how.watch = [&](const study::SweepPart& now, std::uint64_t done, std::uint64_t all) {
      watch.tell(now, done, all);
    };
    if (shared && !silent)
      how.together = [&](const study::SweepPart& all) { save_part(file, all); };
    study::run_sweep(part, plan.variants, how);
  }
  if (!file.empty() && !silent) save_part(file, part);
  if (shared) remove_part(file_of_rank(file, context.ranks->rank()));
  if (shard.count == 1) report.write(part, context);
  return exit_pass;
}

}  // namespace

constexpr Subcommand sweep_subcommand{
    "sweep",
    "SCENARIO",
    "how likely: many runs, over a grid of settings",
    "Runs the scenario many times in simulation and says how long recovery takes and how likely "
    "it\n"
    "meets its objectives: quantiles, P(met) with its interval of 95 %, severity, "
    "participant-minutes,\n"
    "what the platform costs. With --vary once for each combination of values; all of them share\n"
    "random numbers, so they differ by their settings alone. The same seed gives the same bytes "
    "on\n"
    "any number of threads, ranks and shards.\n\n"
    "Runs that did not recover within the drill count as longer than all others. With -o a sweep "
    "that\n"
    "was killed goes on where it stopped. Many machines: `mpirun drdrill sweep …`, or one --shard "
    "for\n"
    "each job of an array and `drdrill merge` at the end; scenarios/jobs has files for Kubernetes\n"
    "and Slurm.\n\n"
    "  drdrill sweep node-failure --replications 10000\n"
    "  drdrill sweep database-failover-corrected --vary "
    "/platform/parameters/people.acknowledge=1m,5m,15m\n"
    "  drdrill sweep region-failover-corrected --until-ci 0.02 --report csv=region.csv\n"
    "  drdrill sweep node-failure-corrected --why\n"
    "  drdrill sweep node-failure -n 100000 --shard 3/8 -o part-3\n",
    options,
    sweep_command};

}  // namespace drdrill::cli
