#include "sim/live/clients/janus_client.hpp"

#include <nlohmann/json.hpp>

namespace drdrill::live {
namespace {

using nlohmann::json;

constexpr int room_exists = 427;  // VideoRoom's JANUS_VIDEOROOM_ERROR_ROOM_EXISTS
constexpr int most_publishers = 1000;
constexpr int most_events = 20;  // before the one that is waited for

std::string session_path(const JanusSeat& seat) {
  return "/janus/" + std::to_string(seat.session);
}
std::string handle_path(const JanusSeat& seat) {
  return session_path(seat) + "/" + std::to_string(seat.handle);
}

json request(const char* what) {
  return {{"janus", what}, {"transaction", "drdrill"}};
}
std::string message(json body) {
  json whole = request("message");
  whole["body"] = std::move(body);
  return whole.dump();
}

/// What a plugin said; an empty object when it said nothing.
json said_by_plugin(const json& answer) {
  const json data = answer.value("plugindata", json::object());
  return data.is_object() ? data.value("data", json::object()) : json::object();
}

std::uint64_t number_at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_number_unsigned()
             ? found->get<std::uint64_t>()
             : 0;
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

}  // namespace

struct JanusClient::Answer {
  Reply reply;
  json body = json::object();

  /// The server's number for what was made, or a refusal.
  std::uint64_t id() {
    const std::uint64_t id = body.contains("data") ? number_at(body["data"], "id") : 0;
    if (reply.ok() && id == 0) reply = refused("Janus gave no number: " + body.dump());
    return id;
  }
};

JanusClient::JanusClient(const Endpoint& server)
    : server_(server), directory_(server), http_(directory_, "janus") {}

/// An error of Janus comes with status 200.
JanusClient::Answer JanusClient::ask(const std::string& path, const std::string& request,
                                     Deadline deadline) {
  const HttpReply got =
      request.empty() ? http_.get(path, deadline) : http_.post(path, deadline, request);
  Answer answer{got.plain()};
  if (!answer.reply.ok()) return answer;
  answer.body = json::parse(got.body, nullptr, false);
  const std::string kind = text_at(answer.body, "janus");
  if (kind.empty() || kind == "error")
    answer.reply = refused("Janus answered " + got.body.substr(0, 200));
  return answer;
}

Reply JanusClient::enter(std::uint32_t room, JanusSeat& seat, Deadline deadline) {
  seat = {.server = server_, .room = room};
  Answer made = ask("/janus", request("create").dump(), deadline);
  seat.session = made.id();
  if (!made.reply.ok()) return made.reply;
  json attach = request("attach");
  attach["plugin"] = "janus.plugin.videoroom";
  Answer attached = ask(session_path(seat), attach.dump(), deadline);
  seat.handle = attached.id();
  if (!attached.reply.ok()) return attached.reply;
  const json create{{"request", "create"}, {"room", room}, {"publishers", most_publishers}};
  const Answer created = ask(handle_path(seat), message(create), deadline);
  if (!created.reply.ok()) return created.reply;
  const json said = said_by_plugin(created.body);
  if (text_at(said, "videoroom") != "created" && number_at(said, "error_code") != room_exists)
    return refused("Janus made no room: " + created.body.dump());
  const json join{{"request", "join"}, {"ptype", "publisher"}, {"room", room}};
  const Answer asked = ask(handle_path(seat), message(join), deadline);
  return asked.reply.ok() ? wait_joined(seat, deadline) : asked.reply;
}

/// Joining is acknowledged at once, and done when an event says so.
Reply JanusClient::wait_joined(JanusSeat& seat, Deadline deadline) {
  for (int i = 0; i < most_events; ++i) {
    const Answer event = ask(session_path(seat) + "?maxev=1", {}, deadline);
    if (!event.reply.ok()) return event.reply;
    const json said = said_by_plugin(event.body);
    if (said.contains("error")) return refused("Janus lets nobody in: " + said.dump());
    if (text_at(said, "videoroom") != "joined") continue;
    seat.participant = number_at(said, "id");
    return seat.participant != 0 ? Reply{} : refused("Janus gave no number: " + said.dump());
  }
  return refused("Janus says everything but that somebody joined");
}

Reply JanusClient::is_there(const JanusSeat& seat, Deadline deadline) {
  const json list{{"request", "listparticipants"}, {"room", seat.room}};
  const Answer answer = ask(handle_path(seat), message(list), deadline);
  if (!answer.reply.ok()) return answer.reply;
  const json said = said_by_plugin(answer.body);
  const json all = said.value("participants", json::array());
  for (const json& one : all)
    if (number_at(one, "id") == seat.participant) return {};
  return refused("nobody of that number is in the room: " + answer.body.dump());
}

Reply JanusClient::keep_alive(const JanusSeat& seat, Deadline deadline) {
  return ask(session_path(seat), request("keepalive").dump(), deadline).reply;
}

Reply JanusClient::claim(const JanusSeat& seat, Deadline deadline) {
  return ask(session_path(seat), request("claim").dump(), deadline).reply;
}

std::string JanusClient::long_poll(const JanusSeat& seat) {
  return "GET " + session_path(seat) + "?maxev=1 HTTP/1.1\r\nHost: " + text_of(seat.server) +
         "\r\n\r\n";
}

}  // namespace drdrill::live
