#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

/// The cluster bus of a Redis Cluster, played run by run of clusterCron (redis 7.2 src/cluster.c).
/// Every second a server pings the one of five random ones that it has heard of longest ago, and
/// whomever it has not heard of for half its node timeout. Pings and their answers tell when some
/// of the other servers were last heard, to the second, and always whom the sender suspects: who
/// has not answered a ping for the node timeout (PFAIL). A server has failed (FAIL) as soon as
/// somebody who suspects it has heard the same of most masters.
namespace drdrill::models {

class RedisGossip {
 public:
  struct Member {
    bool master = false;  ///< owns slots: what it reports counts
    bool silent = false;  ///< from a moment on it hears and says nothing
    Duration node_timeout{};
  };
  std::vector<Member> members;
  Duration cron_period = std::chrono::milliseconds(100);

  /// From that moment until somebody knows that a silent member has failed; nothing when most
  /// masters never agree.
  std::optional<Duration> time_to_fail(std::size_t member, RandomStream& stream);
  /// Until a member that is not silent suspects so many masters.
  std::optional<Duration> time_to_suspect(std::size_t member, std::size_t masters,
                                          RandomStream& stream);
  /// Until each of those that are not silent has told every other one of its slots, of which all
  /// messages tell.
  std::optional<Duration> time_to_tell(RandomStream& stream);

 private:
  using Run = std::int32_t;  // of the cron
  static constexpr Run no_ping = -1;
  struct View {  // what one member thinks of another
    Run heard = 0;
    Run pinged = no_ping;  // an answer is outstanding
    bool suspected = false;
  };

  void begin(RandomStream& stream);
  void run(RandomStream& stream);
  void run_cron(std::size_t member, RandomStream& stream);
  void ping(std::size_t from, std::size_t to, RandomStream& stream);
  void tell(std::size_t from, std::size_t to, RandomStream& stream);
  bool knows_of_failure(std::size_t member, std::size_t failed) const;
  template <class Done>
  std::optional<Duration> play(RandomStream& stream, Done done);

  View& view(std::size_t of, std::size_t on) { return views_[of * members.size() + on]; }
  const View& view(std::size_t of, std::size_t on) const {
    return views_[of * members.size() + on];
  }
  /// When `of` last told `to` that it suspects the watched member.
  Run& report(std::size_t of, std::size_t to) { return reports_[of * members.size() + to]; }

  Run now_ = 0;
  bool silence_ = false;
  std::size_t watched_ = 0;
  std::size_t masters_ = 0;
  std::vector<View> views_;
  std::vector<Run> reports_;
  std::vector<std::uint8_t> reported_;   // by member: did anybody report the watched one to it?
  std::vector<std::uint8_t> exchanged_;  // a message and its answer, since the moment that counts
  std::vector<Run> timeouts_;
  std::vector<std::uint8_t> phases_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> told_;
};

}  // namespace drdrill::models
