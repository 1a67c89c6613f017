#include "scenarios/import/monitoring.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "scenarios/import/classify.hpp"
#include "scenarios/import/config_files.hpp"
#include "scenarios/import/values.hpp"
#include "sim/drill/component.hpp"

namespace drdrill::importing {
namespace {

using Kind = WorkloadModel::Kind;
using Remark = ImportRemark::Kind;

/// A document inside of a ConfigMap, whose lines are those of the manifest.
struct Inner {
  Value root;
  const ConfigFile* file;

  SourcePlace place(const Value& value) const { return file->place(value.at.line - 1); }
};

std::string duration(double ms) {
  return scalar_text(Told::milliseconds(ms));
}

/// Which component a rule is about; "" when it tells nothing of one that is modelled.
std::string component_of_rule(const Value& rule) {
  if (const Value* labels = rule.find("labels"))
    if (std::string said = text_at(*labels, "component");
        std::any_of(components.begin(), components.end(),
                    [&](const ComponentRow& row) { return row.id == said; }))
      return said;
  const std::string about = lower(text_at(rule, "alert") + " " + text_at(rule, "expr"));
  if (has_any(about, {"postgres", "pg_", "patroni", "cnpg"})) return "postgres";
  if (has_any(about, {"redis", "valkey"})) return "redis";
  if (has_any(about, {"livekit", "sfu"})) return "livekit-sfu";
  if (has_any(about, {"traefik", "nginx_ingress", "ingress", "haproxy", "loadbalancer"}))
    return "load-balancer";
  if (has_any(about, {"prometheus", "alertmanager", "watchdog"})) return "monitoring";
  if (has_any(about, {"http_request", "http_server", "5xx", "latency", "errorrate", "apidown",
                      "api_", "job=\"api"}))
    return "api";
  if (has_any(about, {"probe_success", "blackbox", "join"})) return "platform";
  return {};
}

class Monitoring {
 public:
  explicit Monitoring(Told& told) : told_(told), inventory_(told.inventory) {}

  Value run() {
    for (const Item* item : workloads_of(inventory_, Kind::monitoring)) prometheus(*item);
    for (const Item& item : inventory_.items) {
      const std::string kind = text_at(item.manifest, "kind");
      const Value* spec = item.manifest.find("spec");
      if (kind == "PrometheusRule" && spec)
        groups(*spec, [&](const Value& value) { return item.place_of(value); });
      if (kind == "Prometheus" && spec)
        for (const auto& [key, ours] : {std::pair{"scrapeInterval", "scrape_interval"},
                                        std::pair{"evaluationInterval", "evaluation_interval"}})
          if (const Value* value = spec->find(key)) interval(ours, *value, item.place_of(*value));
      if (item.workload() && has(main_image(item), "alertmanager")) alertmanager(item);
    }
    return section();
  }

 private:
  static std::string main_image(const Item& item) {
    const kube::Container* container = main_container(*item.workload());
    return container ? container->image : std::string();
  }

  void prometheus(const Item& item) {
    const kube::Container* container = main_container(*item.workload());
    if (!container) return;
    for (const std::string& word : split(command_line(*container), " \t\n")) {
      constexpr std::string_view retention = "--storage.tsdb.retention.time=";
      if (!word.starts_with(retention)) continue;
      if (const double ms = milliseconds_of(word.substr(retention.size()), 1000); ms > 0)
        told_.parameter("monitoring.retention", Told::milliseconds(ms), word,
                        {item.file, container->at.line});
    }
    const auto files = files_of(inventory_, item, *container);
    std::string rule_files;
    for (const ConfigFile& file : files) {
      if (!file.in_force) continue;
      auto root = parse_config(file.text);
      if (!root) continue;
      const Inner config{std::move(*root), &file};
      global(config);
      if (const Value* named = config.root.find("rule_files"))
        for (const Value& one : named->items) rule_files += scalar_text(one) + "\n";
    }
    for (const ConfigFile& file : files) {
      if (file.in_force || !is_listed(rule_files, file.path)) {
        if (!file.in_force) tell_unread(item, file);
        continue;
      }
      auto root = parse_config(file.text);
      if (!root) continue;
      const Inner config{std::move(*root), &file};
      groups(config.root, [&](const Value& value) { return config.place(value); });
    }
  }

  void tell_unread(const Item& item, const ConfigFile& file) {
    if (!file.path.ends_with(".yml") && !file.path.ends_with(".yaml")) return;
    inventory_.remark(Remark::not_in_force, file.first,
                      file.from + " is mounted as " + file.path + " in \"" + item.model.workload +
                          "\", but neither its command line nor rule_files names that file");
  }

