#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "reports/study_writer.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/report_files.hpp"

/// The reports that a study was asked for with --report and --quiet. Their files are made before it
/// runs.
namespace drdrill::cli {

/// The row of --report in a table of options, for a study with these formats.
constexpr OptionRow report_option(std::string_view words) {
  return {"report", "FORMAT=FILE", words, true};
}

template <class Result>
class StudyReport {
 public:
  /// Throws UsageError as ReportFiles does. `silent`: nothing is written, whatever was asked for.
  StudyReport(const Options& given, StudyWriters<Result> writers, bool silent = false)
      : writers_(writers),
        quiet_(silent || given.has("quiet")),
        requests_(silent ? std::vector<std::string>{} : given.values("report")),
        files_(requests_, ids_of(writers)) {}

  /// Text on stdout, unless a report takes it or --quiet was given; then all that were asked for.
  void write(const Result& result, Context& context) const {
    constexpr std::size_t unbroken = 200;  // columns, where no terminal limits them
    if (!quiet_ && !files_.takes_stdout())
      find("text").write(result, context.out,
                         {context.colour, context.terminal ? context.width : unbroken});
    files_.write(
        [&](std::string_view format, std::ostream& out) { find(format).write(result, out, {}); },
        context.out);
  }

 private:
  static std::vector<std::string_view> ids_of(StudyWriters<Result> writers) {
    std::vector<std::string_view> ids;
    for (const auto& row : writers) ids.push_back(row.id);
    return ids;
  }
  const StudyWriterRow<Result>& find(std::string_view id) const {
    for (const auto& row : writers_)
      if (row.id == id) return row;
    return writers_.front();
  }

  StudyWriters<Result> writers_;
  bool quiet_;
  std::vector<std::string> requests_;
  ReportFiles files_;
};

}  // namespace drdrill::cli
