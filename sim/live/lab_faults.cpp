#include <algorithm>
#include <filesystem>
#include <signal.h>
#include <stdexcept>

#include "sim/live/lab_kept.hpp"
#include "sim/live/volume.hpp"

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
    empty_folder(kept->state.place.data());
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

/// Before its program runs for the first time.
void Lab::make_volume(Kept& kept) {
  const std::string& name = kept.state.name;
  const bool is_meant = std::any_of(bounded_.begin(), bounded_.end(), [&](const std::string& each) {
    return name == each || name.starts_with(each + "-");
  });
  if (!is_meant || !network_.separate()) return;
  const std::string folder = kept.state.place.data();
  make_folder(folder);
  log_.put({Made::Kind::mount, folder, ""});
  mount_volume(folder);
  kept.bounded = true;
}

bool Lab::has_bounded_volume(const std::string& pod) const {
  const std::lock_guard lock(mutex_);
  const Kept* kept = find(pod);
  return kept && kept->bounded;
}

std::vector<std::uint64_t> Lab::fill(const Pods& pods) {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> entries;
  for (const Kept* kept : must_find(pods)) {
    const std::string folder = kept->state.place.data();
    entries.push_back(log_.put({Made::Kind::file, filler_of(folder), ""}));
    fill_volume(folder);
  }
  return entries;
}

bool Lab::are_full(const Pods& pods) const {
  const std::lock_guard lock(mutex_);
  const auto kept = must_find(pods);
  return std::all_of(kept.begin(), kept.end(),
                     [](const Kept* each) { return is_volume_full(each->state.place.data()); });
}

void Lab::make_room(const Pods& pods, const std::vector<std::uint64_t>& entries) {
  const std::lock_guard lock(mutex_);
  const auto kept = must_find(pods);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string filler = filler_of(kept[i]->state.place.data());
    std::filesystem::remove(filler);  // throws when it is still there
    log_.gone(entries[i]);
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

void Lab::set_control_plane(std::string_view region, bool answers) {
  const std::lock_guard lock(mutex_);
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) {
    if (platform_.clusters[c].region != region) continue;
    unreachable_[c] += answers ? -1 : 1;
    clusters_.items[c].api_available = unreachable_[c] <= 0;
  }
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
