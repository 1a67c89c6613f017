#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/loader.hpp"
#include "sim/audit/audit.hpp"
#include "sim/cli/cli.hpp"

/// What `audit` was given, read by what it is. Paths are shown relative to the working directory
/// where they lie below it, however they were named.
namespace drdrill::cli {

class AuditFiles {
 public:
  explicit AuditFiles(const Context& context) : context_(context) {}

  /// What procedures are rehearsed on. Throws InputError.
  void use_platform(const std::string& name);
  /// Decides what manifests cannot tell, as for `import kubernetes`.
  void assume(const std::string& file) { assume_ = file; }
  /// A file, a folder, the name of a shipped scenario or platform, or "-": manifests from stdin.
  /// What a name leads to and cannot be read is a problem when it is a file of ours, a finding when
  /// it is somebody else's.
  void add(const std::string& name, Problems& problems);

  /// Documents and manifests together, each scenario and each platform by itself.
  std::vector<audit::Finding> audit();
  std::size_t count() const { return files_.size(); }
  std::size_t procedures() const;
  /// The platforms that the audit rehearsed on, by name; empty: on none.
  const std::string& platform_names() const { return platform_names_; }

 private:
  void add_folder(const std::string& folder, Problems& problems);
  void add_file(const std::string& path, bool asked_for, Problems& problems);
  void add_document(const std::string& path, bool asked_for);
  void add_json(const std::string& path, bool asked_for, Problems& problems);
  void add_yaml(const std::string& path, bool asked_for);
  /// True when something of Kubernetes is in it.
  bool add_manifests(const std::string& text, const std::string& file, int line, bool asked_for);
  void not_read(SourcePlace place, std::string why, bool asked_for);
  audit::Input whole_input() const;
  /// Of the given manifests, when there is nothing else to rehearse on and something to rehearse.
  void add_map_procedures();
  void make_platform();
  std::vector<audit::Input> inputs() const;

  const Context& context_;
  std::vector<std::string> files_;
  std::vector<std::string> folders_;        ///< that were named
  audit::Input input_;                      ///< documents and manifests
  std::unique_ptr<PlatformSpec> platform_;  ///< that procedures are rehearsed on
  bool imported_ = false;                   ///< it was made of the manifests
  std::vector<std::string> manifest_files_;
  std::string standard_input_;
  std::string assume_;
  std::vector<std::unique_ptr<PlatformSpec>> platforms_;  ///< that were named to be audited
  std::vector<std::unique_ptr<LoadedScenario>> scenarios_;
  std::vector<std::string> templates_;  ///< of Helm
  std::string platform_names_;
};

}  // namespace drdrill::cli
