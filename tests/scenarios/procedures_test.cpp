#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>

#include "scenarios/procedures/import.hpp"
#include "scenarios/procedures/shfmt.hpp"
#include "sim/base/random.hpp"

using namespace drdrill;

namespace {

/// What is not refused takes longer than anybody waits, however slow the machine.
constexpr std::chrono::minutes for_ever{5};

ProcedureDocument imported(const std::string& text, const std::string& file = "doc.md") {
  Problems problems;
  ProcedureDocument document = procedures::import_text(text, file, problems);
  for (const Problem& problem : problems.all()) UNSCOPED_INFO(to_string(problem));
  CHECK(problems.empty());
  return document;
}

std::size_t problems_in(const std::string& text, const std::string& file = "x.sh") {
  Problems problems;
  procedures::import_text(text, file, problems);
  return problems.count();
}

}  // namespace

TEST_CASE("headings give procedures, sections and lists their steps") {
  const ProcedureDocument document = imported(
      "# Runbook\n"
      "## Lost database\n"
      "### Step 1: look\n"
      "```bash\nkubectl get pods\n```\n"
      "### Step 2: act\n"
      "1. Call the network team\n"
      "2. Run `kubectl scale sts/db --replicas=1` and wait\n"
      "3. Restart it:\n"
      "   ```sh\n"
      "   kubectl rollout restart sts/db\n"
      "   ```\n"
      "## Lost cache\n"
      "```console\n$ redis-cli ping\nPONG\n```\n");
  REQUIRE(document.procedures.size() == 2);
  const Runbook& database = document.procedures[0].runbook;
  CHECK(database.name == "lost-database");
  REQUIRE(database.steps.size() == 4);
  CHECK(database.steps[0].phase == Phase::watch);
  CHECK(database.steps[0].place.line == 5);
  CHECK(database.steps[1].run.empty());
  CHECK(database.steps[1].title == "Call the network team");
  CHECK(database.steps[2].run == "kubectl scale sts/db --replicas=1");
  CHECK(database.steps[3].run == "kubectl rollout restart sts/db");
  CHECK(database.steps[3].place.line == 12);
  CHECK(document.procedures[1].runbook.steps.front().run == "redis-cli ping");
}

TEST_CASE("statements are cut as the syntax has them, with their lines") {
  const ProcedureDocument document = imported(
      "#!/bin/bash\n"
      "A=1\n"
      "# Make it\n"
      "for i in 1 2; do\n"
      "  kubectl get pod db-$i\n"
      "done\n"
      "kubectl apply -f - <<EOF\n"
      "kind: Pod\n"
      "# inside\n"
      "EOF\n"
      "# Afterwards\n"
      "kubectl get pods | grep db\n"
      "if [ $? -ne 0 ]; then exit 1; fi\n",
      "make.sh");
  REQUIRE(document.procedures.size() == 1);
  const auto& steps = document.procedures[0].runbook.steps;
  REQUIRE(steps.size() == 4);
  CHECK(steps[1].title == "Make it");
  CHECK(steps[1].place.line == 4);
  CHECK(steps[2].run == "kubectl apply -f - <<EOF\nkind: Pod\n# inside\nEOF");
  CHECK(steps[3].title == "Afterwards");
  CHECK(steps[3].run.ends_with("exit 1; fi"));
  CHECK(steps[3].on_failure == OnFailure::stop);
}

TEST_CASE("a long title or item ends with a whole character") {
  for (std::size_t pad = 0; pad < 3; ++pad) {
    std::string words(pad, 'x');
    for (int i = 0; i < 150; ++i) words += "——";
    Problems problems;
    const std::string text =
        "# Recovery\n\n1. " + words + "\n\n```bash\n# " + words + "\nkubectl get pods\n```\n";
    const auto document = procedures::import_text(text, "doc.md", problems);
    REQUIRE(!document.procedures.empty());
    for (const Procedure& each : document.procedures) CHECK_NOTHROW(procedures::runbook_json(each));
  }
}

TEST_CASE("a script that chooses by its argument is a procedure for each choice") {
  const ProcedureDocument document = imported(
      "#!/bin/bash\nWHAT=$1\ncase $WHAT in\n  a) kubectl drain x ;;\n  b) kubectl cordon y "
      ";;\nesac\n",
      "drill.sh");
  REQUIRE(document.procedures.size() == 2);
  CHECK(document.procedures[0].runbook.name == "drill-a");
  CHECK(document.procedures[0].runbook.steps.front().run == "set -- a");
  CHECK(document.procedures[1].runbook.steps.front().run == "set -- b");
}

TEST_CASE("what no model knows is a step by hand and told with its line") {
  const ProcedureDocument document =
      imported("## Recovery\n```bash\nkubectl get pods -n x\nterraform apply\n```\n");
  REQUIRE(document.notices.size() == 1);
  CHECK(document.notices[0].text == "terraform");
  CHECK(document.notices[0].place.line == 4);
  const std::string json = procedures::runbook_json(document.procedures.front());
  CHECK(json.find("\"title\": \"By hand: terraform apply\"") != std::string::npos);
  CHECK(json.find("\"run\": \"terraform apply\"") != std::string::npos);
  CHECK(json.find("\"by_hand\": true") != std::string::npos);
  CHECK(json.find("\"from\": \"doc.md:4\"") != std::string::npos);
}

