#include "sim/live/network.hpp"

#include <cmath>
#include <stdexcept>
#include <unistd.h>

#include "sim/live/process.hpp"

namespace drdrill::live {
namespace {

constexpr std::chrono::seconds limit{10};
constexpr int first_address = 10;

void must(const std::vector<std::string>& argv, std::string_view input = {}) {
  const Ran ran = run({.argv = argv}, limit, input);
  if (ran.exit_status == 0) return;
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + word;
  throw std::runtime_error(line + ": " + (ran.err.empty() ? "failed" : ran.err));
}

}  // namespace

bool can_separate() {
  if (geteuid() != 0) return false;
  return run({.argv = {"ip", "netns", "list"}}, limit).exit_status == 0 &&
         run({.argv = {"nft", "--version"}}, limit).exit_status == 0;
}

Network::Network(int number, bool separate, UndoLog& log)
    : number_(number), separate_(separate), log_(log) {}

std::string Network::prefix(int number) {
  return "drdrill" + std::to_string(number);
}

std::string Network::address(int pod) const {
  return (separate_ ? "10.213." : "127.213.") + std::to_string(number_) + "." +
         std::to_string(first_address + pod);
}

std::string Network::host_address() const {
  return (separate_ ? "10.213." : "127.213.") + std::to_string(number_) + ".1";
}

std::string Network::name_space(int pod) const {
  return separate_ ? prefix(number_) + "-" + std::to_string(pod) : std::string();
}

void Network::make() {
  if (!separate_) return;
  const std::string bridge = prefix(number_);
  const std::uint64_t entry = log_.put({Made::Kind::link, bridge, ""});
  if (const Ran made = run({.argv = {"ip", "link", "add", bridge, "type", "bridge"}}, limit);
      made.exit_status != 0) {
    log_.gone(entry);  // whoever has this name here, it is not ours
    throw std::runtime_error("cannot make the bridge " + bridge + ": " + made.err);
  }
  must({"ip", "addr", "add", host_address() + "/24", "dev", bridge});
  must({"ip", "link", "set", bridge, "up"});
}

void Network::add(int pod) {
  if (!separate_) return;
  const std::string space = name_space(pod);
  log_.put({Made::Kind::name_space, space, ""});
  // It goes with the namespace, but only once the kernel has found time for that.
  log_.put({Made::Kind::link, space, ""});
  must({"ip", "-batch", "-"}, "netns add " + space + "\nlink add " + space +
                                  " type veth peer name eth0 netns " + space + "\nlink set " +
                                  space + " master " + prefix(number_) + " up\n");
  must({"ip", "-n", space, "-batch", "-"},
       "addr add " + address(pod) + "/24 dev eth0\nlink set lo up\nlink set eth0 up\n");
}

void Network::cut(int pod, const std::string& table, const Cut& cut) {
  log_.put({Made::Kind::table, table, name_space(pod)});
  std::string peers;
  for (const std::string& peer : cut.peers) peers += (peers.empty() ? "" : ", ") + peer;
  std::string rules = "table inet " + table + " {\n";
  if (cut.in)
    rules += "  chain in { type filter hook input priority 0; iifname \"eth0\" " +
             (peers.empty() ? "" : "ip saddr { " + peers + " } ") + "drop; }\n";
  if (cut.out)
    rules += "  chain out { type filter hook output priority 0; oifname \"eth0\" " +
             (peers.empty() ? "" : "ip daddr { " + peers + " } ") + "drop; }\n";
  rules += "}\n";
  must({"ip", "netns", "exec", name_space(pod), "nft", "-f", "-"}, rules);
}

bool Network::can_impair(int pod) const {
  if (!separate_) return false;
  const std::string space = name_space(pod);
  const auto tc = [&](std::vector<std::string> words) {
    std::vector<std::string> argv{"tc", "-n", space, "qdisc"};
    argv.insert(argv.end(), words.begin(), words.end());
    return run({.argv = argv}, limit).exit_status == 0;
  };
  const bool can = tc({"add", "dev", "lo", "root", "netem", "delay", "0ms"});
  if (can) tc({"del", "dev", "lo", "root"});
  return can;
}

/// What the pod sends is held up at its own end of the link, what it is sent at the bridge's.
void Network::impair(int pod, double delay_s, double loss_share) {
  const std::string space = name_space(pod);
  const std::string delay = std::to_string(std::lround(delay_s * 1e6)) + "us";
  const std::string loss = std::to_string(loss_share * 100) + "%";
  must({"tc", "-n", space, "qdisc", "replace", "dev", "eth0", "root", "netem", "delay", delay,
        "loss", loss});
  must({"tc", "qdisc", "replace", "dev", space, "root", "netem", "delay", delay, "loss", loss});
}

void Network::repair(int pod) {
  const std::string space = name_space(pod);
  run({.argv = {"tc", "-n", space, "qdisc", "del", "dev", "eth0", "root"}}, limit);
  run({.argv = {"tc", "qdisc", "del", "dev", space, "root"}}, limit);
}

void Network::heal(int pod, const std::string& table) {
  run({.argv = {"ip", "netns", "exec", name_space(pod), "nft", "delete", "table", "inet", table}},
      limit);
}

}  // namespace drdrill::live
