#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/audit/auditing.hpp"

using namespace drdrill;

/// A false alarm costs as much as a miss: texts that look wrong and are not.
namespace {

struct Quiet {
  std::string rule;
  std::string why;
  std::string text;
};

std::string script(const std::string& name, const std::string& body) {
  return "## " + name + "\n```bash\n#!/bin/bash\n# " + name + ".sh\n" + body + "\n```\n";
}
std::string pasted(const std::string& heading, const std::string& body) {
  return "## " + heading + "\n```bash\n" + body + "\n```\n";
}
std::string yaml(const std::string& text) {
  return "```yaml\n" + text + "\n```\n";
}
/// A workload in one line of YAML for its pod.
std::string workload(const std::string& kind, const std::string& more, const std::string& pod) {
  return yaml("apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: db}\nspec:\n  " + more +
              "selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n"
              "    spec: " +
              pod);
}
std::string job(const std::string& spec, const std::string& command, const std::string& pod = "") {
  return yaml(
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: pg-backup}\nspec:\n  " + spec +
      "\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: "
      "b, image: \"postgres:15\", command: [bash, -c, \"" +
      command + "\"]" + pod + "}}}}");
}
const std::string mounted =
    ", volumeMounts: [{name: b, mountPath: /b}]}], volumes: [{name: b, "
    "persistentVolumeClaim: {claimName: b}}]";
const std::string unmounted = "}]";
const std::string targets =
    "| What | RTO | RPO |\n|---|---|---|\n| PostgreSQL | 30 m | 15 m |\n| Redis | 5 m | 12 h |\n";

const std::string alerts = yaml(
    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec: "
    "{groups: [{name: g, rules: [{alert: A, expr: \"pg_up == 0\"}]}]}");
const std::string web = yaml(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: front}\nspec: "
    "{selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
    "{containers: [{name: w, image: \"nginx:1\"}]}}}");

