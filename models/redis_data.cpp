#include <algorithm>
#include <utility>

#include "models/redis.hpp"
#include "models/redis_slots.hpp"

/// Who serves which slots, and which acknowledged writes are lost.
namespace drdrill::models {
bool Redis::usable_from(PodRef from) const {
  if (!serves_all_) return false;
  if (from == no_pod) return true;
  return std::all_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    // One that has found no node yet is not there, whatever the others believe.
    return range.server != none && at(range.server).pod != no_pod &&
           kubernetes_.reaches(from, at(range.server).pod);
  });
}

const std::vector<Impairment>& Redis::impairments() {
  impairments_.clear();
  bool any = false;
  for (const Range& range : ranges_) {
    if (range.server == none || at(range.server).pod == no_pod) continue;
    impairments_.push_back(kubernetes_.impairment(at(range.server).pod));
    any = any || impairments_.back() != Impairment{};
  }
  if (!any) impairments_.clear();
  return impairments_;
}

bool Redis::client_reaches(const Server& s) const {
  // Connections outlive changes of the Service.
  if (alone() && ranges_.front().server == none && !is_routed(s.pod)) return false;
  if (kubernetes_.reached_from_outside(s.pod)) return true;
  const auto reaches_it = [&](PodRef pod) {
    return kubernetes_.is_up(pod) && kubernetes_.reaches(pod, s.pod);
  };
  const auto& workloads = context_.spec.workloads;
  return std::any_of(workloads.begin(), workloads.end(), [&](const WorkloadModel& workload) {
    return workload.kind == WorkloadModel::Kind::api_service && runs_in(workload, cluster_) &&
           kubernetes_.first_pod_of(workload, reaches_it) != no_pod;
  });
}

int Redis::server_for(std::size_t range) const {
  int best = none;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& s = servers_[i];
    if (s.shares[range].owner != s.identity || self(s).master != none || !state_ok(s)) continue;
    if (is_blocked(s) || s.lacks_replicas || s.refuses) continue;
    if (best != none && self(s).epoch < self(at(best)).epoch) continue;
    if (client_reaches(s)) best = static_cast<int>(i);
  }
  return best;
}

void Redis::serve() {
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    Range& range = ranges_[r];
    const int now = server_for(r);
    if (now == range.server) continue;
    ++version_;
    if (range.server != none) close(r);
    if (now == none) continue;
    Share& share = at(now).shares[r];
    range.writes.lose_after(share.present ? holds(at(now), r) : Offset::min());
    if (!share.present) share.began = context_.now();
    share.present = true;
    range.foreign = foreign(at(now), r);
    range.server = now;
    range.since = context_.now();
  }
  const bool served_all = std::exchange(serves_all_, true);
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    bool served = true;
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
      const int server = ranges_[r].server;
      if (ranges_[r].shard != static_cast<int>(shard)) continue;
      served = served && server != none && at(server).shares[r].holes == 0;
    }
    serves_all_ = serves_all_ && served;
    if (served == (shard_served_[shard] != 0)) continue;
    shard_served_[shard] = served ? 1 : 0;
    SubjectId subject = SubjectId::none;
    for (const Server& s : servers_)
      if (s.home == static_cast<int>(shard) && (s.first_master || subject == SubjectId::none))
        subject = s.subject;
    context_.note(served ? NoteKind::redis_slots_covered : NoteKind::redis_slots_uncovered,
                  ComponentId::redis, subject);
    context_.changed = true;
  }
  if (served_all != serves_all_) ++version_;
}

void Redis::set_share(double share) {
  if (share == share_) return;
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    const int server = ranges_[r].server;
    if (server == none) continue;
    close(r);
    ranges_[r].server = server;
    ranges_[r].since = context_.now();
  }
  share_ = share;
}

/// Up to when the server's data of the range go.
Offset Redis::holds(const Server& s, std::size_t range) const {
  if (s.following != none) return holds(at(s.following), range);
  const int index = static_cast<int>(&s - servers_.data());
  return ranges_[range].server == index ? context_.now() : s.shares[range].has;
}

double Redis::rate_of(const Range& range) const {
  return share_ * context_.spec.redis.writes_per_second * range.slots() / all_slots;
}

/// What the range acknowledged since its server began to serve it.
double Redis::written_in(const Range& range, Offset end) const {
  return range.server == none ? 0 : to_seconds(end - range.since) * rate_of(range);
}

void Redis::close(std::size_t r) {
  Range& range = ranges_[r];
  range.writes.add(range.since, context_.now(), written_in(range, context_.now()));
  at(range.server).shares[r].has = context_.now();
  range.server = none;
  ++version_;
  context_.changed = true;
}

