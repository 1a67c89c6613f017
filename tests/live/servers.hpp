#pragma once

#include <map>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/outcome.hpp"
#include "sim/live/clients/redis_connection.hpp"

/// Real servers for tests: each on loopback addresses of its own, in a temporary folder. They die
/// with the test program however it ends, because the kernel kills them when their parent is gone.
namespace drdrill::test {

/// The words of a command, found in the places where Debian has servers. Empty when it is missing.
std::string find_program(const std::string& name);

/// Runs to the end; the exit status, or -1.
int run_program(const std::vector<std::string>& words, const std::string& output = "/dev/null");

/// "127.77.A.k", with A from our pid, so that two test programs do not meet.
std::string loopback(unsigned k);

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { kill(); }

  void start(const std::vector<std::string>& words, const std::string& output);
  void signal(int number) const;
  void kill();  ///< -9, and waits
  bool alive();

 private:
  pid_t pid_ = 0;
};

/// Services that a test moves as it likes.
class Services final : public live::Directory {
 public:
  void set(const std::string& service, std::vector<live::Endpoint> endpoints);
  std::vector<live::Endpoint> endpoints(std::string_view service) const override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<live::Endpoint>, std::less<>> services_;
};

/// One PostgreSQL server with the databases a and b.
class Postgres {
 public:
  /// Empty when it can run here, otherwise why not.
  static std::string missing();
  explicit Postgres(unsigned k);

  void start();  ///< and waits until it answers
  void kill() { process_.kill(); }
  void signal(int number) const { process_.signal(number); }
  live::Endpoint endpoint() const { return endpoint_; }

 private:
  bool answers() const;
  TemporaryFolder folder_;
  live::Endpoint endpoint_;
  Process process_;
};

/// A Redis cluster of three masters and three replicas, with a node timeout of one second.
class RedisCluster {
 public:
  static std::string missing();
  RedisCluster();

  std::vector<live::Endpoint> endpoints() const;
  /// The node that takes a write of the key now; one past the last when none does.
  std::size_t master_of(const std::string& key) const;
  Process& node(std::size_t i) { return nodes_[i]; }

 private:
  std::string folder_of(std::size_t i) const;
  bool introduced();
  std::string tell(std::size_t i, const live::RedisCommand& command) const;
  TemporaryFolder folder_;
  std::vector<Process> nodes_;
};

/// True once `holds` does, within twenty seconds.
template <class Condition>
bool soon(const Condition& holds) {
  const auto end = live::Clock::now() + std::chrono::seconds(20);
  while (live::Clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace drdrill::test
