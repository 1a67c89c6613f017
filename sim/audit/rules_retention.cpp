#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// How long backups are kept.
namespace drdrill::audit {
void check_retention_variable(Look& look) {
  std::set<std::pair<std::size_t, std::string>> said;
  for (const Assigned& a : look.assigned) {
    const std::string name = lower(a.name);
    const bool used = std::any_of(look.uses.begin(), look.uses.end(), [&](const Use& use) {
      return use.name == a.name && use.procedure == a.procedure;
    });
    const bool exported =
        std::any_of(look.assigned.begin(), look.assigned.end(), [&](const Assigned& other) {
          return other.name == a.name && other.procedure == a.procedure && other.exported;
        });
    if (used || exported || look.procedures[a.procedure].procedure->script.empty()) continue;
    // What a script reads in may use it.
    const auto& calls = look.of(a.procedure);
    if (std::any_of(calls.begin(), calls.end(), [](const Call* call) {
          return call->argv.front() == "source" || call->argv.front() == ".";
        }))
      continue;
    if (!said.emplace(a.procedure, a.name).second) continue;
    if (contains(name, "retention") || contains(name, "keep"))
      look.report(a.place, a.name + "=" + a.value +
                               " is never used: nothing of what it writes is "
                               "ever deleted, and its volume fills up");
    else if (a.value != "?")
      look.report_as("variable-unused", a.place, a.name + " is set and never used");
  }
}

void check_retention_of_folders(Look& look) {
  std::set<std::string> folders;
  for (const Call& call : look.calls)
    for (std::size_t i = 1; i < call.argv.size(); ++i)
      for (const std::string_view option : {"--directory=", "--pgdata="})
        if (call.argv[i].starts_with(option)) {
          const std::string path = call.argv[i].substr(option.size());
          folders.insert(path.substr(path.rfind('/') + 1));
        }
  std::map<std::size_t, std::pair<int, int>> days;
  for (const Call& call : look.calls) {
    if (call.program() != "find" || !call.has("-delete")) continue;
    const std::string pattern = call.option("-name", "-name");
    const std::string stem = pattern.substr(0, pattern.find('*'));
    for (const std::string& folder : folders)
      if (!stem.empty() && folder.starts_with(stem))
        look.report(
            call.place,
            "\"" + pattern +
                "\" are folders, and find -delete removes no folder that has something in it: "
                "they stay for ever and the volume fills up");
    const std::string age = call.option("-mtime", "-mtime");
    int value = 0;
    for (const char c : age)
      if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
    if (value == 0) continue;
    auto& [least, most] = days.try_emplace(call.procedure, value, value).first->second;
    if (value != least && contains(stem, "wal") && value < most)
      look.report_as("retention-mismatch", call.place,
                     "WAL is kept for " + std::to_string(value) + " days and backups for " +
                         std::to_string(most) +
                         ": a backup older than that cannot be brought to any point in time");
    least = std::min(least, value);
    most = std::max(most, value);
  }
}

namespace {

/// "*.dump" and "/b/db_?.dump", where "?" is what varies.
bool fits(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    for (std::size_t i = 0; i <= name.size(); ++i)
      if (fits(pattern.substr(1), name.substr(i))) return true;
    return false;
  }
  return !name.empty() && (pattern[0] == name[0] || pattern[0] == '?') &&
         fits(pattern.substr(1), name.substr(1));
}

/// What a later command of the procedure puts behind the file's name: gzip makes a.sql.gz of a.sql.
std::string packed_as(const Look& look, const Call& call, const std::string& file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> packers{{{"gzip", ".gz"},
                                                                                  {"pigz", ".gz"},
                                                                                  {"zstd", ".zst"},
                                                                                  {"xz", ".xz"},
                                                                                  {"bzip2", ".bz2"},
                                                                                  {"lz4", ".lz4"}}};
  bool behind = false;
  for (const Call* other : look.of(call.procedure)) {
    if (other == &call) behind = true;
    if (!behind || !other->has(file)) continue;
    for (const auto& [program, ending] : packers)
      if (other->program() == program) return std::string(ending);
  }
  return {};
}

}  // namespace

namespace {

/// find FOLDER … -exec rm, or -delete.
bool clears(const Call& call) {
  return call.program() == "find" && (call.has("-delete") || (call.has("-exec") && call.has("rm")));
}

}  // namespace

