#pragma once

#include <cstdint>
#include <string>

/// A volume of a lab that can be full: a file system of its own, in memory and of a bounded size,
/// so that nothing else of the machine is. Root only.
namespace drdrill::live {

/// Room for a lab's databases, their WAL and what a drill writes (estimate; a lab that has run for
/// five minutes takes a quarter of it).
inline constexpr std::uint64_t volume_size = std::uint64_t{384} << 20U;

/// Is a file system mounted there?
bool is_mount_point(const std::string& folder);
/// Throws std::system_error.
void mount_volume(const std::string& folder, std::uint64_t bytes = volume_size);

/// What takes all room that is left in a volume.
std::string filler_of(const std::string& folder);
/// Throws std::system_error; std::runtime_error when there is no such mount: nothing else is
/// filled.
void fill_volume(const std::string& folder);
bool is_volume_full(const std::string& folder);

/// Everything in it goes, and the folder stays.
void empty_folder(const std::string& folder);

}  // namespace drdrill::live
