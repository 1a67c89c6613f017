#include "sim/live/volume.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/live/undo.hpp"
#include "tests/live/servers.hpp"

/// Volumes of a lab that can be full.
using namespace drdrill;
using namespace drdrill::live;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t size = 1U << 20U;

bool can_write(const std::string& path) {
  std::ofstream out(path);
  out << std::string(8192, 'x') << std::flush;
  return out.good();
}

bool is_root() {
  if (geteuid() == 0) return true;
  std::cout << "skipped: only root mounts volumes\n";
  return false;
}

}  // namespace

TEST_CASE("a volume that is filled takes nothing more, and does when there is room again") {
  if (!is_root()) return;
  const test::TemporaryFolder lab;
  const std::string folder = lab.path() + "/data";
  fs::create_directories(folder);
  const Made mounted{Made::Kind::mount, folder, ""};
  mount_volume(folder, size);
  CHECK(is_mount_point(folder));
  CHECK(can_write(folder + "/before"));
  CHECK_FALSE(is_volume_full(folder));
  fill_volume(folder);
  CHECK(is_volume_full(folder));
  CHECK_FALSE(can_write(folder + "/while"));
  CHECK(can_write(lab.path() + "/beside"));  // nothing else of the machine is full
  fs::remove(filler_of(folder));
  CHECK_FALSE(is_volume_full(folder));
  CHECK(can_write(folder + "/after"));
  empty_folder(folder);
  CHECK(fs::is_empty(folder));
  CHECK(is_mount_point(folder));
  // Undone by whoever reads the log; any number of times.
  const Made filler{Made::Kind::file, filler_of(folder), ""};
  fill_volume(folder);
  CHECK(residue({filler, mounted}).size() == 2);
  CHECK(undo({filler, mounted}, lab.path(), "drdrill199").empty());
  CHECK_FALSE(is_mount_point(folder));
  CHECK(undo({filler, mounted}, lab.path(), "drdrill199").empty());
}

TEST_CASE("what is no volume of its own is never filled") {
  const test::TemporaryFolder lab;
  CHECK_THROWS(fill_volume(lab.path()));
  CHECK(fs::is_empty(lab.path()));
}

TEST_CASE("a log that names a mount or a file outside of its lab is not believed") {
  const test::TemporaryFolder lab, other;
  const std::string file = other.path() + "/file";
  CHECK(can_write(file));
  for (const std::string& path :
       {file, lab.path() + "/../" + fs::path(other.path()).filename().string() + "/file"}) {
    CHECK(undo({{Made::Kind::file, path, ""}}, lab.path(), "drdrill199").size() == 1);
    CHECK(undo({{Made::Kind::mount, path, ""}}, lab.path(), "drdrill199").size() == 1);
  }
  CHECK(fs::exists(file));
}
