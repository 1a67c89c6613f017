#pragma once

#include <cstdint>
#include <string>

#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/http_client.hpp"
#include "sim/live/clients/outcome.hpp"

/// One Janus server, asked over its HTTP API (Janus 1.1.2: janus.c, VideoRoom plugin). For one
/// thread at a time.
namespace drdrill::live {

/// What a server knows somebody by, who is in one of its rooms.
struct JanusSeat {
  Endpoint server{};
  std::uint64_t session = 0, handle = 0, participant = 0;
  std::uint32_t room = 0;
};

class JanusClient {
 public:
  explicit JanusClient(const Endpoint& server);
  JanusClient(const JanusClient&) = delete;
  JanusClient& operator=(const JanusClient&) = delete;

  /// A session, a handle of VideoRoom, the room where there is none yet, and into it as somebody
  /// who publishes. `seat` says who that is there.
  Reply enter(std::uint32_t room, JanusSeat& seat, Deadline deadline);
  /// Does the server have this participant in that room?
  Reply is_there(const JanusSeat& seat, Deadline deadline);
  /// The session goes on as long as it hears this, or anything else, within 60 s.
  Reply keep_alive(const JanusSeat& seat, Deadline deadline);
  /// Goes on with a session that was begun over a connection that is gone.
  Reply claim(const JanusSeat& seat, Deadline deadline);
  void disconnect() { http_.disconnect(); }

  /// What waits for the next event of a session: HTTP's request, as it goes over a socket.
  static std::string long_poll(const JanusSeat& seat);

 private:
  struct Answer;
  Answer ask(const std::string& path, const std::string& request, Deadline deadline);
  Reply wait_joined(JanusSeat& seat, Deadline deadline);

  Endpoint server_;
  OneEndpoint directory_;
  HttpClient http_;
};

}  // namespace drdrill::live
