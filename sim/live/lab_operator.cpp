#include "sim/live/lab_operator.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

#include "sim/live/lab_kept.hpp"

/// Whoever carries out a runbook: a container beside the pods, on their switch, with a folder of
/// its own that lasts as long as the lab.
namespace drdrill::live {
namespace {

/// What runbooks call besides kubectl: clients of what a lab runs, and tools for text and files.
constexpr std::array<std::string_view, 76> programs{
    "[",
    "awk",
    "base64",
    "basename",
    "cat",
    "chmod",
    "cmp",
    "comm",
    "cp",
    "createdb",
    "createuser",
    "curl",
    "cut",
    "date",
    "df",
    "diff",
    "dirname",
    "dropdb",
    "du",
    "echo",
    "env",
    "expr",
    "false",
    "file",
    "find",
    "fold",
    "getent",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "hostname",
    "id",
    "join",
    "jq",
    "ln",
    "ls",
    "md5sum",
    "mkdir",
    "mktemp",
    "mv",
    "nl",
    "nproc",
    "od",
    "paste",
    "pg_basebackup",
    "pg_dump",
    "pg_dumpall",
    "pg_isready",
    "pg_restore",
    "pg_verifybackup",
    "printf",
    "psql",
    "pwd",
    "readlink",
    "redis-cli",
    "rev",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "tail",
    "tar",
    "tee",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "uniq",
    "wc",
    "xargs",
};

}  // namespace

bool operator_has(std::string_view program) {
  return std::find(programs.begin(), programs.end(), program) != programs.end();
}

Program operator_program(const LabPlace& place, const std::string& name_space,
                         const std::vector<std::string>& argv) {
  const std::string folder = place.folder + "/operator";
  return {.argv = argv,
          .environment = {{"HOME", "/work"},
                          {"PATH", "/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin"},
                          {"PGUSER", "postgres"},
                          {"PGCONNECT_TIMEOUT", "5"}},
          .folder = "/work",
          .name_space = name_space,
          .container = Container{.root = folder + "/root",
                                 .host_name = "operator",
                                 .mounts = {{folder + "/work", "/work", true},
                                            {place.shared() + "/hosts", "/etc/hosts"},
                                            {place.shared() + "/resolv.conf", "/etc/resolv.conf"}}},
          .user = nobody_else()};
}

void make_operator(const LabPlace& place) {
  const std::string folder = place.folder + "/operator";
  make_folder(folder);
  make_folder(folder + "/root");
  make_own_folder(folder + "/work", nobody_else());
}

Ran Lab::run_as_operator(const std::vector<std::string>& argv, std::string_view input,
                         std::chrono::milliseconds limit, const GivenUp& given_up) const {
  Program program = operator_program(place_, network_.operator_name_space(), argv);
  {
    const std::lock_guard lock(mutex_);
    program.only_reaches = reachable(nullptr);
  }
  return run(program, limit, input, given_up);
}

}  // namespace drdrill::live
