#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/audit/graph.hpp"
#include "tests/audit/auditing.hpp"

using namespace drdrill;
using drdrill::test::audited;
using drdrill::test::finds;
using drdrill::test::words_of;

namespace {

/// A script in a document, as CronJobs name it.
std::string script(const std::string& name, const std::string& body) {
  return "## " + name + "\n```bash\n#!/bin/bash\n# " + name + ".sh\n" + body + "\n```\n";
}
std::string pasted(const std::string& heading, const std::string& body) {
  return "## " + heading + "\n```bash\n" + body + "\n```\n";
}
std::string cron(const std::string& name, const std::string& schedule, const std::string& image,
                 const std::string& command, const std::string& more = "",
                 const std::string& spec = "", const std::string& pod = "") {
  return "```yaml\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: " + name +
         "}\nspec:\n  schedule: \"" + schedule + "\"\n" + spec +
         "  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: "
         "OnFailure\n" +
         pod + "          containers:\n          - name: x\n            image: " + image +
         "\n            command: [\"/bin/sh\", \"-c\", \"" + command + "\"]\n" + more + "```\n";
}
const std::string targets =
    "| What | RTO | RPO |\n|---|---|---|\n| PostgreSQL | 30 m | 15 m |\n| Redis | 5 m | 12 h |\n";
const std::string claim =
    "            volumeMounts: [{name: s, mountPath: /scripts}, {name: b, mountPath: /backups}]\n  "
    "        volumes:\n"
    "          - {name: s, configMap: {name: scripts}}\n          - {name: b, "
    "persistentVolumeClaim: {claimName: backups}}\n";
const std::string executable_claim =
    "            volumeMounts: [{name: s, mountPath: /scripts}]\n          volumes:\n"
    "          - {name: s, configMap: {name: scripts, defaultMode: 0755}}\n";
const std::string dump_to_s3 =
    script("pg-backup",
           "pg_dump -h db -U p -d a --file=/b/a_$(date +%F).dump\naws s3 cp /b s3://x --recursive");

std::string database(const std::string& volume, int replicas = 1) {
  return "```yaml\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  "
         "replicas: " +
         std::to_string(replicas) +
         "\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n "
         "   spec:\n"
         "      containers:\n      - name: db\n        image: mysql:8\n        volumeMounts: "
         "[{name: d, mountPath: "
         "/var/lib/mysql}]\n      volumes:\n      - {name: d, " +
         volume + "}\n```\n";
}
const std::string postgres_server =
    "```yaml\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  selector: "
    "{matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec:\n      "
    "containers: [{name: db, image: \"postgres:15\"}]\n```\n";
std::string web_in(const std::string& ns) {
  return "```yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + ns +
         "}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: "
         "{app: web}}\n    spec: {containers: [{name: w, image: \"nginx:1\"}]}\n```\n";
}
std::string alert(const std::string& expression) {
  return "```yaml\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: "
         "x}\nspec: {groups: [{name: g, rules: [{alert: A, expr: \"" +
         expression + "\"}]}]}\n```\n";
}
std::string budget(const std::string& limit) {
  return "```yaml\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: db}\nspec:\n "
         " "
         "selector: {matchLabels: {app: db}}\n  " +
         limit + "\n```\n";
}
const std::string service =
    "```yaml\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n  selector: {app: db}\n  "
    "ports: [{port: 1}]\n```\n";

std::string volume_claim(const std::string& of, const std::string& mode,
                         const std::string& more = "") {
  return "```yaml\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: "
         "{accessModes: [" +
         mode + "], storageClassName: " + of + more + "}\n```\n";
}
std::string storage_class(const std::string& provisioner) {
  return "```yaml\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: "
         "shared}\nprovisioner: " +
         provisioner + "\n```\n";
}

struct Pair {
  std::string rule;
  std::string wrong;
  std::string mended;
};

std::vector<Pair> shell_pairs() {
  return {
      {"variable-not-set", script("go", "kubectl get pods -n $NS"),
       script("go", "NS=x\nkubectl get pods -n $NS")},
      {"variable-swallows-text", script("go", "a=1\nb=2\necho $a_$b"),
       script("go", "a=1\nb=2\necho ${a}_$b")},
      {"retention-not-applied",
       script("pg-backup", "RETENTION_DAYS=7\npg_dump -d a -f /b/a_$(date +%F)"),
       script("pg-backup",
              "RETENTION_DAYS=7\npg_dump -d a -f /b/a_$(date +%F)\nfind /b -mtime +$RETENTION_DAYS "
              "-delete")},
      {"variable-unused", script("go", "REGION=x\nkubectl get pods"),
       script("go", "REGION=x\nkubectl get pods -l r=$REGION")},
      {"backup-overwrites-backup",
       script("pg-backup", "D=$(date)\nfor i in 1 2; do pg_dump -d db_$i -f /b/db_$D; done"),
       script("pg-backup", "D=$(date)\nfor i in 1 2; do pg_dump -d db_$i -f /b/db_${i}_$D; done")},
      {"one-generation", script("pg-backup", "pg_dump -d a -f /b/a.dump"),
       script("pg-backup", "pg_dump -d a -f /b/a_$(date +%F).dump")},
      {"failure-looks-like-success",
       script("go", "kubectl get pods\nkubectl delete pod x\necho \"Recovery completed\""),
       script("go",
              "set -euo pipefail\nkubectl get pods\nkubectl delete pod x\necho \"Recovery "
              "completed\"")},
      {"value-splits",
       script("go", "D=$1\ncurl -f -X POST --data '{\"text\":\"'$D'\"}' https://x.y"),
       script("go", "D=$1\ncurl -f -X POST --data '{\"text\":\"'\"$D\"'\"}' https://x.y")},
      {"choice-not-checked",
       script("go", "case $1 in\n a) kubectl get pods ;;\nesac\nkubectl delete pod x"),
       script("go",
              "case $1 in\n a) kubectl get pods ;;\n *) exit 64 ;;\nesac\nkubectl delete pod x")},
      {"options-clash", script("m-backup", "mongodump --oplog --db a --out /b/$(date +%F)"),
       script("m-backup", "mongodump --oplog --out /b/$(date +%F)")},
      {"options-clash", script("pg-backup", "pg_dump -j 4 -Fc a -f /b/a_$(date +%F)"),
       script("pg-backup", "pg_dump -j 4 -Fd a -f /b/a_$(date +%F)")},
      {"options-clash", script("pg-backup", "pg_dump -Fd a > /b/a_$(date +%F)"),
       script("pg-backup", "pg_dump -Fc a > /b/a_$(date +%F)")},
      {"options-clash", script("db-restore", "pg_restore --clean -j 4 -d a < /b/a.dump"),
       script("db-restore", "pg_restore --clean -j 4 -d a /b/a.dump")},
      {"options-clash", script("pg-backup", "pg_basebackup -D - -Ft | gzip > /b/a_$(date +%F)"),
       script("pg-backup", "pg_basebackup -D - -Ft -X fetch | gzip > /b/a_$(date +%F)")},
      {"options-clash", script("pg-backup", "pg_basebackup -z -D /b/$(date +%F)"),
       script("pg-backup", "pg_basebackup -z -Ft -D /b/$(date +%F)")},
      {"never-returns", script("go", "kubectl port-forward svc/x 1:1\ncurl -f http://localhost:1"),
       script("go", "kubectl port-forward svc/x 1:1 &\ncurl -f http://localhost:1")},
      {"folder-not-made", script("x-backup", "kubectl get cm -o yaml > /b/cm_$(date +%F)"),
       script("x-backup", "mkdir -p /b\nkubectl get cm -o yaml > /b/cm_$(date +%F)")},
      {"date-written-down",
       script("db-restore", "AT=\"20240101_020000\"\npg_restore --clean -d a /b/a_$AT"),
       script("db-restore", "AT=$1\npg_restore --clean -d a /b/a_$AT")},
      {"http-error-hidden", script("go", "curl -X POST --data x https://x.y"),
       script("go", "curl -f -X POST --data x https://x.y")},
      {"request-without-credentials", script("go", "curl -f -X POST https://api.twilio.com/x -d a"),
       script("go", "curl -f -u a:b -X POST https://api.twilio.com/x -d a")},
      {"endpoint-unknown",
       script("go", "curl -f -u a:b -X POST https://api.atlassian.com/jira/rest/api/2/issue -d a"),
       script("go", "curl -f -u a:b -X POST https://x.atlassian.net/rest/api/2/issue -d a")},
      {"address-only-inside", pasted("Lost SFU", "curl -s http://prometheus:9090/x"),
       pasted("Lost SFU", "kubectl exec web -- curl -s http://prometheus:9090/x")},
      {"sleep-for-ready",
       script("go", "kubectl scale sts x --replicas=3\nsleep 30\nkubectl exec x-0 -- ls"),
       script("go",
              "kubectl scale sts x --replicas=3\nkubectl rollout status sts x\nkubectl exec x-0 -- "
              "ls")},
      {"placeholder", pasted("Recovery", "kubectl delete pod <pod-name> -n a"),
       pasted("Recovery", "kubectl delete pod -l app=x -n a")},
      {"jsonpath-range-open",
       pasted("x", "kubectl get pods -o jsonpath='{range .items[*]}{.status.podIP} '"),
       pasted("x", "kubectl get pods -o jsonpath='{range .items[*]}{.status.podIP} {end}'")},
      {"argument-not-checked", script("go", "ID=$1\nkubectl create namespace $ID"),
       script("go", "ID=${1:?incident}\nkubectl create namespace $ID")},
      {"shell-syntax", pasted("Restore", "ls") + pasted("x", "kubectl get pods \"unclosed"),
       pasted("x", "kubectl get pods \"closed\"")},
      {"json-from-text",
       script("go",
              "DESCRIPTION=$1\ncurl -f --data \"{\\\"text\\\":\\\"$DESCRIPTION\\\"}\" https://x.y"),
       script("go",
              "DESCRIPTION=$1\njq -n --arg t \"$DESCRIPTION\" '{text: $t}' | curl -f --data @- "
              "https://x.y")},
      {"time-without-zone",
       script("db-restore", "AT=\"2024-01-01 14:30:00\"\npsql -c \"SELECT '$AT'\""),
       script("db-restore", "AT=\"2024-01-01 14:30:00+00\"\npsql -c \"SELECT '$AT'\"")},
      {"recovery-pauses",
       pasted("Recovery", "echo \"recovery_target_time = 'x'\" >> /d/postgresql.auto.conf"),
       pasted("Recovery",
              "printf \"recovery_target_time = 'x'\\nrecovery_target_action = 'promote'\\n\" >> "
              "/d/postgresql.auto.conf")},
      {"no-copy-before-restore",
       pasted("Recovery", "echo \"recovery_target_time = 'x'\" >> /d/postgresql.auto.conf"),
       pasted("Recovery",
              "mv /d /d.before\necho \"recovery_target_time = 'x'\" >> /d/postgresql.auto.conf")},
      {"setting-without-effect",
       pasted("x", "kubectl set env sts/pg-replica POSTGRES_PRIMARY_HOST=a"),
       pasted("x", "kubectl set env sts/pg-replica POSTGRES_PASSWORD=a")},
      {"container-ends",
       pasted("x",
              "kubectl apply -f - <<EOF\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
              "a}\nspec:\n"
              "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    "
              "spec:\n"
              "      containers: [{name: a, image: x, command: [sleep, \"3600\"]}]\nEOF"),
       pasted("x",
              "kubectl apply -f - <<EOF\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
              "a}\nspec:\n"
              "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    "
              "spec:\n"
              "      containers: [{name: a, image: x, command: [sleep, infinity]}]\nEOF")},
      {"dashboard-not-loaded",
       pasted(
           "x",
           "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
           "  a.json: |\n    {\"dashboard\": {\"panels\": []}}\nEOF"),
       pasted(
           "x",
           "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: "
           "{grafana_dashboard: \"1\"}}\ndata:\n  a.json: |\n    {\"panels\": []}\nEOF")},
      {"checklist-without-means",
       "# Disaster recovery\n## Validation\n- [ ] Data is there\n- [ ] It is fast\n",
       "# Disaster recovery\n## Validation\n- [ ] `psql -c 'TABLE x'` has rows\n- [ ] p95 below "
       "200 ms\n"},
      {"contact-not-real", "## Contacts\n- DBA: +1-212-3456-7890\n",
       "## Contacts\n- DBA: +1-212-7946-0958\n"},
      {"kubectl-option-unknown", pasted("x", "kubectl logs web --until=5m"),
       pasted("x", "kubectl logs web --since=5m")},
      {"name-is-pattern", pasted("x", "kubectl wait --for=condition=complete job/restore-* -n a"),
       pasted("x", "kubectl wait --for=condition=complete job -l app=restore -n a")},
      {"kubectl-logs-of-nothing", pasted("x", "kubectl logs -n a --all-containers=true"),
       pasted("x", "kubectl logs -n a -l app=x")},
      {"logs-of-one-pod", pasted("x", "kubectl logs deployment/web"),
       pasted("x", "kubectl logs -l app=web")},
      {"resource-unknown", pasted("x", "kubectl get rooms.livekit.io"),
       pasted("x", "kubectl get backups.velero.io")},
      {"namespace-left-out",
       pasted("x",
              "kubectl get pods -n a\nkubectl get pods -n a\nkubectl get pods -n a\nkubectl get "
              "sts -n a\nkubectl get configmap y"),
       pasted("x",
              "kubectl get pods -n a\nkubectl get pods -n a\nkubectl get pods -n a\nkubectl get "
              "sts -n a\nkubectl get nodes y")},
      {"object-elsewhere",
       pasted("x", "kubectl rollout restart deployment/web -n shop") + web_in("front"),
       pasted("x", "kubectl rollout restart deployment/web -n front") + web_in("front")},
      {"redis-command-unknown", pasted("x", "redis-cli cluster check"),
       pasted("x", "redis-cli --cluster check h:6379")},
      {"failover-on-master",
       pasted("x", "kubectl exec redis-master-0 -- redis-cli cluster failover"),
       pasted("x", "kubectl exec redis-replica-0 -- redis-cli cluster failover")},
      {"postgres-option-unknown", script("w", "pg_receivewal -h a -D /w --progress &"),
       script("w", "pg_receivewal -h a -D /w &")},
      {"recovery-conf", pasted("x", "echo \"standby_mode = off\" >> /d/recovery.conf"),
       pasted("x", "touch /d/recovery.signal")},
      {"config-quotes",
       pasted("x", "echo 'restore_command = \"cp /a/%f %p\"' >> /d/postgresql.auto.conf"),
       pasted("x", "echo \"restore_command = 'cp /a/%f %p'\" >> /d/postgresql.auto.conf")},
      {"append-only-file", pasted("x", "kubectl exec redis-0 -- cat /data/appendonly.aof"),
       pasted("x", "kubectl exec redis-0 -- tar c /data/appendonlydir")},
      {"livekit-endpoint", pasted("x", "curl -s http://livekit-sfu:7880/rooms"),
       pasted("x", "curl -s http://livekit-sfu:6789/metrics")},
      {"api-version",
       pasted("x", "kubectl apply -f - <<EOF\napiVersion: v1\nkind: NetworkPolicy\nEOF"),
       pasted(
           "x",
           "kubectl apply -f - <<EOF\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nEOF")},
  };
}

std::vector<Pair> backup_pairs() {
  const std::string dump = script(
      "pg-backup",
      "pg_dump -U p -d a --file=/b/a_$(date +%F)\npg_dump -U p -d c --file=/b/c_$(date +%F)");
  const std::string every_day =
      cron("pg-backup", "0 2 * * *", "postgres:15", "/scripts/pg-backup.sh", claim);
  return {
      {"schedule-misses-rpo", targets + every_day,
       targets + cron("pg-backup", "*/10 * * * *", "postgres:15", "/scripts/pg-backup.sh")},
      {"backup-not-scheduled", dump + cron("other", "0 2 * * *", "a", "b"), dump + every_day},
      {"objective-without-backup", targets + dump,
       targets + dump + script("redis-backup", "redis-cli --rdb /b/r_$(date +%F)")},
      {"restore-misses-database", dump + pasted("Restore", "pg_restore --clean -d a /b/a_x"),
       dump + pasted("Restore", "pg_restore --clean -d a /b/a_x\npg_restore --clean -d c /b/c_x")},
      {"backup-misses-roles", dump,
       dump + script("roles-backup", "pg_dumpall --globals-only -f /b/r_$(date +%F)")},
      {"dump-cannot-replay-wal",
       pasted("PITR restore",
              "pg_restore --clean -d a /b/a\necho \"recovery_target_time = 'x'\" >> /d/c"),
       pasted("PITR restore", "tar xf /b/base.tar\necho \"recovery_target_time = 'x'\" >> /d/c")},
      {"wal-without-base", script("w", "pg_receivewal -D /w &"),
       script("w", "pg_basebackup -D /b/x_$(date +%F)\npg_receivewal -D /w &")},
      {"backup-not-verified",
       script("pg-backup", "pg_dump -d a -f /b/a_$(date +%F)\npg_restore --list /b/a"), dump},
      {"restore-never-tried",
       dump + pasted("A", "kubectl get pods") + pasted("B", "kubectl get pods"),
       dump + pasted("A", "kubectl get pods") +
           script("restore-test", "createdb scratch\npg_restore --create -d scratch /b/a_x")},
      {"retention-deletes-nothing",
       script("x-backup",
              "pg_receivewal --directory=/b/wal_1 &\nfind /b -name \"wal_*\" -mtime +7 -delete"),
       script("x-backup",
              "pg_receivewal --directory=/b/wal_1 &\nfind /b -name \"wal_*\" -mtime +7 -exec rm -r "
              "{} +")},
      {"retention-mismatch",
       script("x-backup",
              "find /b -name \"*.dump\" -mtime +30 -delete\nfind /b -name \"wal_*\" -mtime +7 "
              "-delete"),
       script("x-backup",
              "find /b -name \"*.dump\" -mtime +30 -delete\nfind /b -name \"wal_*\" -mtime +30 "
              "-delete")},
      {"retention-takes-folder",
       script("x-backup", "find /b -maxdepth 1 -type d -mtime +7 -exec rm -rf {} \\;"),
       script("x-backup", "find /b -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} \\;")},
      {"retention-after-failure",
       script("pg-backup", "pg_dump a > /tmp/a_$(date +%F)\nfind /b -mtime +7 -delete"),
       script("pg-backup", "set -e\npg_dump a > /tmp/a_$(date +%F)\nfind /b -mtime +7 -delete")},
      {"no-password", cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db -U a b"),
       cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db -U a b",
            "            env: [{name: PGPASSWORD, value: x}]\n")},
      {"no-copy-before-restore", script("db-restore", "psql -c 'DROP DATABASE a'\npsql a < a.sql"),
       script("db-restore", "psql -c 'ALTER DATABASE a RENAME TO old'\npsql a < a.sql")},
      {"restore-into-running", pasted("Restore", "pgbackrest --stanza=a --delta restore"),
       pasted("Restore", "systemctl stop postgresql\npgbackrest --stanza=a --delta restore")},
      {"restore-of-nothing", dump + pasted("Restore", "pg_restore --clean -d a /b/latest.dump"),
       dump + pasted("Restore", "pg_restore --clean -d a /b/a_2026.dump")},
      {"backup-never-restored",
       script("redis-backup", "redis-cli --rdb /b/r_$(date +%F).rdb") +
           pasted("Recovery", "kubectl get pods"),
       script("redis-backup", "redis-cli --rdb /b/r_$(date +%F).rdb") +
           pasted("Recovery", "kubectl cp /b/r_1.rdb redis-0:/data/dump.rdb")},
      {"claim-deleted",
       pasted("Restore",
              "kubectl delete pvc d\ncat <<EOF | kubectl apply -f -\nvolumes:\n- "
              "persistentVolumeClaim:\n  "
              "  claimName: d\nEOF"),
       pasted("Restore",
              "kubectl delete pvc d\nkubectl apply -f claim.yaml\ncat <<EOF | kubectl apply -f "
              "-\nvolumes:\n- "
              "persistentVolumeClaim:\n    claimName: d\nEOF")},
      {"backup-dies-with-data", dump + every_day, dump_to_s3 + every_day},
      // A download into the same volume is no copy.
      {"backup-dies-with-data",
       script("pg-backup", "mc mirror store/a /b\npg_dump a --file=/b/a_$(date +%F)") + every_day,
       script("pg-backup", "pg_dump a --file=/b/a_$(date +%F)\nmc mirror /b store/a") + every_day},
      {"backup-out-of-reach",
       dump + every_day +
           pasted("Restore",
                  "kubectl exec db-0 --context=dr -- pg_restore --clean -d a /backups/a_x"),
       dump_to_s3 + every_day +
           pasted("Restore",
                  "kubectl exec db-0 --context=dr -- pg_restore --clean -d a /backups/a_x")},
      {"image-lacks-program",
       script("r-backup", "kubectl get pods") +
           cron("r", "0 2 * * *", "redis:7-alpine", "sh /scripts/r-backup.sh"),
       script("r-backup", "redis-cli ping") +
           cron("r", "0 2 * * *", "redis:7-alpine", "sh /scripts/r-backup.sh")},
      {"image-lacks-program",
       script("pg-backup",
              "pg_dump a > /b/a_$(date +%F)\nif command -v aws; then aws s3 cp /b s3://x; fi") +
           cron("pg", "0 2 * * *", "postgres:15", "sh /scripts/pg-backup.sh"),
       script("pg-backup",
              "pg_dump a > /b/a_$(date +%F)\nif command -v pigz; then pigz /b/*; else gzip /b/*; "
              "fi") +
           cron("pg", "0 2 * * *", "postgres:15", "sh /scripts/pg-backup.sh")},
      {"claim-never-bound", volume_claim("gp3", "ReadWriteMany"),
       volume_claim("gp3", "ReadWriteOnce")},
      {"claim-never-bound",
       volume_claim("shared", "ReadWriteMany") + storage_class("pd.csi.storage.gke.io"),
       volume_claim("shared", "ReadWriteMany") + storage_class("filestore.csi.storage.gke.io")},
      {"claim-never-bound",
       volume_claim("shared", "ReadWriteMany") + storage_class("rook-ceph.rbd.csi.ceph.com"),
       volume_claim("shared", "ReadWriteMany", ", volumeMode: Block") +
           storage_class("rook-ceph.rbd.csi.ceph.com")},
      {"copy-follows-deletions", script("w-backup", "aws s3 sync /w s3://b/w --delete"),
       script("w-backup", "aws s3 sync /w s3://b/w")},
      {"copy-follows-deletions", script("w-backup", "aws s3 sync /w s3://b/w --delete"),
       script("w-backup", "aws s3 sync /w s3://b/w --delete") + "The bucket has versioning.\n"},
      {"script-not-executable",
       cron("r", "0 2 * * *", "postgres:15", "/scripts/r-backup.sh", claim),
       cron("r", "0 2 * * *", "postgres:15", "/scripts/r-backup.sh", executable_claim)},
      {"job-may-overlap", every_day,
       cron("r", "0 2 * * *", "a", "b", "", "  concurrencyPolicy: Forbid\n")},
      {"job-without-time-zone", every_day,
       cron("r", "0 2 * * *", "a", "b", "", "  timeZone: Asia/Singapore\n")},
      {"one-password-for-two",
       script("pg-backup",
              "pg_dump -U a -d x -f /b/x_$(date +%F)\npg_dump -U b -d y -f /b/y_$(date +%F)") +
           cron("p", "0 2 * * *", "postgres:15", "/s/pg-backup.sh",
                "            env: [{name: PGPASSWORD, value: x}]\n"),
       dump + cron("p", "0 2 * * *", "postgres:15", "/s/pg-backup.sh",
                   "            env: [{name: PGPASSWORD, value: x}]\n")},
      {"backup-failure-unseen", dump_to_s3 + every_day + alert("pg_up == 0"),
       dump_to_s3 + every_day + alert("kube_job_status_failed > 0")},
      {"backup-not-as-said",
       dump_to_s3 + every_day + "## PostgreSQL backup\nSchedule: every 6 hours\n",
       dump_to_s3 + every_day + "## PostgreSQL backup\nSchedule: daily at 02:00\n"},
      // A list item as documents of others have it.
      {"backup-not-as-said",
       dump_to_s3 + cron("pg-backup", "30 2 * * 0", "postgres:15", "pg_dump a > /b/a_$(date +%F)") +
           "Backups:\n- Postgres: nightly `pg_dump` gzip (`k8s/backups/postgres.yaml`).\n",
       dump_to_s3 + cron("pg-backup", "30 2 * * *", "postgres:15", "pg_dump a > /b/a_$(date +%F)") +
           "Backups:\n- Postgres: nightly `pg_dump` gzip (`k8s/backups/postgres.yaml`).\n"},
      {"backup-not-as-said",
       script("pg-backup", "pg_dump a > /b/a_$(date +%F)\nfind /b -mtime +7 -delete") + every_day +
           "## Backups\n### Database\n- Retention: 30 days\n",
       script("pg-backup", "pg_dump a > /b/a_$(date +%F)\nfind /b -mtime +30 -delete") + every_day +
           "## Backups\n### Database\n- Retention: 30 days\n"},
      {"copy-while-written", script("r-backup", "redis-cli BGSAVE\nsleep 10\ncp /data/dump.rdb /b"),
       script("r-backup",
              "redis-cli BGSAVE\nuntil redis-cli info | grep -q rdb_bgsave_in_progress:0; do sleep "
              "1; done\ncp /data/dump.rdb /b")},
      {"wal-with-gaps", script("w", "pg_receivewal -D /w &"),
       script("w", "pg_receivewal -D /w --slot=a &")},
      {"dumps-of-different-moments",
       script("pg-backup", "for i in 1 2; do pg_dump -d shard_$i -f /b/s_${i}_$(date +%F); done"),
       script("pg-backup", "for i in 1 2; do pg_dump -d tenant_$i -f /b/s_${i}_$(date +%F); done")},
      {"retention-misses-files",
       script("x-backup",
              "redis-cli cluster nodes > /b/nodes_$(date +%F).txt\nfind /b -name \"*.rdb\" -mtime "
              "+7 -delete"),
       script("x-backup",
              "redis-cli cluster nodes > /b/nodes_$(date +%F).txt\nfind /b -name \"*.txt\" -mtime "
              "+7 -delete")},
      {"jobs-share-volume",
       every_day + cron("redis-backup", "0 3 * * *", "redis:7", "/scripts/r.sh", claim),
       every_day + cron("redis-backup", "0 3 * * *", "redis:7", "/scripts/r.sh")},
      {"server-not-named",
       script("r-backup", "redis-cli cluster nodes") +
           cron("r", "0 2 * * *", "redis:7", "sh /scripts/r-backup.sh"),
       script("r-backup", "redis-cli -h redis cluster nodes") +
           cron("r", "0 2 * * *", "redis:7", "sh /scripts/r-backup.sh")},
      {"data-not-kept", database("emptyDir: {}"),
       database("persistentVolumeClaim: {claimName: d}")},
      {"store-without-backup", database("persistentVolumeClaim: {claimName: d}"),
       database("persistentVolumeClaim: {claimName: d}") + every_day},
      {"one-pod", service + database("emptyDir: {}"), service + database("emptyDir: {}", 2)},
      {"budget-blocks-drain", budget("minAvailable: 1") + database("emptyDir: {}"),
       budget("maxUnavailable: 1") + database("emptyDir: {}")},
      {"schedule-never-fires", cron("r", "0 3 31 2 *", "a", "b"),
       cron("r", "0 3 28 2 *", "a", "b")},
      {"backup-not-kept",
       cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db a > /tmp/a-$(date +%F).sql"),
       cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db a > /backups/a-$(date +%F).sql",
            claim)},
      {"client-older-than-server",
       postgres_server + cron("pg-backup", "0 2 * * *", "postgres:14", "pg_dump -h db a"),
       postgres_server + cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db a")},
      {"pipe-hides-failure",
       cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db a | gzip > /backups/a.gz"),
       cron("pg-backup", "0 2 * * *", "postgres:15",
            "set -o pipefail; pg_dump -h db a | gzip > /backups/a.gz")},
      {"job-without-permission",
       script("r-backup", "kubectl get pods") + cron("r", "0 2 * * *", "x", "sh /s/r-backup.sh"),
       script("r-backup", "kubectl get pods") + cron("r", "0 2 * * *", "x", "sh /s/r-backup.sh", "",
                                                     "", "          serviceAccountName: b\n")},
  };
}

