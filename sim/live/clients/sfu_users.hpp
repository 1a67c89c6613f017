#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/live/clients/janus_client.hpp"
#include "sim/live/clients/questions.hpp"
#include "sim/live/clients/room_placement.hpp"
#include "sim/live/clients/stop.hpp"

/// Users of an SFU, each with a thread: in a room, and back in it as the models' participants are
/// (models/participants.hpp): who hears nothing for a while, or whose connection is closed, tries
/// to go on with the old server, then joins anew through the API, at the waits of
/// sim/drill/reconnect_policy.hpp, and after the last attempt when they feel like it. No media is
/// sent: who is in a room of a server that answers has some.
namespace drdrill::live {

struct SfuUsersPlan {
  std::string join_service{};  ///< that a join passes through; empty: none
  std::string join_path{};
  std::string sfu_service{};
  int rooms = 1;
  int users_per_room = 1;
  Duration ping_interval{};   ///< how often a user asks the server whether it is there
  Duration signal_timeout{};  ///< without an answer for so long the user reconnects
  Duration join_timeout{};    ///< for each question of an attempt
  Duration reload{};          ///< until who has given up tries again
  unsigned seed = 1;          ///< of the waits
};

class SfuUsers {
 public:
  enum class Event { noticed, gave_up, reconnected };
  struct News {
    Event event = Event::noticed;
    Endpoint server{};          ///< that was left, or that has taken the user
    Clock::time_point began{};  ///< reconnected: when that server was asked; otherwise now
  };
  /// `tell` is called by the users' threads.
  SfuUsers(const Directory& directory, SfuUsersPlan plan, std::function<void(const News&)> tell);
  SfuUsers(const SfuUsers&) = delete;
  SfuUsers& operator=(const SfuUsers&) = delete;
  /// They leave without a word. Waits for questions that are under way.
  ~SfuUsers();

  std::size_t size() const { return users_.size(); }
  /// Where a user was let in last, unless it has noticed since that it is no longer there.
  std::optional<JanusSeat> seat(std::size_t user) const;

 private:
  struct User {
    std::size_t number = 0;
    std::uint32_t room = 0;
    std::optional<JanusSeat> seat;  // guarded by mutex_
    bool has_been_there = false;
    std::mt19937 random;  // what it draws from seeds that follow each other has nothing in common
    std::thread thread;
  };
  void live(User& user);
  bool listen(const JanusSeat& seat, double phase);
  bool hear(JanusClient& client, const JanusSeat& seat, Deadline silent_at);
  void come_back(User& user, const JanusSeat& old);
  bool go_on(User& user, const JanusSeat& old);
  bool join(User& user);
  bool passes_api();
  void sit_down(User& user, const JanusSeat& seat, Clock::time_point began);

  const Directory& directory_;
  SfuUsersPlan plan_;
  std::function<void(const News&)> tell_;
  RoomPlacement placement_;
  std::atomic<std::size_t> arrived_{0};
  Stop stop_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<User>> users_;
};

/// Has every user media? Each one's server is asked, over connections of the question's own.
std::unique_ptr<Question> media_question(const SfuUsers& users);

}  // namespace drdrill::live
