#include "models/tcp.hpp"
#include "sim/drill/reconnect_policy.hpp"
#include "sim/engine/engine.hpp"
#include "sim/study/closed_forms.hpp"
#include "sim/study/sample.hpp"

namespace drdrill::study {
namespace {

using namespace std::chrono_literals;

/// A master advertises itself every second until it dies at some instant; each advertisement sets
/// the backup's timer anew (3 advertisements and a skew of (256 - priority) / 256 of one). How long
/// after the last advertisement the backup takes over.
Duration take_over(int priority, Offset death) {
  enum Kind : std::uint16_t { advertises, died, takes_over };
  const Duration patience = 3s + Duration(1s) * (256 - priority) / 256;
  Engine engine;
  const Group timer = engine.make_group();
  Offset last{};
  bool alive = true;
  bool stop = false;
  engine.at(Offset{0}, {.kind = advertises});
  engine.at(death, {.kind = died});
  engine.run(
      death + 1h,
      [&](const Event& event) {
        if (event.kind == died) alive = false;
        if (event.kind == takes_over) stop = true;
        if (event.kind != advertises || !alive) return;
        last = engine.now();
        engine.cancel(timer);
        engine.after(patience, {.kind = takes_over}, timer);
        engine.after(1s, {.kind = advertises});
      },
      stop);
  return engine.now() - last;
}

Estimate exactly(Duration time) {
  return {to_seconds(time), 0};
}

}  // namespace

std::vector<ClosedForm> play_vrrp(std::uint64_t seed) {
  RandomStream stream(seed, 0, "vrrp");
  const auto measured = [&](int priority) {
    return estimate_with([&](std::size_t) {
      return to_seconds(take_over(priority, from_seconds(60 + stream.uniform())));
    });
  };
  return {{"priority 100", 3.609375, measured(100), 1e-6},
          {"priority 254", 3.0078125, measured(254), 1e-6}};
}

/// The limits that the kernel compares with; how much later a connection is really given up is a
/// row of its own among the failovers.
std::vector<ClosedForm> play_tcp(std::uint64_t) {
  return {{"15 retransmissions", 924.6, exactly(models::model_timeout(15, 200ms, 120s)), 1e-6},
          {"6 repeated SYNs", 127, exactly(models::model_timeout(6, 1s, 120s)), 1e-6}};
}

std::vector<ClosedForm> play_livekit(std::uint64_t seed) {
  Duration least{};
  for (std::size_t i = 0; i < reconnect_attempts; ++i) least += reconnect_wait(i, 0);
  const Sample waits(seed, "livekit waits", [](RandomStream& stream) {
    Duration sum{};
    for (std::size_t i = 0; i < reconnect_attempts; ++i) sum += reconnect_wait(i, stream.uniform());
    return to_seconds(sum);
  });
  return {{"least", 44, exactly(least), 1e-6}, {"mean with jitter", 48, waits.mean(), 0.001}};
}

}  // namespace drdrill::study
