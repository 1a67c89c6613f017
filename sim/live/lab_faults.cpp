#include <filesystem>
#include <signal.h>

#include "sim/live/lab_kept.hpp"

/// What a drill does to pods. Everything is noted in the log before it is made.
namespace drdrill::live {

void Lab::kill(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (kept.process) kill_tree(*kept.process);
  wake_.notify_all();
}

/// Power is gone: no word to anybody, so packets are dropped before the processes end.
void Lab::lose(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (kept.state.lost) return;
  kept.state.lost = true;
  kept.node_told = false;
  kept.lost_at = Clock::now();
  network_.cut(kept.index, "power", {});
  if (!kept.process) return;
  kill_tree(*kept.process);
  collect(*kept.process);
  log_.gone(kept.entry);
  kept.process.reset();
  kept.state.running = false;
  tell(PodNews::What::killed, kept);
}

void Lab::bring_back(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (!kept.state.lost) return;
  network_.heal(kept.index, "power");
  kept.state.lost = false;
  kept.restarts = 0;
  kept.start_at = Clock::now();
  set_ready(kept, false);
  wake_.notify_all();
}

void Lab::wipe(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (kept.process) kill_tree(*kept.process);
  std::filesystem::remove_all(kept.state.place.folder + "/data");
  kept.prepared = false;
  wake_.notify_all();
}

void Lab::stop(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (!kept.process || kept.stopped) return;
  kept.stop_entry = log_.put({Made::Kind::stopped, to_string(*kept.process), ""});
  kept.stopped = true;
  for (const ProcessId& one : tree_of(*kept.process)) signal(one, SIGSTOP);
}

void Lab::go_on(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Kept& kept = must_find(pod);
  if (!kept.stopped) return;
  if (kept.process)
    for (const ProcessId& one : tree_of(*kept.process)) signal(one, SIGCONT);
  kept.stopped = false;
  log_.gone(kept.stop_entry);
}

void Lab::cut_off(const std::string& pod, const std::string& table,
                  const std::vector<std::string>& from) {
  const std::lock_guard lock(mutex_);
  Network::Cut cut;
  for (const std::string& other : from) cut.peers.push_back(must_find(other).state.place.address);
  network_.cut(must_find(pod).index, table, cut);
}

void Lab::heal(const std::string& pod, const std::string& table) {
  const std::lock_guard lock(mutex_);
  network_.heal(must_find(pod).index, table);
}

bool Lab::can_impair() const {
  const std::lock_guard lock(mutex_);
  return !kept_.empty() && network_.can_impair(kept_.front()->index);
}

void Lab::impair(const std::string& pod, double delay_s, double loss_share) {
  const std::lock_guard lock(mutex_);
  network_.impair(must_find(pod).index, delay_s, loss_share);
}

void Lab::repair(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  network_.repair(must_find(pod).index);
}

}  // namespace drdrill::live
