#include <signal.h>

#include "sim/live/pod_program.hpp"

/// An API pod of a lab: our own program, once more, with a subcommand that help does not show.
namespace drdrill::live {
namespace {

constexpr std::uint16_t api_port = 8080;

class ApiProgram final : public PodProgram {
 public:
  ApiProgram(const WorkloadModel& workload, const PlatformSpec& platform)
      : pool_(workload.concurrency),
        database_(platform.postgres.databases.empty() ? "postgres"
                                                      : platform.postgres.databases.front().name),
        database_service_(platform.postgres.write_service),
        redis_service_(platform.redis.service) {}

  void prepare(const PodPlace&) const override {}

  Program program(const PodPlace& place) const override {
    const std::string own = own_program();
    Program program = in_pod(
        place,
        {own, "lab-api", "--address", place.address, "--port", std::to_string(api_port),
         "--services", place.services(), "--database", database_, "--database-service",
         database_service_, "--redis-service", redis_service_, "--pool", std::to_string(pool_)},
        user());
    if (program.container) program.container->mounts.push_back({own, own});
    program.output = place.folder + "/output";
    return program;
  }

  int stop_signal() const override { return SIGTERM; }
  std::uint16_t port() const override { return api_port; }
  bool has_metrics() const override { return true; }
  bool is_ready(const PodPlace& place) const override {
    return answers_http(place, api_port, "/health");
  }

 private:
  int pool_;
  std::string database_, database_service_, redis_service_;
};

}  // namespace

std::unique_ptr<PodProgram> make_api(const WorkloadModel& workload, const PlatformSpec& platform) {
  return std::make_unique<ApiProgram>(workload, platform);
}

}  // namespace drdrill::live
