#include "sim/audit/call.hpp"

#include <algorithm>
#include <cctype>

namespace drdrill::audit {
bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  // Of ASCII alone: audits of long documents do little else.
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool lists(std::string_view words, std::string_view word) {
  const std::string padded = " " + std::string(words) + " ";
  return padded.find(" " + std::string(word) + " ") != std::string::npos;
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string_view Call::program() const {
  const std::string_view word = argv.front();
  return word.substr(word.rfind('/') + 1);
}

std::string Call::line() const {
  std::string text;
  for (const std::string& word : argv) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool Call::has(std::string_view word) const {
  return std::find(argv.begin() + 1, argv.end(), word) != argv.end();
}

std::string Call::option(std::string_view brief, std::string_view full) const {
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if ((argv[i] == brief || argv[i] == full) && i + 1 < argv.size()) return argv[i + 1];
    if (argv[i].size() > full.size() && argv[i].starts_with(full) && argv[i][full.size()] == '=')
      return argv[i].substr(full.size() + 1);
  }
  return {};
}

std::string context_of(const Call& call) {
  const std::string said = call.option("--context", "--context");
  return said.empty() ? call.context : said;
}

std::string namespace_of(const Call& call) {
  return call.option("-n", "--namespace");
}

std::optional<Scaled> scaled_by(const Call& call) {
  if (call.program() != "kubectl") return std::nullopt;
  const auto verb = std::find(call.argv.begin(), call.argv.end(), "scale");
  if (verb == call.argv.end()) return std::nullopt;
  Scaled out;
  out.replicas = call.option("--replicas", "--replicas");
  for (auto at = verb + 1; at != call.argv.end(); ++at) {
    if (*at == "-n" || *at == "--context" || *at == "--namespace" || *at == "--replicas") {
      if (++at == call.argv.end()) break;
      continue;
    }
    if (at->starts_with("-")) continue;
    const std::size_t slash = at->find('/');
    if (slash != std::string::npos) {
      out.kind = at->substr(0, slash);
      out.name = at->substr(slash + 1);
    } else if (out.kind.empty()) {
      out.kind = *at;
    } else if (out.name.empty()) {
      out.name = *at;
    }
  }
  return out;
}

std::string full_kind(std::string_view kind) {
  std::string low = lower(kind);
  if (low == "deploy" || low == "deployment" || low == "deployments" || low == "deployment.apps")
    return "deployment";
  if (low == "sts" || low == "statefulset" || low == "statefulsets") return "statefulset";
  if (low == "ds" || low == "daemonset") return "daemonset";
  return low;
}

/// "postgres-primary-0" of a StatefulSet postgres-primary; no number: empty.
std::string owner_of(std::string_view pod) {
  const std::size_t dash = pod.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == pod.size()) return {};
  if (pod.substr(dash + 1).find_first_not_of("0123456789?") != std::string_view::npos) return {};
  return std::string(pod.substr(0, dash));
}

bool changes(const Call& call, std::string_view verb) {
  return call.program() == "kubectl" && call.has(verb);
}

/// pg_basebackup -R, -PR: the first copy of a standby, which is no backup.
static bool makes_standby(const Call& call) {
  return call.program() == "pg_basebackup" &&
         std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& word) {
           const bool flags = word.size() < 5 && word.starts_with("-") && !word.starts_with("--");
           return word == "--write-recovery-conf" || (flags && contains(word, "R"));
         });
}

bool writes_backup(const Call& call) {
  const auto program = call.program();
  return program == "pg_dump" || program == "pg_dumpall" ||
         (program == "pg_basebackup" && !makes_standby(call)) || program == "mysqldump" ||
         program == "mariadb-dump" || program == "mongodump" ||
         (program == "redis-cli" && call.has("--rdb")) || program == "tar" ||
         (program == "kubectl" && !call.targets.empty());
}

bool carries_away(const Call& call) {
  constexpr std::string_view copiers = "aws rclone gsutil gcloud mc s3cmd s5cmd rsync scp";
  constexpr std::string_view keepers =
      "az azcopy sftp restic kopia borg b2 velero wal-g pgbackrest barman-cloud-backup";
  constexpr std::string_view verbs =
      "cp mv sync mirror copy copyto move moveto rsync put put-object upload pipe rcat";
  const auto program = call.program();
  if (lists(keepers, program)) return true;
  if (lists(copiers, program)) {
    const bool copies = program == "rsync" || program == "scp" ||
                        std::any_of(call.argv.begin() + 1, call.argv.end(),
                                    [&](const std::string& word) { return lists(verbs, word); });
    // What it copies to stands last, but for options; a download ends in a folder here.
    const auto last = std::find_if(call.argv.rbegin(), call.argv.rend() - 1,
                                   [](const std::string& word) { return !word.starts_with("-"); });
    return copies &&
           (last == call.argv.rend() - 1 || !(last->starts_with("/") || last->starts_with("./")));
  }
  const bool sends = call.has("-T") || call.has("--upload-file") || call.has("-F") ||
                     call.has("--form") || call.has("--data-binary");
  return program == "curl" && sends;
}

constexpr std::string_view installers =
    "apk apt apt-get yum dnf microdnf tdnf zypper pip pip3 npm gem cargo go";

bool installs_programs(const Call& call) {
  if (lists(installers, call.program()))
    return call.has("add") || call.has("install") || call.has("update") || call.has("-y");
  const bool fetches = call.program() == "curl" || call.program() == "wget";
  return (call.program() == "chmod" && (call.has("+x") || call.has("a+x") || call.has("755"))) ||
         (fetches && contains(call.line(), "/bin/"));
}

bool only_prints(const Call& call) {
  return (call.program() == "echo" || call.program() == "printf" || call.program() == "cat") &&
         call.targets.empty() && !call.piped && !call.substituted;
}

std::string output_of(const Call& call, const std::vector<std::string>& words) {
  if (call.program() == "kubectl") {
    const auto& targets = &words == &call.raw ? call.raw_targets : call.targets;
    return targets.empty() ? "" : targets.front();
  }
  for (std::size_t i = 1; i < call.argv.size() && i < words.size(); ++i) {
    for (const std::string_view option : {"--file=", "--pgdata=", "--out=", "--archive="})
      if (call.argv[i].starts_with(option)) return words[i].substr(option.size());
    for (const std::string_view option : {"-f", "--file", "--rdb", "-D", "--pgdata", "-o", "--out"})
      if (call.argv[i] == option && i + 1 < words.size()) return words[i + 1];
  }
  return {};
}

bool is_standby(std::string_view pod) {
  return contains(pod, "replica") || contains(pod, "standby") || contains(pod, "slave") ||
         contains(pod, "secondary");
}

std::string without_placeholders(std::string text) {
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find_first_of(" \n<>'\"$(){}", at + 1);
    if (end == std::string::npos || text[end] != '>' || end == at + 1) continue;
    // "<td>$name</td>": what would follow a name would be of it.
    std::size_t name = at;
    while (name > 0 &&
           (std::isalnum(static_cast<unsigned char>(text[name - 1])) != 0 || text[name - 1] == '_'))
      --name;
    if (name < at && name > 0 && text[name - 1] == '$') continue;
    text[at] = text[end] = '_';
  }
  return text;
}

}  // namespace drdrill::audit
