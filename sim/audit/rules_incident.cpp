#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What is done around an incident: told, looked at, written down. It has to work while everything
/// else does not.
namespace drdrill::audit {
namespace {

bool is_aftermath(const Followed& followed) {
  return contains(followed.about, "root cause") || contains(followed.about, "rca") ||
         contains(followed.about, "post-incident") || contains(followed.about, "post incident") ||
         contains(followed.about, "postmortem") || contains(followed.about, "post-mortem");
}
bool is_command_post(const Followed& followed) {
  return contains(followed.about, "war room") || contains(followed.about, "war-room") ||
         contains(followed.about, "incident room") || contains(followed.about, "command center");
}

/// `NAME=$1`: the variables of a script that hold an argument as it was given.
std::set<std::string> arguments_of(const Look& look, std::size_t procedure) {
  std::set<std::string> out{"1", "2", "3", "4", "5"};
  for (const Assigned& a : look.assigned) {
    if (a.procedure != procedure) continue;
    for (const Use& use : look.uses)
      if (use.procedure == procedure && use.place.line == a.place.line && use.name.size() == 1 &&
          std::isdigit(static_cast<unsigned char>(use.name[0])) != 0)
        out.insert(a.name);
  }
  return out;
}

bool is_secret_name(std::string_view name) {
  std::string low = lower(name);
  low.resize(std::min(low.find_first_not_of("{abcdefghijklmnopqrstuvwxyz0123456789_"), low.size()));
  // What says where it is may be seen.
  for (const std::string_view place : {"_name", "_ref", "_file", "_path", "_arn", "_id", "_store"})
    if (low.ends_with(place)) return false;
  for (const std::string_view word :
       {"token", "password", "passwd", "secret", "webhook", "api_key", "apikey", "credential"})
    if (contains(low, word)) return true;
  return false;
}

/// The secret variable in a word that others can read in the list of processes.
std::string secret_in(const std::string& raw) {
  for (std::size_t at = raw.find('$'); at != std::string::npos; at = raw.find('$', at + 1)) {
    std::string name = raw.substr(at + 1, raw.find(' ', at) - at - 1);
    if (is_secret_name(name)) return name;
  }
  return {};
}

bool asks_in_cluster(const Call& call) {
  for (const std::string& word : call.argv) {
    const std::size_t scheme = word.find("://");
    if (scheme == std::string::npos) continue;
    const std::string host =
        word.substr(scheme + 3, word.find_first_of(":/?", scheme + 3) - scheme - 3);
    if (contains(host, "prometheus") || contains(host, "grafana") || contains(host, "loki") ||
        host.ends_with(".svc") || host.ends_with(".svc.cluster.local"))
      return host.find(".com") == std::string::npos;
  }
  return false;
}

}  // namespace

/// A name that somebody types becomes a name in Kubernetes.
void check_typed_names(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (!look.procedures[p].is_script()) continue;
    const std::set<std::string> arguments = arguments_of(look, p);
    bool lowers = false;
    for (const Call* call : look.of(p)) {
      // tr '[:upper:]' '[:lower:]', or a look at what was typed.
      lowers = lowers || call->program() == "tr" || call->program() == "[[" ||
               call->program() == "[" || call->program() == "test";
      if (lowers || !changes(*call, "create") || call->raw.size() < 4) continue;
      const std::string& word = call->raw.back();
      const std::size_t at = word.find('$');
      if (at == std::string::npos) continue;
      const std::string name = word.substr(at + 1, word.find(' ', at) - at - 1);
      if (arguments.count(name) == 0) continue;
      look.report(call->place,
                  "names in Kubernetes are small letters, digits and \"-\", and end in one of the "
                  "first two: with $" +
                      name +
                      " such as INC-42, or empty, it is refused and what follows has no place");
      break;
    }
  }
}

/// What helps in an incident must not need what has failed.
void check_depends_on_failed(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& followed = look.procedures[p];
    if (!is_command_post(followed) && !is_aftermath(followed)) continue;
    const Call* makes = nullptr;
    const Call* asks = nullptr;
    for (const Call* call : look.of(p)) {
      const bool made = changes(*call, "apply") || changes(*call, "create");
      if (made && context_of(*call).empty() && !makes) makes = call;
      if (call->program() == "curl" && call->pod.empty() && asks_in_cluster(*call) && !asks)
        asks = call;
    }
    if (makes && is_command_post(followed))
      look.report(
          makes->place,
          "it is set up in the cluster that the incident is about: when the API server, the "
          "cluster or the region is what failed, there is none, and its dashboard shows "
          "nothing");
    if (asks)
      look.report(asks->place,
                  "the figures are asked of a server in the cluster that failed: with it, or its "
                  "volume, what they were during the outage is gone");
  }
}

