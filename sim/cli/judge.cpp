#include <array>

#include "scenarios/journal.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/report_files.hpp"
#include "sim/cli/subcommand.hpp"

namespace drdrill::cli {
namespace {

constexpr std::array<OptionRow, 2> options{{
    {"report", "FORMAT=FILE", "as of drdrill run", true},
    {"quiet", "", "no text on stdout"},
}};

int judge_journal(const Options& given, Context& context) {
  if (given.positional().size() != 1)
    throw UsageError(
        "judge needs one journal, as `drdrill run SCENARIO --report journal=FILE` writes it");
  const auto requests = given.values("report");
  const ReportFiles files(requests);
  const Journal journal = load_journal(given.positional().front());
  const Judgement judgement = judge(journal);
  return write_reports({&journal, &judgement}, files, given.has("quiet"), context.out,
                       {context.colour, context.width});
}

}  // namespace

constexpr Subcommand judge_subcommand{
    "judge",
    "JOURNAL",
    "judge a stored journal again",
    "Reads a journal and judges it: the same verdict, reports and exit code as the run that wrote\n"
    "it, without running anything.\n\n"
    "  drdrill run node-failure --report journal=drill.journal.json\n"
    "  drdrill judge drill.journal.json --report markdown=-\n",
    options,
    judge_journal};

}  // namespace drdrill::cli
