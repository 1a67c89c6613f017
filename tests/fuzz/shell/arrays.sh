declare -A m=([a]=1 ["b c"]=2); m[z]+=x; a=(1 2 '3 3' [7]=q); a+=(d)
for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done
echo ${#a[@]} "${a[@]:1:2}" ${a[-1]} ${a[@]/1/x} "${a[*]}"; unset 'a[1]' m[a]
mapfile -t lines < <(kubectl get pods -o name); echo ${lines[0]}
