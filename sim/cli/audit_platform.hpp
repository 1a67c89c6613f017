#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/import/kubernetes.hpp"
#include "sim/audit/audit.hpp"
#include "sim/cli/cli.hpp"

/// What `audit` rehearses on.
namespace drdrill::cli {

/// Runs the scenario on the platform in simulation, with seed 1, or says why it cannot be run.
audit::Rehearsal rehearse(const PlatformSpec& platform, const Scenario& scenario,
                          const audit::Input::Files& files);

struct ManifestPlatform {
  std::unique_ptr<PlatformSpec> platform;  ///< null: none came of them
  std::string why;                         ///< a clause, when it is null
  std::vector<audit::Unread> not_in_force, refused, not_expanded;
};
/// The platform that `import kubernetes` makes of the manifests. `request` names files and an
/// assume file; the rest is filled in here. Where no manifest names a namespace, that of the
/// documents' commands is meant.
ManifestPlatform platform_of_manifests(ImportRequest request,
                                       const std::vector<ProcedureDocument>& documents,
                                       const Context& context);

/// Puts the files that commands of the documents name (-f FILE, -f FOLDER) and that lie beside a
/// document or below the working directory into the platform's, where it has none of that name.
void add_named_files(const std::vector<ProcedureDocument>& documents, PlatformSpec& platform);

}  // namespace drdrill::cli