std::vector<Pair> safeguard_pairs() {
  const std::string region = "kubectl get pods --context dr\nkubectl get nodes --context dr\n";
  const std::string policy =
      "kubectl apply --context lab -f - <<EOF\napiVersion: networking.k8s.io/v1\nkind: "
      "NetworkPolicy\nmetadata: {name: cut}\nspec: {podSelector: {matchLabels: {";
  const std::string all_egress = "}}, policyTypes: [Egress], egress: []}\nEOF\nsleep 600";
  const std::string secret =
      cron("pg-backup", "0 2 * * *", "postgres:15", "pg_dump -h db a > /backups/a-$(date +%F)",
           "            env: [{name: PGPASSWORD, valueFrom: {secretKeyRef: {name: db, key: "
           "p}}}]\n" +
               claim);
  const std::string job =
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: r}\nspec:\n  "
      "template:\n    spec:\n      restartPolicy: Never\n      containers:\n      "
      "- {name: r, image: \"a:1\"}\n";
  return {
      {"waits-for-ctrl-c", pasted("Recovery", "kubectl get pods -w\nkubectl delete pod x"),
       pasted("Recovery", "kubectl wait --for=condition=Ready pod/y\nkubectl delete pod x")},
      {"terminal-in-script", script("db-restore", "kubectl exec -it db-0 -- psql -c 'TABLE a'"),
       script("db-restore", "kubectl exec db-0 -- psql -c 'TABLE a'")},
      {"secret-in-arguments",
       script("tell", "SLACK_WEBHOOK=${1:?}\ncurl -f -d a \"$SLACK_WEBHOOK\""),
       script("tell", "TEXT=${1:?}\ncurl -f -d \"$TEXT\" --config /etc/slack.conf")},
      {"duration-wraps", script("rca", "A=$1\ndate -d@$(( $A - 1 )) -u +%H:%M:%S"),
       script("rca", "A=$1\ndate -d@$(( $A - 1 )) -u +%F")},
      {"two-health-paths",
       pasted("Recovery",
              "curl -f https://api.x.com/health\nkubectl get pods\nkubectl get svc\n"
              "curl -f https://api.x.com/v1/health"),
       pasted("Recovery",
              "curl -f https://api.x.com/v1/health\ncurl -f https://eu.x.com/v1/health")},
      {"drain-without-timeout", pasted("Recovery", "kubectl drain a --ignore-daemonsets"),
       pasted("Recovery", "kubectl drain a --ignore-daemonsets --timeout=10m")},
      {"context-left-out", pasted("Region failover", region + "kubectl scale sts a --replicas=1"),
       pasted("Region failover", region + "kubectl scale sts a --replicas=1 --context dr")},
      {"folder-not-deep", pasted("Recovery", "kubectl apply -f deploy/"),
       pasted("Recovery", "kubectl apply -R -f deploy/")},
      {"folder-not-deep", pasted("Recovery", "kubectl apply -f k8s/deep/"),
       pasted("Recovery", "kubectl apply -f k8s/flat/")},
      {"file-not-there", pasted("Recovery", "kubectl apply -f k8s/cache.yaml"),
       pasted("Recovery", "kubectl apply -f k8s/db.yaml")},
      {"file-not-there", pasted("Recovery", "bash k8s/restore.sh"),
       pasted("Recovery", "bash elsewhere/restore.sh")},
      {"namespace-refused",
       pasted("Recovery",
              "kubectl get pods -n a\nkubectl get sts -n a\nkubectl apply -R -f d/ -n b"),
       pasted("Recovery",
              "kubectl get pods -n a\nkubectl get sts -n a\nkubectl apply -R -f d/ -n a")},
      {"manifest-not-yaml",
       pasted(
           "Database recovery",
           "cat <<EOF | kubectl apply -f -\n" + job +
               "        command:\n        - |\n          cat > /c <<EOC\nsetting = 'x'\nEOC\nEOF"),
       pasted("Database recovery", "cat <<EOF | kubectl apply -f -\n" + job + "EOF")},
      {"image-without-tag", cron("r", "0 2 * * *", "nicolaka/netshoot", "b"),
       cron("r", "0 2 * * *", "nicolaka/netshoot:v0.13", "b")},
      {"get-all-is-not-all",
       script("x-backup", "mkdir -p /b\nkubectl get all -A -o yaml > /b/all-$(date +%F).yaml"),
       script("x-backup",
              "mkdir -p /b\nkubectl get cm,secret,pvc -A -o yaml > /b/all-$(date +%F).yaml")},
      {"not-backed-up", secret, secret + script("cluster-backup", "velero backup create a")},
      {"masters-written-down",
       script("redis-backup",
              "for i in 0 1; do redis-cli -h redis-master-$i --rdb /b/$i-$(date +%F); done"),
       script(
           "redis-backup",
           "for h in $(redis-cli -h redis cluster nodes | grep master); do redis-cli -h $h --rdb "
           "/b/$h-$(date +%F); done")},
      {"tar-not-unpacked",
       script("pg-backup", "pg_basebackup -h db -D /b/base -Ft") +
           pasted("Restore", "pg_ctl start -D /b/base"),
       script("pg-backup", "pg_basebackup -h db -D /b/base -Ft") +
           pasted("Restore", "tar xf /b/base/base.tar -C /b/base\npg_ctl start -D /b/base")},
      {"clients-still-write",
       pasted("Database recovery", "pg_restore --clean -d shop /b/shop.dump"),
       pasted("Database recovery",
              "kubectl scale deployment shop-api --replicas=0\npg_restore --clean -d shop "
              "/b/shop.dump\nkubectl scale deployment shop-api --replicas=3")},
      {"cluster-not-empty",
       pasted("Redis recovery",
              "rm /data/nodes.conf\nredis-cli --cluster create a:1 b:1 c:1 --cluster-yes"),
       pasted("Redis recovery",
              "rm -r /data/nodes.conf /data/appendonlydir /data/dump.rdb\nredis-cli --cluster "
              "create a:1 b:1 c:1 --cluster-yes")},
      {"asks-for-yes", script("redis-recovery", "redis-cli --cluster create a:1 b:1 c:1"),
       script("redis-recovery", "redis-cli --cluster create a:1 b:1 c:1 --cluster-yes")},
      {"asks-for-yes", script("redis-recovery", "redis-cli --cluster fix a:1 --cluster-yes"),
       script("redis-recovery", "echo yes | redis-cli --cluster fix a:1")},
      {"drill-without-safeguard",
       script("node-drill", "kubectl drain a --timeout=5m\nkubectl get pods"),
       script("node-drill",
              "[ \"$(kubectl config current-context)\" = lab ] || exit 1\nkubectl drain a "
              "--timeout=5m\nkubectl get pods")},
      {"drill-takes-all", script("cut-drill", policy + "app: sfu" + all_egress),
       script("cut-drill", policy + "statefulset.kubernetes.io/pod-name: sfu-0" + all_egress)},
      {"drill-not-scheduled",
       "# DR\n## Monthly drill schedule\n" + script("node-drill", "kubectl get pods"),
       "# DR\n## Monthly drill schedule\nEvery first Monday, by the one on call.\n" +
           script("node-drill", "kubectl get pods")},
      {"recovery-never-drilled",
       pasted("Redis recovery", "kubectl get pods") + script("node-drill", "kubectl get pods"),
       pasted("Redis recovery", "kubectl get pods") +
           script("node-drill", "kubectl delete pod redis-0\nkubectl get pods")},
      {"name-from-typing", script("war", "ID=$1\nkubectl create namespace incident-$ID"),
       script("war", "ID=$(echo \"$1\" | tr A-Z a-z)\nkubectl create namespace incident-$ID")},
      {"depends-on-what-failed",
       "## War room setup\n```bash\nkubectl create configmap board --from-file=a.json\n```\n",
       "## War room setup\n```bash\nkubectl create configmap board --from-file=a.json --context "
       "tools\n```\n"},
      {"logs-of-the-living",
       "## Root cause analysis\n```bash\nkubectl logs -l app=x --since=2h\n```\n",
       "## Root cause analysis\n```bash\nkubectl logs -l app=x --previous\n```\n"},
      {"promise-beyond-objective",
       targets + "## Conclusion\nAll services are back with RTO < 30 minutes.\n",
       targets + "## Conclusion\nAll services are back with RTO <= 30 minutes.\n"},
      {"severity-gap", "# DR\n- SEV-1: >20% of users\n- SEV-2: <20% of users\n" + dump_to_s3,
       "# DR\n- SEV-1: >=20% of users\n- SEV-2: <20% of users\n" + dump_to_s3},
  };
}

