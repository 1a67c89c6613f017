#include "models/redis_config.hpp"

#include <algorithm>
#include <charconv>

namespace drdrill::models::redis {
namespace {

/// Directives that exist and that nothing here depends on.
constexpr std::array<std::string_view, 32> others{
    "activedefrag",
    "active-defrag-threshold-lower",
    "aof-use-rdb-preamble",
    "auto-aof-rewrite-min-size",
    "auto-aof-rewrite-percentage",
    "bind",
    "client-output-buffer-limit",
    "cluster-allow-reads-when-down",
    "cluster-announce-ip",
    "cluster-announce-port",
    "cluster-config-file",
    "cluster-enabled",
    "cluster-migration-barrier",
    "cluster-replica-validity-factor",
    "daemonize",
    "databases",
    "dbfilename",
    "dir",
    "hz",
    "io-threads",
    "lazyfree-lazy-eviction",
    "logfile",
    "loglevel",
    "maxclients",
    "maxmemory",
    "maxmemory-policy",
    "no-appendfsync-on-rewrite",
    "protected-mode",
    "repl-backlog-size",
    "requirepass",
    "tcp-keepalive",
    "timeout",
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<bool> truth(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return std::nullopt;
}

std::string_view yes_no(bool value) {
  return value ? "yes" : "no";
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const auto first = text.find_first_not_of(" \t\r\"'");
    if (first == std::string_view::npos) return words;
    text.remove_prefix(first);
    const auto end = std::min(text.find_first_of(" \t\r\"'"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// A directive that has a value of its type, and where that goes.
template <class Value, class Target>
Config::Set take(const std::optional<Value>& value, Target& target) {
  if (!value) return Config::Set::wrong;
  target = static_cast<Target>(*value);
  return Config::Set::done;
}

}  // namespace

Config::Set Config::set(std::string_view name, std::string_view value) {
  const auto time = [&](double per_second) -> std::optional<Duration> {
    const auto amount = number(value);
    return amount ? std::optional(from_seconds(*amount / per_second)) : std::nullopt;
  };
  if (name == "port") {
    const auto text = number(value);
    if (!text) return Set::wrong;
    port = static_cast<int>(*text);
    return Set::done;
  }
  if (name == "appendonly") return take(truth(value), appends);
  if (name == "repl-diskless-sync") return take(truth(value), diskless);
  if (name == "repl-diskless-sync-delay") {
    const auto delay = time(1);
    if (delay) diskless_delay = delay;
    return delay ? Set::done : Set::wrong;
  }
  if (name == "cluster-node-timeout") {
    const auto timeout = time(1000);
    if (timeout) node_timeout = timeout;
    return timeout ? Set::done : Set::wrong;
  }
  if (name == "cluster-require-full-coverage") {
    const auto full = truth(value);
    if (full) full_coverage = full;
    return full ? Set::done : Set::wrong;
  }
  if (name == "min-replicas-to-write" || name == "min-slaves-to-write") {
    const auto least = number(value);
    if (least) min_replicas = least;
    return least ? Set::done : Set::wrong;
  }
  if (name == "min-replicas-max-lag" || name == "min-slaves-max-lag") {
    const auto lag = time(1);
    if (lag) max_lag = lag;
    return lag ? Set::done : Set::wrong;
  }
  if (name == "appendfsync") {
    if (value == "always")
      fsync = Fsync::always;
    else if (value == "everysec")
      fsync = Fsync::everysec;
    else if (value == "no")
      fsync = Fsync::no;
    else
      return Set::wrong;
    return Set::done;
  }
  if (name == "save") {
    const auto words = words_of(value);
    if (words.size() % 2 != 0 || words.size() / 2 > save_points.size()) return Set::wrong;
    saves = static_cast<int>(words.size() / 2);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
      save_points[i / 2] = {number(words[i]).value_or(0), number(words[i + 1]).value_or(0)};
    return Set::done;
  }
  return std::find(others.begin(), others.end(), name) != others.end() ? Set::without_meaning
                                                                       : Set::unknown;
}

std::optional<std::string> Config::get(std::string_view name) const {
  const auto whole = [](double value) { return std::to_string(static_cast<long long>(value)); };
  if (name == "port") return std::to_string(port);
  if (name == "appendonly") return std::string(yes_no(appends));
  if (name == "repl-diskless-sync") return std::string(yes_no(diskless));
  if (name == "repl-diskless-sync-delay" && diskless_delay)
    return whole(to_seconds(*diskless_delay));
  if (name == "cluster-node-timeout" && node_timeout)
    return whole(to_seconds(*node_timeout) * 1000);
  if (name == "cluster-require-full-coverage" && full_coverage)
    return std::string(yes_no(*full_coverage));
  if (name == "min-replicas-to-write" && min_replicas) return whole(*min_replicas);
  if (name == "min-replicas-max-lag" && max_lag) return whole(to_seconds(*max_lag));
  if (name == "appendfsync")
    return std::string(fsync == Fsync::always ? "always" : fsync == Fsync::no ? "no" : "everysec");
  if (name == "save") {
    std::string text;
    for (int i = 0; i < saves; ++i) {
      const SavePoint& point = save_points[static_cast<std::size_t>(i)];
      text += (i > 0 ? " " : "") + whole(point.seconds) + " " + whole(point.changes);
    }
    return text;
  }
  return std::nullopt;
}

void Config::read_file(std::string_view text) {
  bool saves_told = false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto words = words_of(line);
    if (words.empty() || words.front().starts_with("#")) continue;
    const std::string_view rest = line.substr(
        static_cast<std::size_t>(words.front().data() + words.front().size() - line.data()));
    if (words.front() == "save" && words.size() == 3 && std::exchange(saves_told, true)) {
      // Each further line adds a point.
      if (saves == static_cast<int>(save_points.size())) continue;
      save_points[static_cast<std::size_t>(saves++)] = {number(words[1]).value_or(0),
                                                        number(words[2]).value_or(0)};
      continue;
    }
    set(words.front(), words.size() == 2 ? words[1] : rest);
  }
}

void Config::read_arguments(std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--")) continue;
    std::string value;
    std::size_t next = i + 1;
    for (; next < arguments.size() && !arguments[next].starts_with("--"); ++next)
      value += (value.empty() ? "" : " ") + arguments[next];
    set(std::string_view(arguments[i]).substr(2), value);
    i = next - 1;
  }
}

}  // namespace drdrill::models::redis
