printf '%s-%05.2f|%q\n' a 3.14 'b c' | sed -E 's/(a+)/<\1>/g; 1d' | awk -F: '/x/ {print $1, NR}' | sort -k2n -u | uniq -c
grep -cE 'a|b' f | tr a-z A-Z | cut -d, -f1-3 | head -n 3 | tail -1 | xargs -n1 -I{} kubectl delete pod {}
echo aGk= | base64 -d; seq 1 3; basename /a/b.c .c; eval "x=1; echo \$x"; bash -c 'echo $0' n