std::vector<Pair> recovery_pairs() {
  const std::string promote = "kubectl exec pg-replica-0 -- psql -c 'SELECT pg_promote();'\n";
  const std::string lag = "psql -c 'SELECT pg_last_wal_receive_lsn();'\n";
  return {
      {"promotes-primary",
       script("failover",
              "if psql -c 'SELECT pg_is_in_recovery()' | grep -q f; then\n" + promote + "fi"),
       script("failover",
              "if psql -c 'SELECT pg_is_in_recovery()' | grep -q t; then\n" + promote + "fi")},
      {"wrong-kind",
       pasted("Recovery", "kubectl scale deployment pg --replicas=1\nkubectl exec pg-0 -- ls"),
       pasted("Recovery", "kubectl scale statefulset pg --replicas=1\nkubectl exec pg-0 -- ls")},
      {"command-in-stopped-pod",
       pasted("Recovery",
              "kubectl scale sts pg --replicas=0\nkubectl exec pg-0 -- ls\nkubectl scale sts pg "
              "--replicas=1"),
       pasted("Recovery",
              "kubectl exec pg-0 -- ls\nkubectl scale sts pg --replicas=0\nkubectl scale sts pg "
              "--replicas=1")},
      {"left-scaled-down",
       pasted("Recovery", "kubectl scale sts pg --replicas=0\nkubectl get pods"),
       pasted("Recovery", "kubectl scale sts pg --replicas=0\nkubectl scale sts pg --replicas=2")},
      {"not-waited-for",
       pasted("Recovery",
              "kubectl scale sts pg --replicas=0\nkubectl scale sts pg --replicas=1\nkubectl exec "
              "pg-0 -- psql -c x"),
       pasted("Recovery",
              "kubectl scale sts pg --replicas=0\nkubectl scale sts pg --replicas=1\nkubectl "
              "rollout status sts pg\nkubectl exec pg-0 -- psql -c x")},
      {"traffic-before-service",
       pasted("Region failover",
              "curl -f -X PUT https://api.cloudflare.com/zones/z/dns_records/r -H 'Authorization: "
              "a' -d b\nkubectl apply -f x"),
       pasted("Region failover",
              "kubectl apply -f x\ncurl -f -X PUT https://api.cloudflare.com/zones/z/dns_records/r "
              "-H 'Authorization: a' -d b")},
      {"no-failback", pasted("Region failover", "kubectl apply -f x"),
       pasted("Region failover", "kubectl apply -f x") +
           pasted("Region failback", "kubectl apply -f y")},
      {"old-primary-not-fenced", pasted("Region failover", "pg_restore --clean -d a /b/a"),
       pasted("Region failover",
              "kubectl scale sts pg --replicas=0 --context old\npg_restore --clean -d a /b/a")},
      {"old-primary-not-fenced",
       pasted("Region failover",
              "kubectl scale deployment web --replicas=0 --context old\npg_restore --clean -d a "
              "/b/a") +
           pasted("Region failback", "kubectl apply -f y"),
       pasted("Region failover",
              "kubectl scale deployment web --replicas=0 --context old\nkubectl scale sts "
              "orders-db --replicas=0 --context old\npg_restore --clean -d a /b/a") +
           pasted("Region failback", "kubectl apply -f y")},
      {"not-in-recovery",
       pasted("Restore", "pg_restore --clean -d a /b/a\npsql -c 'SELECT pg_wal_replay_resume()'"),
       pasted("Restore", "touch /d/recovery.signal\npsql -c 'SELECT pg_wal_replay_resume()'")},
      {"failover-misses-component",
       targets + pasted("Region failover", "pg_restore --clean -d a /b/a"),
       targets + pasted("Region failover",
                        "pg_restore --clean -d a /b/a\nkubectl cp /b/r.rdb redis-0:/data")},
      {"restore-onto-existing", pasted("Restore", "pg_restore -d a /b/a"),
       pasted("Restore", "pg_restore --clean --if-exists -d a /b/a")},
      {"rollback-without-effect",
       pasted("Rollback", "x=1\nkubectl scale deployment web --replicas=2"),
       pasted("Rollback", "kubectl rollout undo deployment web")},
      {"scale-all-alike", pasted("Recovery", "kubectl scale deployment --all --replicas=1"),
       pasted("Recovery", "kubectl scale deployment web --replicas=4")},
      {"proof-proves-nothing", pasted("Recovery", "kubectl delete pod a\npsql -c 'SELECT 1;'"),
       pasted("Recovery", "psql -c 'SELECT 1;'\nkubectl delete pod a")},
      {"asked-of-standby",
       pasted("Recovery",
              "kubectl exec pg-replica-1 -- psql -c 'SELECT * FROM pg_stat_replication;'"),
       pasted(
           "Recovery",
           promote + "kubectl exec pg-replica-0 -- psql -c 'SELECT * FROM pg_stat_replication;'")},
      {"standby-not-compared", pasted("Recovery", "kubectl get pod pg-replica-1\n" + promote),
       pasted("Recovery", "kubectl exec pg-replica-0 -- " + lag + "kubectl exec pg-replica-1 -- " +
                              lag + promote)},
      {"replicate-before-meet",
       pasted("Recovery", "redis-cli cluster reset\nredis-cli cluster replicate x"),
       pasted("Recovery",
              "redis-cli cluster reset\nredis-cli cluster meet 10.0.0.1 6379\nredis-cli cluster "
              "replicate x")},
      {"reset-of-one",
       pasted("Recovery", "kubectl exec r-0 -- rm /data/nodes.conf\nkubectl exec s-0 -- ls"),
       pasted("Recovery",
              "for i in 0 1; do kubectl exec r-$i -- rm /data/nodes.conf; done\nkubectl exec s-0 "
              "-- ls")},
      {"left-behind", pasted("War room", "kubectl create namespace incident-1"),
       pasted("War room",
              "kubectl create namespace incident-1\nkubectl delete namespace incident-1")},
      {"arbitrary-node",
       pasted("Node drill",
              "kubectl drain $(kubectl get nodes -o jsonpath='{.items[0].metadata.name}')"),
       pasted(
           "Node drill",
           "kubectl drain $(kubectl get pods -l app=x -o jsonpath='{.items[0].spec.nodeName}')")},
      {"phase-misses-lost-node",
       pasted("Node failure", "kubectl get pods --field-selector=status.phase=Failed"),
       pasted("Node failure", "kubectl get nodes")},
      {"waits-for-lost-node", pasted("Node failure", "kubectl delete pod x"),
       pasted("Node failure", "kubectl delete pod x --wait=false")},
      {"rollout-not-awaited",
       pasted("Recovery",
              "kubectl rollout restart deployment/a\nkubectl rollout restart deployment/b\nkubectl "
              "rollout status deployment/a"),
       pasted("Recovery",
              "kubectl rollout restart deployment/a\nkubectl rollout status deployment/a")},
      {"restart-of-all",
       pasted("Node failure",
              "kubectl rollout restart deployment/a\nkubectl rollout status deployment/a"),
       pasted("Bad settings", "kubectl rollout restart deployment/a")},
      {"objective-without-procedure", targets + pasted("Database recovery", "kubectl get pods"),
       targets + pasted("Database recovery", "kubectl get pods") +
           pasted("Redis recovery", "kubectl get pods")},
      {"drill-measures-nothing",
       script("node-drill", "kubectl cordon x\nsleep 600\nkubectl uncordon x"),
       script("node-drill", "kubectl cordon x\nkubectl get pods -o wide\nkubectl uncordon x")},
      {"goes-on-after-failure",
       script("db-restore",
              "kubectl scale sts a --replicas=0\nkubectl delete pvc a\nkubectl apply -f a"),
       script(
           "db-restore",
           "set -e\nkubectl scale sts a --replicas=0\nkubectl delete pvc a\nkubectl apply -f a")},
      {"standbys-not-repointed", pasted("Recovery", "kubectl get pod pg-replica-1\n" + promote),
       pasted(
           "Recovery",
           "kubectl get pod pg-replica-1\n" + promote +
               "kubectl exec pg-replica-1 -- psql -c \"ALTER SYSTEM SET primary_conninfo = 'x'\"")},
      {"restarts-new-primary",
       pasted("Recovery", promote + "kubectl rollout restart sts pg-replica"),
       pasted("Recovery", promote + "kubectl rollout restart sts web")},
      {"lag-without-primary",
       pasted("Recovery", "psql -c 'SELECT pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn()'"),
       pasted("Recovery", "psql -c 'SELECT pg_last_wal_receive_lsn()'")},
      {"ttl-too-late",
       pasted("Region failover", "curl -f -X PUT https://x/dns_records/y --data '{\"ttl\":60}'"),
       pasted("Region failover", "curl -f -X PUT https://x/dns_records/y --data '{}'")},
      {"asks-what-failed",
       pasted("Redis master failure", "kubectl exec redis-master-0 -- redis-cli info"),
       pasted("Redis master failure", "kubectl exec redis-replica-0 -- redis-cli info")},
      {"drill-too-gentle", script("node-failure-drill", "kubectl drain x\nkubectl get pods"),
       script("node-failure-drill", "doctl compute droplet-action power-off x\nkubectl get pods")},
      {"drill-not-undone", script("node-drill", "kubectl cordon x\nsleep 600\nkubectl uncordon x"),
       script("node-drill",
              "trap 'kubectl uncordon x' EXIT\nkubectl cordon x\nsleep 600\nkubectl uncordon x")},
      {"selector-misses-pod",
       pasted("Recovery",
              promote +
                  "kubectl patch service db -p '{\"spec\":{\"selector\":{\"role\":\"primary\"}}}'"),
       pasted("Recovery",
              promote + "kubectl label pod pg-replica-0 role=primary --overwrite\nkubectl patch "
                        "service db -p '{\"spec\":{\"selector\":{\"role\":\"primary\"}}}'")},
  };
}

