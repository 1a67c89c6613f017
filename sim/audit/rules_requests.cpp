#include <algorithm>
#include <array>
#include <cctype>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// Whom commands ask, and whether they would notice that nobody answers.
namespace drdrill::audit {
void check_http_errors(Look& look) {
  std::set<std::size_t> said;
  for (const Call& call : look.calls) {
    // An answer that is kept in a variable is looked at.
    if (call.program() != "curl" || call.substituted ||
        look.procedures[call.procedure].procedure->script.empty())
      continue;
    const bool changes = !call.option("-X", "--request").empty() || call.has("-d") ||
                         call.has("--data") || call.has("--data-urlencode");
    const bool reads =
        call.option("-X", "--request").empty() && (call.has("-G") || call.has("--get"));
    // What a backup is made of has to be what was asked for, and no page that says why not.
    const bool backup = of_call(look, call).purpose == Followed::Purpose::backup;
    const bool into_file = !call.targets.empty() && !call.targets.front().starts_with("/dev/");
    const bool kept =
        (!changes || reads) &&
        (into_file || (backup && (call.piped || call.has("-o") || call.has("--output"))));
    if ((!changes || reads) && !kept) continue;
    const bool fails = std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& word) {
      return word == "--fail" || word == "--fail-with-body" ||
             (word.size() > 1 && word[0] == '-' && word[1] != '-' && contains(word, "f")) ||
             word == "--write-out" || word == "-w";
    });
    if (fails || !said.insert(call.procedure).second) continue;
    look.report(
        call.place,
        kept ? "curl exits 0 when it is answered with an error (401, 404, 500), and the page "
               "that says so is kept in place of what was asked for"
             : "curl exits 0 when it is answered with an error (401, 404, 500), so nobody "
               "learns that nothing was changed or nobody was told");
  }
}

void check_credentials(Look& look) {
  constexpr std::array<std::string_view, 6> apis{"api.twilio.com",       "api.github.com",
                                                 "api.pagerduty.com",    "api.cloudflare.com",
                                                 "api.digitalocean.com", "atlassian"};
  for (const Call& call : look.calls) {
    if (call.program() != "curl") continue;
    const std::string line = call.line();
    const bool api = std::any_of(apis.begin(), apis.end(),
                                 [&](std::string_view host) { return contains(line, host); });
    // What is public there everybody may read.
    const bool reads = contains(line, "api.github.com") && contains(line, "/repos/") &&
                       call.option("-X", "--request").empty() && !call.has("-d") &&
                       !call.has("--data");
    const bool known = reads || call.has("-u") || call.has("--user") || call.has("-n") ||
                       call.has("--netrc") || contains(lower(line), "authorization") ||
                       contains(lower(line), "api-key") || contains(line, "Token ");
    if (api && !known)
      look.report(call.place, "the request has no credentials, and this API answers such with 401");
    if (contains(line, "api.atlassian.com/jira/"))
      look.report_as(
          "endpoint-unknown", call.place,
          "api.atlassian.com serves Jira below /ex/jira/CLOUD-ID, or a site has its own host; "
          "/jira/rest is answered with 404");
  }
}

/// A program without -h asks its own machine, and a job's container runs no server.
void check_server_named(Look& look) {
  for (const Call& call : look.calls) {
    const auto program = call.program();
    const bool redis = program == "redis-cli";
    const bool postgres = program == "psql" || program == "pg_dump" || program == "pg_dumpall" ||
                          program == "pg_basebackup";
    if ((!redis && !postgres) || !call.pod.empty()) continue;
    const Look::Scheduled* job = nullptr;
    for (const Look::Scheduled& each : look.scheduled)
      if (each.runs(call.procedure)) job = &each;
    if (!job) continue;
    const bool says = std::any_of(call.argv.begin() + 1, call.argv.end(), [](const std::string& w) {
      return w.starts_with("-h") || w.starts_with("--host") || w == "-u" || contains(w, "://") ||
             contains(w, "host=") || w == "-d?" || contains(w, ":") || w == "?";
    });
    const auto& containers = job->job->job.pod_template->containers;
    const bool given = std::any_of(containers.begin(), containers.end(), [](const auto& c) {
      // What is in a Secret or a ConfigMap as a whole, the manifest does not say.
      return !c.env_from.empty() || std::any_of(c.env.begin(), c.env.end(), [](const auto& e) {
        return e.name == "PGHOST" || e.name == "PGSERVICE";
      });
    });
    bool exported = false;
    for (const Assigned& a : look.assigned)
      exported = exported || (a.procedure == call.procedure && a.name == "PGHOST");
    if (says || (postgres && (given || exported))) continue;
    look.report(call.place,
                std::string(program) + " is given no host, so it asks the container of " +
                    job->job->meta.name + ", where no server runs: \"Connection refused\"");
  }
}

