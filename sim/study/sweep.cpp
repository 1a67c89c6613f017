#include "sim/study/sweep.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include "sim/base/ensure.hpp"
#include "sim/study/parallel.hpp"
#include "sim/study/sweep_part.hpp"

namespace drdrill::study {
namespace {

constexpr std::uint64_t first_round = 1'000;  // replications before precision is looked at first

struct Task {
  std::size_t cell = 0;
  std::uint64_t block = 0;
};

/// Each round doubles what the last had, so that where a sweep stops does not depend on who works
/// on it: precision is looked at between rounds, never within one.
std::uint64_t limit_of(const SweepCell& cell, double until_ci, unsigned round) {
  return until_ci > 0 ? std::min(cell.replications, first_round << round) : cell.replications;
}

/// Has a cell with so many runs just ended a round? Between two of them there is no such number.
bool is_round(std::uint64_t runs, const SweepCell& cell) {
  std::uint64_t limit = first_round;
  while (limit < runs) limit *= 2;
  return runs == limit || runs == cell.replications;
}

/// One call of run_sweep().
class Run {
 public:
  Run(SweepPart& part, std::span<const Variant> variants, const SweepOptions& options)
      : part_(part), variants_(variants), options_(options), ranks_(options.ranks) {
    ENSURE(variants.size() == part.head.cells.size(), "a variant for each cell");
    ENSURE(!ranks_ || part.shard == Shard{}, "ranks divide whole sweeps");
  }

  void run() {
    bool more = true;
    for (unsigned round = 0; more; ++round) {
      more = false;
      const auto tasks = tasks_of(round, more);
      do_tasks(tasks);
    }
  }

 private:
  bool is_mine(const Task& task) const {
    return !ranks_ ||
           (part_.first_block(task.cell) + task.block) % ranks_->size() == ranks_->rank();
  }

  /// The blocks to do in a round, of all ranks. `more` when another round may follow.
  std::vector<Task> tasks_of(unsigned round, bool& more) const {
    std::vector<Task> tasks;
    for (std::size_t i = 0; i < part_.cells.size(); ++i) {
      const SweepCell& cell = part_.head.cells[i];
      const std::uint64_t limit = limit_of(cell, part_.head.until_ci, round);
      if (part_.precise(i)) continue;
      more |= limit < cell.replications;
      for (std::uint64_t block = 0; block * block_size < limit; ++block)
        if (part_.is_ours(i, block) && !part_.done[i][block]) tasks.push_back({i, block});
    }
    return tasks;
  }

  void do_tasks(const std::vector<Task>& all) {
    std::vector<Task> mine;
    std::copy_if(all.begin(), all.end(), std::back_inserter(mine),
                 [&](const Task& task) { return is_mine(task); });
    all_ += size_of(mine);
    SweepPart apart(part_.head, part_.shard);
    SweepPart& target = ranks_ ? apart : part_;
    std::mutex merging;
    in_parallel(mine.size(), options_.threads, [&]() -> Worker {
      auto worker = std::make_shared<CellWorker>(part_.head, variants_);
      return [&, worker](std::size_t number) {
        const Task& task = mine[number];
        const CellTally tally = worker->block(task);
        const std::lock_guard lock(merging);
        target.cells[task.cell].merge(tally);
        target.done[task.cell][task.block] = true;
        done_ += tally.runs;
        if (options_.watch) options_.watch(target, done_, all_);
      };
    });
    if (!ranks_) return;
    for (const std::string& text : ranks_->exchange(written(apart)))
      part_.merge(read_part(text, "a rank"));
    if (options_.together) options_.together(part_);
  }

  std::uint64_t size_of(const std::vector<Task>& tasks) const {
    std::uint64_t size = 0;
    for (const Task& task : tasks)
      size +=
          std::min(block_size, part_.head.cells[task.cell].replications - task.block * block_size);
    return size;
  }

  /// Replicates cell after cell; a thread's own.
  class CellWorker {
   public:
    CellWorker(const SweepHead& head, std::span<const Variant> variants)
        : head_(head), variants_(variants) {}

    CellTally block(const Task& task) {
      const Variant& variant = variants_[task.cell];
      if (!replicator_ || cell_ != task.cell)
        replicator_.emplace(*variant.scenario, *variant.platform);
      cell_ = task.cell;
      const SweepCell& cell = head_.cells[task.cell];
      const std::uint64_t first = task.block * block_size;
      const std::uint64_t end = std::min(cell.replications, first + block_size);
      CellTally tally;
      for (std::uint64_t k = first; k < end; ++k)
        tally.add(replicator_->run(head_.seed, k), cell.change == Change::base);
      for (const auto& [key, cause] : tally.causes)
        if (tally.infos.count(key.second) == 0)
          tally.infos[key.second] =
              info_of(key.second, *variant.scenario, variant.platform->parameters);
      return tally;
    }

   private:
    const SweepHead& head_;
    std::span<const Variant> variants_;
    std::size_t cell_ = 0;
    std::optional<Replicator> replicator_;
  };

  SweepPart& part_;
  std::span<const Variant> variants_;
  const SweepOptions& options_;
  Ranks* ranks_;
  std::uint64_t done_ = 0;
  std::uint64_t all_ = 0;
};

}  // namespace

SweepPart::SweepPart(SweepHead of, Shard which)
    : head(std::move(of)), shard(which), cells(head.cells.size()) {
  for (const SweepCell& cell : head.cells) done.emplace_back(cell.blocks(), false);
}

std::uint64_t SweepPart::first_block(std::size_t cell) const {
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < cell; ++i) first += head.cells[i].blocks();
  return first;
}

bool SweepPart::precise(std::size_t cell) const {
  const CellTally& tally = cells[cell];
  if (head.until_ci <= 0 || !is_round(tally.runs, head.cells[cell])) return false;
  const auto enough = [&](const Share& share) {
    return share.of == 0 || wilson(share).half_width() <= head.until_ci;
  };
  return std::all_of(
      tally.objectives.begin(), tally.objectives.end(),
      [&](const ObjectiveTally& o) { return enough(o.rto_met) && enough(o.rpo_met); });
}

std::uint64_t SweepPart::missing() const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (precise(i)) continue;
    for (std::uint64_t block = 0; block < done[i].size(); ++block)
      count += is_ours(i, block) && !done[i][block] ? 1 : 0;
  }
  return count;
}

bool SweepPart::overlaps(const SweepPart& other) const {
  for (std::size_t i = 0; i < done.size(); ++i)
    for (std::size_t block = 0; block < done[i].size(); ++block)
      if (done[i][block] && other.done[i][block]) return true;
  return false;
}

void SweepPart::merge(const SweepPart& other) {
  ENSURE(head == other.head, "parts of the same sweep");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (std::size_t block = 0; block < done[i].size(); ++block) {
      ENSURE(!(done[i][block] && other.done[i][block]), "a block is done once");
      if (other.done[i][block]) done[i][block] = true;
    }
    cells[i].merge(other.cells[i]);
  }
}

void run_sweep(SweepPart& part, std::span<const Variant> variants, const SweepOptions& options) {
  Run(part, variants, options).run();
}

}  // namespace drdrill::study
