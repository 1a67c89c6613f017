#pragma once

#include <string>
#include <vector>

#include "scenarios/import/inventory.hpp"

/// Custom resources that operators make databases of: how many servers, where clients write, what
/// is backed up, and who promotes whom. Internal to the importers.
namespace drdrill::importing {

struct OperatedPostgres {
  const Item* resource = nullptr;  ///< null: there is none
  int servers = 1;
  std::string service;                 ///< where clients write
  std::vector<std::string> databases;  ///< empty: not said
  std::vector<std::string> schedules;  ///< of base backups or dumps, as cron writes them
  bool dumps = false;                  ///< backups are dumps; else base backups
  bool archives = false;               ///< WAL goes to the store, too
  std::string store;                   ///< "s3://bucket/path"; "" when it is not said
  int keep_days = 0;                   ///< 0: not said
  std::string manager;                 ///< as `manager` of a platform file
  std::string promoted_by;             ///< who promotes a standby
};

struct OperatedRedis {
  const Item* resource = nullptr;
  bool cluster = false;  ///< a Redis Cluster, which fails over by itself
  int masters = 1;
  int replicas = 0;         ///< of all masters together
  bool keeps_data = false;  ///< on volumes
  std::string promoted_by;  ///< who would promote a replica, where Redis does not
};

/// The one that most workloads name, then the first; `others` are the names of the rest.
OperatedPostgres operated_postgres(const Inventory& inventory, std::vector<std::string>& others);
OperatedRedis operated_redis(const Inventory& inventory, std::vector<std::string>& others);

/// Does an importer read this custom resource?
bool is_operators(std::string_view api_version, std::string_view kind);

}  // namespace drdrill::importing
