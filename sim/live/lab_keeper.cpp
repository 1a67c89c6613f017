#include <algorithm>
#include <signal.h>
#include <stdexcept>

#include "sim/live/lab_kept.hpp"

/// What a kubelet does: a thread for each pod that starts its program again when it has ended, and
/// asks its readiness probe.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds look_every{20};
constexpr milliseconds starting_look{50};
constexpr seconds back_off_most{300};
constexpr seconds forgotten_after{600};  // a container that has run for so long begins anew

/// The kubelet's: at once, then 10 s, 20 s, … 300 s.
seconds back_off(int restarts) {
  if (restarts == 0) return seconds(0);
  const int doublings = std::min(restarts - 1, 5);
  return std::min(seconds(10 << doublings), back_off_most);
}

}  // namespace

void Lab::keep(std::function<void(const PodNews&)> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
  keeping_ = true;
  for (const auto& one : kept_) {
    Kept* kept = one.get();
    kept->keeper = std::thread([this, kept] { keep_pod(*kept); });
  }
}

/// A pod that is no longer kept as it should be makes the whole drill worthless, so it is told.
void Lab::keep_pod(Kept& kept) {
  try {
    keep_until_ending(kept);
  } catch (const std::exception& error) {
    in_trouble(kept.state.name + " can no longer be kept: " + error.what());
  }
}

void Lab::keep_until_ending(Kept& kept) {
  kept.probed_at = Clock::now();
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (!look(kept, lock)) {
      const PodPlace place = kept.state.place;
      lock.unlock();
      bool prepared = true;
      try {
        kept.program->prepare(place);
      } catch (const std::exception&) {
        prepared = false;  // as a container whose entry point fails: tried again
      }
      lock.lock();
      kept.prepared = prepared;
      kept.start_at = Clock::now() + (prepared ? seconds(0) : back_off(++kept.restarts));
      continue;
    }
    if (kept.state.running && !kept.state.lost) probe(kept, lock);
    if (kept.state.running && kept.followed != version_) follow(kept, lock);
    wake_.wait_for(lock, look_every);
  }
}

bool Lab::answers(const Kept& kept, std::unique_lock<std::mutex>& lock) {
  const PodPlace place = kept.state.place;
  lock.unlock();
  const bool yes = kept.program->is_ready(place);
  lock.lock();
  return yes;
}

/// The kubelet's readiness probe, at its period. A program that has just started is asked more
/// often, to know how long its start took; the kubelet learns of it no sooner for that.
void Lab::probe(Kept& kept, std::unique_lock<std::mutex>& lock) {
  const auto& containers = object_of(kept).spec->containers;
  const auto probe = containers.front().readiness;
  if (!probe) {
    set_ready(kept, true);
    return;
  }
  const auto period = seconds(std::max(probe->period_s, 1));
  if (Clock::now() - kept.probed_at < period) {
    if (kept.answered_at || Clock::now() - kept.started_at < starting_look * kept.looks) return;
    ++kept.looks;
    if (answers(kept, lock) && kept.state.running) kept.answered_at = Clock::now();
    return;
  }
  kept.probed_at = Clock::now();
  const bool ready = answers(kept, lock);
  if (ready && !kept.answered_at) kept.answered_at = Clock::now();
  kept.failures = ready ? 0 : kept.failures + 1;
  if (kept.state.running && ready) set_ready(kept, true);
  if (!ready && kept.failures >= probe->failure_threshold) set_ready(kept, false);
}

/// Tells the program where Services lead, as a controller in its pod would learn it.
void Lab::follow(Kept& kept, std::unique_lock<std::mutex>& lock) {
  const std::uint64_t version = version_;
  const PodPlace place = kept.state.place;
  lock.unlock();
  const bool told = kept.program->follow(place);
  lock.lock();
  if (told) kept.followed = version;
}

/// False: the pod's volumes have to be prepared first, without the lock.
bool Lab::look(Kept& kept, std::unique_lock<std::mutex>& lock) {
  const auto now = Clock::now();
  const kube::Pod& pod = object_of(kept);
  if (!pod.meta.exists || pod.uid != kept.uid) return true;
  if (pod.terminating && !kept.state.lost) {
    end(kept, lock);
    return true;
  }
  if (kept.state.lost) {
    const std::chrono::duration<double> silent = now - kept.lost_at;
    const double grace = figure_of(platform_, "kubernetes.node_monitor_grace_period");
    if (silent.count() >= grace && !std::exchange(kept.node_told, true)) set_ready(kept, false);
    return true;
  }
  if (kept.process && !is_alive(*kept.process)) {
    collect(*kept.process);
    log_.gone(kept.entry);
    kept.process.reset();
    kept.state.running = false;
    if (now - kept.started_at >= forgotten_after) kept.restarts = 0;
    kept.start_at = now + back_off(kept.restarts++);
    tell(PodNews::What::killed, kept);
    set_ready(kept, false);
  }
  if (kept.process || now < kept.start_at) return true;
  if (!kept.prepared) return false;
  start_program(kept);
  tell(PodNews::What::started, kept);
  return true;
}

/// A clean end, within the pod's grace period; then the object goes, and whoever takes its place
/// comes.
void Lab::end(Kept& kept, std::unique_lock<std::mutex>& lock) {
  const int grace = object_of(kept).grace_s;
  set_ready(kept, false);
  if (kept.process) {
    signal(*kept.process, kept.program->stop_signal());
    const auto until = Clock::now() + seconds(grace);
    while (is_alive(*kept.process) && Clock::now() < until) {
      collect(*kept.process);
      wake_.wait_for(lock, milliseconds(10));
    }
    kill_tree(*kept.process);
    log_.gone(kept.entry);
    kept.process.reset();
  }
  kept.state.running = false;
  kept.start_at = Clock::now();
  kube::remove_pod(cluster_of(kept), kept.pod);
  reconcile();
  routes_changed();
}

}  // namespace drdrill::live
