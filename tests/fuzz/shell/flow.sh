set -euo pipefail
trap 'kubectl uncordon n1; exit 3' EXIT INT
while getopts ':ab:' o; do case $o in a|b) echo $OPTARG ;;& *) break ;; esac; done
for ((i = 0, j = 9; i < 3; i++, j--)); do ((i == 2)) && continue; echo $i; done
until kubectl get pod db-0 | grep -q Running; do sleep 1; done
if [[ $a == b* && ( -f x || ! $y =~ ^a(b|c)$ ) ]]; then :; elif false; then :; else exit 1; fi
f() { local -a r=(x); return 7; }; f || echo $?
