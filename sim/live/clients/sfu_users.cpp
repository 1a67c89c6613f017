#include "sim/live/clients/sfu_users.hpp"

#include <algorithm>
#include <array>

#include "sim/drill/reconnect_policy.hpp"
#include "sim/live/clients/socket.hpp"

namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

/// A question that gets no answer is put again after this long, until its deadline: so that who
/// waits can be told to stop.
constexpr milliseconds patience{1000};
constexpr milliseconds look_whether_to_stop{100};
constexpr milliseconds a_moment{10};

}  // namespace

SfuUsers::SfuUsers(const Directory& directory, SfuUsersPlan plan,
                   std::function<void(const News&)> tell)
    : directory_(directory), plan_(std::move(plan)), tell_(std::move(tell)) {
  for (int room = 1; room <= plan_.rooms; ++room)
    for (int i = 0; i < plan_.users_per_room; ++i) {
      users_.push_back(std::make_unique<User>());
      users_.back()->number = users_.size() - 1;
      users_.back()->room = static_cast<std::uint32_t>(room);
      users_.back()->random.seed(plan_.seed + static_cast<unsigned>(users_.size()));
    }
  for (const auto& user : users_)
    user->thread = std::thread([this, it = user.get()] { live(*it); });
}

SfuUsers::~SfuUsers() {
  stop_.request();
  for (const auto& user : users_) user->thread.join();
}

std::optional<JanusSeat> SfuUsers::seat(std::size_t user) const {
  const std::lock_guard lock(mutex_);
  return users_[user]->seat;
}

/// The first time they come one after the other, and until they are let in.
void SfuUsers::live(User& user) {
  while (arrived_ != user.number || !join(user))
    if (!stop_.wait_until(Clock::now() + a_moment)) return;
  ++arrived_;
  user.has_been_there = true;
  std::uniform_real_distribution<double> share(0, 1);
  while (!stop_.requested()) {
    const JanusSeat seat = *user.seat;
    if (!listen(seat, share(user.random))) return;
    {
      const std::lock_guard lock(mutex_);
      user.seat.reset();
    }
    placement_.left(seat.server);
    tell_({Event::noticed, seat.server, Clock::now()});
    come_back(user, seat);
  }
}

/// Until the connection is closed or the server has said nothing for too long. False: told to stop.
/// Every event ends the wait for it, so it is begun anew. Users have come at different times, so
/// the first question is put anywhere within an interval.
bool SfuUsers::listen(const JanusSeat& seat, double phase) {
  JanusClient client(seat.server);
  Socket wire;
  auto heard = Clock::now();
  auto due = heard + from_seconds(phase * to_seconds(plan_.ping_interval));
  while (!stop_.requested()) {
    if (!wire.is_open() && (!wire.connect(seat.server, Clock::now() + patience).ok() ||
                            !wire.send(JanusClient::long_poll(seat), Clock::now() + patience).ok()))
      due = Clock::now();  // the question will tell what is the matter
    if (wire.is_open() && Clock::now() < due) {
      std::array<char, 4096> bytes{};
      std::size_t received = 0;
      const Reply event = wire.receive(bytes.data(), bytes.size(), received,
                                       std::min(due, Clock::now() + look_whether_to_stop));
      if (event.outcome == Outcome::refused) return true;
      if (event.outcome != Outcome::timed_out) wire.close();
      continue;
    }
    if (!hear(client, seat, heard + plan_.signal_timeout)) return !stop_.requested();
    heard = Clock::now();
    due = heard + plan_.ping_interval;
  }
  return false;
}

/// Is the server there? False when it has not said so in time, or knows nothing of the session.
bool SfuUsers::hear(JanusClient& client, const JanusSeat& seat, Deadline silent_at) {
  while (!stop_.requested()) {
    const Reply reply =
        client.keep_alive(seat, std::min<Deadline>(silent_at, Clock::now() + patience));
    if (reply.ok()) return true;
    if (reply.outcome == Outcome::refused || !stop_.wait_until(Clock::now() + a_moment) ||
        Clock::now() >= silent_at)
      return false;
  }
  return false;
}

