#include "sim/drill/shell_run.hpp"

#include "tests/drill/shell_script.hpp"

namespace drdrill::shell {

TEST_CASE("words are expanded, split and joined as bash does") {
  CHECK(printed("x='a  b'; echo $x; echo \"$x\"; echo '$x'") == "a b\na  b\n$x\n");
  CHECK(printed("printf '<%s>' a\\ b 'c'\"d\"e \"\" $none \"$none\"") == "<a b><cde><><>");
  CHECK(printed("x=abc; echo ${x}d ${#x} ${y:-none} ${x:+there}") == "abcd 3 none there\n");
  CHECK(printed("echo ${y:=kept} $y; echo ${z-$(echo sub)}") == "kept kept\nsub\n");
  CHECK(printed("u=http://a/b/c; echo ${u##*/} ${u#*/} ${u%/*} ${u%%:*}") ==
        "c /a/b/c http://a/b http\n");
  CHECK(printed("IFS=,; x=a,,b; printf '<%s>' $x") == "<a><><b>");
  CHECK(
      printed("A=(one 'two 2' three); printf '<%s>' \"${A[@]}\"; echo ${#A[@]} ${A[1]} ${A[-1]}") ==
      "<one><two 2><three>3 two 2 three\n");
  CHECK(printed("A=(a); A+=(b); A[2]=c; for x in ${A[@]}; do echo $x; done") == "a\nb\nc\n");
  CHECK(printed("echo $((1 + 2 * 3)) $(( (1+2)*3 )) $((7/2)) $((-7%3)) $((2**10)) $((1<2&&3>2))") ==
        "7 9 3 -1 1024 1\n");
  CHECK(printed("i=5; echo $((i++)) $i $((i+=2)) $((${i}*2))") == "5 6 8 16\n");
}

TEST_CASE("the output of a substitution loses its last newlines only") {
  CHECK(printed("x=$(printf 'a\\n\\nb\\n\\n\\n'); echo \"[$x]\"") == "[a\n\nb]\n");
  CHECK(printed("echo `echo \\`echo deep\\``") == "deep\n");
  CHECK(printed("x=$(false); echo $?; x=$(exit 7); echo $?") == "1\n7\n");
}

TEST_CASE("status goes through lists, pipelines and negation") {
  CHECK(printed("false || echo or; true && echo and; ! false && echo neg") == "or\nand\nneg\n");
  CHECK(printed("false && echo a || echo b; true || echo c && echo d") == "b\nd\n");
  CHECK(printed("false | true; echo $?; set -o pipefail; false | true; echo $?") == "0\n1\n");
  CHECK(printed("(exit 4); echo $?; { false; }; echo $?") == "4\n1\n");
  ScriptedHost host;
  CHECK(run_text("echo a; exit 3; echo b", host).status == 3);
}

TEST_CASE("set -e ends a shell where bash does") {
  CHECK(printed("set -e; false || true; if false; then :; fi; ! true; echo here; false; echo no") ==
        "here\n");
  CHECK(printed("set -e; (false; echo inner); echo outer").empty());
  CHECK(printed("set -e; f() { false; echo after; }; f || echo caught") == "after\n");
  CHECK(printed("set -euo pipefail; echo $none; echo no") == "bash: none: unbound variable\n");
}

TEST_CASE("loops, conditions and functions") {
  CHECK(printed("for i in {0..2}; do echo $i; done") == "0\n1\n2\n");
  CHECK(printed("i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && "
                "break; echo $i; done") == "1\n3\n");
  CHECK(printed("for a in 1 2; do for b in 1 2; do echo $a$b; continue 2; done; done") ==
        "11\n21\n");
  CHECK(printed("n=3; until [ $n -eq 0 ]; do echo $n; n=$((n-1)); done; echo $?") ==
        "3\n2\n1\n0\n");
  CHECK(printed("if false; then echo a; elif true; then echo b; else echo c; fi") == "b\n");
  CHECK(printed("case a.txt in *.md|x) echo 1;; *.txt) echo 2;; *) echo 3;; esac") == "2\n");
  CHECK(printed("case '*' in '*') echo star;; esac; case ab in '*') echo no;; esac") == "star\n");
  CHECK(printed("f() { local x=in; echo $1 $# $x; return 3; }; x=out; f a b; echo $? $x") ==
        "a 2 in\n3 out\n");
  CHECK(printed("printf 'a 1\\nb 2\\n' | while read -r n v; do echo $v$n; done") == "1a\n2b\n");
  CHECK(printed("x=1; (x=2; echo $x); echo $x; echo y | read x; echo $x") == "2\n1\n1\n");
}

TEST_CASE("conditions compare text, numbers, patterns and files") {
  CHECK(printed("[ a = a ] && [ 2 -gt 1 ] && [ -z '' ] && [ -n x ] && [ ! -f /x ] && echo yes") ==
        "yes\n");
  CHECK(printed("x='a b'; [[ $x == a* && ! $x == b* ]] && echo yes; [[ $x == 'a*' ]] || echo no") ==
        "yes\nno\n");
  CHECK(printed("[[ pod-12 =~ ^pod-[0-9]+$ ]] && echo yes; (( 2 > 1 )) && echo two") ==
        "yes\ntwo\n");
  CHECK(printed("[ a -eq 1 ]; echo $?") == "2\nbash: [: a: integer expression expected\n");
  CHECK(printed("[ = ] && [ '!' = '!' ] && echo odd") == "odd\n");
}

TEST_CASE("here-documents and redirections") {
  CHECK(printed("x=1; cat <<EOF\na $x $(echo b) \\$x\nEOF\ncat <<'EOF'\n$x\nEOF") ==
        "a 1 b $x\n$x\n");
  CHECK(printed("cat <<-EOF\n\tcut\n\tEOF\ncat <<< \"one word\"") == "cut\none word\n");
  CHECK(printed("cat <<A; cat <<B\n1\nA\n2\nB") == "1\n2\n");
  CHECK(printed(
            "echo a > /tmp/f; echo b >> /tmp/f; cat /tmp/f; wc -l < /tmp/f; ls=/tmp/*; echo $ls") ==
        "a\nb\n2\n/tmp/f\n");
  CHECK(printed("{ echo out; echo err >&2; } 2>&1 | tr a-z A-Z; echo gone > /dev/null") ==
        "OUT\nERR\n");
  CHECK(printed("{ echo out; echo err >&2; } > /dev/null 2>&1; echo a &> f; cat f") == "a\n");
  CHECK(printed("echo first >&2; echo second") == "second\nfirst\n");
}

TEST_CASE("the background is run in order and says so") {
  ScriptedHost host;
  const Outcome outcome = run_text("false & wait $!; echo $?; { echo b; } & wait; echo $?", host);
  CHECK(outcome.output == "1\nb\n0\n");
  CHECK(outcome.order_assumed);
  CHECK_FALSE(run_text("true", host).order_assumed);
}

TEST_CASE("commands that are not built in are the host's") {
  ScriptedHost host;
  host.answers["kubectl"] = {1, "", "Error from server (NotFound)\n", true};
  host.answers["frobnicate"] = {0, "", "", false};
  const Outcome outcome =
      run_text("echo in | kubectl apply -f -; echo $?; sudo frobnicate x", host);
  CHECK(host.asked == std::vector<std::string>{"kubectl apply -f - < in\n", "frobnicate x"});
  CHECK(outcome.output == "1\nError from server (NotFound)\n");
  CHECK_FALSE(outcome.understood);
  ScriptedHost other;
  run_text("grep -P x /etc/hosts; cat /etc/hosts; sed -i s/a/b/ f; date +%s; sleep 3", other);
  CHECK(other.asked.size() == 5);
}

TEST_CASE("a host sees the files of <( ) while the command runs, and what is written into >( )") {
  ScriptedHost host;
  host.answers["kubectl get"].out = "a\nb\n";
  const Outcome outcome = run_text(
      "while read -r pod; do kubectl delete $pod; done < <(kubectl get pods)\n"
      "kubectl apply -f <(kubectl get x); echo log > >(kubectl create -f -); ls /dev/fd",
      host);
  CHECK(host.asked == std::vector<std::string>{"kubectl get pods", "kubectl delete a < b\n",
                                               "kubectl delete b", "kubectl get x",
                                               "kubectl apply -f /dev/fd/62",
                                               "kubectl create -f - < log\n", "ls /dev/fd"});
}

TEST_CASE("what >( ) runs writes where the shell did that opened it") {
  ScriptedHost host;
  // As bash 5.2 prints them.
  CHECK(run_text("{ echo oops >&2; } 2> >(cat >&2)", host).output == "oops\n");
  CHECK(run_text("{ echo a; echo b >&2; } > >(sed s/^/1:/) 2> >(sed s/^/2:/)", host).output ==
        "1:a\n1:2:b\n");
}

TEST_CASE("a file that its host takes away while somebody writes to it is as one unlinked") {
  class Removing : public Host {
   public:
    std::optional<Result> start(const Invocation& invocation) override {
      run->remove_file(invocation.argv.back());
      return Result{};
    }
    Run* run = nullptr;
  };
  Removing host;
  Run run(
      parse("{ echo one; remove f; echo two; } > f; cat f || echo gone; echo new > f; cat f").list,
      host);
  host.run = &run;
  CHECK(run.resume());
  CHECK(run.files().at("f") == "new\n");
}

TEST_CASE("a loop without end is ended by what it does, not by its rounds alone") {
  class Counting : public Host {
   public:
    std::optional<Result> start(const Invocation& /*invocation*/) override {
      ++rounds;
      return Result{};
    }
    int rounds = 0;
  };
  const auto rounds = [](const std::string& text) {
    Counting host;
    Run run(parse("while tick; do " + text + "; done").list, host);
    CHECK(run.resume());
    CHECK(run.exit_status() == 2);
    CHECK(run.output().find("the command ends here") != std::string::npos);
    return host.rounds;
  };
  CHECK(rounds(":") > 45'000);
  std::string sum = "1";
  for (int i = 0; i < 300; ++i) sum += "+1";
  CHECK(rounds(": $((" + sum + "))") < 1000);
  CHECK(rounds("[[ aaaaaaaaaaaab =~ (a*)*c ]]") < 10'000);
  CHECK(rounds("((1+))") < 20'000);
}

TEST_CASE("a pattern that begins with a letter is looked for where that letter is") {
  ScriptedHost host;
  CHECK(run_text("printf '%s\\n' 'xaby ab' 'b' 'AB' | grep -o 'ab*'", host).output == "ab\nab\n");
  CHECK(run_text("printf '%s\\n' 'xaby' 'b' 'xAB' | grep -io 'AB.*'", host).output == "aby\nAB\n");
  CHECK(run_text("echo aXbXc | sed 's/X./-/g'", host).output == "a--\n");
  CHECK(run_text("echo 'color colour' | sed -E 's/colou?r/c/g'; echo ab | grep -c 'a^b'", host)
            .output == "c c\n0\n");
  CHECK(
      run_text("echo bc | grep -E 'a?bc'; echo bc | grep -E 'a*bc'; echo bc | grep 'a\\{0,1\\}bc'",
               host)
          .output == "bc\nbc\nbc\n");
}

TEST_CASE("a trap on EXIT belongs to the terminal, and runs where somebody exits") {
  ScriptedHost host;
  const auto after = [&](std::string_view text, const std::shared_ptr<const Carried>& left) {
    Run run(parse(text).list, host);
    if (left) run.carry(*left);
    CHECK(run.resume());
    return run.carried();
  };
  auto left = after("trap 'kubectl uncordon n1' EXIT INT", nullptr);
  left = after("kubectl drain n1", left);
  CHECK(host.asked == std::vector<std::string>{"kubectl drain n1"});
  left = after("exit", left);
  CHECK(host.asked.back() == "kubectl uncordon n1");
  after("exit", left);
  CHECK(host.asked.size() == 2);
}

TEST_CASE("a question is the host's to answer") {
  class Agreeing : public ScriptedHost {
   public:
    std::optional<std::string> answer(std::string_view question) override {
      asked.emplace_back(question);
      return "yes";
    }
  };
  Agreeing host;
  CHECK(run_text("read -p 'Sure? ' a; [ \"$a\" = yes ] && echo on", host)
            .output.ends_with("Sure? yes\n"));
  CHECK(host.asked == std::vector<std::string>{"Sure? "});
  ScriptedHost nobody;
  CHECK_FALSE(run_text("read -p 'Sure? ' a", nobody).understood);
}

TEST_CASE("what only says how a command is run is taken away") {
  ScriptedHost host;
  run_text(
      "sudo -u postgres psql -c x; env A=b kubectl get a; nohup nice -n 5 kubectl get b; time "
      "kubectl get c; command kubectl get d; (exec kubectl get e; echo never)",
      host);
  CHECK(host.asked == std::vector<std::string>{"psql -c x", "kubectl get a", "kubectl get b",
                                               "kubectl get c", "kubectl get d", "kubectl get e"});
}

TEST_CASE("a run that waits goes on where it stopped") {
  const char* text =
      "x=$(kubectl get a | grep -c n)$(kubectl get b); echo \"[$x]\"\n"
      "for i in 1 2; do kubectl get $i | while read l; do kubectl exec $l; done; done\n"
      "f() { local y=$(kubectl get c); kubectl scale $y && echo ok; }; f | cat\n"
      "kubectl get d <<EOF\n$(kubectl get e)\nEOF\n"
      "case $(kubectl get f) in n*) echo hit;; esac\n"
      "echo a b | xargs -n1 kubectl delete\n"
      "for ((i = $(kubectl get h | wc -l); i < 3; i++)); do kubectl patch $i; done\n"
      "declare -A m=([$(kubectl get i | head -1)]=$(kubectl get j | tail -1)); echo ${m[n1]}\n"
      "trap 'kubectl get k >/dev/null' EXIT; cat <(kubectl get l); echo ${x//$(kubectl get m)/z}\n"
      "if kubectl get g; then (exit 5); fi";
  ScriptedHost fast, slow;
  slow.slow = true;
  for (ScriptedHost* host : {&fast, &slow}) host->answers["kubectl get"].out = "n1\nn2\n";
  const Outcome at_once = run_text(text, fast), late = run_text(text, slow);
  CHECK(at_once.output == late.output);
  CHECK(at_once.status == 5);
  CHECK(late.status == 5);
  CHECK(fast.asked == slow.asked);
  CHECK(fast.asked.size() == 22);
  CHECK(late.output == "[2n1\nn2]\nok\nn1\nn2\nhit\nn2\nn1\nn2\n2z\nn1\nn2\n");
}

TEST_CASE("everything that could run for ever ends and says so") {
  const auto ends = [](std::string_view text) {
    INFO(text);
    ScriptedHost host;
    const Outcome outcome = run_text(text, host);
    CHECK(outcome.status == 2);
    CHECK(outcome.output.find("; the command ends here\n") != std::string::npos);
  };
  ends("while true; do :; done");
  ends("until false; do x=1; done");
  ends("while true; do (exit 1) || true; done");
  ends("f() { f; }; f");
  ends("f() { echo $(f); }; f");
  ends("while true; do kubectl get pods; done");
  ends("x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done");
  ends("while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
  ends("A=(); while true; do A+=(x); done");
  ends("seq 1 1000000000");
  ends("e='eval $e'; eval $e");
  ends("for a in {1..1000}; do for b in {1..1000}; do case $a in $b) ;; esac; done; done");
}

TEST_CASE("errors of an expansion end the shell they are in") {
  CHECK(printed("echo $((1/0)); echo no") == "bash: division by 0\n");
  CHECK(printed("x=$(echo $((1/0))); echo on") == "on\nbash: division by 0\n");
  CHECK(printed("echo ${x:?is needed}; echo no") == "bash: x: is needed\n");
}

}  // namespace drdrill::shell
