#include <algorithm>
#include <random>

#include "sim/live/lab_world_parts.hpp"

/// The users of a lab's SFU.
namespace drdrill::live {
namespace {

/// Each has a thread, and the probe asks for all of them in turn.
constexpr int most_users = 100;
constexpr std::string_view join_path = "/write?n=0";

}  // namespace

/// Nothing where no SFU runs, or nobody could join: the platform's API pods are what a join passes.
std::optional<SfuUsersPlan> LabWorld::sfu_users_plan() const {
  const auto pods = lab_->pods();
  const auto services = services_of(platform_, WorkloadModel::Kind::livekit_sfu);
  if (!runs(pods, ComponentId::livekit_sfu) || services.empty()) return std::nullopt;
  const auto seconds_of = [this](std::string_view parameter) {
    return from_seconds(figure_of(platform_, parameter));
  };
  const LoadSpec& load = platform_.load;
  SfuUsersPlan plan{.join_path = std::string(join_path),
                    .sfu_service = services.front(),
                    .rooms = std::min(load.meetings, most_users),
                    .ping_interval = seconds_of("livekit.signal_ping_interval"),
                    .signal_timeout = seconds_of("livekit.signal_timeout"),
                    .join_timeout = seconds_of("livekit.join_timeout"),
                    .reload = seconds_of("people.page_reload"),
                    .seed = std::random_device{}()};
  plan.users_per_room =
      std::clamp(load.participants_per_meeting, 1, std::max(most_users / plan.rooms, 1));
  if (runs(pods, ComponentId::api) && runs(pods, ComponentId::load_balancer))
    plan.join_service = platform_.entry.service;
  return plan;
}

void LabWorld::start_sfu_users() {
  auto plan = sfu_users_plan();
  if (!plan) return;
  const Directory& services = *this;
  sfu_users_ = std::make_unique<SfuUsers>(services, std::move(*plan), [this](const auto& news) {
    const auto now = Clock::now();
    NoteKind kind = NoteKind::clients_noticed;
    if (news.event == SfuUsers::Event::gave_up) kind = NoteKind::clients_gave_up;
    if (news.event == SfuUsers::Event::reconnected) kind = NoteKind::clients_reconnected;
    std::string server = text_of(news.server);
    for (const Lab::Pod& pod : lab_->pods())
      if (pod.place.address == news.server.host) server = pod.name;
    const bool took = news.event == SfuUsers::Event::reconnected;
    note(kind, ComponentId::livekit_sfu, server, now, took ? news.began : now);
  });
}

}  // namespace drdrill::live
