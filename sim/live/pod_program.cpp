#include "sim/live/pod_program.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

#include "sim/drill/sfu_server.hpp"
#include "sim/live/clients/http_client.hpp"
#include "sim/live/user.hpp"

namespace drdrill::live {
namespace {

using Kind = WorkloadModel::Kind;

/// Where a lab's programs come from. A row for each that has to be installed.
struct NeededProgram {
  Kind kind;
  std::string_view program;
  std::string_view package;   ///< Debian 12's
  std::string_view server{};  ///< livekit_sfu
};
constexpr std::array<NeededProgram, 7> needed{{
    {Kind::postgres_primary, "/usr/lib/postgresql/15/bin/postgres", "postgresql-15"},
    {Kind::postgres_replica, "/usr/lib/postgresql/15/bin/postgres", "postgresql-15"},
    {Kind::redis_master, "redis-server", "redis-server redis-tools"},
    {Kind::redis_replica, "redis-server", "redis-server redis-tools"},
    {Kind::ingress, "haproxy", "haproxy"},
    {Kind::monitoring, "prometheus", "prometheus"},
    {Kind::livekit_sfu, "janus", "janus", sfu_servers[1]},
}};

bool has_all(const kube::Labels& labels, const kube::Labels& wanted) {
  return !wanted.empty() && kube::selector_of(wanted).matches(labels);
}

}  // namespace

std::unique_ptr<PodProgram> make_program(const WorkloadModel& workload,
                                         const PlatformSpec& platform) {
  if (!missing_program(workload).empty()) return nullptr;
  switch (workload.kind) {
    case Kind::postgres_primary:
    case Kind::postgres_replica:
      return make_postgres(platform);
    case Kind::redis_master:
    case Kind::redis_replica:
      return make_redis(platform);
    case Kind::api_service:
      return make_api(workload, platform);
    case Kind::ingress:
      return make_proxy(platform);
    case Kind::monitoring:
      return make_prometheus(platform);
    case Kind::livekit_sfu:
      return is_janus(workload) ? make_janus(platform) : nullptr;
    default:
      return nullptr;
  }
}

std::string find_program(std::string_view name) {
  if (name.front() == '/') return std::filesystem::exists(name) ? std::string(name) : std::string();
  for (const char* folder :
       {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (std::string path = folder + std::string(name); std::filesystem::exists(path)) return path;
  return {};
}

std::string missing_program(const WorkloadModel& workload) {
  for (const NeededProgram& row : needed)
    if (row.kind == workload.kind && (row.server.empty() || row.server == workload.role) &&
        find_program(row.program).empty())
      return "this machine has no " + std::string(row.program) + ": apt-get install " +
             std::string(row.package);
  return {};
}

bool answers_http(const PodPlace& place, std::uint16_t port, const std::string& path) {
  return answers_http(Endpoint{place.address, port}, path);
}

bool answers_http(const Endpoint& endpoint, const std::string& path) {
  const OneEndpoint directory(endpoint);
  HttpClient client(directory, "pod");
  return client.get(path, Clock::now() + std::chrono::seconds(1)).ok();
}

std::vector<std::string> services_of(const PlatformSpec& platform, Kind kind) {
  std::vector<std::string> names;
  const kube::Cluster& home = platform.clusters.front().initial;
  for (const kube::Service& service : home.services)
    for (const WorkloadModel& model : platform.workloads) {
      if (model.kind != kind || model.cluster != 0 || model.ns != service.meta.ns) continue;
      for (const kube::Workload& workload : home.workloads)
        if (workload.meta.name == model.workload && workload.meta.ns == model.ns &&
            has_all(workload.pod_template().labels, *service.selector))
          names.push_back(service.meta.name);
    }
  return names;
}

double figure_of(const PlatformSpec& platform, std::string_view parameter) {
  const ParameterId id = platform.parameters.find(parameter);
  return id == ParameterId::none ? 0 : mean(platform.parameters[id].value);
}

/// A link in its place is not followed: pods write where some of these files are.
void write_file(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  std::size_t written = 0;
  while (file >= 0 && written < text.size()) {
    const ssize_t now = write(file, text.data() + written, text.size() - written);
    if (now < 0 && errno != EINTR) break;
    if (now > 0) written += static_cast<std::size_t>(now);
  }
  if (file < 0 || close(file) != 0 || written < text.size())
    throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
}

void replace_file(const std::string& path, std::string_view text) {
  write_file(path + ".next", text);
  std::filesystem::rename(path + ".next", path);
}

std::string own_program() {
  if (const char* given = std::getenv("DRDRILL_PROGRAM"); given && *given) return given;
  return std::filesystem::read_symlink("/proc/self/exe");
}

void make_folder(const std::string& path) {
  std::filesystem::create_directories(path);
}

void make_own_folder(const std::string& path, const std::string& user) {
  make_folder(path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  if (user.empty()) return;
  const auto ids = find_user(user);
  if (!ids || chown(path.c_str(), ids->user, ids->group) != 0)
    throw std::runtime_error("cannot give " + path + " to " + user);
}

std::string nobody_else() {
  return geteuid() == 0 ? "nobody" : "";
}

std::string PodProgram::user() const {
  return nobody_else();
}

Program in_pod(const PodPlace& place, std::vector<std::string> argv, std::string user) {
  Program program{.argv = std::move(argv),
                  .folder = place.folder,
                  .name_space = place.name_space,
                  .user = std::move(user)};
  if (!place.contained) return program;
  program.container =
      Container{.root = place.folder + "/root",
                .host_name = place.name,
                .mounts = {{place.folder, place.folder}, {place.shared, place.shared}}};
  std::vector<Mount>& mounts = program.container->mounts;
  if (!place.name_space.empty()) {
    mounts.push_back({place.shared + "/hosts", "/etc/hosts"});
    mounts.push_back({place.shared + "/resolv.conf", "/etc/resolv.conf"});
  }
  for (const std::string& own : {place.data(), place.run()})
    if (std::filesystem::exists(own)) mounts.push_back({own, own, true});
  for (const Mount& mount : place.mounts)
    if (std::filesystem::exists(mount.from)) mounts.push_back(mount);
  return program;
}

std::string must_run(const PodPlace& place, std::vector<std::string> argv, std::string user) {
  const std::string line = argv.front();
  const Ran ran = run(in_pod(place, std::move(argv), std::move(user)), std::chrono::seconds(60), {},
                      place.given_up);
  if (ran.timed_out && place.given_up && place.given_up()) throw GaveUp();
  if (ran.exit_status != 0)
    throw std::runtime_error(place.name + ": " + line + ": " +
                             (ran.timed_out ? "no end within a minute" : ran.err + ran.out));
  return ran.out;
}

}  // namespace drdrill::live
