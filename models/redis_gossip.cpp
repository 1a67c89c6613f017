#include "models/redis_gossip.hpp"

#include <algorithm>

namespace drdrill::models {
namespace {

constexpr std::int32_t runs_a_second = 10;  // a random server is pinged in every tenth run
constexpr int picks = 5;                    // among so many
constexpr std::size_t least_told_of = 3;    // other servers in a message, or a tenth of all
constexpr int validity = 2;                 // node timeouts that a report counts
constexpr int most_timeouts = 10;           // that an agreement is waited for
constexpr std::int32_t never_told = INT32_MIN / 2;

}  // namespace

/// Any moment of a cluster that has run for long.
void RedisGossip::begin(RandomStream& stream) {
  const std::size_t count = members.size();
  const auto below = [&](std::int32_t n) {
    return static_cast<Run>(stream.below(static_cast<std::uint64_t>(std::max(n, 1))));
  };
  now_ = 0;
  silence_ = false;
  views_.assign(count * count, View{});
  reports_.assign(count * count, never_told);
  reported_.assign(count, 0);
  timeouts_.clear();
  phases_.clear();
  order_.clear();
  masters_ = 0;
  Run longest = 1;
  for (std::size_t i = 0; i < count; ++i) {
    timeouts_.push_back(static_cast<Run>(members[i].node_timeout / cron_period));
    longest = std::max(longest, timeouts_.back());
    phases_.push_back(static_cast<std::uint8_t>(below(runs_a_second)));
    order_.push_back(i);
    std::swap(order_.back(), order_[stream.below(order_.size())]);
    masters_ += members[i].master ? 1 : 0;
  }
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < count; ++j) view(i, j).heard = -below(timeouts_[i] / 2);
  // Two rounds of whatever comes round first make that beginning forgotten.
  const Run round = std::min(longest / 2 + 1, static_cast<Run>(count) * runs_a_second);
  const Run moment = 2 * round + below(round);
  exchanged_.assign(count * count, 0);
  while (now_ < moment) run(stream);
  std::fill(exchanged_.begin(), exchanged_.end(), std::uint8_t{0});
  silence_ = true;
}

void RedisGossip::run(RandomStream& stream) {
  ++now_;
  for (const std::size_t member : order_)
    if (!silence_ || !members[member].silent) run_cron(member, stream);
}

void RedisGossip::run_cron(std::size_t member, RandomStream& stream) {
  const std::size_t count = members.size();
  if (now_ % runs_a_second == phases_[member]) {
    std::size_t oldest = member;
    for (int i = 0; i < picks; ++i) {
      const auto other = static_cast<std::size_t>(stream.below(count));
      if (other == member || view(member, other).pinged != no_ping) continue;
      if (oldest == member || view(member, other).heard < view(member, oldest).heard)
        oldest = other;
    }
    if (oldest != member) ping(member, oldest, stream);
  }
  // Crons run a little late rather than early: what is due after so many runs is over then.
  const Run timeout = timeouts_[member];
  for (std::size_t other = 0; other < count; ++other) {
    if (other == member) continue;
    View& seen = view(member, other);
    if (seen.pinged == no_ping && now_ - seen.heard >= timeout / 2) ping(member, other, stream);
    if (seen.pinged != no_ping && now_ - seen.pinged >= timeout) seen.suspected = true;
  }
}

void RedisGossip::ping(std::size_t from, std::size_t to, RandomStream& stream) {
  View& seen = view(from, to);
  seen.pinged = now_;
  if (silence_ && members[to].silent) return;
  tell(from, to, stream);
  tell(to, from, stream);
  exchanged_[from * members.size() + to] = exchanged_[to * members.size() + from] = 1;
  seen.heard = now_;
  seen.pinged = no_ping;
}

/// What a message brings with it.
void RedisGossip::tell(std::size_t from, std::size_t to, RandomStream& stream) {
  const std::size_t count = members.size();
  if (view(from, watched_).suspected && members[from].master) {
    report(from, to) = now_;
    reported_[to] = 1;
  }
  const std::size_t wanted =
      std::min(std::max(least_told_of, count / 10), count > 2 ? count - 2 : 0);
  told_.clear();
  for (std::size_t i = 0; i < 3 * wanted && told_.size() < wanted; ++i) {
    const auto other = static_cast<std::size_t>(stream.below(count));
    if (other == from || view(from, other).suspected) continue;
    if (std::find(told_.begin(), told_.end(), other) == told_.end()) told_.push_back(other);
  }
  for (const std::size_t other : told_) {
    View& theirs = view(to, other);
    if (other == to || theirs.suspected || theirs.pinged != no_ping) continue;
    if (other == watched_ && reported_[to] != 0) continue;
    const Run heard = view(from, other).heard;
    const Run second = heard >= 0 ? heard - heard % runs_a_second : heard;
    theirs.heard = std::max(theirs.heard, second);
  }
}

bool RedisGossip::knows_of_failure(std::size_t member, std::size_t failed) const {
  if (!view(member, failed).suspected) return false;
  std::size_t agree = members[member].master ? 1 : 0;
  for (std::size_t other = 0; other < members.size(); ++other)
    agree += other != member && now_ - reports_[other * members.size() + member] <=
                                    validity * timeouts_[member]
                 ? 1
                 : 0;
  return agree >= masters_ / 2 + 1;
}

template <class Done>
std::optional<Duration> RedisGossip::play(RandomStream& stream, Done done) {
  begin(stream);
  const Run silent_since = now_;
  const double within = stream.uniform();  // of a run, when it fell silent
  const Run longest = *std::max_element(timeouts_.begin(), timeouts_.end());
  while (now_ - silent_since <= most_timeouts * std::max(longest, runs_a_second)) {
    run(stream);
    if (done()) return from_seconds((now_ - silent_since - 1 + within) * to_seconds(cron_period));
  }
  return std::nullopt;
}

std::optional<Duration> RedisGossip::time_to_fail(std::size_t member, RandomStream& stream) {
  watched_ = member;
  return play(stream, [&] {
    for (std::size_t other = 0; other < members.size(); ++other)
      if (!members[other].silent && knows_of_failure(other, member)) return true;
    return false;
  });
}

std::optional<Duration> RedisGossip::time_to_suspect(std::size_t member, std::size_t masters,
                                                     RandomStream& stream) {
  watched_ = member;
  return play(stream, [&] {
    std::size_t suspected = 0;
    for (std::size_t other = 0; other < members.size(); ++other)
      suspected += members[other].master && view(member, other).suspected ? 1 : 0;
    return suspected >= masters;
  });
}

std::optional<Duration> RedisGossip::time_to_tell(RandomStream& stream) {
  if (members.size() < 2) return Duration::zero();
  watched_ = 0;
  return play(stream, [&] {
    for (std::size_t a = 0; a < members.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        if (!members[a].silent && !members[b].silent && exchanged_[a * members.size() + b] == 0)
          return false;
    return true;
  });
}

}  // namespace drdrill::models