/// `kubectl logs` after the fact.
void check_logs_of_dead(Look& look) {
  for (const Call& call : look.calls) {
    if (!is_aftermath(of_call(look, call)) || !changes(call, "logs")) continue;
    if (call.has("--previous") || call.has("-p")) continue;
    look.report(
        call.place,
        "it shows the containers that run now: of those that crashed only --previous has the "
        "last log, and of pods that are gone there is none; what the incident was about is "
        "missing unless logs are shipped elsewhere");
  }
}

/// date -d @SECONDS +%H:%M:%S of a difference.
void check_duration_wraps(Look& look) {
  for (const Call& call : look.calls) {
    if (call.program() != "date") continue;
    bool stamp = false, clock = false, days = false;
    for (std::size_t i = 1; i < call.raw.size(); ++i) {
      const std::string& word = call.raw[i];
      stamp = stamp || (contains(word, "@") && contains(word, "$"));
      clock = clock || (word.starts_with("+") && contains(word, "%H"));
      days = days || contains(word, "%d") || contains(word, "%j") || contains(word, "%F");
    }
    if (stamp && clock && !days)
      look.report(call.place,
                  "a length of time is printed as a time of day: 25 hours come out as 01:00:00");
  }
}

/// Arguments of commands are in everybody's list of processes, and in the shell's history.
void check_secrets_shown(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    std::set<std::string> said;
    const std::set<std::string> arguments = arguments_of(look, p);
    for (const Assigned& a : look.assigned)
      if (a.procedure == p && is_secret_name(a.name) && arguments.count(a.name) != 0 &&
          look.procedures[p].is_script() && said.insert(a.name).second)
        look.report(a.place,
                    a.name + " is an argument of " + look.procedures[p].procedure->script +
                        ": it stands in the list of processes and in the shell's history of "
                        "whoever types it");
    for (const Call* call : look.of(p)) {
      if (call->substituted && call->program() != "curl") continue;
      if (call->program() != "curl" && call->program() != "redis-cli" &&
          call->program() != "mysql" && call->program() != "mysqldump")
        continue;
      for (std::size_t i = 1; i < call->raw.size(); ++i) {
        const bool option = call->argv[i - 1] == "-H" || call->argv[i - 1] == "--header" ||
                            call->argv[i - 1] == "-u" || call->argv[i - 1] == "--user" ||
                            call->argv[i - 1] == "-a" || call->argv[i].starts_with("-p");
        const std::string name = option ? secret_in(call->raw[i]) : "";
        if (name.empty() || !said.insert(name).second) continue;
        look.report(call->place, "$" + name + " is an argument of " + std::string(call->program()) +
                                     ": while it runs, everybody on the machine can read it");
      }
    }
  }
}

/// One host's health, asked in two ways.
void check_health_paths(Look& look) {
  struct Seen {
    std::string path;
    SourcePlace place;
    std::size_t procedure = 0;
  };
  std::map<std::string, Seen> first;  // by file and host
  std::set<std::string> said;
  for (const Call& call : look.calls) {
    if (call.program() != "curl" && call.program() != "wget") continue;
    for (const std::string& word : call.argv) {
      const std::size_t scheme = word.find("://");
      if (scheme == std::string::npos) continue;
      const std::size_t slash = word.find('/', scheme + 3);
      if (slash == std::string::npos) continue;
      const std::string path = word.substr(slash, word.find('?', slash) - slash);
      const bool health = path.ends_with("/health") || path.ends_with("/healthz");
      if (!health) continue;
      const std::string host = word.substr(scheme + 3, slash - scheme - 3);
      if (contains(host, "?")) continue;
      // The same service in another region has the same paths.
      const std::size_t dot = host.find('.');
      const std::string domain =
          dot == std::string::npos || host.find('.', dot + 1) == std::string::npos
              ? host
              : host.substr(dot + 1);
      const auto [seen, made] = first.emplace(of_call(look, call).file + "\n" + domain,
                                              Seen{path, call.place, call.procedure});
      // Two services below one host have a path each.
      const bool one_of_both =
          path.ends_with(seen->second.path) || seen->second.path.ends_with(path);
      // Who asks both in one go knows that there are two.
      const bool together = seen->second.procedure == call.procedure &&
                            std::abs(seen->second.place.line - call.place.line) < 3;
      if (made || seen->second.path == path || !one_of_both || together ||
          !said.insert(seen->first + path).second)
        continue;
      look.report(call.place, "health is asked at " + path + " here and at " + seen->second.path +
                                  " elsewhere in it: one of them is probably answered 404, and "
                                  "without -f nobody sees that");
    }
  }
}

}  // namespace drdrill::audit