/// Is there reason to take it for a Service: a manifest has it, kubectl is told its name, or
/// everybody calls it so? Machines have names, too.
static bool may_be_service(const Look& look, const std::string& host, const std::string& file) {
  for (const std::string_view known : {"prometheus", "alertmanager", "grafana", "livekit", "redis-",
                                       "postgres-", "kube-", "minio"})
    if (host.starts_with(known)) return true;
  if (look.kinds.count(host) != 0) return true;
  for (const Placed& placed : look.objects)
    if (kube::meta_of(*placed.object).name == host) return true;
  return std::any_of(look.calls.begin(), look.calls.end(), [&](const Call& call) {
    return call.program() == "kubectl" && of_call(look, call).file == file &&
           contains(call.line(), host);
  });
}

void check_inside_names(Look& look) {
  std::set<std::pair<std::string, std::string>> said;
  for (const Call& call : look.calls) {
    if (call.program() != "curl" && call.program() != "wget") continue;
    if (!call.pod.empty()) continue;
    const std::string& script = look.procedures[call.procedure].procedure->script;
    if (of_call(look, call).container) continue;
    for (const std::string& word : call.argv) {
      const std::size_t scheme = word.find("://");
      if (scheme == std::string::npos) continue;
      const std::string host =
          word.substr(scheme + 3, word.find_first_of(":/?", scheme + 3) - scheme - 3);
      const bool name = std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
      });
      if (!name) continue;
      const bool single = !host.empty() && host.find_first_of(".?$") == std::string::npos &&
                          host != "localhost" &&
                          std::isalpha(static_cast<unsigned char>(host[0])) != 0 &&
                          may_be_service(look, host, of_call(look, call).file);
      const std::string& in = of_call(look, call).file;
      if ((single || host.ends_with(".svc") || host.ends_with(".svc.cluster.local")) &&
          said.insert(
                  {script.empty() ? in : in + script + of_call(look, call).procedure->runbook.name,
                   host})
              .second) {
        look.report(call.place,
                    "\"" + host +
                        "\" is a Service's name: it is known inside of the cluster's pods "
                        "and not where this is typed");
        break;
      }
    }
  }
}

void check_pod_names(Look& look) {
  std::set<std::string> said;
  for (const Call& call : look.calls) {
    if (call.program() != "redis-cli" && call.program() != "psql" && call.program() != "pg_dump" &&
        call.program() != "pg_basebackup")
      continue;
    const std::string host = call.option("-h", "--host");
    const std::size_t dash = host.rfind('-');
    if (host.find('.') != std::string::npos || dash == std::string::npos || dash + 1 == host.size())
      continue;
    if (host.find_first_not_of("0123456789", dash + 1) != std::string::npos ||
        host.size() - dash > 3)
      continue;
    const auto kind = look.kinds.find(host.substr(0, dash));
    if (kind == look.kinds.end() || kind->second.count("statefulset") == 0) continue;
    if (said.insert(look.procedures[call.procedure].procedure->runbook.name).second)
      look.report(call.place, std::string("\"")
                                  .append(host)
                                  .append("\" is a pod's name; DNS knows ")
                                  .append(host)
                                  .append(".SERVICE only, so nobody is reached"));
  }
  for (const Look::Scheduled& each : look.scheduled) {
    if (!each.job->job.pod_template->service_account.empty()) continue;
    for (const Call& call : look.calls)
      if (call.program() == "kubectl" && each.runs(call.procedure)) {
        look.report_as(
            "job-without-permission", call.place,
            each.job->meta.name +
                " runs kubectl as the namespace's default account, which may do nothing");
        break;
      }
  }
}

}  // namespace drdrill::audit