/// `find /backups -type d -mtime +7 -exec rm -rf` begins with /backups.
void check_retention_of_all(Look& look) {
  for (const Call& call : look.calls) {
    if (!clears(call) || call.argv.size() < 2 || call.argv[1].starts_with("-")) continue;
    const bool folders = call.option("-type", "-type") == "d" && call.has("rm") &&
                         (call.has("-rf") || call.has("-r") || call.has("-fr"));
    const bool chosen =
        !call.option("-name", "-name").empty() || !call.option("-path", "-path").empty() ||
        !call.option("-regex", "-regex").empty() ||
        !call.option("-mindepth", "-mindepth").empty() || contains(call.argv[1], "*");
    const std::string age = call.option("-mtime", "-mtime");
    if (folders && !chosen && age.starts_with("+"))
      look.report(call.place, "find begins with " + call.argv[1] +
                                  " itself: when nothing new came into it for " + age.substr(1) +
                                  " days, because backups failed, all of them are removed with it");
  }
}

/// Old backups are deleted whether there is a new one or not.
void check_retention_after_failure(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& in = look.procedures[p];
    if (in.purpose != Followed::Purpose::backup || !(in.is_script() || in.of_manifest)) continue;
    const Call* made = nullptr;
    const Call* minded = nullptr;
    for (const Call* call : look.of(p)) {
      const auto program = call->program();
      if (program == "set" && call->argv.size() > 1 &&
          (contains(call->argv[1], "e") || call->has("errexit")))
        minded = call;
      if (program == "trap" || program == "exit" || program == "return" || program == "die" ||
          program == "[" || program == "[[" || program == "test" || call->hangs)
        if (made || program == "trap") minded = call;
      if (writes_backup(*call) && program != "tar") made = call;
      if (!made || minded || !clears(*call) || call->option("-mtime", "-mtime").empty()) continue;
      look.report(call->place,
                  "it deletes what is old whether there is a new backup or not: after so many days "
                  "of failures none is left");
      break;
    }
  }
}

/// Files that no pattern of the script's clean-up takes.
void check_retention_patterns(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].purpose != Followed::Purpose::backup) continue;
    std::vector<std::string> patterns;
    std::string folder;
    bool by_name = true;
    for (const Call* call : look.of(p)) {
      if (call->program() != "find" || call->argv.size() < 2) continue;
      const std::string pattern = call->option("-name", "-name");
      if (pattern.empty() || pattern.size() > 60) by_name = false;
      patterns.push_back(pattern);
      folder = call->argv[1];
    }
    if (patterns.empty() || !by_name || !folder.starts_with("/")) continue;
    for (const Call* call : look.of(p))
      for (const std::string& target : call->targets) {
        const std::string leaf = target.substr(target.rfind('/') + 1);
        const bool dated = contains(leaf, "?") && target.starts_with(folder);
        const std::string packed = leaf.substr(0, 200) + packed_as(look, *call, target);
        const bool taken = std::any_of(patterns.begin(), patterns.end(),
                                       [&](const auto& pattern) { return fits(pattern, packed); });
        if (dated && !taken)
          look.report(call->place, "every run makes one more " + leaf +
                                       ", and none of the clean-up's patterns (" +
                                       joined({patterns.begin(), patterns.end()}) + ") takes it");
      }
  }
}

/// A mirror takes over every deletion, and an empty folder empties it.
void check_mirrors(Look& look) {
  for (const DocumentText& document : look.input.texts)
    for (const std::string_view word : {"ersioning", "bject-lock", "bject lock"})
      if (contains(document.text, word)) return;
  for (const Call& call : look.calls) {
    const Followed& in = of_call(look, call);
    if (in.purpose != Followed::Purpose::backup) continue;
    const auto program = call.program();
    const bool remote = std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& w) {
      return contains(w, "://") && !w.starts_with("-");
    });
    const bool follows = (program == "aws" && call.has("sync") && call.has("--delete")) ||
                         (program == "gsutil" && call.has("rsync") && call.has("-d")) ||
                         (program == "mc" && call.has("mirror") && call.has("--remove"));
    // From object storage into a folder it is a restore, or a copy of the copy.
    const bool outwards = remote && (program == "mc" || contains(call.argv.back(), "://") ||
                                     contains(call.argv[call.argv.size() - 2], "://"));
    if (follows && outwards)
      look.report(call.place,
                  "the copy follows every deletion: what is removed from the folder, by mistake or "
                  "because its disk is lost or not mounted, is removed from the copy at the next "
                  "run");
  }
}

}  // namespace drdrill::audit
