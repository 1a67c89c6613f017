#include "sim/live/pod_program.hpp"

#include <fstream>
#include <stdexcept>

namespace drdrill::live {

std::unique_ptr<PodProgram> make_program(const WorkloadModel& workload,
                                         const PlatformSpec& platform) {
  using Kind = WorkloadModel::Kind;
  switch (workload.kind) {
    case Kind::postgres_primary:
    case Kind::postgres_replica:
      return make_postgres(platform);
    case Kind::redis_master:
    case Kind::redis_replica:
      return make_redis(platform);
    default:
      return nullptr;
  }
}

double figure_of(const PlatformSpec& platform, std::string_view parameter) {
  const ParameterId id = platform.parameters.find(parameter);
  return id == ParameterId::none ? 0 : mean(platform.parameters[id].value);
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path);
}

std::string must_run(const PodPlace& place, std::vector<std::string> argv, std::string user) {
  const std::string line = argv.front();
  const Ran ran = run({.argv = std::move(argv),
                       .folder = place.folder,
                       .name_space = place.name_space,
                       .hosts = place.hosts,
                       .user = std::move(user)},
                      std::chrono::seconds(60));
  if (ran.exit_status != 0)
    throw std::runtime_error(place.name + ": " + line + ": " +
                             (ran.timed_out ? "no end within a minute" : ran.err + ran.out));
  return ran.out;
}

}  // namespace drdrill::live
