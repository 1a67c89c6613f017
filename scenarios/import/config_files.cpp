#include "scenarios/import/config_files.hpp"

#include <algorithm>
#include <optional>

#include "scenarios/import/values.hpp"
#include "sim/kube/server_settings.hpp"
#include "sim/kube/yaml.hpp"

namespace drdrill::importing {
namespace {

/// What the manifest of a volume says beside what kube::Volume keeps.
const Value* volume_value(const Item& owner, std::string_view name) {
  const Value* pod = at_path(owner.manifest, {"spec", "template", "spec", "volumes"});
  if (!pod)
    pod = at_path(owner.manifest, {"spec", "jobTemplate", "spec", "template", "spec", "volumes"});
  if (!pod) return nullptr;
  for (const Value& volume : pod->items)
    if (text_at(volume, "name") == name) return &volume;
  return nullptr;
}

/// The ConfigMaps of a volume: its own, or those that it is projected from.
std::vector<const Value*> sources_of(const Value& volume) {
  std::vector<const Value*> out;
  if (const Value* map = volume.find("configMap")) out.push_back(map);
  if (const Value* sources = at_path(volume, {"projected", "sources"}))
    for (const Value& source : sources->items)
      if (const Value* map = source.find("configMap")) out.push_back(map);
  return out;
}

/// Under which path of the volume a key lies; nothing when `items` leaves it out.
std::optional<std::string> path_of(const Value& source, const std::string& key) {
  const Value* items = source.find("items");
  if (!items) return key;
  for (const Value& item : items->items)
    if (text_at(item, "key") == key) return text_at(item, "path");
  return std::nullopt;
}

/// The pod's containers that run before the others, and may copy what they read.
const std::vector<kube::Container>& before(const Item& owner) {
  static const std::vector<kube::Container> none;
  if (const kube::Workload* workload = owner.workload())
    return workload->pod_template().init_containers;
  return none;
}

class Files {
 public:
  Files(const Inventory& inventory, const Item& owner, const kube::Container& container)
      : inventory_(inventory), owner_(owner), container_(container) {}

  std::vector<ConfigFile> run() {
    std::vector<ConfigFile> own = read();
    for (const kube::Container& init : before(owner_)) {
      if (&init == &container_) continue;
      for (ConfigFile& copied : Files(inventory_, owner_, init).read()) {
        const auto same = std::find_if(own.begin(), own.end(), [&](const ConfigFile& file) {
          return file.from == copied.from && file.first.line == copied.first.line;
        });
        if (same != own.end())
          same->in_force = same->in_force || copied.in_force;
        else if (copied.in_force)
          own.push_back(std::move(copied));
      }
    }
    return own;
  }

 private:
  std::vector<ConfigFile> read() {
    for (const kube::VolumeMount& mount : container_.mounts)
      if (const Value* volume = volume_value(owner_, mount.volume))
        for (const Value* source : sources_of(*volume)) add(mount, *source);
    mark();
    return std::move(files_);
  }

  void add(const kube::VolumeMount& mount, const Value& source) {
    const Item* map = inventory_.find("ConfigMap", owner_.meta().ns, text_at(source, "name"));
    const Value* data = map ? map->manifest.find("data") : nullptr;
    if (!data) return;
    for (std::size_t i = 0; i < data->members.size(); ++i) {
      const Value::Member& member = data->members[i];
      const auto inside = path_of(source, member.key);
      if (!inside || (!mount.sub_path.empty() && mount.sub_path != *inside)) continue;
      ConfigFile file;
      file.path = mount.sub_path.empty()
                      ? mount.path + (mount.path.ends_with('/') ? "" : "/") + *inside
                      : mount.path;
      file.from = "ConfigMap " + map->meta().name;
      file.text = member.value.text;
      const int line = member.value.at.line;
      const auto lines = static_cast<int>(std::count(file.text.begin(), file.text.end(), '\n'));
      const bool last = i + 1 == data->members.size();
      // A block scalar fills the lines up to the next key; a quoted one is shorter.
      file.by_line = lines > 0 && (last || data->members[i + 1].at.line > line + lines);
      file.first = {map->file, line + (file.by_line ? 1 : 0)};
      files_.push_back(std::move(file));
    }
  }

  bool is_named(const ConfigFile& file, std::string_view in) const {
    if (has(in, file.path)) return true;
    const std::size_t slash = file.path.rfind('/');
    const std::string folder = file.path.substr(0, slash);
    return has(in, "cd " + folder) && has(in, file.path.substr(slash + 1));
  }

  /// Named by the command line, by the environment, or by a script that is itself run.
  void mark() {
    std::string named = command_line(container_);
    for (const kube::EnvVar& variable : container_.env) named += " " + variable.value;
    for (bool more = true; more;) {
      more = false;
      for (ConfigFile& file : files_) {
        if (file.in_force ||
            (!is_named(file, named) && !kube::is_default_place(container_, file.path)))
          continue;
        file.in_force = more = true;
        if (file.text.starts_with("#!") || file.path.ends_with(".sh")) named += " " + file.text;
      }
    }
  }

  const Inventory& inventory_;
  const Item& owner_;
  const kube::Container& container_;
  std::vector<ConfigFile> files_;
};

}  // namespace

std::optional<Value> parse_config(std::string_view text) {
  kube::YamlLimits limits;
  limits.bytes = std::size_t{1} << 20;
  limits.nodes = 50'000;
  Problems ignored;
  return kube::parse_yaml(text, "", ignored, limits);
}

std::string command_line(const kube::Container& container) {
  std::string out;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::vector<ConfigFile> files_of(const Inventory& inventory, const Item& owner,
                                 const kube::Container& container) {
  return Files(inventory, owner, container).run();
}

}  // namespace drdrill::importing
