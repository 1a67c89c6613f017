#include <array>
#include <functional>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Options that a program has, and does not take together.
namespace drdrill::audit {
namespace {

/// Has the call "-x", "-xVALUE", "--long" or "--long=VALUE"?
bool given(const Call& call, std::string_view brief, std::string_view full) {
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    if (word == full || word.starts_with(std::string(full) + "=")) return true;
    if (!brief.empty() && word.starts_with(brief) && !word.starts_with("--")) return true;
  }
  return false;
}

/// The value of "-x V", "-xV", "--long V" or "--long=V".
std::string value_of(const Call& call, std::string_view brief, std::string_view full) {
  if (std::string apart = call.option(brief, full); !apart.empty()) return apart;
  for (std::size_t i = 1; i < call.argv.size(); ++i)
    if (call.argv[i].starts_with(brief) && !call.argv[i].starts_with("--"))
      return call.argv[i].substr(brief.size());
  return {};
}

bool unsure(const std::string& value) {
  return contains(value, "?");
}

/// A number of jobs above one.
bool in_parallel(const Call& call) {
  const std::string jobs = value_of(call, "-j", "--jobs");
  return !jobs.empty() && jobs != "1" && !unsure(jobs);
}

bool is_format(const std::string& format, std::string_view letter, std::string_view word) {
  return format == letter || format == word;
}

struct Clash {
  std::string_view program;
  bool (*of)(const Call& call);
  std::string_view words;
};
constexpr std::array<Clash, 6> clashes{{
    {"mongodump",
     [](const Call& call) {
       return given(call, "", "--oplog") &&
              (given(call, "-d", "--db") || given(call, "-c", "--collection"));
     },
     "mongodump takes --oplog for all databases only: with --db or --collection it ends with "
     "\"--oplog mode only supported on full dumps\" and dumps nothing"},
    {"pg_dump",
     [](const Call& call) {
       const std::string format = value_of(call, "-F", "--format");
       return in_parallel(call) && !unsure(format) && !is_format(format, "d", "directory");
     },
     "pg_dump takes --jobs with --format=directory only: \"parallel backup only supported by the "
     "directory format\", and nothing is dumped"},
    {"pg_dump",
     [](const Call& call) {
       const std::string format = value_of(call, "-F", "--format");
       return is_format(format, "d", "directory") && !given(call, "-f", "--file") &&
              (call.piped || !call.targets.empty());
     },
     "pg_dump --format=directory writes no stream: \"no output directory specified\", and nothing "
     "is dumped"},
    {"pg_restore",
     [](const Call& call) {
       bool named = false;
       for (std::size_t i = 1; i < call.argv.size(); ++i) {
         const std::string& word = call.argv[i];
         if (!word.starts_with("-"))
           named = named || contains(word, "/") || contains(word, ".") || unsure(word);
       }
       return in_parallel(call) && !named && !given(call, "-l", "--list");
     },
     "pg_restore --jobs reads a file that it is given by name: \"parallel restore from standard "
     "input is not supported\""},
    {"pg_basebackup",
     [](const Call& call) {
       const std::string method = value_of(call, "-X", "--wal-method");
       return value_of(call, "-D", "--pgdata") == "-" && !unsure(method) &&
              !is_format(method, "f", "fetch") && !is_format(method, "n", "none");
     },
     "pg_basebackup to standard output needs --wal-method=fetch: \"cannot stream write-ahead logs "
     "in tar mode to stdout\", and nothing is backed up"},
    {"pg_basebackup",
     [](const Call& call) {
       const std::string format = value_of(call, "-F", "--format");
       bool compresses = given(call, "", "--gzip");
       for (std::size_t i = 1; i < call.argv.size(); ++i)
         compresses = compresses || call.argv[i] == "-z";
       return compresses && !unsure(format) && !is_format(format, "t", "tar");
     },
     "pg_basebackup compresses tar files only: without --format=tar it ends with \"only tar mode "
     "backups can be compressed\""},
}};

}  // namespace

void check_option_clash(Look& look) {
  for (const Call& call : look.calls)
    for (const Clash& clash : clashes)
      if (call.program() == clash.program && clash.of(call))
        look.report(call.place, std::string(clash.words));
}

}  // namespace drdrill::audit