void Redis::empty(Server& s) {
  const int index = static_cast<int>(&s - servers_.data());
  for (std::size_t r = 0; r < ranges_.size(); ++r) {
    s.shares[r].present = false;
    s.shares[r].has = Offset::zero();
    s.shares[r].foreign.clear();
    Range& range = ranges_[r];
    if (range.server != index) continue;
    range.foreign.clear();
    close(r);
    range.writes.lose_after(Offset::min());
    range.server = index;
    range.since = context_.now();
  }
  for (Server& other : servers_)
    if (other.following == index)
      for (Share& share : other.shares) share.present = false;
}

/// The share of the range's keys that the server has: all of those that were there before the
/// drill, of a range that began empty those that were written since.
double Redis::filled(const Server& s, std::size_t r) const {
  const Share& share = s.shares[r];
  if (!share.present) return 0;
  if (share.began == Offset::min()) return 1;
  const Range& range = ranges_[r];
  const double keys = keys_of(range);
  if (keys <= 0) return 0;
  const Offset last = holds(s, r);
  double writes = range.writes.kept_between(share.began, last);
  if (range.server != none && last > range.since) writes += written_in(range, last);
  double brought = 0;  // by a snapshot of another installation
  for (const Held& held : foreign(s, r)) brought = std::max(brought, held.filled);
  return std::min(1.0, brought + keys_written(writes, keys) / keys);
}

double Redis::bytes_of(const Server& s) const {
  double slots = 0;
  for (std::size_t r = 0; r < ranges_.size(); ++r) slots += filled(s, r) * ranges_[r].slots();
  return context_.spec.redis.data_bytes * slots / all_slots;
}

std::uint64_t Redis::keys_of(const Server& s) const {
  const double size = key_size_.value();
  return size > 0 ? static_cast<std::uint64_t>(bytes_of(s) / size) : 0;
}

double Redis::keys_of(const Range& range) const {
  const double size = key_size_.look();
  return size > 0 ? context_.spec.redis.data_bytes / size * range.slots() / all_slots : 0;
}

void Redis::add_inventory(Inventory& inventory) const {
  std::int64_t masters = 0, replicas = 0;
  for (const Server& s : servers_) {
    if (s.group == none || !kubernetes_.reached_from_outside(s.pod)) continue;
    if (self(s).master == none)
      masters += owns_slots(s, s.identity) ? 1 : 0;
    else
      replicas += s.following != none ? 1 : 0;
  }
  inventory.push_back(
      {ComponentId::redis, "masters serving", masters, InventoryItem::Better::higher, false});
  inventory.push_back(
      {ComponentId::redis, "replicas", replicas, InventoryItem::Better::higher, false});
}

SlotWrites Redis::writes_of(const Range& range, Offset end, const Redis& used) const {
  SlotWrites writes = range.writes;
  if (range.server != none) writes.add(range.since, end, written_in(range, end));
  if (&used != this) writes.lose_after(used.holds_of(range.first, range.last, cluster_));
  return writes;
}

void Redis::add_writes(std::vector<SlotWrites::Stretch>& all, Offset end, const Redis& used) const {
  for (const Range& range : ranges_) {
    const SlotWrites writes = writes_of(range, end, used);
    all.insert(all.end(), writes.stretches().begin(), writes.stretches().end());
  }
}

void Redis::add_ledger(Ledger& ledger, Offset end, const Redis& used) const {
  for (const Range& range : ranges_) {
    LedgerStream stream;
    stream.component = ComponentId::redis;
    stream.name = "slots " + std::to_string(range.first) + "-" + std::to_string(range.last);
    const SlotWrites writes = writes_of(range, end, used);
    for (const LedgerRun& run : writes.runs(keys_of(range))) {
      if (run.last <= Offset::zero() && run.fate == Fate::kept) continue;
      if (run.fate == Fate::lost) key_size_.use();
      if (run.first == writes.began()) in_service_.use();
      stream.runs.push_back(run);
    }
    if (cluster_ != 0) {
      if (stream.runs.empty()) continue;
      stream.name += " in " + kubernetes_.cluster(cluster_).name;
    }
    ledger.streams.push_back(std::move(stream));
  }
}

bool Redis::kept(int slot, Offset when, const Redis& used) const {
  if (&used != this && when > used.holds_of(slot, slot, cluster_)) return false;
  const std::size_t range = range_of(slot);
  return range < ranges_.size() && ranges_[range].writes.kept(when);
}

}  // namespace drdrill::models
