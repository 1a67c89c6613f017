#include "sim/kube/refused_settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "sim/kube/images.hpp"

namespace drdrill::kube {
namespace {

/// A setting that only some versions of PostgreSQL have; the others end with "unrecognized
/// configuration parameter". Sources: the release notes of the version in which it came or went.
struct Setting {
  std::string_view name;
  int since;                 ///< 0: always had it
  int until;                 ///< the first version without it; 0: it is still there
  std::string_view instead;  ///< may be empty
};
constexpr int none_has_it = -1;
constexpr std::array<Setting, 56> settings{{
    {"checkpoint_segments", 0, 10, "max_wal_size"},
    {"sql_inheritance", 0, 10, ""},
    {"min_parallel_relation_size", 0, 10, "min_parallel_table_scan_size"},
    {"replacement_sort_tuples", 0, 11, ""},
    {"wal_keep_segments", 0, 13, "wal_keep_size, in megabytes"},
    {"operator_precedence_warning", 0, 14, ""},
    {"vacuum_cleanup_index_scale_factor", 11, 14, ""},
    {"stats_temp_directory", 0, 15, ""},
    {"promote_trigger_file", 12, 16, "pg_ctl promote, or pg_promote()"},
    {"vacuum_defer_cleanup_age", 0, 16, "hot_standby_feedback and replication slots"},
    {"old_snapshot_threshold", 0, 17, ""},
    {"db_user_namespace", 0, 17, ""},
    {"trace_recovery_messages", 0, 17, ""},
    {"standby_mode", none_has_it, 0, "an empty file standby.signal"},
    {"trigger_file", none_has_it, 0, "pg_ctl promote, or pg_promote()"},
    {"max_parallel_maintenance_workers", 11, 0, ""},
    {"jit", 11, 0, ""},
    {"restore_command", 12, 0, "recovery.conf"},
    {"archive_cleanup_command", 12, 0, "recovery.conf"},
    {"recovery_end_command", 12, 0, "recovery.conf"},
    {"primary_conninfo", 12, 0, "recovery.conf"},
    {"primary_slot_name", 12, 0, "recovery.conf"},
    {"recovery_min_apply_delay", 12, 0, "recovery.conf"},
    {"recovery_target", 12, 0, "recovery.conf"},
    {"recovery_target_action", 12, 0, "recovery.conf"},
    {"recovery_target_inclusive", 12, 0, "recovery.conf"},
    {"recovery_target_lsn", 12, 0, "recovery.conf"},
    {"recovery_target_name", 12, 0, "recovery.conf"},
    {"recovery_target_time", 12, 0, "recovery.conf"},
    {"recovery_target_timeline", 12, 0, "recovery.conf"},
    {"recovery_target_xid", 12, 0, "recovery.conf"},
    {"shared_memory_type", 12, 0, ""},
    {"ssl_min_protocol_version", 12, 0, ""},
    {"wal_init_zero", 12, 0, ""},
    {"wal_recycle", 12, 0, ""},
    {"hash_mem_multiplier", 13, 0, ""},
    {"logical_decoding_work_mem", 13, 0, ""},
    {"maintenance_io_concurrency", 13, 0, ""},
    {"max_slot_wal_keep_size", 13, 0, ""},
    {"wal_keep_size", 13, 0, "wal_keep_segments"},
    {"client_connection_check_interval", 14, 0, ""},
    {"compute_query_id", 14, 0, ""},
    {"huge_page_size", 14, 0, ""},
    {"idle_session_timeout", 14, 0, ""},
    {"min_dynamic_shared_memory", 14, 0, ""},
    {"recovery_init_sync_method", 14, 0, ""},
    {"archive_library", 15, 0, "archive_command"},
    {"log_startup_progress_interval", 15, 0, ""},
    {"recovery_prefetch", 15, 0, ""},
    {"reserved_connections", 16, 0, ""},
    {"summarize_wal", 17, 0, ""},
    {"sync_replication_slots", 17, 0, ""},
    {"transaction_timeout", 17, 0, ""},
    {"idle_replication_slot_timeout", 18, 0, ""},
    {"io_method", 18, 0, ""},
    {"io_workers", 18, 0, ""},
}};

/// Words of Redis that are yes or no; it takes no other (config.c, yesnotoi).
constexpr std::array<std::string_view, 14> switches{"activerehashing",
                                                    "aof-load-truncated",
                                                    "aof-use-rdb-preamble",
                                                    "appendonly",
                                                    "cluster-enabled",
                                                    "cluster-require-full-coverage",
                                                    "daemonize",
                                                    "no-appendfsync-on-rewrite",
                                                    "protected-mode",
                                                    "rdbchecksum",
                                                    "rdbcompression",
                                                    "replica-read-only",
                                                    "replica-serve-stale-data",
                                                    "stop-writes-on-bgsave-error"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

constexpr std::array<std::string_view, 5> targets{"recovery_target", "recovery_target_lsn",
                                                  "recovery_target_name", "recovery_target_time",
                                                  "recovery_target_xid"};
constexpr std::array<std::string_view, 6> no_switches{"true", "false", "on", "off", "1", "0"};

bool is_run_by_shell(const Container& container) {
  const auto& words = container.command.empty() ? container.args : container.command;
  return !words.empty() && words.front().ends_with("sh");
}

/// What is said of a setting that this version does not have.
RefusedSetting unrecognized(std::size_t index, const ServerSetting& setting, const Setting& row,
                            int major, const std::string& server) {
  std::string why = setting.name + " (" + setting.by + ") is none of " + server + "'s settings";
  if (row.since > 0 && major < row.since) why += ", it came with " + std::to_string(row.since);
  if (row.until > 0 && major >= row.until) why += ", it is gone since " + std::to_string(row.until);
  why += ": \"unrecognized configuration parameter\", and the server does not start";
  if (!row.instead.empty()) why += "; in its place: " + std::string(row.instead);
  return {index, "unrecognized configuration parameter \"" + setting.name + "\"", std::move(why)};
}

}  // namespace

std::vector<RefusedSetting> refused_by_postgres(const Container& container,
                                                std::span<const ServerSetting> given) {
  std::vector<RefusedSetting> out;
  if (given.empty()) return out;
  const auto version = postgres_major(container.image);
  const std::string tag = image_tag(container.image);
  const bool newest = !version && is_public_image(container.image) &&
                      (tag.empty() || tag.find("latest") != std::string::npos);
  if (!version && !newest) return out;
  // What "latest" has meant since the end of 2024 is this version or a later one.
  const int major = version.value_or(17);
  const std::string server = "PostgreSQL " + std::to_string(major) + (newest ? " or later" : "") +
                             " (" + container.image + ")";
  std::map<std::string, std::set<std::string>> targets_of;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const ServerSetting& setting = given[i];
    // An old file, which only versions before 12 read.
    if (std::string_view(setting.by).substr(0, setting.by.find(' ')).ends_with("recovery.conf"))
      continue;
    const std::string name = lower(setting.name);
    if (!setting.value.empty() && is_one_of(name, targets) &&
        targets_of[setting.by].insert(name).second && targets_of[setting.by].size() == 2)
      out.push_back({i, "multiple recovery targets specified",
                     server + " takes one recovery target, and " + setting.by +
                         " has several: \"multiple recovery targets specified\""});
    const auto* row = std::find_if(settings.begin(), settings.end(),
                                   [&](const Setting& each) { return each.name == name; });
    if (row == settings.end()) continue;
    const bool known = row->since != none_has_it && (newest || major >= row->since) &&
                       (row->until == 0 || major < row->until);
    if (!known) out.push_back(unrecognized(i, setting, *row, major, server));
  }
  return out;
}

std::vector<RefusedSetting> refused_by_redis(const Container& container,
                                             std::span<const ServerSetting> given) {
  std::vector<RefusedSetting> out;
  const auto clusters = [&](const ServerSetting& replica) {
    return std::any_of(given.begin(), given.end(), [&](const ServerSetting& other) {
      return other.by == replica.by && other.name == "cluster-enabled" && other.value == "yes";
    });
  };
  for (std::size_t i = 0; i < given.size(); ++i) {
    const ServerSetting& setting = given[i];
    if (setting.by == by_command_line && is_run_by_shell(container)) continue;
    if ((setting.name == "replicaof" || setting.name == "slaveof") && clusters(setting))
      out.push_back({i, setting.name + " directive not allowed in cluster mode",
                     setting.name + " (" + setting.by +
                         ") stands beside cluster-enabled yes: Redis does not start (\"replicaof "
                         "directive not allowed in cluster mode\"); replicas are made by CLUSTER "
                         "REPLICATE"});
    if (setting.remark_behind && !setting.value.starts_with('"'))
      out.push_back({i, "wrong number of arguments",
                     "\"# …\" stands behind " + setting.name + " (" + setting.by +
                         "): Redis knows remarks on lines of their own only, takes these words "
                         "for values and does not start (\"FATAL CONFIG FILE ERROR\")"});
    else if (is_one_of(setting.name, switches) && is_one_of(lower(setting.value), no_switches))
      out.push_back({i, "argument must be 'yes' or 'no'",
                     setting.name + " " + setting.value + " (" + setting.by +
                         "): \"argument must be 'yes' or 'no'\", and Redis does not start"});
  }
  return out;
}

}  // namespace drdrill::kube