TEST_CASE("a script's trap on EXIT runs at its end and where a failure is its end") {
  const ProcedureDocument document = imported(
      "#!/bin/bash\nset -e\ncleanup() { kubectl uncordon $1; }\ntrap 'cleanup $1' EXIT\n"
      "kubectl drain $1\n",
      "drain.sh");
  REQUIRE(document.procedures.size() == 1);
  const auto& steps = document.procedures[0].runbook.steps;
  REQUIRE(steps.size() == 5);
  CHECK(steps[0].run == "set -- argument-1");
  CHECK(steps[1].run.ends_with("trap 'cleanup $1' EXIT"));
  CHECK(steps[2].on_failure == OnFailure::stop);
  CHECK(steps[2].rollback == std::vector<std::uint32_t>{4});
  CHECK(steps[3].run == "exit");
  CHECK(steps[3].place.line == 2);
  CHECK(steps[4].only_as_rollback);
  CHECK(procedures::runbook_json(document.procedures[0]).find("\"rollback\": [") !=
        std::string::npos);
}

TEST_CASE("a procedure in prose is steps by hand") {
  const ProcedureDocument document = imported(
      "# Disaster recovery\n"
      "1. [Contents](#contents)\n"
      "## What we back up\n1. Databases\n2. Files\n"
      "## Regional failover\n"
      "1. Declare the event and freeze\n   all changes.\n"
      "2. **Restore the database**:\n   - Install the base backup\n   - Replay WAL\n"
      "3. Look at `kubectl get pods -A` and `kubectl get nodes`\n");
  REQUIRE(document.procedures.size() == 1);
  CHECK(document.procedures[0].runbook.name == "regional-failover");
  const auto& steps = document.procedures[0].runbook.steps;
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].title == "Declare the event and freeze all changes.");
  CHECK(steps[0].place.line == 7);
  CHECK(steps[1].title == "Restore the database: Install the base backup; Replay WAL");
  CHECK(steps[2].run == "kubectl get pods -A");
  CHECK(steps[3].run == "kubectl get nodes");
  const ProcedureDocument prose =
      imported("# Cache lost\n## Recovery steps\n1. Call the DBA\n2. Wait\n");
  REQUIRE(prose.procedures.size() == 1);
  CHECK(prose.procedures[0].runbook.steps.size() == 2);
}

TEST_CASE("blocks are read together and cut where each ends") {
  std::string text = "# DR\n## Recovery\n";
  for (int i = 0; i < 300; ++i)
    text += "```bash\nkubectl get pod a-" + std::to_string(i) + "\n```\n";
  text +=
      "```bash\nkubectl apply -f - <<EOF\nkind: Pod\n```\n";  // no end: it would take what follows
  text += "```bash\nkubectl get nodes |\n```\n```bash\nif true; then\n```\n";
  text += "```bash\nkubectl get pods\n```\n";
  const ProcedureDocument document = imported(text);
  REQUIRE(document.procedures.size() == 1);
  const auto& steps = document.procedures[0].runbook.steps;
  REQUIRE(steps.size() == 301);
  CHECK(steps[299].run == "kubectl get pod a-299");
  CHECK(steps[299].place.line == 4 + 299 * 3);
  CHECK(steps[300].run == "kubectl get pods");
  std::size_t refused = 0;
  for (const ImportNotice& notice : document.notices)
    refused += notice.kind == ImportNotice::Kind::not_read ? 1U : 0U;
  CHECK(refused == 3);
}

