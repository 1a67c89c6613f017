#include "tests/live/servers.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/live/clients/redis_connection.hpp"
#include "sim/live/clients/sql_client.hpp"

namespace drdrill::test {
namespace {

constexpr std::uint16_t postgres_port = 15432;
constexpr std::uint16_t redis_port = 16379;
constexpr std::size_t redis_nodes = 6;

pid_t spawn(const std::vector<std::string>& words, const std::string& output) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return error == 0 ? pid : 0;
}

/// PostgreSQL refuses to run as root.
std::vector<std::string> as_postgres(std::vector<std::string> words, bool dies_with_us) {
  std::vector<std::string> out;
  if (geteuid() == 0 || dies_with_us) out.emplace_back("setpriv");
  if (geteuid() == 0)
    out.insert(out.end(), {"--reuid=postgres", "--regid=postgres", "--init-groups"});
  if (dies_with_us) out.insert(out.end(), {"--pdeathsig", "KILL"});
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

}  // namespace

std::string find_program(const std::string& name) {
  for (const char* folder :
       {"/usr/bin/", "/usr/local/bin/", "/usr/sbin/", "/bin/", "/usr/lib/postgresql/15/bin/"})
    if (std::filesystem::exists(folder + name)) return folder + name;
  return {};
}

int run_program(const std::vector<std::string>& words, const std::string& output) {
  const pid_t pid = spawn(words, output);
  int status = 0;
  if (pid == 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

std::string loopback(unsigned k) {
  return "127.77." + std::to_string(1 + getpid() % 250) + '.' + std::to_string(k);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "drdrill-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
  std::filesystem::permissions(path_, std::filesystem::perms::all);
}

TemporaryFolder::~TemporaryFolder() {
  // Children of a server that was killed may still write into it.
  soon([this] {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    return !error && !std::filesystem::exists(path_);
  });
}

void Process::start(const std::vector<std::string>& words, const std::string& output) {
  kill();
  pid_ = spawn(words, output);
}

void Process::signal(int number) const {
  if (pid_ != 0) ::kill(pid_, number);
}

void Process::kill() {
  signal(SIGKILL);
  if (pid_ != 0) waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

bool Process::alive() {
  if (pid_ != 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ != 0;
}

void Services::set(const std::string& service, std::vector<live::Endpoint> endpoints) {
  const std::lock_guard lock(mutex_);
  services_[service] = std::move(endpoints);
}

std::vector<live::Endpoint> Services::endpoints(std::string_view service) const {
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(service);
  return found == services_.end() ? std::vector<live::Endpoint>{} : found->second;
}

std::string Postgres::missing() {
  for (const char* name : {"initdb", "postgres", "setpriv"})
    if (find_program(name).empty()) return std::string(name) + " is not installed";
  return {};
}

Postgres::Postgres(unsigned k) : endpoint_{loopback(k), postgres_port} {
  const std::string data = folder_.path() + "/data";
  const auto init =
      as_postgres({find_program("initdb"), "--no-sync", "--auth=trust", "--username=postgres",
                   "--encoding=UTF8", "--locale=C", "-D", data},
                  false);
  if (run_program(init, folder_.path() + "/initdb.log") != 0) return;
  start();
  Services services;
  services.set("here", {endpoint_});
  live::SqlClient client(services, {"here", "postgres", "postgres"});
  for (const char* name : {"a", "b"})
    client.run(std::string("CREATE DATABASE ") + name, {},
               live::Clock::now() + std::chrono::seconds(20));
}

bool Postgres::answers() const {
  Services services;
  services.set("here", {endpoint_});
  live::SqlClient client(services, {"here", "postgres", "postgres"});
  return client.run("SELECT 1", {}, live::Clock::now() + std::chrono::milliseconds(500)).ok();
}

void Postgres::start() {
  const auto words = as_postgres(
      {find_program("postgres"), "-D", folder_.path() + "/data", "-c",
       "listen_addresses=" + endpoint_.host, "-c", "port=" + std::to_string(endpoint_.port), "-c",
       "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=16MB"},
      true);
  // After kill -9 it may refuse to start until its children have noticed: then once more.
  soon([&] {
    if (!process_.alive()) process_.start(words, "/dev/null");
    return answers();
  });
}

std::string RedisCluster::missing() {
  for (const char* name : {"redis-server", "setpriv"})
    if (find_program(name).empty()) return std::string(name) + " is not installed";
  return {};
}

std::string RedisCluster::folder_of(std::size_t i) const {
  return folder_.path() + '/' + std::to_string(i);
}

std::vector<live::Endpoint> RedisCluster::endpoints() const {
  std::vector<live::Endpoint> out;
  for (std::size_t i = 0; i < redis_nodes; ++i)
    out.push_back({loopback(100 + static_cast<unsigned>(i)), redis_port});
  return out;
}

RedisCluster::RedisCluster() : nodes_(redis_nodes) {
  const auto all = endpoints();
  for (std::size_t i = 0; i < redis_nodes; ++i) {
    std::filesystem::create_directory(folder_of(i));
    nodes_[i].start({"setpriv",
                     "--pdeathsig",
                     "KILL",
                     find_program("redis-server"),
                     "--bind",
                     all[i].host,
                     "--port",
                     std::to_string(all[i].port),
                     "--dir",
                     folder_of(i),
                     "--cluster-enabled",
                     "yes",
                     "--cluster-node-timeout",
                     "1000",
                     "--bind-source-addr",
                     all[i].host,
                     "--cluster-announce-ip",
                     all[i].host,
                     "--save",
                     "",
                     "--protected-mode",
                     "no"},
                    folder_of(i) + "/log");
    soon([&] { return tell(i, {"PING"}) == "PONG"; });
  }
  tell(0, {"CLUSTER", "ADDSLOTSRANGE", "0", "5460"});
  tell(1, {"CLUSTER", "ADDSLOTSRANGE", "5461", "10922"});
  tell(2, {"CLUSTER", "ADDSLOTSRANGE", "10923", "16383"});
  for (std::size_t i = 0; i < redis_nodes; ++i)
    tell(i, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
  soon([&] { return introduced(); });
  for (std::size_t i = 3; i < redis_nodes; ++i) {
    const std::string master = tell(i - 3, {"CLUSTER", "MYID"});
    soon([&] { return tell(i, {"CLUSTER", "REPLICATE", master}) == "OK"; });
  }
  soon([&] {
    for (std::size_t i = 0; i < redis_nodes; ++i)
      if (tell(i, {"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos) return false;
    for (std::size_t i = 3; i < redis_nodes; ++i)
      if (tell(i, {"INFO", "replication"}).find("link_status:up") == std::string::npos)
        return false;
    return true;
  });
}

/// Everybody knows everybody. A handshake that takes longer than the node timeout is forgotten by
/// both, which on a busy machine happens, so they are introduced again until it worked.
bool RedisCluster::introduced() {
  bool all_known = true;
  for (std::size_t i = 0; i < redis_nodes; ++i) {
    if (tell(i, {"CLUSTER", "INFO"}).find("cluster_known_nodes:6") != std::string::npos &&
        tell(i, {"CLUSTER", "NODES"}).find("handshake") == std::string::npos)
      continue;
    all_known = false;
    for (const live::Endpoint& other : endpoints())
      tell(i, {"CLUSTER", "MEET", other.host, std::to_string(other.port)});
  }
  if (!all_known) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return all_known;
}

std::string RedisCluster::tell(std::size_t i, const live::RedisCommand& command) const {
  live::RedisConnection connection;
  const auto deadline = live::Clock::now() + std::chrono::seconds(1);
  std::vector<live::RedisValue> answers;
  if (!connection.connect(endpoints()[i], deadline).ok()) return {};
  if (!connection.ask({command}, deadline, answers).ok()) return {};
  return answers[0].text;
}

std::size_t RedisCluster::master_of(const std::string& key) const {
  // Only its master takes a write.
  for (std::size_t i = 0; i < redis_nodes; ++i)
    if (tell(i, {"SET", key, "x"}) == "OK") return i;
  return redis_nodes;
}

}  // namespace drdrill::test
