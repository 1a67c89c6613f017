#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/writers.hpp"

/// The reports that were asked for. Their files are made before anything runs and get their names
/// only when they are whole, so a report is there in full or not at all.
namespace drdrill::cli {

/// The ids of the formats that a drill's report can have.
std::vector<std::string_view> report_formats();

class ReportFiles {
 public:
  /// Each request is "FORMAT=FILE" with one of the formats; "-" is stdout. Throws UsageError when
  /// one is none, when two name the same file, or when a file cannot be made.
  ReportFiles(std::span<const std::string> requests, std::span<const std::string_view> formats);
  /// The same for a drill's reports.
  explicit ReportFiles(std::span<const std::string> requests)
      : ReportFiles(requests, report_formats()) {}
  ~ReportFiles();
  ReportFiles(ReportFiles&&) = delete;

  /// One of the reports goes to stdout, which is then the only thing there.
  bool takes_stdout() const;
  /// Has `writer` write each report in its format, and gives the files their names. Throws
  /// UsageError when that fails (a full disk).
  using Writer = std::function<void(std::string_view format, std::ostream& out)>;
  void write(const Writer& writer, std::ostream& out) const;

 private:
  class Target;
  std::vector<std::unique_ptr<Target>> targets_;
};

/// Can so many scenarios write these reports? Throws UsageError when they would all go to the same
/// place, or when a request is none.
void check_requests(std::span<const std::string> requests, std::size_t scenarios);
/// The same requests with the scenario's name for each "{scenario}" in a file's name.
std::vector<std::string> requests_for(std::span<const std::string> requests,
                                      const std::string& scenario);
/// Throws UsageError when two requests are the same: scenarios of the same name.
void refuse_repeated(std::span<const std::string> requests);

/// Text on stdout unless it is taken or not wanted; then all requested reports. Returns the
/// verdict's exit code.
int write_reports(const Report& report, const ReportFiles& files, bool quiet, std::ostream& out,
                  const WriteOptions& options);

}  // namespace drdrill::cli