void SfuUsers::come_back(User& user, const JanusSeat& old) {
  std::uniform_real_distribution<double> jitter(0, 1);
  if (go_on(user, old)) return;
  for (std::size_t attempt = 1; attempt < reconnect_attempts; ++attempt) {
    if (!stop_.wait_until(Clock::now() + reconnect_wait(attempt, jitter(user.random)))) return;
    if (join(user)) return;
  }
  tell_({Event::gave_up, old.server, Clock::now()});
  do {
    if (!stop_.wait_until(Clock::now() + plan_.reload)) return;
  } while (!join(user));
}

/// With the session that there was, where it was.
bool SfuUsers::go_on(User& user, const JanusSeat& old) {
  const auto began = Clock::now();
  const Deadline deadline = began + plan_.join_timeout;
  JanusClient client(old.server);
  while (!stop_.requested()) {
    const Reply reply = client.claim(old, std::min<Deadline>(deadline, Clock::now() + patience));
    if (reply.ok()) {
      sit_down(user, old, began);
      return true;
    }
    if (reply.outcome == Outcome::refused) placement_.forget(old.room, old.server);
    if (reply.outcome != Outcome::timed_out || !stop_.wait_until(Clock::now() + a_moment) ||
        Clock::now() >= deadline)
      return false;
  }
  return false;
}

/// Through the API to the server that the room is on, or is put on.
bool SfuUsers::join(User& user) {
  if (!passes_api()) return false;
  const auto server = placement_.choose(user.room, directory_.endpoints(plan_.sfu_service));
  if (!server) return false;
  const auto began = Clock::now();
  JanusClient client(*server);
  JanusSeat seat;
  const Deadline deadline = began + plan_.join_timeout;
  const Reply reply = client.enter(user.room, seat, deadline);
  if (reply.ok()) sit_down(user, seat, began);
  // Where the network says that nobody is there, sooner than a client gives up waiting, it waits.
  if (reply.outcome == Outcome::timed_out) stop_.wait_until(deadline);
  return reply.ok();
}

bool SfuUsers::passes_api() {
  if (plan_.join_service.empty()) return true;
  HttpClient client(directory_, plan_.join_service);
  return client.post(plan_.join_path, Clock::now() + plan_.join_timeout).ok();
}

void SfuUsers::sit_down(User& user, const JanusSeat& seat, Clock::time_point began) {
  placement_.entered(seat.server);
  {
    const std::lock_guard lock(mutex_);
    user.seat = seat;
  }
  if (user.has_been_there) tell_({Event::reconnected, seat.server, began});
}

namespace {

class MediaQuestion final : public Question {
 public:
  explicit MediaQuestion(const SfuUsers& users) : users_(users) {}

  Reply ask(Deadline deadline) override {
    for (std::size_t user = 0; user < users_.size(); ++user) {
      const auto seat = users_.seat(user);
      if (!seat) return refused("user " + std::to_string(user + 1) + " is in no room");
      if (Reply reply = client(seat->server).is_there(*seat, deadline); !reply.ok()) return reply;
    }
    return {};
  }
  void disconnect() override { clients_.clear(); }

 private:
  JanusClient& client(const Endpoint& server) {
    for (const auto& [endpoint, made] : clients_)
      if (endpoint == server) return *made;
    clients_.emplace_back(server, std::make_unique<JanusClient>(server));
    return *clients_.back().second;
  }

  const SfuUsers& users_;
  std::vector<std::pair<Endpoint, std::unique_ptr<JanusClient>>> clients_;
};

}  // namespace

std::unique_ptr<Question> media_question(const SfuUsers& users) {
  return std::make_unique<MediaQuestion>(users);
}

}  // namespace drdrill::live
