#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/audit/audit.hpp"
#include "sim/cli/cli.hpp"

/// What `audit` was given, read by what it is.
namespace drdrill::cli {

class AuditFiles {
 public:
  AuditFiles();
  ~AuditFiles();

  /// What procedures are rehearsed on. Throws InputError.
  void use_platform(const std::string& name, const Context& context);
  /// A file, a folder, or the name of a shipped scenario or platform.
  void add(const std::string& name, const Context& context, Problems& problems);

  std::vector<audit::Finding> audit() const;
  std::size_t count() const { return files_.size(); }
  std::size_t procedures() const;
  std::string platform_name() const;

 private:
  void add_file(const std::string& path, bool asked_for, Problems& problems);
  void add_json(const std::string& path, bool asked_for, Problems& problems);
  void add_manifests(const std::string& text, const std::string& file, int line);

  std::vector<std::string> files_;
  audit::Input input_;
  std::unique_ptr<PlatformSpec> platform_;
  std::unique_ptr<LoadedScenario> scenario_;
};

/// Accepts the findings that the file lists; lines do not matter. Throws InputError.
void apply_baseline(const std::string& path, std::vector<audit::Finding>& findings);
/// Throws UsageError when it cannot be written.
void write_baseline(const std::string& path, const std::vector<audit::Finding>& findings);

}  // namespace drdrill::cli
