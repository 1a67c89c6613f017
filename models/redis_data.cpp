#include <algorithm>
#include <utility>

#include "models/redis.hpp"

/// Who serves which slots, and which acknowledged writes are lost.
namespace drdrill::models {
bool Redis::usable_from(PodRef from) const {
  if (!serves_all_) return false;
  if (from == no_pod) return true;
  return std::all_of(units_.begin(), units_.end(), [&](const Unit& unit) {
    return unit.server != none && kubernetes_.reaches(from, at(unit.server).pod);
  });
}

const std::vector<Impairment>& Redis::impairments() {
  impairments_.clear();
  bool any = false;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (units_[u].server == none) continue;
    impairments_.push_back(kubernetes_.impairment(at(units_[u].server).pod));
    any = any || impairments_.back() != Impairment{};
  }
  if (!any) impairments_.clear();
  return impairments_;
}

bool Redis::client_reaches(const Server& s) const {
  if (kubernetes_.reached_from_outside(s.pod)) return true;
  std::vector<PodRef> pods;
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::api_service || !runs_in(workload, cluster_)) continue;
    kubernetes_.pods_of(workload, pods);
    for (PodRef pod : pods)
      if (kubernetes_.is_up(pod) && kubernetes_.reaches(pod, s.pod)) return true;
  }
  return false;
}

int Redis::server_for(std::size_t unit) const {
  int best = none;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Server& s = servers_[i];
    if (s.owner[unit] != s.identity || self(s).master != none || !state_ok(s)) continue;
    if (s.lacks_replicas || kubernetes_.impairment(s.pod).full) continue;  // MISCONF
    if (best != none && self(s).epoch < self(at(best)).epoch) continue;
    if (client_reaches(s)) best = static_cast<int>(i);
  }
  return best;
}

void Redis::serve() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const int now = server_for(u);
    if (now == units_[u].server) continue;
    ++version_;
    if (units_[u].server != none) close(u);
    if (now == none) continue;
    units_[u].writes.lose_after(at(now).present[u] ? holds(at(now), u) : Offset::min());
    at(now).present[u] = 1;
    units_[u].foreign = foreign(at(now), u);
    units_[u].server = now;
    units_[u].since = context_.now();
  }
  const bool served_all = std::exchange(serves_all_, true);
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    bool served = true;
    for (std::size_t u = 0; u < units_.size(); ++u) {
      const int server = units_[u].server;
      if (u * shards_ / units_.size() != shard) continue;
      served = served && server != none && at(server).holes[u] == 0;
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
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const int server = units_[u].server;
    if (server == none) continue;
    close(u);
    units_[u].server = server;
    units_[u].since = context_.now();
  }
  share_ = share;
}

/// Up to when the server's data of the unit go. Without an end: they are being written.
Offset Redis::holds(const Server& s, std::size_t unit) const {
  if (s.following != none) return holds(at(s.following), unit);
  const int index = static_cast<int>(&s - servers_.data());
  return units_[unit].server == index ? context_.now() : s.has[unit];
}

double Redis::rate_of_unit() const {
  return share_ * context_.spec.redis.writes_per_second / static_cast<double>(units_.size());
}

/// What the unit acknowledged since its server began to serve it.
double Redis::written_in(const Unit& unit, Offset end) const {
  return unit.server == none ? 0 : to_seconds(end - unit.since) * rate_of_unit();
}

void Redis::close(std::size_t unit) {
  Unit& u = units_[unit];
  u.writes.add(u.since, context_.now(), written_in(u, context_.now()));
  at(u.server).has[unit] = context_.now();
  u.server = none;
  ++version_;
  context_.changed = true;
}

void Redis::empty(Server& s) {
  const int index = static_cast<int>(&s - servers_.data());
  std::fill(s.present.begin(), s.present.end(), 0);
  for (std::size_t u = 0; u < units_.size(); ++u) {
    s.has[u] = Offset::zero();
    s.foreign[u].clear();
    if (units_[u].server != index) continue;
    units_[u].foreign.clear();
    close(u);
    units_[u].writes.lose_after(Offset::min());
    units_[u].server = index;
    units_[u].since = context_.now();
  }
  for (Server& other : servers_)
    if (other.following == index) std::fill(other.present.begin(), other.present.end(), 0);
}

double Redis::bytes_of(const Server& s) const {
  const auto units = std::count(s.present.begin(), s.present.end(), 1);
  return context_.spec.redis.data_bytes * static_cast<double>(units) /
         static_cast<double>(units_.size());
}

std::uint64_t Redis::keys_of(const Server& s) const {
  const double size = key_size_.value();
  return size > 0 ? static_cast<std::uint64_t>(bytes_of(s) / size) : 0;
}

double Redis::keys_of_unit() const {
  const double size = key_size_.look();
  return size > 0 ? context_.spec.redis.data_bytes / size / static_cast<double>(units_.size()) : 0;
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

void Redis::add_ledger(Ledger& ledger, Offset end, const Redis& used) const {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const auto [first, last] = slots_of(u);
    LedgerStream stream;
    stream.component = ComponentId::redis;
    stream.name = "slots " + std::to_string(first) + "-" + std::to_string(last);
    SlotWrites writes = units_[u].writes;
    if (units_[u].server != none) writes.add(units_[u].since, end, written_in(units_[u], end));
    if (&used != this) writes.lose_after(used.holds_of(u, cluster_));
    for (const LedgerRun& run : writes.runs(keys_of_unit())) {
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
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (slot > slots_of(u).second) continue;
    if (&used != this && when > used.holds_of(u, cluster_)) return false;
    return units_[u].writes.kept(when);
  }
  return false;  // there is no Redis
}

}  // namespace drdrill::models
