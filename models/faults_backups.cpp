#include <algorithm>
#include <utility>

#include "models/faults.hpp"

/// Backups that are cut short or gone.
namespace drdrill::models {
namespace {

bool is_backup(const Content& content) {
  return content.kind == Content::Kind::base_backup || content.kind == Content::Kind::dump ||
         content.kind == Content::Kind::wal || content.kind == Content::Kind::snapshot;
}

bool is_newer(const File& file, const File& original) {
  return file.written != original.written || file.content.complete != original.content.complete;
}

}  // namespace

/// Artefacts on a volume claim or in a bucket, whichever bears the name; also those that a fault in
/// force hides.
std::vector<std::string> Faults::backups_on(std::string_view volume) const {
  std::vector<std::string> out;
  const std::string bucket = "bucket/" + std::string(volume) + ":";
  const std::string claim = "/" + std::string(volume) + ":";
  const auto look = [&](const std::string& key, const File& file) {
    const bool here = key.starts_with(bucket) ||
                      (key.starts_with("claim/") && key.find(claim) != std::string::npos);
    if (here && is_backup(file.content)) out.push_back(key);
  };
  volumes_.each_below("bucket/", look);
  volumes_.each_below("claim/", look);
  for (const auto& [key, file] : originals_)
    if (!volumes_.find(key)) look(key, file);
  return out;
}

/// What was there before the first fault that spoils it is kept, to be put back after the last one.
void Faults::spoil_backups(Injected& injected) {
  for (std::string& key : backups_on(injected.effect.target.name)) {
    if (const File* file = volumes_.find(key)) originals_.try_emplace(key, *file);
    injected.backups.push_back(std::move(key));
  }
}

/// What somebody wrote there since stays.
void Faults::settle_backup(const std::string& key) {
  const auto original = originals_.find(key);
  const File* now = volumes_.find(key);
  if (original == originals_.end() || (now && is_newer(*now, original->second))) return;
  bool gone = false, cut_short = false;
  for (const Injected& each : injected_) {
    if (each.state.undone ||
        std::find(each.backups.begin(), each.backups.end(), key) == each.backups.end())
      continue;
    gone = gone || each.effect.primitive == Primitive::vanish;
    cut_short = cut_short || each.effect.primitive == Primitive::corrupt;
  }
  if (gone) {
    volumes_.remove(key);
    return;
  }
  File file = original->second;
  file.content.cut_short = file.content.cut_short || cut_short;
  if (!cut_short) originals_.erase(original);
  volumes_.put(key, std::move(file));
}

}  // namespace drdrill::models