std::vector<Quiet> texts() {
  return {
      {"schedule-misses-rpo", "another one is made often enough",
       targets +
           yaml("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: pg-backup-daily}\n"
                "spec: {schedule: \"0 2 * * *\", jobTemplate: {spec: {template: {spec: "
                "{restartPolicy: Never, containers: [{name: p, image: \"postgres:15\", "
                "command: [sh, -c, \"pg_dump a > /b/a\"]}]}}}}}") +
           yaml("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: pg-backup-often}\n"
                "spec: {schedule: \"*/10 * * * *\", jobTemplate: {spec: {template: {spec: "
                "{restartPolicy: Never, containers: [{name: p, image: \"postgres:15\", "
                "command: [sh, -c, \"pg_dump a > /b/a\"]}]}}}}}")},
      {"drill-measures-nothing", "what their own program does is not seen here",
       pasted("Monthly restore drill", "python -m ops.restore_drill")},
      {"rollback-without-effect", "it takes back what the procedure above it did",
       pasted("Kill switch", "kubectl scale deploy/feed --replicas=0") +
           pasted("Rollback", "x=1\nkubectl scale deploy/feed --replicas=3")},
      {"never-returns", "a watcher is started to watch",
       script("config-watcher", "while true; do\n  stat /etc/x\n  sleep 10\ndone")},
      {"schedule-misses-rpo", "a job that cleans up backs nothing up",
       targets +
           yaml("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: redis-purge-idle}\n"
                "spec: {schedule: \"30 3 * * *\", jobTemplate: {spec: {template: {spec: "
                "{restartPolicy: Never, containers: [{name: p, image: \"redis:7.2\", command: "
                "[sh, -c, \"redis-cli --scan | xargs redis-cli unlink\"]}]}}}}}")},
      {"old-primary-not-fenced", "somebody stops it by hand",
       pasted("Region failover", "pg_restore --clean -d a /b/a") +
           "1. Stop the old database servers at the provider's console\n"},
      {"not-in-recovery", "the server that is asked is another one",
       pasted("Restore",
              "pg_restore -h a --clean -d a /b/a\nkubectl exec pg-replica-0 -- psql -c "
              "'SELECT pg_wal_replay_resume()'")},
      {"variable-swallows-text", "a tag of HTML ends the name",
       script("report", "name=$1\ncat >> r.html << EOF\n<td>$name</td>\nEOF")},
      {"api-version", "Knative has a Service of its own",
       yaml("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {}")},
      {"never-returns", "a menu is left by what is chosen, in a function",
       script("menu",
              "menu() { read -r c; [ $c = q ] && exit; }\nwhile true; do\n  menu\n  read "
              "-p Continue\ndone\nkubectl get pods")},
      {"two-health-paths", "who asks for both in one go knows of both",
       pasted("Verify recovery", "curl http://x/health\ncurl http://x/api/v1/health")},
      {"namespace-left-out", "--raw asks for a path, and no namespace",
       script("look-restore",
              "kubectl get pods -n a\nkubectl get svc -n a\nkubectl get cm -n a\nkubectl get sts "
              "-n a\nkubectl get --raw /apis/custom.metrics.k8s.io/v1beta1")},
      {"no-failback", "the document has a section of it, in words",
       pasted("Region failover recovery", "kubectl --context b scale deployment web --replicas=3") +
           "## Afterwards\n5. **Planned Failback**: the same, in reverse\n"},
      {"drill-measures-nothing", "what their own script measures is not seen here",
       pasted("Rollback drill", "DRY_RUN=false ./rollback-drill.sh")},
      {"backup-overwrites-backup", "the loop's variable is in the substitution",
       script("logs-backup",
              "for pod in a b; do\n  kubectl logs $pod > logs-$(basename $pod).txt\n"
              "done")},
      {"shell-syntax", "what is typed into psql is no shell",
       pasted("Restore", "kubectl get pods") +
           pasted("Look at the restored database", "psql -h db -d a\nSELECT a, COUNT(*) FROM a;")},
      {"arbitrary-node", "the node's name tells the cluster's, and nothing is exercised",
       script("link",
              "kubectl create cm x --from-literal=n=$(kubectl get nodes -o "
              "jsonpath='{.items[0].metadata.name}')")},
      {"options-clash", "the format is not known before",
       script("pg-backup", "F=$1\npg_dump -j 4 -F $F a -f /b/a_$(date +%F)")},
      {"claim-never-bound", "what the class makes is not known",
       yaml("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: "
            "{accessModes: [ReadWriteMany], storageClassName: fast-ssd}")},
      {"one-generation", "what is shown for doing by hand has whatever name is typed",
       pasted("Backup", "pg_dump -Fc a > backup.dump")},
      {"backup-not-kept", "a standby's first copy is no backup",
       workload("StatefulSet", "",
                "{containers: [{name: p, image: \"postgres:15\"}], initContainers: [{name: i, "
                "image: \"postgres:15\", command: [sh, -c, \"pg_basebackup -PR -h db -D "
                "/var/lib/postgresql/data\"]}]}")},
      {"left-scaled-down", "the losing side of an experiment stays down",
       script("rollback-recovery",
              "kubectl scale deployment a-treatment --replicas=0\nkubectl scale "
              "deployment a-control --replicas=10")},
      {"waits-for-lost-node", "the kubelet of a node that is only slow answers",
       pasted("Driver crash recovery: node issues", "kubectl cordon n1\nkubectl delete pod x")},
      {"copy-follows-deletions", "it is brought back from there",
       script("fetch-backup", "aws s3 sync s3://b/w /w --delete")},
      {"data-not-kept", "PGDATA lies on the volume",
       workload(
           "StatefulSet", "",
           "{containers: [{name: p, image: \"postgres:15\", env: [{name: PGDATA, value: "
           "/pgdata/data}], volumeMounts: [{name: d, mountPath: /pgdata}]}], volumes: [{name: d, "
           "persistentVolumeClaim: {claimName: d}}]}")},
      {"data-not-kept", "a client of the server's image keeps nothing",
       workload("Deployment", "",
                "{containers: [{name: p, image: \"postgres:15\", command: [sleep, infinity]}]}")},
      {"data-not-kept", "Redis without persistence is a cache",
       workload("Deployment", "", "{containers: [{name: r, image: \"redis:7\"}]}")},
      {"budget-blocks-drain", "an autoscaler keeps three",
       workload("Deployment", "", "{containers: [{name: w, image: \"nginx:1\"}]}") +
           yaml(
               "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: "
               "db}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: db}\n  "
               "minReplicas: 3\n  maxReplicas: 9") +
           yaml("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: db}\nspec: "
                "{minAvailable: 1, selector: {matchLabels: {app: db}}}")},
      {"failover-on-master", "a replica is asked through the master's pod",
       pasted("Redis recovery",
              "kubectl exec redis-master-0 -- redis-cli -h \"$replica\" cluster failover force")},
      {"left-scaled-down", "what was started for a test is put back",
       pasted("Database restore",
              "kubectl scale sts scratch --replicas=1\nkubectl exec scratch-0 -- psql -c 'TABLE "
              "a'\nkubectl scale sts scratch --replicas=0")},
      {"left-scaled-down", "a list of commands is no procedure",
       pasted("Useful commands", "kubectl scale deployment web --replicas=0\nkubectl get pods")},
      {"left-scaled-down", "batch work can wait",
       pasted("Database recovery",
              "kubectl scale deployment report-batch --replicas=0\nkubectl get pods")},
      {"command-in-stopped-pod", "another cluster has a pod of the same name",
       pasted("Region failover",
              "kubectl scale sts db --replicas=0 --context old\nkubectl exec db-0 --context new -- "
              "psql -c 'TABLE a'")},
      {"traffic-before-service", "the region was started before",
       pasted("Region failover",
              "kubectl apply -f x --context dr\ncurl -f -X PUT https://x/dns_records/y -H "
              "'Authorization: a' -d b\nkubectl scale deployment a --replicas=9 --context dr")},
      {"standby-not-compared", "a function asks each of them",
       pasted("Database recovery",
              "lsn() { kubectl exec \"$1\" -- psql -c 'SELECT pg_last_wal_receive_lsn()'; }\nfor s "
              "in pg-replica-0 pg-replica-1; do lsn $s; done\nkubectl exec pg-replica-1 -- psql -c "
              "'SELECT pg_promote()'")},
      {"arbitrary-node", "a label says which nodes are meant",
       pasted("Node drill",
              "kubectl drain $(kubectl get nodes -l pool=sfu -o "
              "jsonpath='{.items[0].metadata.name}')")},
      {"restore-never-tried", "a heading says that restores are tested",
       script("pg-backup", "pg_dump -d a -f /b/a_$(date +%F)") + pasted("A", "kubectl get pods") +
           script("restore-test", "docker run -d -v /b:/b postgres:15\npsql -c 'TABLE a'")},
      {"objective-without-backup", "a script of the name copies the database",
       targets + script("backup-database", "pg_dump -d a -f /b/a_$(date +%F)") +
           script("redis-backup", "redis-cli --rdb /b/r_$(date +%F)")},
      {"objective-without-backup", "the whole namespace is copied",
       targets + script("cluster-backup", "velero backup create a")},
      {"folder-not-made", "the folder is a volume of the pod",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql", mounted)},
      {"one-generation", "the file is only passing",
       script(
           "keys-backup",
           "mkdir -p /b\nkubectl get secret -o yaml > /b/keys.yaml\ngpg -c /b/keys.yaml\nshred -u "
           "/b/keys.yaml")},
      {"job-may-overlap", "it writes nothing, once a day",
       job("schedule: \"0 3 * * *\"", "psql -h db -c 'TABLE a'", unmounted)},
      {"failure-looks-like-success", "it only looks",
       script("look", "kubectl get pods\nkubectl get nodes\necho -e \"check complete\"")},
      {"namespace-left-out", "the kind is the cluster's",
       pasted(
           "x",
           "kubectl get pods -n a\nkubectl get pods -n a\nkubectl get pods -n a\nkubectl get sts "
           "-n a\nkubectl get validatingwebhookconfigurations x\nkubectl get clusterissuers y")},
      {"one-generation", "what goes to /dev/null is no file",
       script(
           "pg-backup",
           "if ! kubectl get namespace a &> /dev/null; then exit 1; fi\nkubectl exec db-0 -- test "
           "-d /b 2>/dev/null\npg_dump -d a -f /b/a_$(date +%F)")},
      {"backup-overwrites-backup", "errors that are thrown away are no file",
       script(
           "pg-backup",
           "for d in a b; do kubectl wait --for=delete pod -l app=$d 2>/dev/null || true; done")},
      {"folder-not-made", "every system has the folder",
       script("x-backup", "date > /var/lib/x-backup.last\nkubectl get cm -o yaml > /opt/cm.yaml")},
      {"retention-misses-files", "gzip puts an ending behind the name",
       script("pg-backup",
              "F=/b/a_$(date +%F).sql\npg_dump -d a > $F\ngzip $F\nfind /b -name 'a_*.sql.gz' "
              "-mtime +7 -delete")},
      {"dump-cannot-replay-wal", "the other way is only described",
       script("restore",
              "restore() { pg_restore --clean -d a /b/a; }\npitr() { echo \"restore_command = 'cp "
              "/w/%f %p'\"; }\nrestore")},
      {"restore-of-nothing", "where the segments lie is not known",
       script("pg-backup", "pg_dump -d a -f /b/a_$(date +%F)") +
           script("restore", "echo \"restore_command = 'cp $WAL/%f %p'\" >> $PGDATA/x.conf")},
      {"restore-of-nothing", "a hook of Velero's makes the file",
       script("pg-backup", "pg_dump -d a -f /b/a_$(date +%F)") +
           yaml("apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: daily}\nspec: {hooks: "
                "[\"pg_dump -Fc a > /tmp/a.dump\"]}") +
           pasted("Restore", "pg_restore --clean -d a /tmp/a.dump")},
      {"terminal-in-script", "-t names what docker builds",
       script("make-image", "docker build -t registry/a:1 .")},
      {"wrong-kind", "a pod of another namespace says nothing",
       pasted("Recovery",
              "kubectl exec kc-0 -n auth -- ls\nkubectl scale deployment kc -n web "
              "--replicas=1")},
      {"folder-not-deep", "an address is no folder",
       pasted("Recovery", "kubectl apply -f https://x.example/manifests/")},
      {"file-not-there", "a Secret is in no repository",
       pasted("Recovery", "kubectl apply -f k8s/db-secret.yaml")},
      {"file-not-there", "paths begin where the commands have gone to",
       pasted("Recovery", "cd deploy\nkubectl apply -f k8s/cache.yaml")},
      {"no-password", "the Secret that is given as a whole has it",
       yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {PGPASSWORD: x}") +
           job("schedule: \"0 3 * * *\"", "pg_dump -h db -Fc a > /b/a",
               ", envFrom: [{secretRef: {name: s}}]" + mounted)},
      {"no-password", "what is in a Secret that was not given nobody knows",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db -Fc a > /b/a",
           ", envFrom: [{secretRef: {name: s}}]" + mounted)},
      {"retention-after-failure", "the clean-up hangs on the dump",
       job("schedule: \"0 3 * * *\"", "pg_dump a > /b/a && find /b -mtime +7 -delete", mounted)},
      {"variable-not-set", "a template of Terraform's",
       script("boot", "REGION=${region}\necho $${REGION} $REGION > /etc/region")},
      {"variable-not-set", "functions for others, who set their variables",
       script("common",
              "set -eu\nsay() { echo \"$LEVEL $1\"; }\nstop() { say \"$WHY\"; exit 1; }")},
      {"variable-not-set", "the image of an entrypoint has variables",
       script("docker-entrypoint", "mkdir -p \"$PGDATA\"\nexec postgres -D \"$PGDATA\"")},
      {"choice-not-checked", "an entrypoint takes any command",
       script("docker-entrypoint", "case $1 in proxy) haproxy -f /h;; esac\nexec \"$@\"")},
      {"backup-never-restored", "a job that was not given restores it",
       script("postgres-backup", "pg_dump a > /b/a_$(date +%F)") +
           pasted("Restore", "kubectl apply -f jobs/postgres-restore-job.yaml")},
      {"image-without-tag", "a digest is more than a tag",
       yaml("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: "
            "{matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: "
            "[{name: a, image: \"a@sha256:0123456789abcdef\"}]}}}")},
      {"resource-unknown", "what runs in a pod is no question to the API server",
       pasted("Recovery", "kubectl exec broker-0 -- rpk topic describe events.livekit.io")},
      {"resource-unknown", "a company's own custom resource",
       pasted("Recovery", "kubectl get gateways.example.dev")},
      {"kubectl-logs-of-nothing", "the command is only named",
       "## Recovery\n1. Look at the pods: `kubectl logs`\n2. Then restart: `kubectl rollout "
       "restart "
       "deploy/a`\n"},
      {"image-lacks-program", "a function of the script",
       job("schedule: \"0 3 * * *\"", "notify() { echo $1; }; notify done", mounted)},
      {"drill-measures-nothing", "a step by hand may be the look",
       "## Failover drill\n1. Look at the dashboard.\n2. Take a pod away:\n```bash\nkubectl delete "
       "pod redis-0\n```\n"},
      {"choice-not-checked", "a case that a function ends with",
       script("db-restore", "log() { case $1 in A) echo a;; esac; }\nlog A\nkubectl get pods")},
      {"left-scaled-down", "a later heading starts it again",
       pasted("Recovery: stop", "kubectl scale deployment web --replicas=0") +
           pasted("Recovery: start", "kubectl scale deployment web --replicas=2")},
      {"two-health-paths", "two services below one host",
       pasted("Recovery",
              "curl -f https://a.example/rest/gw/health\ncurl -f https://a.example/api/v1/health")},
      {"variable-unused", "the script that is read in uses it",
       script("db-restore", "LEVEL=debug\nsource ./common.sh\nkubectl get pods")},
      {"request-without-credentials", "a public release",
       script("get", "curl -s https://api.github.com/repos/a/b/releases/latest")},
      {"no-copy-before-restore", "the old database is kept",
       script("db-restore",
              "pg_dump a > /tmp/a.sql\npsql -c 'DROP DATABASE a'\npsql -c 'CREATE DATABASE a'")},
      {"no-copy-before-restore", "a server to try it on",
       script("db-restore-test", "psql -d scratch -c 'DROP DATABASE scratch'")},
      {"objective-without-backup", "a provider's database copies itself",
       targets + "Our database is Amazon RDS.\n" +
           script("redis-backup", "redis-cli -h r --rdb /tmp/r_$(date +%F).rdb")},
      {"server-not-named", "a Secret as a whole gives the variables",
       job("schedule: \"0 3 * * *\"", "pg_dump -Fc > /b/a",
           ", envFrom: [{secretRef: {name: db}}]}]")},
      {"image-lacks-program", "the shell does it itself, or it is installed before",
       job("schedule: \"0 3 * * *\"",
           "apt-get update && apt-get install -y awscli; for i in 1 2; do command -v aws && break; "
           "done; aws s3 ls",
           unmounted)},
      {"never-returns", "the pods of a Job end",
       script("run-backup",
              "kubectl create job now --from=cronjob/b\nkubectl logs -f $POD\necho done")},
      {"promise-beyond-objective", "the one objective in two words",
       "# Summary\n\nRTO: < 4 hours\n\n# Targets\n\n| Metric | Target |\n|---|---|\n| RTO | 4 "
       "hours |\n| RPO | 1 hour |\n"},
      {"clients-still-write", "SQL that corrects something is no restore",
       pasted("Rollback of a migration", "psql $URL -f fixes/undo-migration.sql")},
      {"never-returns", "it ends at once, for it has no such option",
       script("w", "pg_receivewal -h a -D /w --progress\necho x")},
      {"script-not-executable", "bash reads it",
       yaml(
           "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: r}\nspec:\n  schedule: \"0 3 * * "
           "*\"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: "
           "[{name: "
           "b, image: \"postgres:15\", command: [bash, /s/r.sh], volumeMounts: [{name: s, "
           "mountPath: "
           "/s}]}], volumes: [{name: s, configMap: {name: s}}]}}}}")},
      {"image-lacks-program", "the script is mounted",
       job("schedule: \"0 3 * * *\"", "/s/r.sh", unmounted)},
      {"sleep-for-ready", "a drill holds its fault",
       script("cut-drill", "kubectl apply -f cut.yaml\nsleep 600\nkubectl delete -f cut.yaml")},
      {"backup-not-kept", "it is sent away",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /tmp/a.sql; aws s3 cp /tmp/a.sql s3://b/",
           unmounted)},
      {"pipe-hides-failure", "the shell minds",
       script("pg-backup", "set -euo pipefail\npg_dump -d a | gzip > /b/a_$(date +%F).gz")},
      {"context-left-out", "the cluster is chosen first",
       pasted("Region failover",
              "kubectl config use-context dr\nkubectl get pods --context dr\nkubectl get nodes "
              "--context dr\nkubectl apply -f a")},
      {"clients-still-write", "the region is lost, and its clients with it",
       pasted("Region failover", "pg_restore --clean -d a /b/a")},
      {"promise-beyond-objective", "it speaks of one component",
       targets + "\nRedis comes back by itself with RTO < 1 minute.\n"},
      {"drill-takes-all", "it takes one pod",
       script("cut-drill",
              "kubectl apply -f - <<EOF\nkind: NetworkPolicy\nspec: {podSelector: {matchLabels: "
              "{drill: cut}}, egress: []}\nEOF\nsleep 60")},
      {"secret-in-arguments", "it is read from a file",
       script("tell", "curl -f --config /etc/token.conf -d a https://x.y")},
      {"backup-failure-unseen", "nobody gave any alerts",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql", mounted)},
      {"backup-failure-unseen", "the job tells a dead man's switch",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql; curl -f https://x.y/ping",
           mounted) +
           alerts},
      {"backup-failure-unseen", "kube-prometheus has an alert of its own for failed jobs",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql", mounted) + alerts +
           "It runs beside kube-prometheus-stack.\n"},
      {"backup-not-as-said", "it is said of WAL",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql", mounted) +
           "## PostgreSQL backup\n- WAL is shipped every 5 minutes\n- Backup: daily\n"},
      {"backup-not-as-said", "it is said of something else",
       job("schedule: \"0 3 * * *\"", "pg_dump -h db a > /b/a.sql", mounted) +
           "## Backup\n1. Velero\n- Schedule: hourly\n2. PostgreSQL\n- Schedule: daily\n"},
      {"object-elsewhere", "it is restored to a place of its own",
       pasted("x", "kubectl rollout status deployment/web -n restore-test") + web},
      {"object-elsewhere", "the procedure makes that namespace",
       pasted("x",
              "kubectl create namespace shop-2\nkubectl apply -f a -n shop-2\nkubectl rollout "
              "status deployment/web -n shop-2") +
           web},
      {"image-lacks-program", "a text that is read in defines it",
       job("schedule: \"0 3 * * *\"", ". /scripts/lib.sh; copy-all /b", mounted)},
      {"backup-not-kept", "a note is no backup",
       job("schedule: \"0 3 * * *\"", "psql -h db -c 'TABLE a' > /tmp/count.txt", unmounted)},
      {"backup-not-kept", "a standby begins with a copy of its primary",
       workload("StatefulSet", "",
                "{containers: [{name: p, image: \"postgres:15\", command: [bash, -c, "
                "\"pg_basebackup -h db -D /data; exec docker-entrypoint.sh postgres\"]}]}")},
      {"one-generation", "a standby begins with a copy of its primary",
       workload("StatefulSet", "",
                "{containers: [{name: p, image: \"postgres:15\", command: [bash, -c, "
                "\"pg_basebackup -h db -D /data; exec docker-entrypoint.sh postgres\"]}]}")},
      {"server-not-named", "the connection string says it",
       job("schedule: \"0 3 * * *\"", "pg_dump $DATABASE_URL > /b/a.sql", mounted)},
      {"backup-never-restored", "who looks at backups makes none",
       pasted("Backup monitoring", "ls -t /b/*.sql.gz | head -1\ndu -b /b/a.sql.gz") +
           pasted("Recovery", "kubectl get pods")},
      {"backup-not-scheduled", "the name is not what anybody called it",
       "## Nightly backup\n```bash\n#!/bin/bash\npg_dump a > /b/a_$(date +%F).sql\n```\n" +
           job("schedule: \"0 3 * * *\"", "/x/other.sh", mounted)},
      {"copy-while-written", "the server sends a snapshot of the moment",
       script("r-backup", "redis-cli BGSAVE\nsleep 10\nredis-cli --rdb /b/r_$(date +%F)")},
      {"masters-written-down", "a single server stays the master",
       script("r-backup", "redis-cli -h redis-master --rdb /b/r_$(date +%F)")},
      {"waits-for-lost-node", "the node joins, and answers",
       pasted("Adding a new node", "kubectl run probe --image=nginx:1\nkubectl delete pod probe")},
      {"left-scaled-down", "it is scaled up by hand",
       "## Database corruption recovery\n1. Stop the database:\n```bash\nkubectl scale sts db "
       "--replicas=0\n```\n2. Scale the database back up.\n"},
      {"restore-of-nothing", "a device is no backup",
       script("pg-backup", "pg_dump a -f /b/a_$(date +%F).dump") +
           pasted("Database recovery", "pg_restore -f /dev/null /dev/stdin")},
      {"never-returns", "a function for people who look",
       script("tool", "logs() {\n  kubectl logs -f web\n}\nlogs\nkubectl get pods")},
      {"never-returns", "the last thing that a function does is to watch",
       script("tool",
              "run() {\n  while true; do\n    kubectl get pods\n    sleep 5\n  "
              "done\n}\nrun\nkubectl get nodes")},
      {"choice-not-checked", "the arms refuse what they name",
       script("go",
              "N=$(kubectl get pods -o name | wc -l)\ncase $N in\n ''|*[!0-9]*) exit 2 "
              ";;\nesac\nkubectl "
              "delete pod x")},
      {"address-only-inside", "it is a machine",
       pasted("Database failover", "curl -s http://pg-node-1:8008/patroni")},
      {"value-splits", "names of objects have no blanks",
       script("go",
              "service=$1\nkubectl patch deployment web -p "
              "'{\"metadata\":{\"name\":\"'$service'\"}}'")},
      {"secret-in-arguments", "the name of a Secret is no secret",
       script("make", "SECRET_NAME=db\ncurl -f \"https://x.y/$SECRET_NAME\"")},
  };
}

}  // namespace

