#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/study/sweep_tally.hpp"

/// Many replications of a scenario over a grid of settings, however the work is divided: a part of
/// a sweep is what is known of it so far, and parts that share no block merge into the whole. All
/// cells share random numbers, so they differ by their settings alone.
///
/// The unit of work is a block of `block_size` replications of one cell. Blocks are numbered
/// through all cells; block b belongs to shard b modulo the number of shards.
namespace drdrill::study {

inline constexpr std::uint64_t block_size = 50;

struct SweepObjective {
  std::string component;
  std::optional<Duration> rto;
  std::optional<Duration> rpo;
  bool operator==(const SweepObjective&) const = default;
};

/// How a cell differs from the first one, beside its settings.
enum class Change : std::uint8_t {
  none,     ///< a cell of the grid
  base,     ///< the first cell again, with its causes counted: what the following are held against
  less,     ///< the parameter `what` is less: `to`; a step's person takes half of the time
  more,     ///< the parameter is more: `to`
  early,    ///< the step `what` begins as early as the steps that it waits for
  removed,  ///< the step is left out
};

/// One point of the grid.
struct SweepCell {
  std::vector<std::string> values;         ///< one for each of SweepHead::pointers, as it was given
  std::vector<SweepObjective> objectives;  ///< as many in all cells, of the same components
  std::optional<double> usd_per_month;     ///< absent: the platform states no costs
  std::uint64_t inputs = 0;                ///< a hash of what it was loaded from
  std::uint64_t replications = 0;          ///< at most, when precision is asked for
  Change change = Change::none;
  CauseInfo what;  ///< the parameter or the step that is changed
  std::string to;  ///< the value that a parameter is changed to, in words
  bool operator==(const SweepCell&) const = default;

  std::uint64_t blocks() const { return (replications + block_size - 1) / block_size; }
};

/// What all parts of a sweep have in common.
struct SweepHead {
  std::string version;               ///< of drdrill
  std::string models;                ///< model_version()
  std::vector<std::string> command;  ///< of the undivided sweep, without the program's name
  std::string scenario;
  std::string variant;
  std::string file;
  std::string platform;
  std::string inputs;  ///< a hash of everything that was loaded and of what it first comes to
  std::uint64_t seed = 1;
  /// Stop a cell when half of the interval of each P(met) is at most this; 0: never.
  double until_ci = 0;
  std::vector<std::string> pointers;
  std::vector<SweepCell> cells;
  bool operator==(const SweepHead&) const = default;
};

struct Shard {
  std::uint64_t index = 0;  ///< from 0
  std::uint64_t count = 1;
  bool operator==(const Shard&) const = default;
};

struct SweepPart {
  SweepHead head;
  Shard shard;
  std::vector<CellTally> cells;
  std::vector<std::vector<bool>> done;  ///< by cell: its blocks

  explicit SweepPart(SweepHead of = {}, Shard which = {});

  std::uint64_t first_block(std::size_t cell) const;
  bool is_ours(std::size_t cell, std::uint64_t block) const {
    return (first_block(cell) + block) % shard.count == shard.index;
  }
  /// Is a cell precise enough to stop (SweepHead::until_ci)?
  bool precise(std::size_t cell) const;
  /// Blocks of this shard that are not done. What precision made superfluous is not missing.
  std::uint64_t missing() const;
  /// Is a block of the other done here too?
  bool overlaps(const SweepPart& other) const;
  /// The other's blocks are done here too now. They must be of the same sweep, and none done twice.
  void merge(const SweepPart& other);
};

/// What to run for a cell.
struct Variant {
  const Scenario* scenario = nullptr;
  const PlatformSpec* platform = nullptr;
};

/// Several processes that work on the same sweep.
class Ranks {
 public:
  Ranks() = default;
  virtual ~Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  virtual std::uint64_t rank() const = 0;
  virtual std::uint64_t size() const = 0;
  /// What each rank has to say, in order of rank, known to all of them.
  virtual std::vector<std::string> exchange(const std::string& mine) = 0;
};

struct SweepOptions {
  unsigned threads = 0;    ///< 0: all cores
  Ranks* ranks = nullptr;  ///< null: there is only this process
  /// Told after each block, by one thread at a time: the part as it is now, and how many
  /// replications of how many are done.
  /// With ranks, what this one has done since they last came together.
  std::function<void(const SweepPart& part, std::uint64_t done, std::uint64_t all)> watch;
  /// With ranks: told when they have come together, of what all of them have done.
  std::function<void(const SweepPart& part)> together;
};

/// Does what is missing of the part. The result is the same for any number of threads and ranks.
void run_sweep(SweepPart& part, std::span<const Variant> variants, const SweepOptions& options);

}  // namespace drdrill::study
