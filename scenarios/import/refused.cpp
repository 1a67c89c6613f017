#include "scenarios/import/refused.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"
#include "sim/kube/images.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

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

/// Does something else than the server read and rewrite the file?
bool is_rewritten(const Item& item, const kube::Container& container) {
  std::string all = command_line(container);
  for (const kube::Container& init : item.workload()->pod_template().init_containers)
    all += " " + command_line(init);
  return has_any(all, {"envsubst", "sed ", "gomplate", "confd", "eval ", "awk ", "perl ", "python",
                       "dockerize", "render", "<<", "tmpl", "template"}) ||
         // What a script that is not among the manifests does is not known.
         std::any_of(item.workload()->pod_template().init_containers.begin(),
                     item.workload()->pod_template().init_containers.end(),
                     [](const kube::Container& init) { return has(command_line(init), ".sh"); }) ||
         has(command_line(container), ".sh");
}

/// The first "${NAME}" or "$(NAME)" whose variable the container has.
std::string variable_in(const std::string& value, const kube::Container& container) {
  for (std::size_t at = value.find('$'); at != std::string::npos; at = value.find('$', at + 1)) {
    if (at + 1 >= value.size() || (value[at + 1] != '{' && value[at + 1] != '(')) continue;
    const std::size_t end = value.find(value[at + 1] == '{' ? '}' : ')', at);
    if (end == std::string::npos) break;
    const std::string name = value.substr(at + 2, end - at - 2);
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == name) return value.substr(at, end + 1 - at);
  }
  return {};
}

class Refusals {
 public:
  Refusals(Inventory& inventory, const Item& item, const kube::Container& container,
           const std::vector<SettingLine>& lines)
      : inventory_(inventory), item_(item), container_(container), lines_(lines) {}

  void postgres() {
    const auto version = kube::postgres_major(container_.image);
    const std::string tag = kube::image_tag(container_.image);
    const bool newest =
        !version && kube::is_public_image(container_.image) && (tag.empty() || has(tag, "latest"));
    if (!version && !newest) return;
    // What "latest" has meant since the end of 2024 is this version or a later one.
    const int major = version.value_or(17);
    const std::string server = "PostgreSQL " + std::to_string(major) + (newest ? " or later" : "") +
                               " (" + container_.image + ")";
    std::map<std::string, std::set<std::string>> targets;
    for (const SettingLine& line : lines_) {
      const bool old_file = line.by.starts_with("recovery.conf");
      const std::string name = lower(line.name);
      if (!old_file && !line.value.empty() &&
          has_any(name + "|", {"recovery_target|", "recovery_target_lsn|", "recovery_target_name|",
                               "recovery_target_time|", "recovery_target_xid|"}) &&
          targets[line.by].insert(name).second && targets[line.by].size() == 2)
        refuse(line, server + " takes one recovery target, and " + line.by +
                         " has several: \"multiple recovery targets specified\"");
      if (old_file) continue;
      const auto* row = std::find_if(settings.begin(), settings.end(),
                                     [&](const Setting& setting) { return setting.name == name; });
      if (row == settings.end()) continue;
      const bool known = row->since != none_has_it && (newest || major >= row->since) &&
                         (row->until == 0 || major < row->until);
      if (known) continue;
      std::string words = line.name + " (" + line.by + ") is none of " + server + "'s settings";
      if (row->since > 0 && major < row->since)
        words += ", it came with " + std::to_string(row->since);
      if (row->until > 0 && major >= row->until)
        words += ", it is gone since " + std::to_string(row->until);
      words += ": \"unrecognized configuration parameter\", and the server does not start";
      if (!row->instead.empty()) words += "; in its place: " + std::string(row->instead);
      refuse(line, words);
    }
  }

  void redis() {
    std::map<std::string, const SettingLine*> clustered;
    for (const SettingLine& line : lines_)
      if (line.name == "cluster-enabled" && line.value == "yes") clustered[line.by] = &line;
    for (const SettingLine& line : lines_) {
      const bool of_a_shell = line.by == "command line" && is_shell();
      if ((line.name == "replicaof" || line.name == "slaveof") && !of_a_shell &&
          clustered.count(line.by) != 0)
        refuse(line, line.name + " (" + line.by +
                         ") stands beside cluster-enabled yes: Redis does not start (\"replicaof "
                         "directive not allowed in cluster mode\"); replicas are made by CLUSTER "
                         "REPLICATE");
      if (of_a_shell) continue;
      if (line.remark_behind && !line.value.starts_with('"'))
        refuse(line, "\"# …\" stands behind " + line.name + " (" + line.by +
                         "): Redis knows remarks on lines of their own only, takes these words "
                         "for values and does not start (\"FATAL CONFIG FILE ERROR\")");
      else if (std::find(switches.begin(), switches.end(), line.name) != switches.end() &&
               has_any("|" + lower(line.value) + "|",
                       {"|true|", "|false|", "|on|", "|off|", "|1|", "|0|"}))
        refuse(line, line.name + " " + line.value + " (" + line.by +
                         "): \"argument must be 'yes' or 'no'\", and Redis does not start");
    }
  }

 private:
  bool is_shell() const {
    const auto& words = container_.command.empty() ? container_.args : container_.command;
    return !words.empty() && has_any(words.front() + "|", {"sh|"});
  }
  void refuse(const SettingLine& line, const std::string& words) {
    inventory_.remark(Remark::refused, line.place, "\"" + item_.model.workload + "\": " + words);
  }

  Inventory& inventory_;
  const Item& item_;
  const kube::Container& container_;
  const std::vector<SettingLine>& lines_;
};

}  // namespace

void remark_not_expanded(Inventory& inventory, const Item& item, const kube::Container& container,
                         const std::vector<SettingLine>& lines, std::string_view reader) {
  if (is_rewritten(item, container)) return;
  for (const SettingLine& line : lines) {
    // PostgreSQL gives its commands to a shell, which expands them.
    if (line.by == "command line" || line.name.ends_with("_command")) continue;
    const std::string variable = variable_in(line.value, container);
    if (variable.empty()) continue;
    inventory.remark(Remark::not_expanded, line.place,
                     "\"" + item.model.workload + "\": " + line.name + " is the text " + variable +
                         " (" + line.by + "): the container has that variable, but " +
                         std::string(reader) +
                         " expands none in its file, and Kubernetes only $(NAME) in command, args "
                         "and env");
  }
}

void remark_refused(Inventory& inventory, const Item& item, const kube::Container& container,
                    const std::vector<SettingLine>& lines) {
  Refusals refusals(inventory, item, container, lines);
  switch (item.model.kind) {
    case Kind::redis_master:
    case Kind::redis_replica:
      refusals.redis();
      return remark_not_expanded(inventory, item, container, lines, "Redis");
    case Kind::postgres_primary:
    case Kind::postgres_replica:
      refusals.postgres();
      return remark_not_expanded(inventory, item, container, lines, "PostgreSQL");
    case Kind::pooler:
      return remark_not_expanded(inventory, item, container, lines, "PgBouncer");
    default:
      return;
  }
}

}  // namespace drdrill::importing
