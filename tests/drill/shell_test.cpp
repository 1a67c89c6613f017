#include "sim/drill/shell.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace drdrill::shell {

namespace {

std::string error_of(std::string_view text) {
  const Parsed parsed = parse(text);
  if (!parsed.error) return "none";
  CHECK(parsed.list == nullptr);
  return std::to_string(parsed.error->line) + ": " + parsed.error->message;
}

const Command& only_command(const Parsed& parsed) {
  REQUIRE(parsed.list != nullptr);
  REQUIRE(parsed.list->items.size() == 1);
  REQUIRE(parsed.list->items[0].pipeline.commands.size() == 1);
  return parsed.list->items[0].pipeline.commands[0];
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a simple command is its words") {
  const Parsed parsed = parse("kubectl delete pod 'livekit sfu'-0  # the first");
  const Command& command = only_command(parsed);
  REQUIRE(command.simple.words.size() == 4);
  CHECK(command.simple.words[1][0].text == "delete");
  REQUIRE(command.simple.words[3].size() == 2);
  CHECK(command.simple.words[3][0].text == "livekit sfu");
  CHECK(command.simple.words[3][0].quoted);
  CHECK(command.simple.words[3][1].text == "-0");
}

TEST_CASE("text without commands is an empty list") {
  for (const char* text : {"", "  \n\n", "# only a comment", "\\\n"}) {
    INFO(text);
    const Parsed parsed = parse(text);
    REQUIRE(parsed.list != nullptr);
    CHECK(parsed.list->items.empty());
  }
}

TEST_CASE("a substitution is a list of its own and knows its line") {
  const Parsed parsed = parse("a\nb $(c |\n d)");
  REQUIRE(parsed.list != nullptr);
  const Part& part = parsed.list->items.at(1).pipeline.commands[0].simple.words.at(1).at(0);
  REQUIRE(part.kind == Part::Kind::substitute);
  const auto& commands = part.list->items.at(0).pipeline.commands;
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].line == 2);
  CHECK(commands[1].line == 3);
}

TEST_CASE("braces are written out before anything else") {
  const auto words = [](std::string_view text) {
    std::string out;
    const Parsed parsed = parse(text);
    for (const Word& word : only_command(parsed).simple.words) {
      for (const Part& part : word)
        out += part.kind == Part::Kind::variable ? "$" + part.text : part.text;
      out += '|';
    }
    return out;
  };
  CHECK(words("x {0..2}") == "x|0|1|2|");
  CHECK(words("x {3..1}") == "x|3|2|1|");
  CHECK(words("x a{b,c}d") == "x|abd|acd|");
  CHECK(words("x {1..2}{a,b}") == "x|1a|1b|2a|2b|");
  CHECK(words("x {a,{b,c}}") == "x|a|b|c|");
  CHECK(words("x r-{$i,2}") == "x|r-$i|r-2|");
  CHECK(words("x {08..10..2}") == "x|08|10|");
  CHECK(words("x {} {a} '{a,b}' {.items[0].metadata.name}") ==
        "x|{}|{a}|{a,b}|{.items[0].metadata.name}|");
}

TEST_CASE("what is not closed is said with its line") {
  CHECK(error_of("a\necho 'b\nc") == "2: this quote ' is never closed");
  CHECK(error_of("a\n\necho \"b") == "3: this quote \" is never closed");
  CHECK(error_of("x=$(a") == "1: this $( is never closed");
  CHECK(error_of("echo ${x") == "1: the text ends too early; expected }");
  CHECK(error_of("echo `a") == "1: this ` is never closed");
  CHECK(error_of("echo $((1+2)") == "1: (( is not closed by ))");
  CHECK(error_of("a\ncat <<EOF\nb\n") == "3: the here-document is never ended by EOF");
  CHECK(error_of("cat <<EOF") == "1: the here-document is never ended by EOF");
}

TEST_CASE("what is out of place is said with its line") {
  CHECK(error_of("if true; then\n  a\n") == "3: the text ends too early; expected \"fi\"");
  CHECK(error_of("while true; do done") == "1: nothing to do after do");
  CHECK(error_of("a\n;; b") == "2: unexpected \";\"");
  CHECK(error_of("a && && b") == "1: unexpected \"&\"; expected a command");
  CHECK(error_of("a |") == "1: the text ends too early; expected a command");
  CHECK(error_of("a\nfi") == "2: unexpected \"fi\"");
  CHECK(error_of("a)") == "1: unexpected \")\"");
  CHECK(error_of("echo >") == "1: the text ends too early; expected the name of a file");
  CHECK(error_of("a b(c)") != "none");
}

TEST_CASE("what is not known is refused by name") {
  const auto says = [](std::string_view text, std::string_view part) {
    INFO(text);
    const std::string message = error_of(text);
    INFO(message);
    CHECK(message.find(part) != std::string::npos);
  };
  says("coproc a", "coproc");
  says("select x in a; do b; done", "select");
  says("a <> b", "<>");
  says("a 300>&1", "streams above 255");
  says("exec {log}>f", "{log}>");
  says("a >&3-", "moving a stream");
  says("echo ${x@A}", "${ @ }");
  says("[[ a == @(a|b) ]]", "extended patterns");
  says("case a in +(a)) b;; esac", "extended patterns");
}

TEST_CASE("what is to be filled in by hand is named") {
  CHECK(error_of("a\nkubectl delete pod <failed-pod> -n x") ==
        "2: <failed-pod> has to be filled in");
  CHECK(error_of("kubectl delete pod -n x <failed-pod>") == "1: <failed-pod> has to be filled in");
  CHECK(error_of("sort <in >out") == "none");
}

TEST_CASE("nesting and size are bounded") {
  CHECK(error_of(repeated("(", 60) + "a" + repeated(")", 60)) == "none");
  for (const char* open : {"(", "$(", "{ ", "if ", "! { ", "\"$(", "${x:-", "while ", "$((",
                           "f() {", "for i in a; do ", "case a in a) ", "x=$(", "cat <<< $("}) {
    INFO(open);
    CHECK(error_of(repeated(open, 50000)) != "none");
  }
  std::string choice = "if a; then b; ";
  choice += repeated("elif a; then b; ", 1000) + "fi";
  CHECK(error_of(choice) == "1: nested more than 64 levels deep");
  CHECK(error_of(std::string(text_limit + 1, 'a')) == "1: the text is longer than 1 MB");
  CHECK(error_of(std::string(text_limit, 'a')) == "none");
  CHECK(error_of(std::string("a\nb\0c", 5)) == "2: a zero byte: this is no text");
  CHECK(error_of(repeated("a[", 400000)) == "none");
  CHECK(error_of("echo {1..1000000}") != "none");
  CHECK(error_of("echo " + repeated("{a,b}", 30)) != "none");
  CHECK(error_of("echo " + repeated("{", 500000)) != "none");
  CHECK(error_of(repeated("a[;", 10000)) == "none");
  CHECK(error_of(repeated("a[;", 300000)) == "1: more than 20000 commands");
}

}  // namespace drdrill::shell
