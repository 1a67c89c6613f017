#include "sim/drill/shell_tools.hpp"

#include "sim/drill/shell_regex.hpp"
#include "tests/drill/shell_script.hpp"

namespace drdrill::shell {

namespace {

const std::string pods =
    "printf 'NAME READY STATUS\\nsfu-0 1/1 Running\\nsfu-1 0/1 Failed\\napi-0 1/1 Running\\n'";

std::string piped(const std::string& tool) {
  return printed(pods + " | " + tool);
}

}  // namespace

TEST_CASE("grep finds lines by basic, extended and fixed patterns") {
  CHECK(piped("grep sfu") == "sfu-0 1/1 Running\nsfu-1 0/1 Failed\n");
  CHECK(piped("grep -c Running") == "2\n");
  CHECK(piped("grep -v -i RUNNING | wc -l") == "2\n");
  CHECK(piped("grep -E '^(sfu|api)-0 ' | wc -l") == "2\n");
  CHECK(piped("grep '^sfu-[0-9]* 0/1'") == "sfu-1 0/1 Failed\n");
  CHECK(piped("grep 'sfu\\|api' | wc -l") == "3\n");
  CHECK(piped("grep -F 1/1 -m 1") == "sfu-0 1/1 Running\n");
  CHECK(piped("grep -o '[a-z]*-[0-9]'") == "sfu-0\nsfu-1\napi-0\n");
  CHECK(piped("grep -ow sfu | sort -u") == "sfu\n");
  CHECK(piped("grep -w sf; echo $?") == "1\n");
  CHECK(piped("grep -q Failed && echo yes") == "yes\n");
  CHECK(printed("echo 'a+b' | grep 'a+b'; echo aab | grep -E 'a+b'; echo 'a.b' | grep -F .") ==
        "a+b\naab\na.b\n");
  CHECK(printed("printf 'role:master\\r\\n' | grep -c 'role:master'") == "1\n");
}

TEST_CASE("cut and awk take fields out") {
  CHECK(piped("tail -n 1 | cut -d' ' -f1,3") == "api-0 Running\n");
  CHECK(printed("echo a:b:c:d | cut -d: -f2-; echo abcdef | cut -c2-4") == "b:c:d\nbcd\n");
  CHECK(printed("echo plain | cut -d: -f2; echo plain | cut -s -d: -f2") == "plain\n");
  CHECK(piped("awk '{print $1}' | head -2") == "NAME\nsfu-0\n");
  CHECK(piped("awk '/Failed/ {print $1, \"is\", $NF}'") == "sfu-1 is Failed\n");
  CHECK(piped("awk '$3 == \"Running\" {print $1}'") == "sfu-0\napi-0\n");
  CHECK(piped("awk 'NR>1 {print $1}' | wc -l") == "3\n");
  CHECK(printed("echo a:b | awk -F: '{print $2 \"-\" $1}'") == "b-a\n");
  CHECK(piped("awk 'END {print NR}'") == "4\n");
}

TEST_CASE("sed substitutes, prints and deletes") {
  CHECK(printed("echo aXbXc | sed 's/X/-/'; echo aXbXc | sed s/X/-/g") == "a-bXc\na-b-c\n");
  CHECK(printed("echo 'lag: 42 ms' | sed 's/.*: \\([0-9]*\\).*/\\1/'") == "42\n");
  CHECK(printed("echo 'lag: 42 ms' | sed -E 's/[a-z]+: ([0-9]+) ([a-z]+)/\\2 \\1 [&]/'") ==
        "ms 42 [lag: 42 ms]\n");
  CHECK(printed("printf '1\\n2\\n3\\n' | sed -n 2p") == "2\n");
  CHECK(printed("printf '1\\n2\\n3\\n' | sed -n '/2/,$p'") == "2\n3\n");
  CHECK(printed("printf '1\\n2\\n3\\n' | sed '1d;$d'") == "2\n");
  CHECK(printed("echo /a/b | sed 's|/a|/x|'") == "/x/b\n");
  CHECK(printed("echo abc | sed 's/x*/-/g'") == "-a-b-c-\n");
}

TEST_CASE("lines are sorted, counted, cut and translated") {
  CHECK(printed("printf 'b\\na\\nb\\n' | sort | uniq -c") == "      1 a\n      2 b\n");
  CHECK(printed("printf '10\\n9\\n2\\n' | sort; printf '10\\n9\\n2\\n' | sort -rn") ==
        "10\n2\n9\n10\n9\n2\n");
  CHECK(printed("printf 'x 3\\ny 1\\n' | sort -k2 -n; printf 'b,1\\na,2\\n' | sort -t, -k2") ==
        "y 1\nx 3\nb,1\na,2\n");
  CHECK(printed("seq 5 | head -n 2; seq 5 | tail -2; seq 5 | tail -n +4") == "1\n2\n4\n5\n4\n5\n");
  CHECK(printed("printf 'a b\\nc' | wc -l; printf 'a b\\nc' | wc -w") == "1\n3\n");
  CHECK(printed("echo hello | tr a-z A-Z; echo 'a  b' | tr -s ' '; echo a,b | tr , '\\n'; "
                "echo a1b2 | tr -d '[:digit:]'") == "HELLO\na b\na\nb\nab\n");
  CHECK(printed("basename /a/b.sql .sql; dirname /a/b.sql; seq 2 3 8") == "b\n/a\n2\n5\n8\n");
  CHECK(printed("printf '%-5s|%03d|%%\\n' ab 7; printf '%s,' a b c; printf 'x\\n'") ==
        "ab   |007|%\na,b,c,x\n");
  CHECK(printed("echo -n a; echo -e 'b\\tc'; echo a | tee f | cat; cat f") == "ab\tc\na\na\n");
  CHECK(printed("printf 'a b\\nc\\n' | xargs echo; printf 'a b\\nc\\n' | xargs -n1 echo -") ==
        "a b c\n- a\n- b\n- c\n");
  CHECK(printed("printf 'a\\nb\\n' | xargs -I{} echo '<{}>'; printf '' | xargs -r echo no") ==
        "<a>\n<b>\n");
}

TEST_CASE("patterns stay cheap whatever they are") {
  const auto compiles = [](std::string_view text) {
    return Pattern::compile(text, Pattern::Syntax::extended, false).has_value();
  };
  CHECK(compiles("(a*)*b"));
  CHECK(compiles("a{2,9}"));
  CHECK_FALSE(compiles("(a{99}){99}"));
  CHECK_FALSE(compiles("a{1000}"));
  CHECK_FALSE(compiles(std::string(300, '.')));
  CHECK_FALSE(compiles("[a"));
  CHECK_FALSE(compiles("(a)\\1"));
  Budget budget;
  const auto pattern = Pattern::compile("(a*)*(a|aa)*b", Pattern::Syntax::extended, false);
  REQUIRE(pattern);
  CHECK_FALSE(pattern->find(std::string(200, 'a'), 0, budget));
  CHECK_THROWS_AS(pattern->find(std::string(5000, 'a'), 0, budget), Exceeded);
}

TEST_CASE("jq takes paths, iteration, select, length and keys") {
  const std::string list =
      R"(echo '{"items":[{"metadata":{"name":"a"},"n":1,"ok":true},{"metadata":{"name":"b"},"n":2.50}],"kind":"List"}')";
  const auto jq = [&](const std::string& filter) { return printed(list + " | jq " + filter); };
  CHECK(jq("-r '.items[].metadata.name'") == "a\nb\n");
  CHECK(jq("'.items[0].metadata.name'") == "\"a\"\n");
  CHECK(jq("-r '.items[-1].n'") == "2.50\n");
  CHECK(jq("'.items | length'") == "2\n");
  CHECK(jq("-c keys") == "[\"items\",\"kind\"]\n");
  CHECK(jq("-r '.items[] | select(.n == 2.50) | .metadata.name'") == "b\n");
  CHECK(jq("-r '.items[] | select(.metadata.name != \"b\") | .n'") == "1\n");
  CHECK(jq("-c '.[\"items\"][0]'") == "{\"metadata\":{\"name\":\"a\"},\"n\":1,\"ok\":true}\n");
  CHECK(jq("'.nothing.there'") == "null\n");
  CHECK(jq("-e .nothing; echo $?") == "null\n1\n");
  CHECK(printed("echo '{\"a\":[1,{}]}' | jq .") == "{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n");
  CHECK(printed("echo '[1,[]] \"x\\n\"' | jq -r .") == "[\n  1,\n  []\n]\nx\n\n");
}

TEST_CASE("jq says what is no JSON and what cannot be looked into") {
  CHECK(printed("echo '404 page not found' | jq . 2>/dev/null; echo $?") == "404\n2\n");
  CHECK(printed("echo '' | jq .; echo $?") == "0\n");
  CHECK(printed("echo null | jq '.[]' 2>&1; echo $?") ==
        "jq: error (at <stdin>:0): Cannot iterate over null\n5\n");
  CHECK(printed("echo '{\"a\":1}' | jq '.a.b' 2>&1; echo $?") ==
        "jq: error (at <stdin>:0): Cannot index number with \"b\"\n5\n");
}

}  // namespace drdrill::shell
