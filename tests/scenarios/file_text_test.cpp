#include "scenarios/file_text.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace fs = std::filesystem;

namespace drdrill {
namespace {

using End = FileText::End;

/// A folder for one test, removed at its end.
class Place {
 public:
  Place() : path_(fs::temp_directory_path() / ("drdrill-text-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Place() { fs::remove_all(path_); }
  Place(Place&&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("a file is read whole or not at all") {
  const Place place;
  std::ofstream(place / "a") << "twelve bytes";
  CHECK(read_file_text(place / "a", 12).text == "twelve bytes");
  CHECK(read_file_text(place / "a", 12).end == End::whole);
  CHECK(read_file_text(place / "a", 11).end == End::too_large);
  CHECK(read_file_text(place / "a", 11).text.empty());
  CHECK(read_file_text(place / "b", 11).end == End::missing);
  CHECK(read_file_text(place / "a/b", 11).end == End::missing);
  CHECK(read_file_text(place / "", 11).end == End::folder);
  fs::create_symlink("loop", place / "loop");
  CHECK(read_file_text(place / "loop", 11).end == End::unreadable);
}

TEST_CASE("a device is read as far as the bound") {
  CHECK(read_file_text("/dev/zero", std::size_t{1} << 20).end == End::too_large);
  CHECK(read_file_text("/dev/null", 10).end == End::whole);
}

TEST_CASE("a pipe that nobody writes to holds nobody up, and one that is written to is read") {
  const Place place;
  const std::string pipe = place / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_file_text(pipe, 10).text.empty());

  // As a shell's <(command) is.
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  REQUIRE(::write(ends[1], "written", 7) == 7);
  ::close(ends[1]);
  CHECK(read_file_text("/dev/fd/" + std::to_string(ends[0]), 10).text == "written");
  ::close(ends[0]);
}

}  // namespace drdrill
