#include <algorithm>
#include <filesystem>
#include <signal.h>
#include <stdexcept>

#include "sim/live/lab_kept.hpp"

/// What a drill does to pods. Everything is noted in the log before it is made.
namespace drdrill::live {

std::vector<ProcessId> Lab::processes_of(const Pods& names) const {
  std::vector<ProcessId> processes;
  for (const Kept* kept : must_find(names))
    if (kept->process) processes.push_back(*kept->process);
  return processes;
}

void Lab::kill(const Pods& pods) {
  const std::lock_guard lock(mutex_);
  kill_trees(processes_of(pods));
  wake_.notify_all();
}

/// Power is gone: no word to anybody, so packets are dropped before the processes end.
std::uint64_t Lab::lose(const Pods& pods, const std::string& table) {
  const std::lock_guard lock(mutex_);
  const auto lost = must_find(pods);
  Network::Cut cut;
  for (const Kept* kept : lost) cut.pods.push_back(kept->index);
  const std::uint64_t entry = network_.cut(table, cut);
  kill_trees(processes_of(pods));
  for (Kept* kept : lost) {
    if (++kept->losses > 1) continue;
    kept->state.lost = true;
    kept->node_told = false;
    kept->lost_at = Clock::now();
    if (!kept->process) continue;
    collect(*kept->process);
    log_.gone(kept->entry);
    kept->process.reset();
    kept->state.running = false;
    tell(PodNews::What::killed, *kept);
  }
  return entry;
}

void Lab::bring_back(const Pods& pods, const std::string& table, std::uint64_t entry) {
  const std::lock_guard lock(mutex_);
  network_.heal(table, entry);
  for (Kept* kept : must_find(pods)) {
    if (kept->losses == 0 || --kept->losses > 0) continue;
    kept->state.lost = false;
    kept->restarts = 0;
    kept->start_at = Clock::now();
    set_ready(*kept, false);
  }
  wake_.notify_all();
}

void Lab::wipe(const Pods& pods) {
  const std::lock_guard lock(mutex_);
  kill_trees(processes_of(pods));
  for (Kept* kept : must_find(pods)) {
    std::filesystem::remove_all(kept->state.place.data());
    kept->prepared = false;
  }
  wake_.notify_all();
}

void Lab::erase(const Pods& pods) {
  std::vector<PodPlace> places;
  {
    const std::lock_guard lock(mutex_);
    for (const Kept* kept : must_find(pods)) places.push_back(kept->state.place);
  }
  for (const PodPlace& place : places)
    for (const DatabaseSpec& database : platform_.postgres.databases) {
      const Ran ran = run({.argv = {"/usr/lib/postgresql/15/bin/psql", "-h", place.address, "-U",
                                    "postgres", "-d", database.name, "-c", "DELETE FROM ledger;",
                                    "-c", "DELETE FROM drdrill_probe;"}},
                          std::chrono::seconds(10));
      if (ran.exit_status != 0) throw std::runtime_error(place.name + ": " + ran.err);
    }
}

void Lab::stop(const Pods& pods) {
  const std::lock_guard lock(mutex_);
  for (Kept* kept : must_find(pods)) {
    if (!kept->process || kept->stopped) continue;
    kept->stop_entry = log_.put({Made::Kind::stopped, to_string(*kept->process), ""});
    kept->stopped = true;
    stop_tree(*kept->process);
  }
}

void Lab::go_on(const Pods& pods) {
  const std::lock_guard lock(mutex_);
  for (Kept* kept : must_find(pods)) {
    if (!kept->stopped) continue;
    if (kept->process)
      for (const ProcessId& one : tree_of(*kept->process)) signal(one, SIGCONT);
    kept->stopped = false;
    log_.gone(kept->stop_entry);
  }
}

std::uint64_t Lab::cut_off(const Pods& pods, const std::string& table, const Pods& from, bool out,
                           bool in) {
  const std::lock_guard lock(mutex_);
  Network::Cut cut{.pods = {}, .peers = {}, .out = out, .in = in};
  for (const Kept* kept : must_find(pods)) cut.pods.push_back(kept->index);
  for (const Kept* kept : must_find(from)) cut.peers.push_back(kept->index);
  return network_.cut(table, cut);
}

void Lab::heal(const std::string& table, std::uint64_t entry) {
  const std::lock_guard lock(mutex_);
  network_.heal(table, entry);
}

bool Lab::is_cut(const std::string& table) const {
  return network_.is_cut(table);
}

bool Lab::can_impair() const {
  return network_.can_impair();
}

std::uint64_t Lab::impair(const std::string& pod, double delay_s, double loss_share) {
  const std::lock_guard lock(mutex_);
  return network_.impair(must_find(pod).index, delay_s, loss_share);
}

void Lab::repair(const std::string& pod, std::uint64_t entry) {
  const std::lock_guard lock(mutex_);
  network_.repair(must_find(pod).index, entry);
}

bool Lab::is_impaired(const std::string& pod) const {
  const std::lock_guard lock(mutex_);
  return network_.is_impaired(must_find(pod).index);
}

std::vector<ProcessId> Lab::processes(const Pods& pods) const {
  const std::lock_guard lock(mutex_);
  return processes_of(pods);
}

bool Lab::all_stand_still(const Pods& pods) const {
  const std::lock_guard lock(mutex_);
  const auto processes = processes_of(pods);
  return processes.size() == pods.size() &&
         std::all_of(processes.begin(), processes.end(), is_stopped);
}

}  // namespace drdrill::live