/// Those whose evidence is a platform or a rehearsal: tests/cli/audit_test.cpp.
const std::set<std::string, std::less<>> elsewhere{"not-read",
                                                   "config-not-in-force",
                                                   "config-refused",
                                                   "config-not-expanded",
                                                   "rehearsed",
                                                   "needs-people",
                                                   "backup-misses-database",
                                                   "autoscaler-undoes",
                                                   "sibling-left-out",
                                                   "objective-beyond-dependency",
                                                   "pod-name-does-not-resolve",
                                                   "not-rehearsed",
                                                   "step-fails",
                                                   "error-unseen",
                                                   "step-never-ends",
                                                   "recovery-misses-objective",
                                                   "left-worse",
                                                   "drill-without-fault",
                                                   "job-fails",
                                                   "single-point-of-failure",
                                                   "dependency-cycle",
                                                   "no-room-after-loss",
                                                   "replicas-share-domain",
                                                   "backup-in-same-region",
                                                   "allowance-without-reason"};

void check_pairs(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    INFO(pair.rule);
    const auto wrong = audited(pair.wrong), mended = audited(pair.mended);
    {
      INFO("found:\n" << words_of(wrong));
      CHECK(finds(wrong, pair.rule));
    }
    INFO("found in the mended one:\n" << words_of(mended));
    CHECK(!finds(mended, pair.rule));
  }
}

}  // namespace

