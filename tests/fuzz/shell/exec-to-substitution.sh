exec 3>&1 2> <(k b) || true
cat f >&2; kubectl x; echo done
