#include "scenarios/import/settings.hpp"

#include <algorithm>
#include <array>

#include "scenarios/import/classify.hpp"
#include "scenarios/import/config_files.hpp"
#include "scenarios/import/refused.hpp"
#include "scenarios/import/setting_lines.hpp"
#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;
using Line = SettingLine;

class Reading {
 public:
  explicit Reading(Told& told) : told_(told), inventory_(told.inventory) {}

  Settings run() {
    for (Item& item : inventory_.items) {
      if (item.workload()) workload(item);
      if (item.service()) load_balancer(item, *item.service());
    }
    return std::move(settings_);
  }

 private:
  void workload(const Item& item) {
    const kube::Container* container = main_container(*item.workload());
    if (!container) return;
    switch (item.model.kind) {
      case Kind::redis_master:
      case Kind::redis_replica:
        for (const Line& line : lines_of(item, *container)) redis(line);
        break;
      case Kind::postgres_primary:
      case Kind::postgres_replica:
        for (const Line& line : lines_of(item, *container)) postgres(line);
        databases(item, *container);
        break;
      case Kind::pooler:
        for (const Line& line : lines_of(item, *container)) pooler(line);
        break;
      case Kind::livekit_sfu:
        livekit(item, *container);
        break;
      default:
        break;
    }
  }

  /// What configuration files say, then what the command line says: that one wins, so it is first.
  std::vector<Line> lines_of(const Item& item, const kube::Container& container) {
    std::vector<Line> out;
    read_arguments(item, container, out);
    for (const ConfigFile& file : files_of(inventory_, item, container)) {
      if (!file.path.ends_with(".conf") && !file.path.ends_with(".ini")) continue;
      if (file.path.ends_with("pg_hba.conf")) continue;
      if (file.in_force)
        read_lines(file, out);
      else
        not_in_force(item, file);
    }
    remark_refused(inventory_, item, container, out);
    return out;
  }

  void not_in_force(const Item& item, const ConfigFile& file) {
    inventory_.remark(Remark::not_in_force, file.first,
                      file.from + " is mounted as " + file.path + " in \"" + item.model.workload +
                          "\", but no command line names that file: the process does not read it");
  }

  void say(std::string_view id, Value value, const Line& line) {
    told_.parameter(id, std::move(value), line.name + " " + line.value + " (" + line.by + ")",
                    line.place);
  }

  void redis(const Line& line) {
    const double count = number_of(line.value);
    if (line.name == "cluster-node-timeout" && count > 0)
      say("redis.cluster_node_timeout", Told::milliseconds(count), line);
    if ((line.name == "min-replicas-to-write" || line.name == "min-slaves-to-write") && count >= 0)
      say("redis.min_replicas_to_write", whole_value(static_cast<std::int64_t>(count)), line);
    if ((line.name == "min-replicas-max-lag" || line.name == "min-slaves-max-lag") && count >= 0)
      say("redis.min_replicas_max_lag", Told::milliseconds(count * 1000), line);
    if (line.name == "appendfsync" && line.value == "always")
      say("redis.fsync_interval", text("0s"), line);
    if (line.name == "cluster-require-full-coverage" && !settings_.full_coverage)
      settings_.full_coverage = line.value == "yes";
  }

  void postgres(const Line& line) {
    if (line.name == "synchronous_commit" && settings_.synchronous_commit.empty())
      settings_.synchronous_commit = line.value;
    if (line.name == "synchronous_standby_names" && settings_.synchronous_standby_names.empty()) {
      settings_.synchronous_standby_names = line.value;
      settings_.standbys_place = line.place;
    }
    const auto* row = std::find_if(times.begin(), times.end(), [&](const Setting& setting) {
      return setting.name == line.name;
    });
    if (row != times.end()) return time(line, row->unit);
    if (line.name == "max_wal_size" || line.name == "wal_keep_size") {
      const std::string bytes = mebibytes_of(line.value);
      if (!bytes.empty()) say("postgres." + line.name, text(bytes), line);
    }
    if (line.name == "checkpoint_completion_target")
      if (const double part = number_of(line.value); part >= 0 && part <= 1)
        say("postgres." + line.name, share(part), line);
  }

  /// A setting that PostgreSQL and the models call the same, and what a bare number of it counts.
  struct Setting {
    std::string_view name;
    double unit;
  };
  static constexpr std::array<Setting, 5> times{{{"wal_writer_delay", 1},
                                                 {"wal_retrieve_retry_interval", 1},
                                                 {"wal_sender_timeout", 1},
                                                 {"wal_receiver_timeout", 1},
                                                 {"checkpoint_timeout", 1000}}};

  void time(const Line& line, double unit) {
    const double ms = milliseconds_of(line.value, unit);
    if (ms > 0) return say("postgres." + line.name, Told::milliseconds(ms), line);
    if (ms == 0)
      inventory_.remark(
          Remark::left_out, line.place,
          line.name + " 0 (" + line.by + ") turns it off, which no model does: its default holds");
  }

