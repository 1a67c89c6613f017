#include "sim/cli/report_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <ostream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "sim/base/problem.hpp"
#include "sim/cli/options.hpp"
#include "sim/cli/unfinished.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

[[noreturn]] void fail(const std::string& file, int error) {
  throw UsageError("cannot write the report " + file + ": " + std::strerror(error));
}

constexpr std::string_view placeholder = "{scenario}";

/// What stands behind "FORMAT=".
std::string file_of(const std::string& request) {
  const std::size_t equals = request.find('=');
  if (equals == std::string::npos || equals + 1 == request.size())
    throw UsageError("--report " + request + ": no file; write --report " +
                     request.substr(0, equals) + "=FILE, or =- for stdout");
  return request.substr(equals + 1);
}

/// The request as it could be for several scenarios.
std::string for_several(const std::string& request) {
  const std::string file = file_of(request);
  const std::string format = request.substr(0, request.find('='));
  if (file == "-") return format + "={scenario}." + format;
  const std::size_t slash = file.rfind('/');
  const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
  return format + "=" + file.substr(0, base) + "{scenario}-" + file.substr(base);
}

std::string format_of(const std::string& request, std::span<const std::string_view> formats) {
  std::string id = request.substr(0, request.find('='));
  if (std::find(formats.begin(), formats.end(), id) != formats.end()) return id;
  throw UsageError("there is no report format \"" + id + "\"" + suggestion(id, formats));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

/// One report's file. A regular file is written under a temporary name beside the final one and
/// renamed; a device or a pipe is written as it is.
class ReportFiles::Target {
 public:
  Target(const std::string& request, std::span<const std::string_view> formats)
      : format_(format_of(request, formats)) {
    name_ = file_of(request);
    if (!to_stdout()) open_file();
  }
  ~Target() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Target(Target&&) = delete;

  bool to_stdout() const { return name_ == "-"; }
  /// What two requests for the same file have in common.
  const std::string& final_path() const { return to_stdout() ? name_ : path_; }
  const std::string& name() const { return name_; }

  void write(const Writer& writer, std::ostream& out) {
    if (to_stdout()) return writer(format_, out);
    std::ostringstream text;
    writer(format_, text);
    if (!write_all(descriptor_, text.view())) fail(name_, errno);
  }

  void finish() {
    if (descriptor_ < 0) return;
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(name_, errno);
    if (unfinished_.created() && !unfinished_.finish(path_)) fail(name_, errno);
  }

 private:
  void open_file() {
    // A link is followed, so that it goes on pointing where it did.
    std::error_code ignored;
    path_ = fs::weakly_canonical(fs::absolute(name_), ignored).string();
    if (path_.empty()) path_ = name_;
    struct stat status = {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) fail(name_, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    } else {
      if (exists && ::access(path_.c_str(), W_OK) != 0) fail(name_, errno);
      descriptor_ = unfinished_.create(path_);
      if (exists && descriptor_ >= 0)
        static_cast<void>(::fchmod(descriptor_, status.st_mode & 07777U));
    }
    if (descriptor_ < 0) fail(name_, errno);
  }

  std::string format_;
  std::string name_;       ///< as the user wrote it
  std::string path_;       ///< where it will lie
  Unfinished unfinished_;  ///< until it is whole; a device or a pipe has none
  int descriptor_ = -1;
};

std::vector<std::string_view> report_formats() {
  std::vector<std::string_view> formats;
  for (const WriterRow& row : report_writers()) formats.push_back(row.id);
  return formats;
}

ReportFiles::ReportFiles(std::span<const std::string> requests,
                         std::span<const std::string_view> formats) {
  for (const std::string& request : requests) {
    auto target = std::make_unique<Target>(request, formats);
    for (const auto& other : targets_)
      if (other->final_path() == target->final_path())
        throw UsageError(target->to_stdout() ? std::string("two reports cannot both go to stdout")
                                             : "two reports cannot both go to " + target->name());
    targets_.push_back(std::move(target));
  }
}

ReportFiles::~ReportFiles() = default;

bool ReportFiles::takes_stdout() const {
  for (const auto& target : targets_)
    if (target->to_stdout()) return true;
  return false;
}

void ReportFiles::write(const Writer& writer, std::ostream& out) const {
  for (const auto& target : targets_) target->write(writer, out);
  for (const auto& target : targets_) target->finish();
}

void check_requests(std::span<const std::string> requests, std::size_t scenarios) {
  for (const std::string& request : requests) {
    format_of(request, report_formats());
    if (file_of(request).find(placeholder) != std::string::npos || scenarios <= 1) continue;
    throw UsageError("--report " + request + ": the reports of " + std::to_string(scenarios) +
                     " scenarios cannot all go there; write --report '" + for_several(request) +
                     "'");
  }
}

std::vector<std::string> requests_for(std::span<const std::string> requests,
                                      const std::string& scenario) {
  std::string name = scenario;
  std::replace(name.begin(), name.end(), '/', '-');
  std::vector<std::string> out;
  for (std::string request : requests) {
    std::size_t at = request.find('=');
    while ((at = request.find(placeholder, at)) != std::string::npos) {
      request.replace(at, placeholder.size(), name);
      at += name.size();
    }
    out.push_back(std::move(request));
  }
  return out;
}

void refuse_repeated(std::span<const std::string> requests) {
  std::vector<std::string> seen;
  for (const std::string& request : requests) {
    if (std::find(seen.begin(), seen.end(), request) != seen.end())
      throw UsageError("--report " + request +
                       ": two scenarios of the same name would both go there");
    seen.push_back(request);
  }
}

int write_reports(const Report& report, const ReportFiles& files, bool quiet, std::ostream& out,
                  const WriteOptions& options) {
  if (!quiet && !files.takes_stdout()) find_writer("text")->write(report, out, options);
  files.write([&](std::string_view format,
                  std::ostream& to) { find_writer(format)->write(report, to, {}); },
              out);
  return exit_code(report.judgement->verdict);
}

}  // namespace drdrill::cli
