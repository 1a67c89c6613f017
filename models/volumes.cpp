#include "models/volumes.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

/// Without doubled and trailing slashes; from the root.
std::string clean(std::string_view path) {
  std::string out;
  out.reserve(path.size() + 1);
  for (char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.empty() || out.front() != '/') out.insert(out.begin(), '/');
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
}

/// The mount that holds the path: the longest one above it.
const kube::VolumeMount* mount_of(const Disk& disk, std::string_view path) {
  const kube::VolumeMount* found = nullptr;
  if (disk.spec->containers.empty()) return nullptr;
  for (const kube::VolumeMount& mount : disk.spec->containers.front().mounts)
    if (is_below(path, mount.path) && (!found || mount.path.size() > found->path.size()))
      found = &mount;
  return found;
}

constexpr int any_execute = 0111;

}  // namespace

Disk Volumes::disk_of(PodRef ref) const {
  const kube::Pod& pod = kubernetes_.pod(ref);
  return {ref.cluster, pod.meta.ns, &*pod.spec,
          "pod/" + std::to_string(ref.cluster) + "/" + std::to_string(pod.uid)};
}

std::string Volumes::claim_root(int cluster, std::string_view ns, std::string_view claim) {
  std::string root;
  root.reserve(ns.size() + claim.size() + 12);  // of "claim/0/", "/" and ":"
  root.append("claim/").append(std::to_string(cluster)).append("/").append(ns);
  root.append("/").append(claim).append(":");
  return root;
}

std::string Volumes::locate(const Disk& disk, std::string_view path) const {
  constexpr std::string_view scheme = "s3://";
  if (path.starts_with(scheme)) {
    path.remove_prefix(scheme.size());
    const std::string_view bucket = path.substr(0, path.find('/'));
    return "bucket/" + std::string(bucket) + ":" + clean(path.substr(bucket.size()));
  }
  const std::string whole = clean(path);
  const kube::VolumeMount* mount = mount_of(disk, whole);
  if (!mount) return disk.own + ":" + whole;
  const std::string folder = clean(mount->path);
  const std::string rest = clean(mount->sub_path + "/" + whole.substr(folder.size()));
  const kube::Volume* volume = disk.spec->volume(mount->volume);
  if (volume && volume->kind == kube::Volume::Kind::claim)
    return claim_root(disk.cluster, disk.ns, volume->source) + rest;
  return disk.own + "/" + mount->volume + ":" + rest;
}

std::vector<std::string> Volumes::roots_of(std::string_view volume) const {
  std::vector<std::string> roots;
  const auto& clusters = kubernetes_.clusters().items;
  for (std::size_t c = 0; c < clusters.size(); ++c)
    for (const kube::PersistentVolumeClaim& claim : clusters[c].claims)
      if (claim.meta.exists && claim.meta.name == volume)
        roots.push_back(claim_root(static_cast<int>(c), claim.meta.ns, volume));
  if (roots.empty()) roots.push_back("bucket/" + std::string(volume) + ":");
  return roots;
}

std::string Volumes::claim_behind(const Disk& disk, std::string_view path) const {
  const std::string key = locate(disk, path);
  if (key.starts_with("claim/")) return key.substr(0, key.find(':') + 1);
  std::string only;
  for (const kube::Volume& volume : disk.spec->volumes) {
    if (volume.kind != kube::Volume::Kind::claim) continue;
    if (!only.empty()) return {};
    only = claim_root(disk.cluster, disk.ns, volume.source);
  }
  return only;
}

Offset Volumes::full_since(std::string_view key) const {
  for (const auto& [root, since] : full_)
    if (key.starts_with(root)) return since;
  return never;
}

const File* Volumes::find(std::string_view key) const {
  const auto found = files_.find(key);
  return found == files_.end() ? nullptr : &found->second;
}

File& Volumes::put(const std::string& key, File file) {
  return files_[key] = std::move(file);
}

void Volumes::interrupt(const std::string& key, Offset now) {
  const auto found = files_.find(key);
  if (found == files_.end() || found->second.content.complete <= now) return;
  if (key.starts_with("bucket/")) {
    files_.erase(found);
    return;
  }
  found->second.content.complete = never;
  found->second.written = now;
}

bool Volumes::remove(std::string_view key) {
  const auto found = files_.find(key);
  if (found == files_.end()) return false;
  files_.erase(found);
  return true;
}

void Volumes::remove_below(std::string_view key) {
  std::vector<std::string> gone;
  each_below(key, [&](const std::string& name, const File&) { gone.push_back(name); });
  for (const std::string& name : gone) files_.erase(name);
}

std::vector<std::string> Volumes::paths_below(const Disk& disk, std::string_view path) const {
  std::vector<std::string> out;
  const bool in_bucket = path.starts_with("s3://");
  const std::string folder = in_bucket ? std::string(path) : clean(path);
  const auto collect = [&](const std::string& key, const std::string& shown) {
    each_below(key, [&](const std::string& name, const File&) {
      const std::string rest = name.substr(key.size());
      const bool joined = rest.empty() || rest.front() == '/' || shown.ends_with('/');
      out.push_back(shown + (joined ? "" : "/") + rest);
    });
  };
  collect(locate(disk, folder), folder);
  if (!disk.spec->containers.empty() && !in_bucket)
    for (const kube::VolumeMount& mount : disk.spec->containers.front().mounts) {
      const std::string at = clean(mount.path);
      if (at != folder && is_below(at, folder)) collect(locate(disk, at), at);
    }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<Volumes::Script> Volumes::script(const Disk& disk, std::string_view path) const {
  const std::string whole = clean(path);
  const kube::VolumeMount* mount = mount_of(disk, whole);
  const kube::Volume* volume = mount ? disk.spec->volume(mount->volume) : nullptr;
  if (!volume || volume->kind != kube::Volume::Kind::config_map) return std::nullopt;
  const kube::Cluster& cluster = kubernetes_.cluster(disk.cluster);
  const int map = kube::find_config_map(cluster, disk.ns, volume->source);
  if (map == kube::no_index) return std::nullopt;
  const std::string name = whole.substr(whole.rfind('/') + 1);
  for (const auto& [key, text] : *cluster.config_maps[static_cast<std::size_t>(map)].data)
    if (key == name) return Script{text, (volume->mode & any_execute) != 0};
  return std::nullopt;
}

/// In place: a redirection that is open writes into the run's file.
void Volumes::load(shell::Run& run, const Disk& disk) const {
  const std::vector<std::string> paths = paths_below(disk, "/");
  std::vector<std::string> gone;
  for (const auto& [path, text] : run.files())
    if (!std::binary_search(paths.begin(), paths.end(), path)) gone.push_back(path);
  for (const std::string& path : gone) run.remove_file(path);
  for (const std::string& path : paths)
    if (const File* file = find(locate(disk, path))) run.files()[path] = file->text;
}

void Volumes::store(shell::Run& run, const Disk& disk, Offset now) {
  for (const auto& [path, text] : run.files()) {
    const std::string key = locate(disk, path);
    const File* known = find(key);
    if (known && (known->content.kind != Content::Kind::text || known->text == text)) continue;
    put(key, {text, {}, now});
  }
}

}  // namespace drdrill::models
