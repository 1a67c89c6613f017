#include "scenarios/import/backups.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Remark = ImportRemark::Kind;

struct ToolRow {
  std::string_view word;  ///< in a script or an image's name
  std::string_view tool;
  std::string_view component;
};

/// The most specific first.
constexpr std::array<ToolRow, 12> tools{{
    {"pg_basebackup", "pg_basebackup", "postgres"},
    {"pg_receivewal", "pg_receivewal", "postgres"},
    {"pg_dumpall", "pg_dumpall", "postgres"},
    {"pg_dump", "pg_dump", "postgres"},
    {"pgbackrest", "pgbackrest", "postgres"},
    {"wal-g", "wal-g", "postgres"},
    {"barman", "barman", "postgres"},
    {"postgres-backup", "pg_dump", "postgres"},
    {"--rdb", "redis-cli --rdb", "redis"},
    {"BGSAVE", "redis-cli BGSAVE", "redis"},
    {"bgsave", "redis-cli BGSAVE", "redis"},
    {"promtool tsdb", "promtool tsdb", "monitoring"},
}};

/// "find … -mtime +30", "RETENTION_DAYS=30"; 0: nothing says.
int days_kept(const std::string& script) {
  for (const char* before : {"RETENTION_DAYS=", "KEEP_DAYS=", "BACKUP_KEEP_DAYS=", "-mtime +"}) {
    const std::size_t at = script.find(before);
    if (at == std::string::npos) continue;
    int days = 0;
    for (std::size_t i = at + std::string_view(before).size();
         i < script.size() && script[i] >= '0' && script[i] <= '9' && days < 100'000; ++i)
      days = days * 10 + (script[i] - '0');
    if (days > 0) return days;
  }
  return 0;
}

/// The bucket of "s3://NAME/…"; "" when there is none that is spelled out.
std::string bucket_of(const std::string& script) {
  const std::size_t at = script.find("s3://");
  if (at == std::string::npos) return {};
  const std::size_t start = at + 5;
  const std::size_t end = std::min(script.find_first_of("/ \"'\n\t\\", start), script.size());
  const std::string name = script.substr(start, end - start);
  return has(name, "$") || has(name, "{") ? std::string() : name;
}

class BackupReader {
 public:
  BackupReader(Inventory& inventory, std::string region)
      : inventory_(inventory), region_(std::move(region)) {}

  Backups run() {
    out_.backups = array_value();
    out_.buckets = array_value();
    for (const Item& item : inventory_.items)
      if (const auto* job = std::get_if<kube::CronJob>(&item.object)) read(item, *job);
    if (out_.backups.items.empty() && !inventory_.decided("/backups"))
      inventory_.remark(Remark::assumed, {}, "no CronJob makes a backup", "/backups");
    return std::move(out_);
  }

 private:
  void read(const Item& item, const kube::CronJob& job) {
    const kube::PodTemplate& pod = *job.job.pod_template;
    for (const kube::Container& container : pod.containers) {
      const std::string script = script_of(item, container);
      name_databases(script);
      std::set<std::string_view> used;
      for (const ToolRow& row : tools)
        if (has(script, row.word) && used.insert(row.tool).second) {
          // "pg_dump" also stands in "pg_dumpall".
          if (row.tool == "pg_dump" && !has_word(script, {"pg_dump", "postgres-backup"})) continue;
          add(item, job, pod, script, row);
        }
    }
  }

  std::string script_of(const Item& item, const kube::Container& container) const {
    std::string script = container.image + "\n" + command_line(container);
    for (const kube::EnvVar& variable : container.env)
      script += "\n" + variable.name + "=" + variable.value;
    for (const ConfigFile& file : files_of(inventory_, item, container))
      if (file.in_force) script += "\n" + file.text;
    return script;
  }

  void add(const Item& item, const kube::CronJob& job, const kube::PodTemplate& pod,
           const std::string& script, const ToolRow& row) {
    std::string name = job.meta.name;
    if (!names_.insert(name).second) names_.insert(name += "-" + std::string(row.tool));
    int days = days_kept(script);
    if (days == 0) {
      days = 7;
      inventory_.remark(Remark::assumed, item.place(),
                        "backup \"" + name + "\" is kept for 7 days; no script of it says",
                        "/backups/" + name + "/keep");
    }
    if (job.suspended)
      inventory_.remark(Remark::not_in_force, item.place(),
                        "CronJob \"" + job.meta.name + "\" is suspended: it makes no backups");
    const Value* schedule = at_path(item.manifest, {"spec", "schedule"});
    const SourcePlace place = schedule ? item.place_of(*schedule) : item.place();
    out_.backups.items.push_back(
        object({{"name", text(name)},
                {"component", text(row.component)},
                {"schedule", text(job.schedule)},
                {"keep", text(std::to_string(days) + "d")},
                {"region", text(region_)},
                {"place", text(place_of(pod, script))},
                {"tool", text(row.tool)},
                {"origin", text(place.file + ":" + std::to_string(place.line))}}));
  }

  std::string place_of(const kube::PodTemplate& pod, const std::string& script) {
    if (const std::string bucket = bucket_of(script); !bucket.empty()) {
      if (buckets_.insert(bucket).second) {
        inventory_.remark(Remark::assumed, {},
                          "bucket \"" + bucket + "\" lies in region " + region_,
                          "/buckets/" + bucket + "/region");
        out_.buckets.items.push_back(object({{"name", text(bucket)}, {"region", text(region_)}}));
      }
      return "object storage " + bucket;
    }
    for (const kube::Volume& volume : pod.volumes)
      if (volume.kind == kube::Volume::Kind::claim) return "volume claim " + volume.source;
    return "the container's own disk";
  }

  /// "-d NAME", "--dbname=NAME".
  void name_databases(const std::string& script) {
    if (!has(script, "pg_dump")) return;
    const auto words = split(script, " \t\n\\\"'");
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string name;
      if (words[i] == "-d" && i + 1 < words.size()) name = words[i + 1];
      if (words[i].starts_with("--dbname=")) name = words[i].substr(9);
      if (name.empty() || has_any(name, {"$", "{", "/", ":", "="})) continue;
      out_.databases.push_back(name);
    }
  }

  Inventory& inventory_;
  std::string region_;
  Backups out_;
  std::set<std::string> names_;
  std::set<std::string> buckets_;
};

}  // namespace

Backups read_backups(Inventory& inventory, const std::string& region) {
  return BackupReader(inventory, region).run();
}

}  // namespace drdrill::importing