  /// "1GB", "512MB", or a bare number of megabytes; PostgreSQL counts in powers of 1024. "" when it
  /// is none.
  static std::string mebibytes_of(std::string_view words) {
    const double count = number_of(words);
    const std::size_t digits = std::min(words.find_first_not_of("0123456789."), words.size());
    const std::string unit = trimmed(words.substr(digits));
    double factor = 0;
    if (unit.empty() || unit == "MB") factor = 1;
    if (unit == "kB") factor = 1.0 / 1024;
    if (unit == "GB") factor = 1024;
    if (unit == "TB") factor = 1024.0 * 1024;
    const double mib = count * factor;
    if (count < 0 || factor == 0 || mib > 1e9) return {};
    return std::to_string(static_cast<std::int64_t>(mib)) + "MiB";
  }

  void databases(const Item& item, const kube::Container& container) {
    if (item.model.kind != Kind::postgres_primary) return;
    for (const kube::EnvVar& variable : container.env)
      if ((variable.name == "POSTGRES_DB" || variable.name == "POSTGRESQL_DATABASE" ||
           variable.name == "POSTGRES_DATABASE") &&
          !variable.value.empty())
        settings_.databases.push_back(variable.value);
  }

  void pooler(const Line& line) {
    const double ms = milliseconds_of(line.value, 1000);
    if (line.name == "server_login_retry" && ms > 0)
      say("postgres.pool_reconnect", Told::up_to(Told::milliseconds(ms)), line);
  }

  /// LiveKit reads the file of --config, or its environment's LIVEKIT_CONFIG.
  void livekit(const Item& item, const kube::Container& container) {
    for (const ConfigFile& file : files_of(inventory_, item, container)) {
      if (!file.path.ends_with(".yaml") && !file.path.ends_with(".yml")) continue;
      if (!file.in_force) {
        not_in_force(item, file);
        continue;
      }
      livekit_config(file.text, file.from, file.first, file.by_line);
      std::vector<Line> lines;
      read_lines(file, lines);
      remark_not_expanded(inventory_, item, container, lines, "LiveKit");
    }
    for (const kube::EnvVar& variable : container.env) {
      const auto parts = split(variable.from, "/");
      if (variable.name != "LIVEKIT_CONFIG" || parts.size() != 3 || parts[0] != "configmap")
        continue;
      const Item* map = inventory_.find("ConfigMap", item.meta().ns, parts[1]);
      const Value* config = map ? at_path(map->manifest, {"data", parts[2]}) : nullptr;
      if (config)
        livekit_config(config->text, "ConfigMap " + parts[1], {map->file, config->at.line + 1},
                       true);
    }
  }

  void livekit_config(const std::string& words, const std::string& from, const SourcePlace& first,
                      bool by_line) {
    const auto config = parse_config(words);
    const Value* limit = config ? config->find("limit") : nullptr;
    if (!limit) return;
    const auto line = [&](const Value& value, std::string name) {
      return Line{{std::move(name), scalar_text(value), from},
                  {first.file, first.line + (by_line ? value.at.line - 1 : 0)}};
    };
    if (const Value* tracks = limit->find("num_tracks"); tracks && tracks->integer > 0)
      say("livekit.tracks_limit", whole_value(tracks->integer), line(*tracks, "limit.num_tracks"));
    if (const Value* bytes = limit->find("bytes_per_sec"); bytes && bytes->number > 0)
      say("livekit.bytes_limit", share(bytes->number), line(*bytes, "limit.bytes_per_sec"));
  }

  /// Health checks of cloud load balancers, as their controllers' annotations set them.
  void load_balancer(const Item& item, const kube::Service& service) {
    if (service.type != "LoadBalancer") return;
    struct Row {
      std::string_view part, id;
      bool seconds;
    };
    static constexpr std::array<Row, 8> rows{{
        {"do-loadbalancer-healthcheck-check-interval-seconds", "load_balancer.check_interval",
         true},
        {"do-loadbalancer-healthcheck-response-timeout-seconds", "load_balancer.check_timeout",
         true},
        {"do-loadbalancer-healthcheck-unhealthy-threshold", "load_balancer.fall", false},
        {"do-loadbalancer-healthcheck-healthy-threshold", "load_balancer.rise", false},
        {"aws-load-balancer-healthcheck-interval", "load_balancer.check_interval", true},
        {"aws-load-balancer-healthcheck-timeout", "load_balancer.check_timeout", true},
        {"aws-load-balancer-healthcheck-unhealthy-threshold", "load_balancer.fall", false},
        {"aws-load-balancer-healthcheck-healthy-threshold", "load_balancer.rise", false},
    }};
    const Value* annotations = at_path(item.manifest, {"metadata", "annotations"});
    if (!annotations) return;
    for (const Value::Member& annotation : annotations->members)
      for (const Row& row : rows) {
        const double count = number_of(scalar_text(annotation.value));
        if (annotation.key != "service.beta.kubernetes.io/" + std::string(row.part) || count <= 0)
          continue;
        say(row.id,
            row.seconds ? Told::milliseconds(count * 1000)
                        : whole_value(static_cast<std::int64_t>(count)),
            {{annotation.key, scalar_text(annotation.value), "Service " + service.meta.name},
             item.place_of(annotation.value)});
      }
  }

  Told& told_;
  Inventory& inventory_;
  Settings settings_;
};

}  // namespace

Settings read_settings(Told& told) {
  return Reading(told).run();
}

}  // namespace drdrill::importing
