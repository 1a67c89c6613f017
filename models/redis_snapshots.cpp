#include <algorithm>

#include "models/redis.hpp"
#include "models/redis_slots.hpp"

/// Snapshots (RDB files): taken over the network by redis-cli, put on a volume by people, taken by
/// the server itself, read by one that keeps no append-only file.
namespace drdrill::models {
namespace {

constexpr std::string_view dump_file = "/data/dump.rdb";

}  // namespace

/// What a start reads, and how long that takes. A server with an append-only file reads that and
/// nothing else, though a snapshot lies beside it (server.c, loadDataFromDisk).
Duration Redis::read_disk(Server& s) {
  const std::string key = volumes_.locate(volumes_.disk_of(s.pod), dump_file);
  const File* file = volumes_.find(key);
  const bool snapshot = file && file->content.kind == Content::Kind::snapshot &&
                        file->content.complete <= context_.now();
  if (!snapshot || s.config.appends)
    return from_seconds(bytes_of(s) /
                        (s.config.appends ? load_rate_ : snapshot_load_rate_).value());
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
      share.began = part.began;
      if (part.cluster == cluster_)
        share.has = part.until;
      else
        share.foreign.push_back({part.cluster, part.until, part.filled});
    }
  }
}

/// SAVE makes everybody else wait, BGSAVE only whoever asked how it went.
Redis::Reply Redis::snapshot(Server& s, bool in_the_background) {
  saved(s);
  if (s.no_room && !in_the_background) return {"ERR", true};
  if (!in_the_background) block(s, from_seconds(bytes_of(s) / snapshot_rate_.value()));
  return {in_the_background ? "Background saving started" : "OK", false, true, true};
}

/// The changes that a server hears of in a second.
double Redis::rate_at(int server) const {
  const int source = at(server).following == none ? server : at(server).following;
  double rate = 0;
  for (const Range& range : ranges_)
    if (range.server == source) rate += rate_of(range);
  return rate;
}

/// How often a save point comes round: once its seconds are over and its changes were made.
/// Nothing: there is none.
std::optional<double> Redis::save_round(const Server& s, double rate) {
  std::optional<double> round;
  for (int i = 0; i < s.config.saves && rate > 0; ++i) {
    const redis::SavePoint& point = s.config.save_points[static_cast<std::size_t>(i)];
    const double comes_round = std::max(point.seconds, point.changes / rate);
    round = std::min(round.value_or(comes_round), comes_round);
  }
  return round;
}

/// SIGTERM takes a snapshot where snapshots are taken at all. One that is killed has the newest one
/// that was asked for, or that a save point brought, some time of its round ago.
void Redis::forget_unsaved(Server& s, double rate, Ending ending) {
  if (ending == Ending::clean && s.config.saves > 0) return;
  Offset kept = s.saved_at;
  if (const std::optional<double> round = save_round(s, rate))
    kept = std::max(kept, context_.now() - from_seconds(ticks_.uniform() * *round));
  for (Share& share : s.shares) {
    share.has = std::min(share.has, kept);
    if (kept == Offset::min()) share.present = false;
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

/// A copy that goes straight to whoever asks for it begins once nobody has asked for so many whole
/// seconds of the clock, which is looked at once a second (replication.c,
/// shouldStartChildReplication and replicationCron).
Duration Redis::copy_waits(const Server& s, Offset when) {
  if (!s.config.diskless) return Duration::zero();
  const Duration delay =
      s.config.diskless_delay ? *s.config.diskless_delay : diskless_delay_.time();
  constexpr Duration second = std::chrono::seconds(1);
  if (delay < second) return Duration::zero();
  const Duration into_second((context_.start.utc_ns + when.count()) % second.count());
  return delay - into_second + from_seconds(copies_.uniform());
}

std::optional<Redis::Saved> Redis::save(PodRef from, std::string_view host, Offset when) {
  const Server* source = nullptr;
  if (from == no_pod) {  // Before the drill all is well.
    for (std::size_t i = 0; i < first_servers_; ++i)
      if (servers_[i].name == host.substr(0, host.find('.')) || home_) source = &servers_[i];
  } else {
    const Route to = route(from, host);
    if (to.contact == Contact::answers && answers(to.pod)) source = &at(server_at(to.pod));
  }
  if (!source) return std::nullopt;
  // What is copied is what there is when the copy begins.
  const Duration waits = from == no_pod ? Duration::zero() : copy_waits(*source, when);
  const Offset begins = when + waits;
  Saved saved;
  saved.content.kind = Content::Kind::snapshot;
  saved.content.until = begins;
  int slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    const Range& range = ranges_[r];
    if (from == no_pod ? range.shard != source->home : !source->shares[r].present) continue;
    slots += range.slots();
    const Share& share = (source->following == none ? *source : at(source->following)).shares[r];
    const Offset until = holds(*source, r);
    const bool goes_on = from == no_pod || until >= when;  // it is being written
    saved.content.parts.push_back({range.first, range.last, cluster_, goes_on ? begins : until,
                                   from == no_pod ? Offset::min() : share.began,
                                   from == no_pod ? 1 : filled(*source, r)});
    if (from == no_pod) continue;
    for (const Held& held : foreign(*source, r))
      saved.content.parts.push_back(
          {range.first, range.last, held.cluster, held.until, share.began, held.filled});
  }
  saved.content.bytes = context_.spec.redis.data_bytes * slots / all_slots;
  const Duration sending = from_seconds(saved.content.bytes / snapshot_rate_.value());
  saved.takes = waits + sending;
  saved.paced_by = (waits > sending ? diskless_delay_ : snapshot_rate_).id();
  saved.content.complete = when + saved.takes;
  return saved;
}

}  // namespace drdrill::models