TEST_CASE("hostile scripts are an error within two seconds") {
  const auto begin = std::chrono::steady_clock::now();
  std::string deep(200'000, '(');
  CHECK(problems_in(deep + "echo" + std::string(200'000, ')')) > 0);
  CHECK(problems_in("echo \"") > 0);
  CHECK(problems_in("echo \xff\xfe") > 0);
  CHECK(problems_in(std::string("echo \0 x", 8)) > 0);
  CHECK(problems_in(std::string(std::size_t{5} << 20, 'x')) > 0);
  CHECK(std::chrono::steady_clock::now() - begin < for_ever);
}

TEST_CASE("a program that never ends is ended") {
  procedures::ShellLimits limits;
  limits.time = std::chrono::milliseconds(1);
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += "echo $(a $(b $(c $(d $(e)))))\n";
  CHECK(!procedures::read_syntax(large, limits).error.empty());
  limits.time = std::chrono::seconds(30);
  limits.tree_bytes = 1000;
  CHECK(procedures::read_syntax(large.substr(0, 3000), limits).error ==
        "its syntax tree is too large");
}

TEST_CASE("documents that were spoilt anywhere are read to their end") {
  const std::string sound =
      "# DR\n## Recovery\n| C | RTO |\n|--|--|\n| db | 5 m |\n1. do `x y`\n```bash\n# a\nkubectl "
      "get <x> | grep \"$A\"\n"
      "for i in {0..2}; do\n echo ${i}\ndone\n```\n```yaml\nkind: A\n```\n~~~sh\n$ ls\n~~~\n";
  RandomStream random(7, 0, "spoil");
  for (int round = 0; round < 60; ++round) {
    std::string text = sound;
    for (int change = 0; change < 4; ++change) {
      const std::size_t at = random.next() % text.size();
      switch (random.next() % 3) {
        case 0:
          text[at] = static_cast<char>("`#|$(){}<>\"'\n\\*-1"[random.next() % 17]);
          break;
        case 1:
          text.erase(at, 1 + random.next() % 9);
          break;
        default:
          text.insert(at, text.substr(random.next() % text.size(), 12));
      }
      if (text.empty()) text = "x";
    }
    Problems problems;
    const ProcedureDocument document = procedures::import_text(text, "doc.md", problems);
    for (const Procedure& procedure : document.procedures)
      CHECK(!procedures::runbook_json(procedure).empty());
  }
}

TEST_CASE("documents that would take for ever are refused in time") {
  const auto begin = std::chrono::steady_clock::now();
  // Many blocks that are slow to read: the first that takes too long is the last.
  std::string slow;
  for (int i = 0; i < 20; ++i) slow += "```bash\n" + std::string(30'000, '(') + "\n```\n";
  Problems ignored;
  procedures::import_text(slow, "doc.md", ignored);
  CHECK(std::chrono::steady_clock::now() - begin < for_ever);
  // More shell than is read: what there is room for is taken, and where it ends is said.
  std::string large;
  for (int i = 0; i < 60'000; ++i)
    large += "```bash\nkubectl get pods " + std::to_string(i) + "\n```\n";
  Problems none;
  const auto document = procedures::import_text("# DR\n## Recovery\n" + large, "doc.md", none);
  CHECK(none.empty());
  CHECK(!document.procedures.empty());
  CHECK(!document.notices.empty());
  CHECK(problems_in(std::string(std::size_t{5} << 20, '#'), "doc.md") > 0);
  CHECK(problems_in("## A\n```bash\ncat <<EOF\n" + std::string(100, 'x'), "doc.md") == 0);
  CHECK(std::chrono::steady_clock::now() - begin < for_ever);
}

TEST_CASE("lists to tick off and people to call are read") {
  const ProcedureDocument document = imported(
      "# Disaster recovery\n## Validation\n- [ ] Rows are there\n- [ ] Lag < 1 s\n## Contacts\n"
      "- DBA: +1-212-794-6095\n```\nLead: lead@corp.io\n```\n");
  REQUIRE(document.checklists.size() == 1);
  CHECK(document.checklists[0].items == 2);
  CHECK(document.checklists[0].measured == 1);
  REQUIRE(document.contacts.size() == 2);
  CHECK(document.contacts[1].place.line == 8);
}

TEST_CASE("a script that only defines functions has a procedure of each that no other one calls") {
  const ProcedureDocument document = imported(
      "#!/bin/bash\nset -euo pipefail\nNS=shop\nsay() { echo \"$1\"; }\n"
      "stop_api() {\n  kubectl scale deployment api --replicas=0 -n $NS\n}\n"
      "restore_database() {\n  stop_api\n  pg_restore -d a \"$1\"\n}\n"
      "look_around() {\n  kubectl get pods -n $NS\n}\n",
      "lib.sh");
  REQUIRE(document.procedures.size() == 2);
  const Runbook& restore = document.procedures[0].runbook;
  CHECK(restore.name == "restore-database");
  CHECK(restore.place.line == 8);
  CHECK(document.procedures[0].script == "lib.sh");
  CHECK(restore.steps.back().run == "restore_database");
  // Nobody knows what it is called with.
  CHECK(restore.steps.back().by_hand);
  for (const Step& step : restore.steps) CHECK(step.run.find("look_around") == std::string::npos);
  const Runbook& look = document.procedures[1].runbook;
  CHECK(look.name == "look-around");
  CHECK_FALSE(look.steps.back().by_hand);
  for (const Step& step : look.steps) CHECK(step.run.find("pg_restore") == std::string::npos);
}

TEST_CASE("a script that calls one of its functions is one procedure") {
  const std::string text = "restore() {\n  pg_restore -d a /b\n}\nunused() {\n  ls\n}\n";
  CHECK(imported(text + "restore\n", "a.sh").procedures.size() == 1);
  CHECK(imported("say() { echo \"$1\"; }\n", "b.sh").procedures.size() == 1);
  // Each calls the other: it is not told which comes first.
  CHECK(imported("a() {\n  kubectl get pods; b\n}\nb() {\n  a\n}\n", "c.sh").procedures.size() ==
        1);
}
