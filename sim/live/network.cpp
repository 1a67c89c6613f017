#include "sim/live/network.hpp"

#include <cmath>
#include <stdexcept>
#include <unistd.h>

#include "sim/live/process.hpp"

namespace drdrill::live {
namespace {

constexpr std::chrono::seconds limit{10};
constexpr int first_address = 10;
constexpr std::string_view operators = "operator";
constexpr std::string_view names = "names";

void must(const std::vector<std::string>& argv, std::string_view input = {}) {
  const Ran ran = run({.argv = argv}, limit, input);
  if (ran.exit_status == 0) return;
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + word;
  throw std::runtime_error(line + ": " + (ran.err.empty() ? "failed" : ran.err));
}

bool succeeds(const std::vector<std::string>& argv) {
  return run({.argv = argv}, limit).exit_status == 0;
}

/// "{ pod1, pod2 }", as nft takes a set.
std::string set_of(const std::vector<std::string>& ports) {
  std::string words;
  for (const std::string& port : ports) words += (words.empty() ? "{ " : ", ") + port;
  return words + " }";
}

/// Names still resolve to hardware addresses: a silent machine is silent, and not "no route".
std::string rule(const std::string& from, const std::string& to) {
  return (from.empty() ? "" : "iifname " + from + " ") + (to.empty() ? "" : "oifname " + to + " ") +
         "ether type { ip, ip6 } drop\n";
}

/// What could not be made is not there, whatever part of it was.
template <class Make, class Undo>
void all_or_nothing(const Make& make, const Undo& undo) {
  try {
    make();
  } catch (...) {
    undo();
    throw;
  }
}

}  // namespace

bool can_separate() {
  if (geteuid() != 0) return false;
  return succeeds({"ip", "netns", "list"}) && succeeds({"nft", "--version"});
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

std::string Network::operator_name_space() const {
  return separate_ ? prefix(number_) + "-" + std::string(operators) : std::string();
}

std::string Network::name_server_address() const {
  return (separate_ ? "10.213." : "127.213.") + std::to_string(number_) + ".3";
}

std::string Network::name_server_name_space() const {
  return separate_ ? prefix(number_) + "-" + std::string(names) : std::string();
}

/// Whoever runs there has no rights, and the port of the domain name system is a privileged one.
void Network::add_name_server() {
  if (!separate_) return;
  plug_in(name_server_name_space(), std::string(names), name_server_address());
  must({"ip", "netns", "exec", name_server_name_space(), "sh", "-c",
        "echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start"});
}

std::string Network::port(int pod) const {
  return "pod" + std::to_string(pod);
}

void Network::make() {
  if (!separate_) return;
  const std::string name = prefix(number_);
  log_.put({Made::Kind::name_space, name, ""});
  // It goes with the namespace, but only once the kernel has found time for that.
  log_.put({Made::Kind::link, name, ""});
  must({"ip", "-batch", "-"},
       "netns add " + name + "\nlink add " + name + " type veth peer name machine netns " + name +
           "\naddr add " + host_address() + "/24 dev " + name + "\nlink set " + name + " up\n");
  must({"ip", "-n", name, "-batch", "-"},
       "link set lo up\nlink add switch type bridge\nlink set switch up\n"
       "link set machine master switch up\n");
  plug_in(operator_name_space(), std::string(operators),
          "10.213." + std::to_string(number_) + ".2");
}

void Network::plug_in(const std::string& name_space, const std::string& port,
                      const std::string& address) {
  const std::string center = prefix(number_);
  log_.put({Made::Kind::name_space, name_space, ""});
  must({"ip", "netns", "add", name_space});
  must({"ip", "-n", center, "-batch", "-"}, "link add " + port +
                                                " type veth peer name eth0 netns " + name_space +
                                                "\nlink set " + port + " master switch up\n");
  must({"ip", "-n", name_space, "-batch", "-"},
       "addr add " + address + "/24 dev eth0\nlink set lo up\nlink set eth0 up\n");
}

void Network::add(int pod) {
  if (separate_) plug_in(name_space(pod), port(pod), address(pod));
}

std::uint64_t Network::cut(const std::string& table, const Cut& cut) {
  const auto ports = [&](const std::vector<int>& pods) {
    std::vector<std::string> all;
    all.reserve(pods.size());
    for (const int pod : pods) all.push_back(port(pod));
    return pods.empty() ? std::string() : set_of(all);
  };
  const std::string these = ports(cut.pods);
  const std::string those = ports(cut.peers);
  const std::uint64_t entry = log_.put({Made::Kind::table, table, prefix(number_)});
  all_or_nothing(
      [&] {
        must({"ip", "netns", "exec", prefix(number_), "nft", "-f", "-"},
             "table bridge " + table + " {\nchain cut {\ntype filter hook forward priority 0\n" +
                 (cut.out ? rule(these, those) : "") + (cut.in ? rule(those, these) : "") +
                 "}\n}\n");
      },
      [&] { heal(table, entry); });
  return entry;
}

bool Network::is_cut(const std::string& table) const {
  return succeeds(
      {"ip", "netns", "exec", prefix(number_), "nft", "list", "table", "bridge", table});
}

void Network::heal(const std::string& table, std::uint64_t entry) {
  if (is_cut(table))
    must({"ip", "netns", "exec", prefix(number_), "nft", "delete", "table", "bridge", table});
  log_.gone(entry);
}

bool Network::can_impair() const {
  if (!separate_) return false;
  const auto tc = [&](std::vector<std::string> words) {
    std::vector<std::string> argv{"tc", "-n", prefix(number_), "qdisc"};
    argv.insert(argv.end(), words.begin(), words.end());
    return succeeds(argv);
  };
  const bool can = tc({"add", "dev", "lo", "root", "netem", "delay", "0ms"});
  if (can) tc({"del", "dev", "lo", "root"});
  return can;
}

/// What the pod sends is held up at its own end of the link, what it is sent at the switch's.
std::uint64_t Network::impair(int pod, double delay_s, double loss_share) {
  const std::string delay = std::to_string(std::lround(delay_s * 1e6)) + "us";
  const std::string loss = std::to_string(loss_share * 100) + "%";
  const std::uint64_t entry = log_.put({Made::Kind::impairment, port(pod), name_space(pod)});
  const auto add = [&](const std::string& space, const std::string& device) {
    must({"tc", "-n", space, "qdisc", "replace", "dev", device, "root", "netem", "delay", delay,
          "loss", loss});
  };
  all_or_nothing(
      [&] {
        add(name_space(pod), "eth0");
        add(prefix(number_), port(pod));
      },
      [&] { repair(pod, entry); });
  return entry;
}

bool Network::is_impaired(int pod) const {
  const auto is = [](const std::string& name_space, const std::string& device) {
    const Ran shown =
        run({.argv = {"tc", "-n", name_space, "qdisc", "show", "dev", device}}, limit);
    return shown.out.find("netem") != std::string::npos;
  };
  return is(name_space(pod), "eth0") || is(prefix(number_), port(pod));
}

void Network::repair(int pod, std::uint64_t entry) {
  run({.argv = {"tc", "-n", name_space(pod), "qdisc", "del", "dev", "eth0", "root"}}, limit);
  run({.argv = {"tc", "-n", prefix(number_), "qdisc", "del", "dev", port(pod), "root"}}, limit);
  if (is_impaired(pod))
    throw std::runtime_error("packets of " + name_space(pod) + " are still delayed or lost");
  log_.gone(entry);
}

}  // namespace drdrill::live
