#include <array>
#include <map>
#include <ostream>

#include "reports/sweep.hpp"
#include "reports/words.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/part_file.hpp"
#include "sim/cli/study_report.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 2> options{{
    report_option("write a report (text, json, csv, why-csv); \"-\" is stdout; may be repeated"),
    {"quiet", "", "no text on stdout"},
}};

/// By the index of the shard.
using Parts = std::map<std::uint64_t, std::pair<std::string, study::SweepPart>>;

Parts load_all(const std::vector<std::string>& files) {
  Parts parts;
  for (const std::string& file : files) {
    auto part = load_part(file);
    if (!part) throw UsageError("there is no file " + file);
    if (!parts.empty()) {
      const auto& [name, first] = parts.begin()->second;
      std::string other = difference(first.head, part->head);
      if (other.empty() && part->shard.count != first.shard.count)
        other = "it is one of " + std::to_string(part->shard.count) + " parts, not of " +
                std::to_string(first.shard.count);
      if (!other.empty())
        throw UsageError(file + " is not of the same sweep as " + name + ": " + other);
    }
    const std::uint64_t index = part->shard.index;
    const auto [place, added] = parts.try_emplace(index, file, std::move(*part));
    if (!added)
      throw UsageError(place->second.first + " and " + file + " are both part " +
                       std::to_string(index) + "; nothing is counted twice, so give one of them");
  }
  return parts;
}

/// Names what is missing, with the command that does it.
bool is_whole(const Parts& parts, Context& context) {
  const study::SweepPart& any = parts.begin()->second.second;
  const std::uint64_t count = any.shard.count;
  std::uint64_t missing = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto found = parts.find(i);
    if (found != parts.end() && found->second.second.missing() == 0) continue;
    ++missing;
    const std::string name = "shard " + std::to_string(i) + " of " + std::to_string(count);
    if (found == parts.end())
      context.err << name << " is missing:\n  "
                  << command_for(any.head, {i, count}, "part-" + std::to_string(i)) << '\n';
    else
      context.err << name << " (" << found->second.first << ") stopped with "
                  << reports::counted(found->second.second.missing(), "block")
                  << " to do; this goes on from there:\n  "
                  << command_for(any.head, {i, count}, found->second.first) << '\n';
  }
  if (missing > 0)
    context.err << "drdrill: " << reports::counted(missing, "shard") << " of " << count
                << " to be done before they can be merged\n";
  return missing == 0;
}

int merge_command(const Options& given, Context& context) {
  if (given.positional().empty()) throw UsageError("give the parts: drdrill merge part-*");
  const StudyReport<study::SweepPart> report(given, sweep_writers());
  const Parts parts = load_all(given.positional());
  if (!is_whole(parts, context)) return exit_fail;
  study::SweepPart whole(parts.begin()->second.second.head);
  for (const auto& [index, part] : parts) whole.merge(part.second);
  report.write(whole, context);
  return exit_pass;
}

}  // namespace

constexpr Subcommand merge_subcommand{
    "merge",
    "FILE…",
    "put the shards of a sweep together",
    "Reads the parts that `drdrill sweep … --shard I/N -o FILE` wrote, on whatever machines, and "
    "writes\n"
    "the report of the whole sweep: the same bytes as if one process had done it. Exit code 1 when "
    "a\n"
    "shard is missing or died halfway; each is named with the command that does it. Parts of "
    "different\n"
    "sweeps, or the same part twice, are refused.\n\n"
    "  drdrill merge part-*\n"
    "  drdrill merge part-* --report csv=sweep.csv --quiet\n",
    options,
    merge_command};

}  // namespace drdrill::cli
