#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/time.hpp"

/// What a Redis server is configured to: by its defaults (redis.conf of 7.2), its file, its command
/// line and CONFIG SET, the later over the former. What nothing says is the platform's to say.
namespace drdrill::models::redis {

/// A snapshot is taken after so many seconds with so many changes.
struct SavePoint {
  double seconds = 0;
  double changes = 0;
};

struct Config {
  enum class Fsync : unsigned char { always, everysec, no };
  int port = 6379;
  bool appends = false;  ///< appendonly
  Fsync fsync = Fsync::everysec;
  std::array<SavePoint, 3> save_points{{{3600, 1}, {300, 100}, {60, 10000}}};
  int saves = 3;         ///< how many of them count
  bool diskless = true;  ///< repl-diskless-sync
  std::optional<Duration> diskless_delay;
  std::optional<Duration> node_timeout;
  std::optional<bool> full_coverage;
  std::optional<double> min_replicas;
  std::optional<Duration> max_lag;

  enum class Set : unsigned char { done, without_meaning, unknown, wrong };
  /// One directive; `without_meaning`: it exists, and nothing here depends on it.
  Set set(std::string_view name, std::string_view value);
  /// What CONFIG GET answers; nothing: not known here.
  std::optional<std::string> get(std::string_view name) const;
  /// The lines of a redis.conf.
  void read_file(std::string_view text);
  /// "--appendonly yes --port 6379": what follows the program on its command line.
  void read_arguments(std::span<const std::string> arguments);
};

}  // namespace drdrill::models::redis
