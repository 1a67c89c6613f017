#include "models/redis.hpp"

#include <algorithm>

#include "models/redis_slots.hpp"
#include "sim/engine/math.hpp"

/// Servers, their processes and files.
namespace drdrill::models {
namespace {

/// How many of `slots` hold none of the keys, which hashing spreads at random.
int empty_slots(double keys_per_slot, int slots) {
  return static_cast<int>(nearest_whole(slots * math::exponential(-keys_per_slot)));
}

}  // namespace

int Redis::server_at(PodRef ref) const {
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].pod == ref) return static_cast<int>(i);
  return none;
}

void Redis::after(Duration delay, Kind kind, int subject, Group group, int other) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::redis, cluster_),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = static_cast<std::uint32_t>(subject),
                         .data = static_cast<std::uint64_t>(other)},
                        group);
}

void Redis::handle(const Event& event) {
  const int subject = static_cast<int>(event.subject);
  switch (static_cast<Kind>(event.kind)) {
    case Kind::listens:
      kubernetes_.health_changed(at(subject).pod);
      break;
    case Kind::loaded:
      load(at(subject));
      break;
    case Kind::copied:
      if (Server& s = at(subject); s.copying != none && s.copied_at == context_.now()) {
        attach(s, s.copying);
        update();
      }
      break;
    case Kind::writable:
      at(subject).writable = true;
      break;
    case Kind::detected:
      detected(subject);
      break;
    case Kind::elected:
      elect(subject);
      break;
    case Kind::forgiven:
      forget_failure(subject);
      break;
    case Kind::noticed:
      at(subject).minority = event.data == 1;
      break;
    case Kind::lacking:
      at(subject).lacks_replicas = true;
      break;
    case Kind::looked_at:
      break;
    case Kind::ends:
      if (at(subject).up && at(subject).no_room) kubernetes_.container_failed(at(subject).pod);
      break;
    case Kind::saves:
      if (at(subject).up) saved(at(subject));
      break;
    case Kind::replicates:
      if (at(subject).up) replicate(at(subject), who(static_cast<int>(event.data)).id);
      break;
    case Kind::covers:
      cover_slots(at(subject));
      break;
    case Kind::told:
      break;
    case Kind::handed_over: {
      Server& replica = at(subject);
      const int master = static_cast<int>(event.data);
      if (!replica.up || self(replica).master != master || !has_majority(replica)) break;
      context_.note(NoteKind::redis_election_won, ComponentId::redis, replica.subject, vote_.id());
      at(who(master).server).blocked_until = context_.now();
      take_over(replica, master);
      break;
    }
    case Kind::met: {
      // The handshake is over: both know each other from now on.
      Server& from = at(subject);
      Server& to = at(static_cast<int>(event.data));
      if (!from.up || !to.up || !kubernetes_.reaches(from.pod, to.pod)) break;
      const auto learn = [&](Server& who_learns, const Server& of) {
        who_learns.address.resize(identities_used_);
        who_learns.forgets_until.clear();
        who_learns.address[static_cast<std::size_t>(of.identity)] = of.ip;
      };
      learn(from, to);
      learn(to, from);
      from.has_conf = to.has_conf = true;
      break;
    }
  }
  update();
}

// ---- processes and files --------------------------------------------------------------------

void Redis::pod_started(PodRef ref) {
  if (refuses_settings(ref)) return kubernetes_.container_failed(ref);
  if (home_) {
    Server& s = servers_.front();
    const bool other = s.pod != no_pod && s.pod != ref && kubernetes_.is_up(s.pod);
    if (!other && kubernetes_.model_of(ref) == home_) begin(s, ref);
    return;
  }
  const std::string_view name = kubernetes_.name_of(ref);
  auto found = std::find_if(servers_.begin(), servers_.end(), [&](const Server& s) {
    return s.cluster == ref.cluster && s.name == name;
  });
  if (found == servers_.end()) {
    if (shards_ == 0) return;
    Server& fresh = add_server(ref.cluster, std::string(name), false);
    fresh.home = static_cast<int>((servers_.size() - 1) % shards_);
    fresh.has_conf = false;
    fresh.shares.assign(ranges_.size(), Share{});
    found = servers_.end() - 1;
  }
  begin(*found, ref);
}

/// A process starts in the pod, with what lies on the disk.
void Redis::begin(Server& s, PodRef ref) {
  const int index = static_cast<int>(&s - servers_.data());
  s.pod = ref;
  if (home_) rename(s);
  s.up = s.writable = s.minority = s.noticing = s.no_room = s.refuses = false;
  context_.engine.cancel(s.minority_timer);
  look_at_volume(s);
  if (!s.has_conf) {
    s.open.clear();
    s.identity = new_identity(index);
    s.address.assign(identities_used_, "");
    forget_owners(s);
    s.has_conf = true;
  }
  context_.engine.cancel(s.work);
  s.saved_at = Offset::min();
  s.detached_at.reset();
  s.copying = none;
  s.history = ++histories_;
  s.blocked_until = s.told_at = Offset::zero();
  configure(s);
  const Duration reading = read_disk(s);
  const Duration starting = process_start_.time();
  s.listens_at = context_.now() + starting;
  after(starting, Kind::listens, index, s.work);
  after(starting + reading, Kind::loaded, index, s.work);
}

