#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

#include "sim/live/object_storage.hpp"
#include "sim/live/pod_program.hpp"

/// PostgreSQL 15 in a pod of a lab. It refuses to run as root, so as root it runs as `postgres`.
namespace drdrill::live {
namespace {

constexpr std::string_view binaries = "/usr/lib/postgresql/15/bin/";

class PostgresProgram final : public PodProgram {
 public:
  explicit PostgresProgram(const PlatformSpec& platform) {
    const PostgresSpec& spec = platform.postgres;
    const SynchronousStandbys& standbys = spec.synchronous_standbys;
    std::string names;
    for (const std::string& name : standbys.names)
      names += (names.empty() ? "\"" : ", \"") + name + "\"";
    if (!names.empty())
      names =
          (standbys.any ? "ANY " : "FIRST ") + std::to_string(standbys.count) + " (" + names + ")";
    settings_ =
        "wal_level = replica\nhot_standby = on\nmax_wal_senders = 10\nshared_buffers = 32MB\n"
        "max_connections = 100\nwal_keep_size = 64MB\nlog_line_prefix = '%m '\n"
        "unix_socket_directories = ''\nwal_retrieve_retry_interval = 1s\n"
        "synchronous_commit = " +
        std::string(synchronous_commit_names[static_cast<std::size_t>(spec.synchronous_commit)]) +
        "\nsynchronous_standby_names = '" + names + "'\n";
    for (const DatabaseSpec& database : spec.databases) databases_.push_back(database.name);
  }

  void prepare(const PodPlace& place) const override {
    const std::string data = place.data();
    if (std::filesystem::exists(data + "/PG_VERSION")) return;
    make_own_folder(data, user());
    make_own_folder(place.archive, user());
    if (place.upstream.empty()) {
      must_run(place,
               {tool("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync"},
               user());
      append(data + "/pg_hba.conf",
             "host all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n");
      append(data + "/postgresql.conf", settings_);
    } else {
      must_run(place,
               {tool("pg_basebackup"), "-h", place.upstream, "-U", "postgres", "-D", data, "-X",
                "stream", "-c", "fast", "--no-sync"},
               user());
      write_file(data + "/standby.signal", "");
    }
    append(data + "/postgresql.conf", "listen_addresses = '" + place.address +
                                          "'\narchive_mode = on\narchive_command = 'cp %p " +
                                          place.archive + "/%f'\ncluster_name = '" + place.name +
                                          "'\n");
    if (!place.upstream.empty())
      append(data + "/postgresql.conf", "primary_conninfo = 'host=" + place.upstream +
                                            " user=postgres application_name=" + place.name +
                                            " connect_timeout=2'\n");
    if (place.upstream.empty()) make_databases(place, data);
  }

  Program program(const PodPlace& place) const override {
    // A data directory that was copied from another pod says where that one listened.
    std::vector<std::string> argv{tool("postgres"), "-D", place.data(), "-c",
                                  "listen_addresses=" + place.address};
    // As the image's entry point has it: options are the server's, anything else another program.
    if (!place.arguments.empty() && place.arguments.front().starts_with("-"))
      argv.insert(argv.end(), place.arguments.begin(), place.arguments.end());
    Program program = here(place, std::move(argv), user());
    program.output = place.folder + "/output";
    program.environment = {{"PATH", path()}};  // of what archives and restores WAL
    return program;
  }

  int stop_signal() const override { return SIGINT; }  // fast shutdown
  std::uint16_t port() const override { return 5432; }

  bool is_ready(const PodPlace& place) const override {
    return run({.argv = {tool("pg_isready"), "-q", "-t", "1", "-h", place.address}},
               std::chrono::milliseconds(1500))
               .exit_status == 0;
  }

  std::vector<std::pair<std::string, std::string>> environment(
      const PodPlace& place) const override {
    return {{"PGHOST", place.address},
            {"PGDATA", place.mounts.empty() ? place.data() : place.mounts.front().to},
            {"PGUSER", "postgres"},
            {"PGCONNECT_TIMEOUT", "5"},
            {"PATH", path()}};
  }

  std::string user() const override { return geteuid() == 0 ? "postgres" : ""; }

 private:
  static std::string path() {
    return std::string(binaries) + ":/usr/local/bin:/usr/bin:/bin:" + object_storage_programs;
  }
  static std::string tool(std::string_view name) {
    return std::string(binaries) + std::string(name);
  }
  static void append(const std::string& path, const std::string& text) {
    // As whoever owns the file: it lies in a folder of theirs, where nothing runs yet.
    std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    const bool done =
        file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) close(file);
    if (!done) throw std::runtime_error("cannot write " + path);
  }

  /// The archive belongs to the whole lab, so it lies outside of the pod's folder.
  static Program here(const PodPlace& place, std::vector<std::string> argv, std::string user) {
    Program program = in_pod(place, std::move(argv), std::move(user));
    if (program.container)
      program.container->mounts.push_back({place.archive, place.archive, true});
    return program;
  }

  /// In single-user mode: nothing listens yet, no standby is there to wait for, and a lab that
  /// loses power here is made anew.
  void make_databases(const PodPlace& place, const std::string& data) const {
    std::string statements = "CREATE ROLE replicator LOGIN REPLICATION\n";
    for (const std::string& name : databases_) statements += "CREATE DATABASE \"" + name + "\"\n";
    const Ran ran = run(here(place,
                             {tool("postgres"), "--single", "-D", data, "-c", "fsync=off", "-c",
                              "synchronous_commit=off", "postgres"},
                             user()),
                        std::chrono::seconds(30), statements);
    if (ran.exit_status != 0 || ran.err.find("ERROR:") != std::string::npos)
      throw std::runtime_error(place.name + ": the databases cannot be made: " + ran.err);
  }

  std::string settings_;
  std::vector<std::string> databases_;
};

}  // namespace

std::unique_ptr<PodProgram> make_postgres(const PlatformSpec& platform) {
  return std::make_unique<PostgresProgram>(platform);
}

}  // namespace drdrill::live
