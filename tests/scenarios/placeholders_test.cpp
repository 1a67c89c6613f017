#include "scenarios/procedures/placeholders.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "scenarios/procedures/import.hpp"

namespace drdrill::procedures {
namespace {

/// "written=name|…"
std::string found(std::string_view text) {
  std::string out;
  for (const Placeholder& each : find_placeholders(text))
    out += each.written + "=" + each.name + "|";
  return out;
}

std::vector<Step> steps_of(const std::string& shell) {
  Problems problems;
  ProcedureDocument document =
      import_text("## Recovery\n```bash\n" + shell + "\n```\n", "doc.md", problems);
  CHECK(problems.empty());
  REQUIRE(document.procedures.size() == 1);
  return document.procedures[0].runbook.steps;
}

std::string run_of(const std::string& shell, std::size_t step) {
  return steps_of(shell).at(step).run;
}

bool all_run(const std::string& shell) {
  const auto steps = steps_of(shell);
  return std::none_of(steps.begin(), steps.end(), [](const Step& step) { return step.by_hand; });
}

}  // namespace

TEST_CASE("placeholders are recognised as documents write them") {
  CHECK(found("kubectl delete pod <pod-name>") == "<pod-name>=pod_name|");
  CHECK(found("kubectl logs <failed pod> -n <ns>") == "<failed pod>=failed_pod|<ns>=ns|");
  CHECK(found("kubectl drain [NODE_NAME]") == "[NODE_NAME]=node_name|");
  CHECK(found("kubectl get pod {{ pod_name }} {{PodName}}") ==
        "{{ pod_name }}=pod_name|{{PodName}}=podname|");
  CHECK(found("kubectl logs {pod_name}") == "{pod_name}=pod_name|");
  CHECK(found("gunzip backup_YYYYMMDD_HHMMSS.sql.gz a-YYYY-MM-DD") ==
        "YYYYMMDD_HHMMSS=date_and_time|YYYY-MM-DD=date|");
  CHECK(found("kubectl logs livekit-server-xxxxx") == "livekit-server-xxxxx=livekit_server_pod|");
  CHECK(found("export TOKEN=YOUR_TOKEN") == "YOUR_TOKEN=token|");
  CHECK(found("aws s3 cp ...") == "...=rest|");
}

TEST_CASE("what only looks like one is none") {
  for (const char* text :
       {"sort <in >out", "cat <<EOF >file", "diff <(a) <(b)", "[ -f x ] && [[ $a == [a-z]* ]]",
        "echo ${x[name]} ${POD_NAME} a[id]=3", "kubectl get pods -o jsonpath='{.items[0].name}'",
        "curl -w '%{http_code}' -d '{\"a\": 1}'", "docker ps --format '{{.Names}}'",
        "awk '{print $1}' {a,b}", "echo \"Usage: x <name>\"", "# take <pod-name>",
        "echo \"[INFO] [ERROR]\"", "helm template --set a={{ .Values.a }}",
        "cat > x.html <<E\n<b>bold</b>\nE", "psql -c 'SELECT 1 WHERE a <b and c> d'", "x=0xXXXX",
        "a=${{ secrets.token }}"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("a step before finds out what is to be filled in, as a person would") {
  const auto steps = steps_of("kubectl delete pod -n shop <pod-name>\nkubectl get pods");
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].title == "Fill in <pod-name>");
  CHECK(steps[0].phase == Phase::watch);
  CHECK(steps[0].run.starts_with("pod_name=$(kubectl get pods -n shop --no-headers | grep -vE"));
  CHECK(steps[1].run == "kubectl delete pod -n shop ${pod_name}");
  CHECK(steps[1].place.line == 3);
  CHECK_FALSE(steps[1].by_hand);
}

TEST_CASE("the words around a placeholder say what is looked for, and where") {
  const auto finds = [](const std::string& shell, std::string_view how) {
    const std::string fill = run_of(shell, 0);
    INFO(fill);
    CHECK(fill.find(how) != std::string::npos);
  };
  finds("kubectl -n <namespace> rollout restart deployment/<api-name> --context dr",
        "api_name=$(kubectl get deployments -n \"${namespace}\" --context dr --no-headers | grep "
        "api | head -1");
  finds("kubectl drain <name>", "grep NotReady");
  finds("kubectl logs <postgres-pod>", "| grep postgres |");
  finds("kubectl logs api-xxxxx", "| grep ^api- |");
  finds("kubectl exec db-0 -- ls /b/YYYY-MM-DD", "date=$(date -u '+%Y-%m-%d')");
}

TEST_CASE("quotes around a placeholder are opened for it") {
  CHECK(run_of("kubectl patch pod x -p '{\"n\": \"<node>\"}'", 1) ==
        "kubectl patch pod x -p '{\"n\": \"'\"${node}\"'\"}'");
  CHECK(run_of("kubectl get \"pod/<pod>\"", 1) == "kubectl get \"pod/${pod}\"");
  // Nothing is expanded in such a document, so nobody but a person can fill it in.
  CHECK_FALSE(all_run("kubectl apply -f - <<'EOF'\npod <pod-name>\nEOF"));
  CHECK(all_run("kubectl apply -f - <<EOF\npod <pod-name>\nEOF"));
}

TEST_CASE("what nothing tells is a step by hand, as it is written") {
  const auto steps = steps_of("psql -h <endpoint> -c 'SELECT 1'\nkubectl get pods");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].by_hand);
  CHECK(steps[0].run == "psql -h <endpoint> -c 'SELECT 1'");
}

TEST_CASE("a script is run as it stands") {
  Problems problems;
  const ProcedureDocument document = import_text(
      "#!/bin/bash\n: \"${1:?usage: x <env>}\"\ngrep '<html>' {{a}}\n", "x.sh", problems);
  CHECK(problems.empty());
  CHECK(document.notices.size() == 1);  // its argument
  REQUIRE(document.procedures.size() == 1);
  CHECK_FALSE(document.procedures[0].runbook.steps.back().by_hand);
}

}  // namespace drdrill::procedures