/// A process that ends takes nothing of its append-only file with it: what it wrote is in the page
/// cache. A machine that loses power takes what was not yet synchronised. Without such a file there
/// is what the newest snapshot has.
void Redis::pod_ended(PodRef ref, Ending ending) {
  const int index = server_at(ref);
  if (index == none) return;
  Server& s = at(index);
  context_.engine.cancel(s.work);
  context_.engine.cancel(s.minority_timer);
  if (s.up) stop(s, ending);
  if (const PodRef next = home_ ? pod_of_home() : no_pod; next != no_pod) begin(s, next);
}

void Redis::stop(Server& s, Ending ending) {
  const int index = static_cast<int>(&s - servers_.data());
  const double rate = rate_at(index);
  for (std::size_t r = 0; r < ranges_.size(); ++r)
    if (ranges_[r].server == index) close(r);
  for (Server& other : servers_)
    if (other.following == index)
      detach(other, ending == Ending::clean ? Duration::zero() : replication_lag_.time());
  if (s.following != none) detach(s, replication_lag_.time());
  if (!s.config.appends) forget_unsaved(s, rate, ending);
  if (ending == Ending::lost && s.config.appends) {
    const Duration unsynced = unsynced_of(s);
    for (Share& share : s.shares)
      if (share.has > Offset::zero()) share.has = std::max(share.has - unsynced, Offset::zero());
  }
  // A clean exit saves nodes.conf once more (cluster.c, clusterHandleServerShutdown).
  if (ending == Ending::clean) s.has_conf = true;
  s.up = s.writable = false;
  update();
}

/// What its append-only file has not on the disk.
Duration Redis::unsynced_of(const Server& s) {
  constexpr Duration kernel_flushes = std::chrono::seconds(30);
  if (s.config.fsync == redis::Config::Fsync::always) return Duration::zero();
  if (s.config.fsync == redis::Config::Fsync::everysec) return fsync_.time();
  return from_seconds(ticks_.uniform() * to_seconds(kernel_flushes));
}

/// The data are read; keys in slots that nobody is known to own are taken responsibility for
/// (cluster.c, verifyClusterConfigWithData). A slot without a key in it stays without an owner.
void Redis::load(Server& s) {
  if (s.pod == no_pod || !kubernetes_.is_up(s.pod)) return;
  s.up = true;
  s.saved_at = context_.now();  // what it read is on the disk
  s.ip = kubernetes_.pod(s.pod).ip;
  s.address.resize(identities_used_);
  s.address[static_cast<std::size_t>(s.identity)] = s.ip;
  if (self(s).master == none) {
    const double keys = static_cast<double>(keys_of(s));
    const double tagged = std::clamp(key_slots_.value() / all_slots, 1.0 / all_slots, 1.0);
    double slots = 0;
    for (std::size_t r = 0; r < ranges_.size(); ++r)
      if (s.shares[r].present) slots += ranges_[r].slots();
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
      Share& share = s.shares[r];
      if (!share.present || share.owner != none) continue;
      share.owner = s.identity;
      const int used = static_cast<int>(nearest_whole(ranges_[r].slots() * tagged));
      share.holes = ranges_[r].slots() - used + empty_slots(keys / (slots * tagged), used);
    }
    const int index = static_cast<int>(&s - servers_.data());
    if (alone())
      s.writable = true;
    else
      after(writable_delay_.time(), Kind::writable, index, s.work);
  } else {
    s.writable = true;
  }
}

/// The server no longer knows who owns which slots.
void Redis::forget_owners(Server& s) {
  for (Share& share : s.shares) share.owner = none, share.holes = 0;
}

/// The range that begins with this slot; the one that it is in the middle of is divided.
std::size_t Redis::range_from(int slot) {
  std::size_t r = range_of(slot);
  if (r >= ranges_.size() || ranges_[r].first == slot) return r;
  Range& whole = ranges_[r];
  Range rest = whole;
  rest.first = slot;
  rest.writes = whole.writes.split(static_cast<double>(rest.slots()) / whole.slots());
  whole.last = slot - 1;
  ranges_.insert(ranges_.begin() + static_cast<std::ptrdiff_t>(r) + 1, std::move(rest));
  for (Server& s : servers_) {
    Share share = s.shares[r];
    share.holes =
        s.shares[r].holes * ranges_[r + 1].slots() / (ranges_[r].slots() + ranges_[r + 1].slots());
    s.shares[r].holes -= share.holes;
    s.shares.insert(s.shares.begin() + static_cast<std::ptrdiff_t>(r) + 1, std::move(share));
  }
  return r + 1;
}

/// The range that the slot is in; how many there are for a slot beyond the last one.
std::size_t Redis::range_of(int slot) const {
  const auto found = std::find_if(ranges_.begin(), ranges_.end(),
                                  [&](const Range& range) { return slot <= range.last; });
  return static_cast<std::size_t>(found - ranges_.begin());
}

void Redis::file_removed(PodRef ref, std::string_view path) {
  const int index = server_at(ref);
  if (index == none || !path.starts_with("/data/")) return;
  if (alone()) return;
  if (path.ends_with("nodes.conf") || path == "/data/*") at(index).has_conf = false;
}

void Redis::data_lost(std::string_view volume) {
  for (Server& s : servers_) {
    if (s.volume != volume || s.up) continue;
    s.has_conf = alone();
    empty(s);
  }
}

}  // namespace drdrill::models