  /// "/etc/prometheus/rules/*.yml" and relative to the configuration's folder.
  static bool is_listed(const std::string& rule_files, const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    for (const std::string& pattern : split(rule_files, "\n")) {
      const std::size_t star = pattern.find('*');
      if (star == std::string::npos ? path.ends_with(pattern)
                                    : has(path, pattern.substr(0, star)) &&
                                          name.ends_with(pattern.substr(pattern.rfind('*') + 1)))
        return true;
    }
    return false;
  }

  void interval(std::string_view key, const Value& value, const SourcePlace& place) {
    const double ms = milliseconds_of(scalar_text(value), 1000);
    if (ms <= 0 || found_.find(key)) return;
    set(found_, key, text(duration(ms)));
    inventory_.remark(Remark::told, place,
                      "monitoring." + std::string(key) + ": " + scalar_text(value));
  }

  void global(const Inner& config) {
    for (const char* key : {"scrape_interval", "evaluation_interval"})
      if (const Value* value = at_path(config.root, {"global", key}))
        interval(key, *value, config.place(*value));
    const Value* jobs = config.root.find("scrape_configs");
    if (!jobs) return;
    for (const Value& job : jobs->items)
      if (const Value* own = job.find("scrape_interval");
          own && has_any(lower(text_at(job, "job_name")), {"livekit", "sfu"}))
        interval("scrape_interval_sfu", *own, config.place(*own));
  }

  template <class Place>
  void groups(const Value& root, const Place& place) {
    const Value* all = root.find("groups");
    if (!all) return;
    for (const Value& group : all->items)
      if (const Value* rules = group.find("rules"))
        for (const Value& rule : rules->items) add_rule(rule, place(rule));
  }

  void add_rule(const Value& rule, const SourcePlace& place) {
    const std::string name = text_at(rule, "alert");
    if (name.empty()) return;  // a recording rule
    const Value* labels = rule.find("labels");
    const std::string severity = labels ? lower(text_at(*labels, "severity")) : std::string();
    const std::string component = component_of_rule(rule);
    if (severity == "info" || severity == "none") return;
    if (component.empty()) {
      ++unrelated_;
      return;
    }
    const double hold = std::max(milliseconds_of(text_at(rule, "for"), 1000), 0.0);
    if (!names_.insert(name).second) return;
    rules_.items.push_back(
        object({{"name", text(name)},
                {"component", text(component)},
                {"hold", text(duration(hold))},
                {"role", text("on-call")},
                {"origin", text(place.file + ":" + std::to_string(place.line))}}));
  }

  void alertmanager(const Item& item) {
    for (const ConfigFile& file : files_of(inventory_, item, *main_container(*item.workload()))) {
      if (!file.in_force) continue;
      const auto root = parse_config(file.text);
      const Value* wait = root ? at_path(*root, {"route", "group_wait"}) : nullptr;
      if (const double ms = wait ? milliseconds_of(scalar_text(*wait), 1000) : -1; ms >= 0)
        told_.parameter("monitoring.group_wait", Told::milliseconds(ms),
                        "group_wait of " + file.from, file.place(wait->at.line - 1));
    }
  }

  Value section() {
    for (const char* key : {"scrape_interval", "evaluation_interval"}) {
      const std::string decides = std::string("/monitoring/") + key;
      if (found_.find(key) || inventory_.decided(decides)) continue;
      inventory_.remark(Remark::assumed, {}, std::string(key) + " 1m, Prometheus' default",
                        decides);
      set(found_, key, text("1m"));
    }
    if (unrelated_ > 0)
      inventory_.remark(
          Remark::left_out, {},
          std::to_string(unrelated_) + " alert rules are about nothing that is modelled",
          "/monitoring/rules");
    if (rules_.items.empty() && !inventory_.decided("/monitoring/rules"))
      inventory_.remark(Remark::assumed, {}, "no alert tells of an outage: somebody has to notice",
                        "/monitoring/rules");
    set(found_, "rules", std::move(rules_));
    return std::move(found_);
  }

  Told& told_;
  Inventory& inventory_;
  Value found_ = object();
  Value rules_ = array_value();
  std::set<std::string> names_;
  int unrelated_ = 0;
};

}  // namespace

Value monitoring_section(Told& told) {
  return Monitoring(told).run();
}

}  // namespace drdrill::importing
