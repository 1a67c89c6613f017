#include "sim/cli/audit_reading.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/folder.hpp"
#include "tests/cli/harness.hpp"

namespace drdrill::test {
namespace {

std::string written(const Folder& folder, const std::string& name, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
  std::ofstream(folder / name) << text;
  return folder / name;
}

constexpr const char* promotion =
    "## Database recovery\n```bash\nkubectl logs web --until=5m\n```\n";

}  // namespace

TEST_CASE("audit does not call a file sound that it could not read") {
  const Folder folder;
  const auto broken = drdrill({"audit", written(folder, "broken.yaml", "a: [1,\n")});
  CHECK(broken.code == 1);
  CHECK(contains(broken.out, "error [not-read] no YAML"));
  const auto other = drdrill({"audit", written(folder, "other.yaml", "a: 1\n")});
  CHECK(contains(other.out, "error [not-read] it is YAML, and none of Kubernetes'"));
  const auto prose = drdrill({"audit", written(folder, "prose.md", "# Notes\nAll is well.\n")});
  CHECK(contains(prose.out, "error [not-read] no procedure, manifest or objective"));
  const auto large = drdrill({"audit", written(folder, "large.sh", std::string(5'000'000, '#'))});
  CHECK(contains(large.out, "error [not-read] the file is larger than 4 MB"));
}

TEST_CASE("in a folder, what cannot be read is told beside what is found") {
  const Folder folder;
  written(folder, "docs/dr.md", promotion);
  written(folder, "docs/broken.yaml", "a: [1,\n");
  written(folder, "docs/notes.md", "# Notes\nAll is well.\n");
  written(folder, "docs/settings.yaml", "a: 1\n");
  for (const char* name : {"a", "b"})
    written(folder, "docs/chart/templates/" + std::string(name) + ".yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n");
  const auto found = drdrill({"audit", folder / "docs"});
  INFO(found.out);
  CHECK(contains(found.out, "[kubectl-option-unknown]"));
  CHECK(contains(found.out, "docs/broken.yaml:2: warning [not-read]"));
  CHECK(contains(found.out, "2 files of " + (folder / "docs/chart") + " are Helm templates"));
  CHECK(!contains(found.out, "notes.md"));
  CHECK(!contains(found.out, "settings.yaml"));
  written(folder, "rules/alerts.yml", "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n");
  CHECK_FALSE(contains(drdrill({"audit", folder / "rules"}).out, "[not-read]"));
  std::filesystem::create_directories(folder / "empty");
  CHECK(contains(drdrill({"audit", folder / "empty"}).out, "error [not-read] no file in it"));
}

TEST_CASE("people are told at once what is the same in many places, and programs each by itself") {
  const Folder folder;
  std::string text = "## Recovery\n```bash\n";
  for (int i = 0; i < 5; ++i) text += "kubectl logs deployment/a" + std::to_string(i) + "\n";
  const std::string path = written(folder, "dr.md", text + "```\n");
  const auto people = drdrill({"audit", path});
  INFO(people.out);
  CHECK(contains(people.out, "dr.md:3: note [logs-of-one-pod]"));
  CHECK(contains(people.out, "    4 more  " + path + ":4, 5, 6, 7\n"));
  CHECK(!contains(people.out, "dr.md:4: note"));
  CHECK(contains(people.out, "5 notes"));
  const auto programs = drdrill({"audit", path, "--report", "sarif=-"});
  std::size_t results = 0;
  for (std::size_t at = 0; (at = programs.out.find("\"ruleId\"", at)) != std::string::npos; ++at)
    ++results;
  CHECK(results == 5);
}

TEST_CASE("a path that a command names is looked for around its document, as far as was given") {
  const Folder folder;
  using Kind = audit::NamedPath::Kind;
  const std::string document = written(folder, "repo/docs/dr.md", "");
  written(folder, "repo/k8s/base/db.yaml", "a: 1\n");
  const auto seen = [&](const std::string& path, const std::vector<std::string>& roots) {
    return cli::path_named_in(path, document, roots);
  };
  const std::vector<std::string> repo{folder / "repo"};
  CHECK(seen("k8s/base/db.yaml", repo).kind == Kind::file);
  CHECK(seen("k8s/base/../base", repo).kind == Kind::folder);
  CHECK_FALSE(seen("k8s/base", repo).deeper);
  CHECK(seen("k8s", repo).deeper);
  CHECK(seen("k8s/cache.yaml", repo).kind == Kind::missing);
  CHECK(seen("charts/db", repo).kind == Kind::unknown);
  CHECK(seen("../../etc/passwd", repo).kind == Kind::unknown);
  // A document by itself is of nobody knows which repository.
  CHECK(seen("k8s/cache.yaml", {}).kind == Kind::unknown);
}

TEST_CASE("more is not read than can be looked at, and hidden and foreign folders are left out") {
  const Folder folder;
  written(folder, "x/a.md", promotion);
  written(folder, "x/b.md", promotion);
  written(folder, "x/node_modules/c.md", promotion);
  written(folder, "x/.git/d.md", promotion);
  CHECK(cli::files_below(folder / "x").paths.size() == 2);
  CHECK(cli::files_below(folder / "x").all);
  CHECK(!cli::files_below(folder / "x", 1).all);
  CHECK(cli::bounded_text(folder / "x/a.md", 1'000));
  CHECK(!cli::bounded_text(folder / "x/a.md", 10));
  CHECK(!cli::bounded_text("/dev/zero", 1'000));
}

TEST_CASE("every scenario and every platform that is named is audited") {
  const auto found =
      drdrill({"audit", "scenarios/node-failure.json", "scenarios/database-failover.json",
               "scenarios/platforms/gomeet-500.json", "scenarios/platforms/gomeet-500-dr.json"});
  INFO(found.out << found.err);
  CHECK(contains(found.out, "scenarios/runbooks/node-failure.json"));
  CHECK(contains(found.out, "scenarios/runbooks/database-failover.json"));
  CHECK(contains(found.out, "scenarios/platforms/gomeet-500.json:"));
  CHECK(contains(found.out, "scenarios/platforms/gomeet-500-dr.json:"));
  CHECK(contains(found.out, "rehearsed on simulated gomeet-500, gomeet-500-dr"));
}

TEST_CASE("a baseline holds though lines move and paths are written otherwise") {
  const Folder folder;
  const std::string file = written(folder, "dr.md", promotion);
  const std::string known = folder / "known.json";
  CHECK(drdrill({"audit", file, "--quiet", "--write-baseline", known}).code == 1);
  CHECK(drdrill({"audit", file, "--baseline", known}).code == 0);
  written(folder, "dr.md", "\n\n" + std::string(promotion));
  CHECK(drdrill({"audit", file, "--baseline", known}).code == 0);
  CHECK(drdrill({"audit", folder / "./dr.md", "--baseline", known}).code == 0);
  written(folder, "dr.md", std::string(promotion) + promotion);
  const auto twice = drdrill({"audit", file, "--baseline", known});
  CHECK(twice.code == 1);
  CHECK(contains(twice.out, "1 error, 0 warnings"));
  CHECK(contains(twice.out, "1 accepted"));
}

}  // namespace drdrill::test
