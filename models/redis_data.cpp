#include <algorithm>
#include <utility>

#include "models/redis.hpp"

/// Who serves which slots, and which acknowledged writes are lost.
namespace drdrill::models {
namespace {

// A participant's session, of which most keys are: 2 kB in the platform's design.
constexpr double bytes_of_key = 2000;

}  // namespace

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
    truncate(u, at(now).present[u] ? holds(at(now), u) : Offset::min());
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
  if (served_all && !serves_all_) served_until_ = context_.now();
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

void Redis::close(std::size_t unit) {
  Unit& u = units_[unit];
  const auto count =
      static_cast<std::uint64_t>(to_seconds(context_.now() - u.since) * rate_of_unit());
  if (count > 0) u.runs.push_back({u.since, context_.now(), count, Fate::kept});
  at(u.server).has[unit] = context_.now();
  u.server = none;
  ++version_;
  context_.changed = true;
}

/// What was acknowledged after `kept` is not in the data that serve from now on.
void Redis::truncate(std::size_t unit, Offset kept) {
  cut(units_[unit].runs, kept);
}

/// Of what was acknowledged after `kept` nothing is there.
void Redis::cut(std::vector<LedgerRun>& runs, Offset kept) {
  for (std::size_t i = 0, n = runs.size(); i < n; ++i) {
    LedgerRun& run = runs[i];
    if (run.fate != Fate::kept || run.last <= kept) continue;
    if (run.first >= kept) {
      run.fate = Fate::lost;
      continue;
    }
    const double part = to_seconds(run.last - kept) / to_seconds(run.last - run.first);
    const auto lost = static_cast<std::uint64_t>(static_cast<double>(run.count) * part);
    if (lost == 0) continue;
    LedgerRun gone{kept, run.last, std::min(lost, run.count), Fate::lost};
    run.last = kept;
    run.count -= gone.count;
    runs.insert(runs.begin() + static_cast<std::ptrdiff_t>(i) + 1, gone);
    ++i, ++n;
  }
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
    truncate(u, Offset::min());
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
  return static_cast<std::uint64_t>(bytes_of(s) / bytes_of_key);
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
    std::vector<LedgerRun> runs = units_[u].runs;
    if (units_[u].server != none) {
      const Offset from = units_[u].since;
      const auto count = static_cast<std::uint64_t>(to_seconds(end - from) * rate_of_unit());
      if (count > 0) runs.push_back({from, end, count, Fate::kept});
    }
    if (&used != this) cut(runs, used.holds_of(u, cluster_));
    for (const LedgerRun& run : runs) {
      const bool before_the_drill = run.last <= Offset::zero();
      if (before_the_drill && run.fate == Fate::kept) continue;
      if (before_the_drill) in_service_.use();
      stream.runs.push_back(run);
    }
    if (cluster_ != 0) {
      if (stream.runs.empty()) continue;
      stream.name += " in " + kubernetes_.cluster(cluster_).name;
    }
    ledger.streams.push_back(std::move(stream));
  }
}

}  // namespace drdrill::models