TEST_CASE("what looks wrong and is not is left alone") {
  for (const Quiet& each : texts()) {
    const auto found = test::audited(each.text);
    INFO(each.rule << ": " << each.why << "\nfound:\n" << test::words_of(found));
    CHECK(!test::finds(found, each.rule));
  }
}

TEST_CASE("what an import made up for want of manifests is not accused, and what was read is") {
  const auto rules_about = [](const std::string& name) {
    Problems problems;
    std::vector<kube::Object> objects;
    const std::string text =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: " + name +
        "}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: "
        "{labels: {app: db}}\n    spec: {containers: [{name: p, image: \"postgres:15\", ports: "
        "[{containerPort: 5432}]}]}\n";
    for (const Value& document : kube::parse_yaml_documents(text, "a.yaml", problems))
      kube::read_manifest(document, "a.yaml", problems, objects);
    PlatformSpec platform;
    platform.clusters.emplace_back();
    platform.clusters.front().initial.workloads.push_back(std::get<kube::Workload>(objects.at(0)));
    return test::finds(test::audited("", &platform, true), "data-not-kept");
  };
  CHECK(rules_about("db"));
  CHECK_FALSE(rules_about("assumed-db"));
}

TEST_CASE("a StatefulSet's only pod is not promised back in six minutes") {
  const std::string service = yaml(
      "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, ports: "
      "[{port: 1}]}");
  const std::string pod = "{containers: [{name: p, image: \"x:1\"}]}";
  const auto stateful = test::audited(service + workload("StatefulSet", "", pod));
  REQUIRE(test::finds(stateful, "one-pod"));
  CHECK(test::words_of(stateful).find("not replaced until the node is back") != std::string::npos);
  const auto stateless = test::audited(service + workload("Deployment", "", pod));
  CHECK(test::words_of(stateless).find("some six minutes") != std::string::npos);
}
