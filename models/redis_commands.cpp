#include <algorithm>

#include "models/commands_running.hpp"
#include "models/redis_cli.hpp"

/// redis-cli: a command to one server.
namespace drdrill::models {
namespace {

// A SYN is repeated for tcp_syn_retries = 6 times before Linux gives up: 127 s (tcp(7)).
constexpr Duration connect_gives_up = std::chrono::seconds(127);
// So often somebody looks whether a server that stands still goes on.

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (true) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return words;
    line.remove_prefix(first);
    const bool quoted = line.front() == '"' || line.front() == '\'';
    const char ends = line.front();
    if (quoted) line.remove_prefix(1);
    const auto end = std::min(quoted ? line.find(ends) : line.find_first_of(" \t\r"), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + (quoted ? 1 : 0), line.size()));
  }
}

}  // namespace

RedisCall read_redis_cli(const std::vector<std::string>& argv) {
  RedisCall call;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& arg = argv[i];
    const auto value = [&] { return i + 1 < argv.size() ? argv[++i] : std::string(); };
    const auto number = [&] { return std::atoi(value().c_str()); };
    if ((call.manager.empty() && !call.words.empty()) || !arg.starts_with("-")) {
      call.words.push_back(arg);
    } else if (arg == "-h") {
      call.host = value();
    } else if (arg == "-p") {
      call.port = number();
    } else if (arg == "-c") {
      call.follows = true;
    } else if (arg == "-e") {
      call.strict = true;
    } else if (arg == "-t") {
      call.patience = from_seconds(std::atof(value().c_str()));
    } else if (arg == "-a" || arg == "--user" || arg == "--pass" || arg == "-n" || arg == "-r" ||
               arg == "-i" || arg == "-u" || arg == "-D" || arg == "--cacert" || arg == "--cert" ||
               arg == "--key") {
      value();
    } else if (arg == "--cluster") {
      call.manager = value();
    } else if (arg == "--cluster-yes") {
      call.yes = true;
    } else if (arg == "--cluster-slave") {
      call.as_replica = true;
    } else if (arg == "--cluster-use-empty-masters") {
      call.empty_masters = true;
    } else if (arg == "--cluster-replicas") {
      call.replicas = std::clamp(number(), 0, 1000);
    } else if (arg == "--cluster-master-id") {
      call.master_id = value();
    } else if (arg == "--cluster-from") {
      call.from = value();
    } else if (arg == "--cluster-to") {
      call.to = value();
    } else if (arg == "--cluster-slots") {
      call.slots = number();
    } else if (arg.starts_with("--cluster-") || arg == "--bigkeys" || arg == "--memkeys" ||
               arg == "--hotkeys" || arg == "--scan" || arg == "--stat" || arg == "--latency" ||
               arg == "--latency-history" || arg == "--pipe" || arg == "--eval" ||
               arg == "--replica" || arg == "--lru-test" || arg == "--intrinsic-latency" ||
               arg == "-x" || arg == "-X") {
      call.not_known = arg;
    }
  }
  return call;
}

/// The host and the port of "10.0.0.1:6379".
std::pair<std::string, int> host_and_port(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return {std::string(address), 6379};
  return {std::string(address.substr(0, colon)),
          std::atoi(std::string(address.substr(colon + 1)).c_str())};
}

/// True when the command is over, or waits, because nobody answers there.
bool Commands::redis_missing(Running& running, Redis::Route to, const std::string& host, int port,
                             std::optional<Duration> patience) {
  const std::string where = "Could not connect to Redis at " +
                            (host.empty() ? std::string("127.0.0.1") : host) + ":" +
                            std::to_string(port) + ": ";
  switch (to.contact) {
    case Redis::Contact::answers:
      return false;
    case Redis::Contact::refused:
      finish(running, {1, "", where + "Connection refused\n", true});
      return true;
    case Redis::Contact::unknown:
      finish(running, {1, "", where + "Name or service not known\n", true});
      return true;
    case Redis::Contact::silent:
      finish(running, {1, "", where + "Connection timed out\n", true},
             std::min(patience.value_or(connect_gives_up), connect_gives_up));
      return true;
    case Redis::Contact::hangs:
      at(look_again, Kind::execute, running);
      return true;
  }
  return false;
}

/// An error reply is printed, and redis-cli exits 0 all the same, unless it was given -e.
void Commands::redis_cli(Running& running, const std::vector<std::string>& argv, PodRef from) {
  const RedisCall call = read_redis_cli(argv);
  Redis& redis = redis_near(from);
  if (!call.not_known.empty())
    return finish(running, {0, "", "redis-cli: " + call.not_known + " is not known here\n", false});
  if (!call.manager.empty()) return redis_manager(running, call, from);
  const Redis::Route to = redis.route(from, call.host, call.port);
  if (redis_missing(running, to, call.host, call.port, call.patience)) return;
  shell::Result result{0, "", "", true};
  const auto ask = [&](const std::vector<std::string>& words) {
    Redis::Reply reply = redis.call(to.pod, words);
    if (call.follows && reply.text.starts_with("MOVED ")) {
      const auto [host, port] = host_and_port(reply.text.substr(reply.text.rfind(' ') + 1));
      const Redis::Route there = redis.route(from, host, port);
      if (there.contact == Redis::Contact::answers) reply = redis.call(there.pod, words);
    }
    if (!reply.understood) {
      result.understood = false;
      result.err += "redis-cli: what \"" + words.front() + "\" does is not known here\n";
      return;
    }
    if (reply.changed) {
      running.changed = true;
      running.touched.add(ComponentId::redis);
    }
    if (reply.error && !call.strict) running.hides("redis-cli: " + reply.text);
    if (reply.error && call.strict) result.exit_status = 1;
    (reply.error && call.strict ? result.err : result.out) += reply.text + "\n";
  };
  if (!call.words.empty()) {
    ask(call.words);
    return finish(running, std::move(result));
  }
  // Without a command it reads commands from its input, a line each.
  std::string_view lines = running.input;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (const auto words = words_of(line); !words.empty()) ask(words);
  }
  finish(running, std::move(result));
}

}  // namespace drdrill::models
