x=banana.tar.gz; n=x
echo ${x#*.} ${x##*.} ${x%.*} ${x//an/<&>} ${x/#ba/} ${x:1:3} ${x: -2} ${x^^} ${x,} ${!n} ${x@Q} ${y:-d} ${y:=e} ${z:?gone}
echo {a,b}{1..3} ~/x *.txt "$*" "$@" $# $? $$ $((x++ + ++y ? 2**3 : 16#ff)) `echo \`date\``
