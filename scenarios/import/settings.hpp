#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/import/told.hpp"

/// What command lines and configuration files in force say: PostgreSQL, Redis, LiveKit, PgBouncer,
/// load balancers. Internal to the importers.
namespace drdrill::importing {

struct Settings {
  std::optional<bool> full_coverage;  ///< cluster-require-full-coverage
  std::string synchronous_commit;
  std::string synchronous_standby_names;
  SourcePlace standbys_place;
  std::vector<std::string> databases;
};

Settings read_settings(Told& told);

}  // namespace drdrill::importing
