#include <algorithm>

#include "models/redis.hpp"
#include "models/redis_slots.hpp"

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
  for (Share& share : s.shares) {
    share.present = false;
    share.has = Offset::min();
    share.foreign.clear();
  }
  if (content.cut_short) return;  // read as far as it goes: what comes first is not known
  for (const SnapshotPart& part : content.parts) {
    range_from(part.first);
    range_from(part.last + 1);
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
      if (ranges_[r].first < part.first || ranges_[r].last > part.last) continue;
      Share& share = s.shares[r];
      share.present = true;
      if (part.cluster == cluster_)
        share.has = part.until;
      else
        share.foreign.push_back({part.cluster, part.until});
    }
  }
}

const std::vector<Redis::Held>& Redis::foreign(const Server& s, std::size_t range) const {
  return s.following != none ? foreign(at(s.following), range) : s.shares[range].foreign;
}

/// Up to when writes to these slots that another installation acknowledged are here.
Offset Redis::holds_of(int first, int last, int cluster) const {
  Offset all = never;
  for (const Range& range : ranges_) {
    if (range.last < first || range.first > last) continue;
    const auto held = std::find_if(range.foreign.begin(), range.foreign.end(),
                                   [&](const Held& each) { return each.cluster == cluster; });
    all = std::min(all, held == range.foreign.end() ? Offset::min() : held->until);
  }
  return all == never ? Offset::min() : all;
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
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    const Range& range = ranges_[r];
    if (from == no_pod ? range.shard != source->home : !source->shares[r].present) continue;
    slots += range.slots();
    saved.content.parts.push_back({range.first, range.last, cluster_,
                                   from == no_pod ? when : std::min(holds(*source, r), when)});
    if (from == no_pod) continue;
    for (const Held& held : foreign(*source, r))
      saved.content.parts.push_back({range.first, range.last, held.cluster, held.until});
  }
  saved.content.bytes = context_.spec.redis.data_bytes * slots / all_slots;
  saved.takes = from_seconds(saved.content.bytes / snapshot_rate_.value());
  saved.content.complete = when + saved.takes;
  return saved;
}

}  // namespace drdrill::models
