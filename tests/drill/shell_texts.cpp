#include "tests/drill/shell_texts.hpp"

namespace drdrill::shell {

const std::vector<std::string_view>& texts_of_expansions() {
  static const std::vector<std::string_view> texts{
      "x=a.b.c; echo ${x#*.} ${x##*.} ${x%.*} ${x%%.*} ${x#z} ${x%[bc]}",
      "x=banana; echo ${x/an/AN} ${x//an/AN} ${x/#ba/X} ${x/%na/X} ${x//[an]/} ${x/z/y}",
      "x=abc; echo ${x/b/<&>} \"${x/b/\\&}\" ${x/b/'&'}; y='&'; echo ${x/b/$y} \"${x/b/\"$y\"}\"",
      "x=a/b/c; echo ${x//\\//-} ${x/\\/} \"${x//\\//, }\"; p=/; echo ${x//$p/.}",
      "x='a b  c'; echo \"${x// /_}\" ${x// /_} \"${x/' '/-}\" \"${x/b/'q'}\"",
      "x='a*b'; echo \"${x/\\*/-}\" \"${x/'*'/-}\"; s='*'; echo \"${x//\"$s\"/+}\" \"${x//$s/+}\"",
      "x=abcdef; echo ${x:2} ${x:1:3} ${x: -2} ${x:(-3):2} ${x:0:-1} ${x:9} [${x:3:0}] ${x:1+1:2}",
      "x=abcdef; n=2; echo ${x:n} ${x:$n:n} ${x:n>1?1:0}",
      "x='hello World'; echo ${x^} ${x^^} ${x,} ${x,,} ${x^^[lo]} ${x,,W}",
      "x=\"a'b c\"; echo ${x@Q} ${x@U} ${x@L} ${x@u}; y=; echo [${y@Q}]",
      "x=abc; n=x; echo ${!n} ${!n:1} ${!none:-d}; a=(p q); m='a[1]'; echo ${!m}; k='a[@]'; echo "
      "${!k}",
      "ab=1 ac=2 b=3; echo ${!a*} \"${!a@}\"",
      "set -- one two three four; echo ${@:2} / ${@:2:2} / ${*: -1} / ${#} ${#@} ${@#t}",
      "set -- 'a b' c; for i in \"${@:1:2}\"; do echo \"<$i>\"; done; IFS=-; echo \"$*\" $*",
      "echo ${x:-a b} \"${x:-a  b}\" ${x:='d e'} $x; unset x; echo ${x+set} ${x:+set} [${x-}]; x=; "
      "echo "
      "${x+set} [${x:+set}] ${x:-empty}",
      "x=5; echo ${#x} ${x:+${x}px} ${y:-${z:-deep}} \"${y:-\"q q\"}\" ${y:-'s s'}",
      "f=/var/lib/x.tar.gz; echo ${f##*/} ${f%/*} ${f%%.*} ${f#*.} $(basename $f .gz) $(dirname "
      "$f)",
      "x=aXbXc; IFS=X; set -- $x; echo $# $1 $3; unset IFS; echo ${x//X/ }",
      "x=abc; echo \"${x%\"c\"}\" \"${x%'c'}\" ${x%?} ${x#[[:alpha:]]} ${x//[!b]/-} ${x//[^b]/-}",
      "echo \"${x:-$(echo sub)}\" ${x:-`echo tick`} ${x:-$((1+1))}",
      "x=' a b '; echo [$x] [\"$x\"] [${x# }] [\"${x% }\"]",
      "unset x; : ${x:?gone}; echo never",
      "set -u; echo ${a-} ${a:-d} ${#b[@]}; echo $none; echo never",
  };
  return texts;
}

const std::vector<std::string_view>& texts_of_arrays() {
  static const std::vector<std::string_view> texts{
      "a=(1 2 '3 3'); echo ${#a[@]} ${a[2]} ${a[-1]} \"${a[@]}\" ${!a[@]}; a[5]=x; echo ${#a[@]} "
      "${!a[@]} "
      "${a[@]: -1}",
      "a=(x y z w); echo ${a[@]:1:2} ${a[@]:2} ${a[@]/y/Q} ${a[@]#x} ${a[@]^^} ${#a[0]} ${a[0]:-d}",
      "a=([3]=c [1]=a b); echo ${!a[@]} ${a[@]}; a+=(d e); echo ${!a[@]}; unset 'a[1]'; echo "
      "${!a[@]}",
      "a=(); echo ${#a[@]}; for i in \"${a[@]}\"; do echo no; done; a+=(1); a+=2; echo ${a[@]}",
      "x=s; x+=t; echo $x; x+=(u); echo ${x[@]} ${#x[@]} ${x[1]}",
      "declare -A m=([b]=2 [a]=1 [\"c d\"]=3); echo ${m[a]} ${m[c d]} ${#m[@]}; k=b; echo "
      "${m[$k]}; "
      "m[z]=9; m[$k]+=x; unset 'm[a]'; echo ${m[b]} ${m[z]} ${#m[@]} [${m[none]}] ${m[none]:-d}",
      "declare -A m; for i in a b c d e foo bar baz x1 x2 x3 'k k'; do m[$i]=$i; done; echo "
      "\"${!m[@]}\"; "
      "echo \"${m[@]}\"; for k in \"${!m[@]}\"; do echo \"$k=${m[$k]}\"; done",
      "declare -A m=(k1 v1 k2 v2); echo ${m[k1]} ${m[k2]}; [[ -v m[k1] ]] && echo in; [[ -v m[q] "
      "]] || echo "
      "out",
      "f() { local -A m=([x]=1); local -a l=(a b); echo ${m[x]} ${l[1]}; }; f; echo [${m[x]}] "
      "[${l[0]}]",
      "declare -A c; for w in a b a a; do ((c[$w]++)); done; echo ${c[a]} ${c[b]}; i=1; a=(5 6 7); "
      "echo $((a[i]+a[2])) $((a[i]=9)) ${a[1]}",
      "mapfile -t l < <(printf 'a\\nb b\\nc'); echo ${#l[@]} \"${l[1]}\" ${l[2]}; readarray r <<< "
      "'q'; echo "
      "\"[${r[0]}]\"",
      "IFS=, read -r -a p <<< 'x,y z,w'; echo ${#p[@]} \"${p[1]}\"; read a b c <<< '1 2 3 4'; echo "
      "$c",
      "a=(one two); printf '<%s>' \"${a[@]}\" \"${a[*]}\"; IFS=:; echo \"${a[*]}\"",
      "a=(1 2 3); b=(\"${a[@]}\" 4); c=(\"${a[@]:1}\"); echo ${#b[@]} ${c[@]}; a[1]=; echo "
      "${#a[@]} \"${a[@]}\"",
      "a=($(echo x y; echo z)); echo ${#a[@]} ${a[2]}; a=(*.none); echo ${a[0]}",
      "declare -a x; echo ${#x[@]}; x[2]=q; echo ${#x[@]} ${x[2]}; declare -i n=3; n+=4; n=n*2; "
      "echo $n",
      "declare -u U=abc; U+=d; echo $U; declare -l L=ABC; echo $L; readonly R=1; R=2; echo $R $?",
      "f() { declare -n ref=$1; ref=changed; ref2=$ref; }; v=old; f v; echo $v $ref2",
      "f() { local x=1; g; echo $x; }; g() { x=2; }; x=0; f; echo $x",
      "export A=1 B; B=2; C=3; bash -c 'echo [$A] [$B] [$C]'; D=4 bash -c 'echo [$D]'; echo [$D]",
  };
  return texts;
}

const std::vector<std::string_view>& texts_of_arithmetic() {
  static const std::vector<std::string_view> texts{
      "echo $((1,2)) $((2**3**2)) $((-7/2)) $((-7%3)) $((16#ff)) $((2#101)) $((0x1F)) $((017)) "
      "$((64#_))",
      "x=5; echo $((x++ + ++x)) $x $((x-- - --x)) $x $((x+=3)) $((x<<=2)) $((x^=1)) $((x|=8)) $x",
      "x=y; y=z+1; z=3; echo $((x)) $((x*2)); echo $((1 ? 2 : 3)) $((0 ? 2 : 3)) $((1||(a=5))) "
      "[$a]",
      "echo $((0 && (b=1))) [$b] $((1 && (c=7))) $c $((~5)) $((!5)) $((!0)) $((3>2)) $((2<=1)) "
      "$((1<<10))",
      "((i=3)); echo $? $i; ((i-3)); echo $?; let j=2+3 k=j*2; echo $j $k $?; let x=0; echo $?",
      "for ((i=0,j=9; i<3; i++,j--)); do echo $i$j; done; for ((;;)); do break; done; echo out $i",
      "for ((i=0;i<5;i++)); do ((i==2)) && continue; [ $i = 4 ] && break; echo $i; done",
      "n=0; while ((n<3)); do ((n++)); done; echo $n; until ((n<=0)); do ((n-=2)); done; echo $n",
      "echo $((1/0)); echo same line\necho after $?\n((1/0)); echo $?",
      "f() { echo $((1/0)); echo in; }; f; echo gone\necho next\nx=$(echo $((1/0)); echo in2); "
      "echo [$x]",
      "a=\"1 + 2\"; echo $((a*2)) $((${a}*2)); echo $(( (1+2)*3 )) $((5%3**1)) $((-5**2))",
      "echo $(( 08 )); echo no\necho yes; echo $((1 +)); echo no\necho end",
  };
  return texts;
}

const std::vector<std::string_view>& texts_of_traps() {
  static const std::vector<std::string_view> texts{
      "trap 'echo bye $?' EXIT; echo a; exit 3; echo b",
      "trap 'echo bye' EXIT; echo a",
      "trap 'echo one; exit 7' EXIT; false",
      "trap 'echo err $?' ERR; false; echo after; true; (exit 4); false || true; if false; then :; "
      "fi; ! true",
      "set -e; trap 'echo err $?' ERR; trap 'echo exit $?' EXIT; echo a; false; echo never",
      "f() { false; echo in; }; trap 'echo err' ERR; f; set -E; f; x=$(false); echo $x; trap - "
      "ERR; false",
      "(trap 'echo sub' EXIT; echo in); echo out; x=$(trap 'echo cap' EXIT; echo v); echo [$x]",
      "trap 'echo out' EXIT; (echo sub); bash -c 'trap \"echo inner\" EXIT; exit 2'; echo $?",
      "trap 'echo x' EXIT; trap - EXIT; trap 'echo y' 0; trap '' INT; trap -p INT; trap",
      "cleanup() { echo clean $1; }; trap 'cleanup $?' EXIT INT TERM; set -e; f() { return 5; }; "
      "f; echo no",
      "trap 'echo outer' EXIT; f() { trap 'echo inner' EXIT; }; f; exec true",
      "set -eu; trap 'echo bye $?' EXIT; echo $none",
      "trap 'echo err' ERR; false | true; set -o pipefail; false | true; echo $(false)done",
  };
  return texts;
}

const std::vector<std::string_view>& texts_of_streams() {
  static const std::vector<std::string_view> texts{
      "while read -r l; do echo \"<$l>\"; n=$((n+1)); done < <(printf 'a\\nb\\n'); echo $n",
      "cat <(echo a) <(echo b); grep -c . <(printf 'x\\ny\\n'); f() { cat $1; }; f <(echo arg)",
      "exec 3>&1; echo three >&3; x=$(echo captured; echo direct >&3); echo [$x]; exec 3>&-",
      "exec > out.txt; echo in file; exec >&2; cat out.txt",
      "{ echo out; echo err >&2; } 2>&1 | sort; { echo o; echo e >&2; } 3>&1 1>&2 2>&3 | cat",
      "exec 3< <(printf '1\\n2\\n'); read -u 3 a; read b <&3; echo $a $b; exec 3<&-",
      "echo data > f; echo $(< f); x=$(<f); echo $x; cat < f; cat 0< f; n=$(wc -l < f); echo $n",
      "set -C; echo 1 > g; echo 2 > g; echo $?; echo 3 >| g; cat g; set +C; echo 4 > g; cat g",
      "echo a &> all; echo b >> all 2>&1; echo c &>> all; cat all; : > all; wc -c < all",
      "f() { echo to stdout; echo to err >&2; }; f 2>/dev/null; y=$(f 2>&1); echo \"$y\"",
      "cat <<A - <<< here\nno\nA\ncat <<-'B'\n\t$x `y`\n\tB\nx=1; cat <<C\n${x} $(echo s) \\$x "
      "\\\\ $((x+1))\nC",
      "(exit 3) | true; echo ${PIPESTATUS[0]} ${PIPESTATUS[1]}; true | (exit 2); echo "
      "${PIPESTATUS[@]} $?",
      "shopt -s lastpipe; echo v | read x; echo [$x]; shopt -u lastpipe; echo w | read y; echo "
      "[$y]",
      "time -p true; time { echo timed; }; ! false; echo $?",
      "eval 'x=1; echo $x'; bash -c 'echo $0 $1' name arg; bash -ec 'false; echo no'; echo $?; sh "
      "-c 'exit 4'; "
      "echo $?",
      "cat > lib.sh <<'E'\nv=sourced\nf() { echo f $1; return 3; }\nE\n. ./lib.sh 2>/dev/null || . "
      "lib.sh; echo "
      "$v; f x; echo $?",
      "printf 'echo run $1\\nexit 6\\n' > s.sh; bash s.sh arg; echo $?",
  };
  return texts;
}

const std::vector<std::string_view>& texts_of_flow() {
  static const std::vector<std::string_view> texts{
      "case a in a) echo 1;;& b) echo 2;; *) echo 3;; esac; case a in a) echo 1;& b) echo 2;; c) "
      "echo 3;; esac",
      "case x in [a-c]) echo l;; ?) echo q;; esac; case 'a b' in 'a '*) echo y;; esac; case \"\" "
      "in '') echo e;; "
      "esac; echo $?",
      "shopt -s nocasematch; case ABC in abc) echo yes;; esac; [[ Foo == foo ]] && echo also",
      "while getopts ':ab:c' o; do case $o in a) echo A;; b) echo B $OPTARG;; c) echo C;; :) echo "
      "need $OPTARG;; "
      "\\?) echo bad $OPTARG;; esac; done < /dev/null; echo $OPTIND",
      "set -- -a -b val -cx rest -d; while getopts 'ab:cx' o; do echo $o $OPTARG; done; shift "
      "$((OPTIND-1)); echo "
      "$@",
      "set -- -b; while getopts ':b:' o; do echo $o $OPTARG; done; set -- -z; OPTIND=1; while "
      "getopts ':b:' o; "
      "do echo $o $OPTARG; done",
      "[[ a < b && ! z < y ]] && echo lt; [[ -n x && ( -z '' || 1 -eq 2 ) ]] && echo ok; x=; [[ $x "
      "-eq 0 ]] && "
      "echo zero; [[ 3+4 -eq 7 ]] && echo calc",
      "[[ ab12 =~ ^([a-z]+)([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]} "
      "${#BASH_REMATCH[@]}",
      "x='a b'; [[ $x == 'a b' ]] && echo q; [ \"$x\" = 'a b' ] && echo t; [ -z \"$none\" -a 1 -lt "
      "2 ] && echo a; "
      "test 1 -gt 2 -o x = x && echo o",
      "f() { return 7; }; f; echo $?; f || echo or; g() { f; echo $?; return; }; g; echo $?",
      "f() { for i in 1 2 3; do [ $i = 2 ] && return 9; echo $i; done; }; f; echo $?",
      "for i in a b; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done; for i; "
      "do echo no; done",
      "set -e; f() { false; echo after; }; if f; then echo then; fi; f && echo and; echo here; "
      "x=$(false); echo no",
      "set -e; shopt -s inherit_errexit; x=$(false; echo still) || true; echo [$x]",
      "set -e; a=$(echo ok); local_test() { local v=$(false); echo survived; }; local_test; false "
      "| true; echo p",
      "set -euo pipefail; v=${1:-default}; echo $v; [[ -z ${2:-} ]] && echo none; true && false || "
      "echo c; "
      "( false ) || echo s",
      "command -v nosuchfunction >/dev/null; f() { :; }; command -v f; type f >/dev/null && echo "
      "typed; command "
      "echo c; builtin echo b",
      "printf '%s-%d|%5s|%-5s|%05.2f|%x|%o|%c|%%\\n' a 7 b c 3.14159 255 8 xyz; printf -v v '%03d' "
      "7; echo $v; "
      "printf '%q %q\\n' 'a b' \"it's\"",
      "echo -e 'a\\tb\\\\n'; echo -n x; echo; printf '\\x41\\101\\n'; echo "
      "$'a\\tb\\x41\\u00e9\\'q'",
      "x=1; unset x; echo [$x]; f() { echo f; }; unset -f f; f; echo $?; set -- a b c; shift; echo "
      "$1 $#; shift 5; "
      "echo $?",
      "readonly x=1; x=2; echo after $?; unset x; echo $x; f() { local x=3; }; f; echo $?",
      "{ echo a; exit 2; echo b; } | cat; echo $?; (exit 3); echo $?; $(exit 4); echo $?; x=$(exit "
      "5); echo $?",
      "true & wait $!; echo $?; (exit 3) & wait $!; echo $?; wait; echo $?",
      "set -a; q=1; set +a; bash -c 'echo [$q]'; set -f; echo *; set +f; shopt -s nullglob; echo "
      "*.nothing x",
      "cmd='echo a'; $cmd b; e=; $e echo direct; A=1 B=2 eval 'echo $A$B'; echo [$A]",
      "IFS= read -r l <<< '  keep  '; echo \"[$l]\"; while IFS='=' read -r k v; do echo \"$k:$v\"; "
      "done <<< "
      "$'a=1\\nb=2=3'; printf 'x\\0y\\0' | while IFS= read -r -d '' z; do echo $z; done",
      "echo {a,b}{1..3} {3..1} {a..e..2} x{,y}; echo {1} {a,b",
      "f() { echo $#:$*; }; f \"$@\" a; set -- 'x y' ''; f \"$@\"; f $@; f \"$*\"; f ${1+\"$@\"}",
      "a=1; f() { a=2; (a=3; echo $a); echo $a; }; f; echo $a; g() { echo g; h() { echo h; }; }; "
      "g; h; (k() { :; }); "
      "k; echo $?",
      "echo one; return 2>/dev/null; echo two",
  };
  return texts;
}

std::vector<std::string_view> all_texts() {
  std::vector<std::string_view> all;
  for (const auto* texts : {&texts_of_expansions(), &texts_of_arrays(), &texts_of_arithmetic(),
                            &texts_of_traps(), &texts_of_streams(), &texts_of_flow()})
    all.insert(all.end(), texts->begin(), texts->end());
  return all;
}

}  // namespace drdrill::shell
