#include "sim/cli/report_files.hpp"

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

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

[[noreturn]] void fail(const std::string& file, int error) {
  throw UsageError("cannot write the report " + file + ": " + std::strerror(error));
}

const WriterRow& writer_of(const std::string& request) {
  const std::string id = request.substr(0, request.find('='));
  if (const WriterRow* row = find_writer(id)) return *row;
  std::vector<std::string_view> known;
  for (const WriterRow& row : report_writers()) known.push_back(row.id);
  throw UsageError("there is no report format \"" + id + "\"" + suggestion(id, known));
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
  explicit Target(const std::string& request) : writer_(writer_of(request)) {
    const std::size_t equals = request.find('=');
    if (equals == std::string::npos || equals + 1 == request.size())
      throw UsageError("--report " + request + ": no file; write --report " +
                       request.substr(0, equals) + "=FILE, or =- for stdout");
    name_ = request.substr(equals + 1);
    if (!to_stdout()) open_file();
  }
  ~Target() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  Target(Target&&) = delete;

  bool to_stdout() const { return name_ == "-"; }
  /// What two requests for the same file have in common.
  const std::string& final_path() const { return to_stdout() ? name_ : path_; }
  const std::string& name() const { return name_; }

  void write(const Report& report, std::ostream& out) {
    if (to_stdout()) return writer_.write(report, out, {});
    std::ostringstream text;
    writer_.write(report, text, {});
    if (!write_all(descriptor_, text.view())) fail(name_, errno);
  }

  void finish() {
    if (descriptor_ < 0) return;
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(name_, errno);
    if (temporary_.empty()) return;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(name_, errno);
    temporary_.clear();
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
      open_temporary();
      if (exists && descriptor_ >= 0)
        static_cast<void>(::fchmod(descriptor_, status.st_mode & 07777U));
    }
    if (descriptor_ < 0) fail(name_, errno);
  }

  void open_temporary() {
    const fs::path path(path_);
    for (int attempt = 0; attempt < 100; ++attempt) {
      const std::string name = "." + path.filename().string() + "." + std::to_string(::getpid()) +
                               "-" + std::to_string(attempt) + ".tmp";
      const std::string file = (path.parent_path() / name).string();
      descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor_ >= 0) {
        temporary_ = file;
        return;
      }
      if (errno != EEXIST) return;
    }
  }

  const WriterRow& writer_;
  std::string name_;       ///< as the user wrote it
  std::string path_;       ///< where it will lie
  std::string temporary_;  ///< where it lies until it is whole; "" when there is no such file
  int descriptor_ = -1;
};

ReportFiles::ReportFiles(std::span<const std::string> requests) {
  for (const std::string& request : requests) {
    auto target = std::make_unique<Target>(request);
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

void ReportFiles::write(const Report& report, std::ostream& out) const {
  for (const auto& target : targets_) target->write(report, out);
  for (const auto& target : targets_) target->finish();
}

int write_reports(const Report& report, const ReportFiles& files, bool quiet, std::ostream& out,
                  const WriteOptions& options) {
  if (!quiet && !files.takes_stdout()) find_writer("text")->write(report, out, options);
  files.write(report, out);
  return exit_code(report.judgement->verdict);
}

}  // namespace drdrill::cli
