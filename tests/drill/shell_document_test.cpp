#include "tests/drill/shell_script.hpp"

/// Shell as recovery procedures of real platforms are written in it.
namespace drdrill::shell {

namespace {

using Lines = std::vector<std::string>;

Lines asked_by(std::string_view text, const std::map<std::string, std::string>& variables = {}) {
  ScriptedHost host;
  host.answers["kubectl get nodes"].out = "sfu-1";
  host.answers["kubectl get pods -n gomeet -l app=redis"].out = "10.0.0.1:6379 10.0.0.2:6379 ";
  host.answers["kubectl exec redis-master-1"].out =
      "ab12 10.0.0.1:6379@16379 master - 0\ncd34 10.0.0.2:6379@16379 myself,master - 0\n";
  host.answers["date +%Y"].out = "20231201_020000\n";
  host.answers["date -d 14:30 +%s"].out = "5400\n";
  host.answers["date -d 14:00 +%s"].out = "3600\n";
  host.answers["date -d@"].out = "00:30:00\n";
  run_text(text, host, variables);
  return host.asked;
}

}  // namespace

TEST_CASE("a backup script's files carry the time and its arrays are walked") {
  CHECK(asked_by("#!/bin/bash\nBACKUP_DIR=\"/backups\"\nTIMESTAMP=$(date +%Y%m%d_%H%M%S)\n"
                 "HOSTS=(\"redis-master-0\" \"redis-master-1\")\nmkdir -p $BACKUP_DIR\n"
                 "for node in \"${HOSTS[@]}\"; do\n  # snapshot\n"
                 "  redis-cli -h $node --rdb $BACKUP_DIR/${node}_$TIMESTAMP.rdb\ndone\n"
                 "find $BACKUP_DIR -name \"*.rdb\" -mtime +7 -delete") ==
        Lines{"date +%Y%m%d_%H%M%S", "mkdir -p /backups",
              "redis-cli -h redis-master-0 --rdb /backups/redis-master-0_20231201_020000.rdb",
              "redis-cli -h redis-master-1 --rdb /backups/redis-master-1_20231201_020000.rdb",
              "find /backups -name *.rdb -mtime +7 -delete"});
}

TEST_CASE("an undefined name swallows its neighbour as in bash") {
  CHECK(asked_by("for shard in 1 2; do\n  pg_dump -d shard_$shard \\\n"
                 "    --file=$DIR/shard_$shard_$T.dump\ndone",
                 {{"DIR", "/b"}, {"T", "now"}}) ==
        Lines{"pg_dump -d shard_1 --file=/b/shard_now.dump",
              "pg_dump -d shard_2 --file=/b/shard_now.dump"});
}

TEST_CASE("a verification loop looks at the status and stops") {
  ScriptedHost host;
  host.answers["pg_restore"].exit_status = 1;
  const Outcome outcome = run_text(
      "for file in $DIR/*_$T.dump; do\n  pg_restore --list $file > /dev/null\n"
      "  if [ $? -eq 0 ]; then\n    echo \"Backup verified: $file\"\n  else\n"
      "    echo \"Backup failed: $file\"\n    exit 1\n  fi\ndone\necho done",
      host, {{"DIR", "/b"}, {"T", "1"}});
  CHECK(outcome.status == 1);
  CHECK(outcome.output == "Backup failed: /b/*_1.dump\n");
}

TEST_CASE("queries and patches keep their quotes") {
  CHECK(
      asked_by("kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c \"SELECT "
               "pg_promote();\"\n"
               "kubectl patch service postgres-primary -n gomeet -p "
               "'{\"spec\":{\"selector\":{\"role\":\"primary\"}}}'\n"
               "curl -w \"%{time_total}\\n\" -o /dev/null -s https://api.gomeet.com/health") ==
      Lines{"kubectl exec postgres-replica-0 -n gomeet -- psql -U postgres -c SELECT pg_promote();",
            "kubectl patch service postgres-primary -n gomeet -p "
            "{\"spec\":{\"selector\":{\"role\":\"primary\"}}}",
            "curl -w %{time_total}\\n -o /dev/null -s https://api.gomeet.com/health"});
}

TEST_CASE("the inner script of a point-in-time recovery is one word") {
  ScriptedHost host;
  run_text(
      "RECOVERY_TIME=\"2023-12-01 14:30:00\"\n"
      "kubectl exec -it postgres-primary-0 -n gomeet -- bash -c \"\n"
      "  echo 'restore_command = \\\"cp /backups/wal_%f %p\\\"' >> recovery.conf\n"
      "  echo 'recovery_target_time = \\\"$RECOVERY_TIME\\\"' >> recovery.conf\n\"",
      host);
  CHECK(host.words.back() ==
        "\n  echo 'restore_command = \"cp /backups/wal_%f %p\"' >> recovery.conf\n"
        "  echo 'recovery_target_time = \"2023-12-01 14:30:00\"' >> recovery.conf\n");
  CHECK(host.words.size() == 10);
}

TEST_CASE("a Redis cluster is made of what the pods are called now") {
  CHECK(asked_by("kubectl exec redis-master-0 -- redis-cli cluster init \\\n"
                 "  $(kubectl get pods -n gomeet -l app=redis,role=master -o "
                 "jsonpath='{range .items[*]}{.status.podIP}:6379 ')")
            .back() ==
        "kubectl exec redis-master-0 -- redis-cli cluster init 10.0.0.1:6379 10.0.0.2:6379");
  const Lines lines = asked_by(
      "for i in {0..2}; do\n  kubectl exec redis-replica-$i -- redis-cli cluster replicate \\\n"
      "    $(kubectl exec redis-master-$i -- redis-cli cluster nodes | grep myself | cut -d' ' "
      "-f1)\ndone");
  REQUIRE(lines.size() == 6);
  CHECK(lines[2] == "kubectl exec redis-master-1 -- redis-cli cluster nodes");
  CHECK(lines[3] == "kubectl exec redis-replica-1 -- redis-cli cluster replicate cd34");
}

TEST_CASE("quotes that are closed and opened again in JSON split what bash splits") {
  ScriptedHost host;
  run_text("curl --data '{\"content\":\"'$REGION'.gomeet.com\"}'", host, {{"REGION", "jakarta"}});
  CHECK(host.words.back() == "{\"content\":\"jakarta.gomeet.com\"}");
  ScriptedHost other;
  run_text(
      "SEVERITY=$1\nDESCRIPTION=$2\ncurl --data '{\"summary\": \"'$DESCRIPTION'\"}' -H "
      "\"{\\\"text\\\":\\\"🚨 SEV-$SEVERITY\\n\\\"}\"",
      other, {{"1", "0"}, {"2", "no media"}});
  CHECK(other.words == Lines{"curl", "--data", "{\"summary\": \"no", "media\"}", "-H",
                             "{\"text\":\"🚨 SEV-0\\n\"}"});
}

TEST_CASE("a manifest comes from a here-document within a case") {
  const std::string_view drill =
      "DRILL_TYPE=$1  # \"node-failure\", \"network-partition\"\ncase $DRILL_TYPE in\n"
      "  \"node-failure\")\n"
      "    kubectl cordon $(kubectl get nodes -o jsonpath='{.items[0].metadata.name}')\n    ;;\n\n"
      "  \"network-partition\")\n    kubectl apply -f - <<EOF\nkind: NetworkPolicy\n"
      "metadata:\n  name: drill-$DRILL_TYPE\nspec:\n  egress: []\nEOF\n    ;;\nesac\n"
      "sleep 600\n";
  CHECK(asked_by(drill, {{"1", "node-failure"}}) ==
        Lines{"kubectl get nodes -o jsonpath={.items[0].metadata.name}", "kubectl cordon sfu-1",
              "sleep 600"});
  CHECK(asked_by(drill, {{"1", "network-partition"}}) ==
        Lines{"kubectl apply -f - < kind: NetworkPolicy\nmetadata:\n  name: "
              "drill-network-partition\nspec:\n  egress: []\n",
              "sleep 600"});
  CHECK(asked_by(drill, {{"1", "other"}}) == Lines{"sleep 600"});
}

TEST_CASE("a report computes with dates inside a here-document") {
  ScriptedHost host;
  host.answers["date -d 14:30 +%s"].out = "5400\n";
  host.answers["date -d 14:00 +%s"].out = "3600\n";
  host.answers["date -d@1800"].out = "00:30:00\n";
  const Outcome outcome = run_text(
      "START=$1\nEND=$2\ncat <<EOF > /tmp/report.md\n- Duration: $(date -d@$(( $(date -d "
      "$END +%s) - $(date -d $START +%s) )) -u +%H:%M:%S)\n[List]\nEOF\ncat /tmp/report.md",
      host, {{"1", "14:00"}, {"2", "14:30"}});
  CHECK(outcome.output == "- Duration: 00:30:00\n[List]\n");
}

TEST_CASE("metrics are piped through tools to a file") {
  ScriptedHost host;
  host.answers["curl"].out = "livekit_participants_total 500\nother 1\n";
  CHECK(run_text("curl -s http://livekit-sfu:7880/metrics | grep livekit_participants_total > f\n"
                 "cut -d' ' -f2 f",
                 host)
            .output == "500\n");
}

}  // namespace drdrill::shell
