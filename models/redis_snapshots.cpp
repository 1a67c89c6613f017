#include <algorithm>

#include "models/redis.hpp"

/// Snapshots (RDB files): taken over the network by redis-cli, put on a volume by people, read by a
/// server that keeps no append-only file.
namespace drdrill::models {
namespace {

constexpr std::string_view dump_file = "/data/dump.rdb";

}  // namespace

/// A server with an append-only file reads that and nothing else, though a snapshot lies beside it
/// (server.c, loadDataFromDisk).
bool Redis::appends(PodRef ref) const {
  const auto& containers = kubernetes_.pod(ref).spec->containers;
  if (containers.empty()) return false;
  const auto& args = containers.front().args;
  for (std::size_t i = 0; i + 1 < args.size(); ++i)
    if (args[i] == "--appendonly") return args[i + 1] == "yes";
  return false;
}

/// What a start reads, and how long that takes.
Duration Redis::read_disk(Server& s) {
  const std::string key = volumes_.locate(volumes_.disk_of(s.pod), dump_file);
  const File* file = volumes_.find(key);
  const bool snapshot = file && file->content.kind == Content::Kind::snapshot &&
                        file->content.complete <= context_.now();
  if (!snapshot || appends(s.pod)) return from_seconds(bytes_of(s) / load_rate_.value());
  restore(s, file->content);
  volumes_.remove(key);  // from now on the file is the server's own
  return from_seconds(bytes_of(s) / snapshot_load_rate_.value());
}

void Redis::restore(Server& s, const Content& content) {
  std::fill(s.present.begin(), s.present.end(), 0);
  std::fill(s.has.begin(), s.has.end(), Offset::min());
  for (auto& held : s.foreign) held.clear();
  if (content.cut_short) return;  // read as far as it goes: what comes first is not known
  for (const SnapshotPart& part : content.parts) {
    if (part.unit >= units_.size()) continue;
    s.present[part.unit] = 1;
    if (part.cluster == cluster_)
      s.has[part.unit] = part.until;
    else
      s.foreign[part.unit].push_back({part.cluster, part.until});
  }
}

const std::vector<Redis::Held>& Redis::foreign(const Server& s, std::size_t unit) const {
  return s.following != none ? foreign(at(s.following), unit) : s.foreign[unit];
}

/// Up to when writes that another installation acknowledged are here.
Offset Redis::holds_of(std::size_t unit, int cluster) const {
  if (unit < units_.size())
    for (const Held& held : units_[unit].foreign)
      if (held.cluster == cluster) return held.until;
  return Offset::min();
}

std::optional<Redis::Saved> Redis::save(PodRef from, std::string_view host, Offset when) const {
  const Server* source = nullptr;
  if (from == no_pod) {  // Before the drill all is well.
    for (std::size_t i = 0; i < first_servers_; ++i)
      if (servers_[i].name == host.substr(0, host.find('.'))) source = &servers_[i];
  } else {
    const PodRef pod = host.empty() ? from : at_address(from, host);
    if (pod != no_pod && answers(pod)) source = &at(server_at(pod));
  }
  if (!source) return std::nullopt;
  Saved saved;
  saved.content.kind = Content::Kind::snapshot;
  saved.content.until = when;
  std::size_t units = 0;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const bool first_home = static_cast<int>(u * shards_ / units_.size()) == source->home;
    if (from == no_pod ? !first_home : source->present[u] == 0) continue;
    ++units;
    saved.content.parts.push_back(
        {u, cluster_, from == no_pod ? when : std::min(holds(*source, u), when)});
    if (from == no_pod) continue;
    for (const Held& held : foreign(*source, u))
      saved.content.parts.push_back({u, held.cluster, held.until});
  }
  saved.content.bytes = context_.spec.redis.data_bytes * static_cast<double>(units) /
                        static_cast<double>(std::max<std::size_t>(units_.size(), 1));
  saved.takes = from_seconds(saved.content.bytes / snapshot_rate_.value());
  saved.content.complete = when + saved.takes;
  return saved;
}

}  // namespace drdrill::models
