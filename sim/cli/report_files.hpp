#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reports/writers.hpp"

/// The reports that were asked for. Their files are made before anything runs and get their names
/// only when they are whole, so a report is there in full or not at all.
namespace drdrill::cli {

class ReportFiles {
 public:
  /// Each request is "FORMAT=FILE"; "-" is stdout. Throws UsageError when one is none, when two
  /// name the same file, or when a file cannot be made.
  explicit ReportFiles(std::span<const std::string> requests);
  ~ReportFiles();
  ReportFiles(ReportFiles&&) = delete;

  /// One of the reports goes to stdout, which is then the only thing there.
  bool takes_stdout() const;
  /// Writes all reports and gives the files their names. Throws UsageError when that fails (a full
  /// disk).
  void write(const Report& report, std::ostream& out) const;

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
