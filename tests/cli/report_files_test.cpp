#include "sim/cli/report_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "sim/cli/options.hpp"
#include "sim/cli/unfinished.hpp"
#include "tests/cli/folder.hpp"
#include "tests/reports/sample_journal.hpp"

namespace fs = std::filesystem;

namespace drdrill::cli {
namespace {

using test::contents;
using test::Folder;

std::vector<std::string> requests(std::initializer_list<std::string> list) {
  return list;
}

int write(const ReportFiles& files, std::ostream& out, bool quiet = false) {
  const Journal journal = test::sample_journal();
  const Judgement judgement = test::sample_judgement();
  return write_reports({&journal, &judgement}, files, quiet, out, {});
}

}  // namespace

TEST_CASE("a report has its name only once it is whole") {
  const Folder folder;
  const std::string file = folder / "drill.json";
  std::ofstream(file) << "before";
  {
    const ReportFiles never_written(requests({"json=" + file}));
    CHECK(contents(file) == "before");
    CHECK(folder.files() == 2);
  }
  CHECK(contents(file) == "before");
  CHECK(folder.files() == 1);
  const ReportFiles files(requests({"json=" + file}));
  std::ostringstream out;
  CHECK(write(files, out) == 4);
  CHECK(contents(file).front() == '{');
  CHECK(folder.files() == 1);
}

TEST_CASE("several reports are written at once, and text stays on stdout") {
  const Folder folder;
  const ReportFiles files(requests({"json=" + (folder / "a"), "junit=" + (folder / "b")}));
  std::ostringstream out;
  write(files, out);
  CHECK(contents(folder / "b").rfind("<?xml", 0) == 0);
  CHECK(out.str().rfind("drdrill 0.1.0", 0) == 0);
  std::ostringstream silent;
  write(ReportFiles({}), silent, true);
  CHECK(silent.str().empty());
}

TEST_CASE("a report on stdout is the only thing there") {
  const ReportFiles files(requests({"json=-"}));
  std::ostringstream out;
  write(files, out);
  CHECK(out.str().front() == '{');
  CHECK(out.str().find("Timeline") == std::string::npos);
}

TEST_CASE("reports that cannot be written are refused before anything runs") {
  const Folder folder;
  fs::create_directories(folder / "folder");
  CHECK_THROWS_AS(ReportFiles(requests({"json=" + (folder / "nowhere/x.json")})), UsageError);
  CHECK_THROWS_AS(ReportFiles(requests({"json=" + (folder / "folder")})), UsageError);
  CHECK_THROWS_AS(ReportFiles(requests({"json=-", "text=-"})), UsageError);
  CHECK_THROWS_AS(ReportFiles(requests({"json=" + (folder / "x"), "text=" + (folder / "./x")})),
                  UsageError);
  CHECK(folder.files() == 1);
}

TEST_CASE("a link goes on pointing where it did, and a mode stays what it was") {
  const Folder folder;
  std::ofstream(folder / "real") << "before";
  ::chmod((folder / "real").c_str(), 0600);
  fs::create_symlink(folder / "real", folder / "link");
  const ReportFiles files(requests({"json=" + (folder / "link")}));
  std::ostringstream out;
  write(files, out);
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(contents(folder / "real").front() == '{');
  CHECK((fs::status(folder / "real").permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("the scenario's name stands in files' names, never in formats, and makes no folders") {
  const auto asked = requests({"json={scenario}/{scenario}.json", "text=all.txt", "junit=-"});
  CHECK(requests_for(asked, "a/{scenario}") ==
        requests({"json=a-{scenario}/a-{scenario}.json", "text=all.txt", "junit=-"}));
  CHECK_NOTHROW(check_requests(asked, 1));
  CHECK_THROWS_AS(check_requests(asked, 2), UsageError);
  CHECK_NOTHROW(check_requests(requests({"json={scenario}.json"}), 2));
  CHECK_THROWS_AS(check_requests(requests({"{scenario}=x"}), 1), UsageError);
}

TEST_CASE("what a signal handler removes is what is unfinished and nothing else") {
  const Folder folder;
  const std::string file = folder / "drill.json";
  const ReportFiles done(requests({"json=" + file}));
  std::ostringstream out;
  write(done, out);
  const ReportFiles first(requests({"json=" + (folder / "a"), "text=" + (folder / "b")}));
  {
    const ReportFiles gone(requests({"json=" + (folder / "c")}));
    CHECK(folder.files() == 4);
  }
  const ReportFiles last(requests({"json=" + file}));
  CHECK(folder.files() == 4);
  remove_unfinished();
  CHECK(folder.files() == 1);
  CHECK(contents(file).front() == '{');
}

TEST_CASE("a device is written, never replaced") {
  const ReportFiles files(requests({"json=/dev/null"}));
  std::ostringstream out;
  write(files, out);
  CHECK(fs::is_character_file("/dev/null"));
}

}  // namespace drdrill::cli
