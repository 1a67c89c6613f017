#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/ensure.hpp"
#include "sim/engine/event.hpp"
#include "sim/engine/event_queue.hpp"

/// A discrete-event clock: events in order of time, and among equal times in the order in which
/// they were scheduled. It knows nothing of what the events mean.
///
///   Engine engine;
///   const Group timer = engine.make_group();
///   engine.after(10s, {.component = api, .kind = timed_out, .subject = request}, timer);
///   engine.run(1h, [&](const Event& e) { model.handle(e); }, stop);
///   ...
///   engine.cancel(timer);
namespace drdrill {

class Engine {
 public:
  Offset now() const { return now_; }

  /// Schedules an event. An instant that has passed is a Bug.
  void at(Offset time, const What& what, Group group = Group::none) {
    ENSURE(time >= now_, "an event was scheduled in the past");
    GroupState& state = groups_[static_cast<std::size_t>(group)];
    ++state.pending;
    queue_.push(
        {time, what.component, what.kind, what.subject, what.data, group, state.generation});
  }

  void after(Duration delay, const What& what, Group group = Group::none) {
    at(now_ + delay, what, group);
  }

  /// A new, empty group. Groups outlive a reset: make them once.
  Group make_group();

  /// Drops all pending events of the group, whose events cost nothing until their time comes. The
  /// group can be used again at once.
  void cancel(Group group);

  /// How many events of the group (of Group::none: of no group) are still to come.
  std::size_t pending(Group group) const {
    return groups_[static_cast<std::size_t>(group)].pending;
  }

  /// How many events are still to come, cancelled ones not counted.
  std::size_t pending() const { return queue_.size() - cancelled_; }

  /// When the next event is due; `never` when there is none. Looks through the events that are due
  /// soonest, so it is not for the inner loop.
  Offset next_time() const;

  /// Runs events in order while they are due by `until` and `stop` is false, which `handle` (called
  /// with the event, at its time) may change. Afterwards now() is `until`, or the time of the last
  /// event when stopped. Returns how many events were handled.
  ///
  /// A handler that has `expect(event)` is told of most events a little ahead, so that it can fetch
  /// what they need into the cache: with more state than fits there, a model spends most of its
  /// time on waiting for memory.
  template <class Handler>
  std::uint64_t run(Offset until, Handler&& handle, const bool& stop);

  /// Order-sensitive hash of all events handled since the last reset.
  std::uint64_t fingerprint() const { return fingerprint_.value(); }

  /// Forgets all events and starts the clock again; keeps groups and memory, allocates nothing.
  void reset(Offset start = Offset{0});

  /// Takes the memory for `events` pending events at once.
  void reserve(std::size_t events) { queue_.reserve(events); }

 private:
  struct GroupState {
    std::uint32_t generation = 0;
    std::uint32_t pending = 0;
  };

  bool is_cancelled(const Event& e) const {
    return groups_[static_cast<std::size_t>(e.group)].generation != e.generation;
  }

  EventQueue queue_;  // first: it is aligned to cache lines
  Offset now_{0};
  std::size_t cancelled_ = 0;  // of those in the queue
  Fingerprint fingerprint_;
  std::vector<GroupState> groups_{1};
};

template <class Handler>
std::uint64_t Engine::run(Offset until, Handler&& handle, const bool& stop) {
  ENSURE(until >= now_, "the clock was asked to go back");
  std::uint64_t handled = 0;
  while (!stop) {
    const Event* next = queue_.peek(until);
    if (next == nullptr) {
      now_ = until;
      break;
    }
    if constexpr (requires { handle.expect(*next); })
      queue_.visit_new_run([&](const Event& soon) {
        __builtin_prefetch(&groups_[static_cast<std::size_t>(soon.group)]);
        handle.expect(soon);
      });
    const Event event = *next;
    queue_.pop();
    GroupState& group = groups_[static_cast<std::size_t>(event.group)];
    if (group.generation != event.generation) [[unlikely]] {
      --cancelled_;
      continue;
    }
    --group.pending;
    now_ = event.time;
    fingerprint_.add(event);
    ++handled;
    handle(event);
  }
  return handled;
}

}  // namespace drdrill
