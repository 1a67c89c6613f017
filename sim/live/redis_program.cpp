#include <cmath>
#include <signal.h>

#include "sim/live/pod_program.hpp"

/// A Redis Cluster node in a pod of a lab. The cluster itself is made by `Lab` once all run.
namespace drdrill::live {
namespace {

class RedisProgram final : public PodProgram {
 public:
  explicit RedisProgram(const PlatformSpec& platform) {
    const auto milliseconds = std::lround(figure_of(platform, "redis.cluster_node_timeout") * 1000);
    const auto replicas = std::lround(figure_of(platform, "redis.min_replicas_to_write"));
    const auto lag = std::lround(figure_of(platform, "redis.min_replicas_max_lag"));
    settings_ =
        "port 6379\ncluster-enabled yes\ncluster-config-file nodes.conf\n"
        "appendonly yes\nappendfsync everysec\nprotected-mode no\nsave \"\"\n"
        "cluster-node-timeout " +
        std::to_string(milliseconds) + "\nmin-replicas-to-write " + std::to_string(replicas) +
        "\nmin-replicas-max-lag " + std::to_string(lag) + "\ncluster-require-full-coverage " +
        (platform.redis.require_full_coverage ? "yes\n" : "no\n");
  }

  void prepare(const PodPlace& place) const override {
    const std::string inside = place.name_space.empty() ? "" : " 127.0.0.1";
    // On the loopback device peers would take each other for 127.0.0.1.
    const std::string self =
        place.name_space.empty()
            ? "bind-source-addr " + place.address + "\ncluster-announce-ip " + place.address + "\n"
            : "";
    write_file(place.folder + "/redis.conf", settings_ + self + "bind " + place.address + inside +
                                                 "\ndir " + place.data() + "\n");
    make_own_folder(place.data(), user());
  }

  Program program(const PodPlace& place) const override {
    std::vector<std::string> argv{"redis-server", place.folder + "/redis.conf"};
    const auto& own = place.arguments;  // what its manifest says counts over the file
    if (!own.empty())
      argv.insert(argv.end(), own.begin() + (own.front() == "redis-server"), own.end());
    Program program = in_pod(place, std::move(argv), user());
    program.output = place.folder + "/output";
    return program;
  }

  int stop_signal() const override { return SIGTERM; }

  bool is_ready(const PodPlace& place) const override {
    const Ran ran =
        run({.argv = {"redis-cli", "-h", place.address, "PING"}}, std::chrono::seconds(1));
    return ran.out == "PONG\n";
  }

  std::uint16_t port() const override { return 6379; }

 private:
  std::string settings_;
};

}  // namespace

std::unique_ptr<PodProgram> make_redis(const PlatformSpec& platform) {
  return std::make_unique<RedisProgram>(platform);
}

}  // namespace drdrill::live