TEST_CASE("what is wrong in shell and commands is found, and not in the mended version") {
  check_pairs(shell_pairs());
}
TEST_CASE("what is wrong with backups is found, and not in the mended version") {
  check_pairs(backup_pairs());
}
TEST_CASE("what endangers more than it should is found, and not in the mended version") {
  check_pairs(safeguard_pairs());
}
TEST_CASE("what is wrong with procedures is found, and not in the mended version") {
  check_pairs(recovery_pairs());
}

TEST_CASE("every rule has a pair that shows it") {
  std::set<std::string, std::less<>> shown = elsewhere;
  for (const auto& pairs : {shell_pairs(), backup_pairs(), safeguard_pairs(), recovery_pairs()})
    for (const Pair& pair : pairs) shown.insert(pair.rule);
  std::set<std::string, std::less<>> ids;
  for (const audit::Rule& rule : audit::rules()) {
    INFO(rule.id);
    CHECK(shown.count(rule.id) == 1);
    CHECK(ids.insert(std::string(rule.id)).second);
    CHECK(!rule.fix.empty());
  }
}

TEST_CASE("an allowance needs a reason, and holds for its line or the next") {
  std::vector<audit::Finding> findings(2);
  findings[0] = {"placeholder", audit::Severity::note, {"a.md", 2}, "x", "", "y", ""};
  findings[1] = {"placeholder", audit::Severity::note, {"a.md", 9}, "x", "", "y", ""};
  audit::apply_allowances(
      "<!-- drdrill: allow placeholder the tool fills it in -->\nx\n# drdrill: allow left-behind\n",
      "a.md", findings);
  CHECK(findings[0].accepted == "the tool fills it in");
  CHECK(findings[1].accepted.empty());
  REQUIRE(findings.size() == 3);
  CHECK(findings[2].rule == "allowance-without-reason");
  CHECK(findings[2].place.line == 3);
}

TEST_CASE("components that need each other are a cycle, a chain is none") {
  PlatformSpec platform;
  platform.dependencies = {{ComponentId::api, ComponentId::postgres, {}},
                           {ComponentId::postgres, ComponentId::redis, {}}};
  CHECK(audit::dependency_cycles(platform).empty());
  platform.dependencies.push_back({ComponentId::redis, ComponentId::api, {}});
  REQUIRE(audit::dependency_cycles(platform).size() == 1);
  CHECK(audit::dependency_cycles(platform).front().size() == 3);
}
