#pragma once

#include <string>
#include <vector>

#include "sim/drill/platform.hpp"
#include "sim/live/container.hpp"

/// The buckets of a platform file in a lab: folders that lie in no region, so that no fault takes
/// them. Containers whose image has a client for them ("…-s3") find `aws` with `s3 cp` and `s3 ls`.
namespace drdrill::live {

/// Where `aws` is in such a container.
inline constexpr const char* object_storage_programs = "/object-storage/bin";

/// In the folder of a lab.
void make_object_storage(const std::string& lab, const PlatformSpec& platform);
/// What a container with that image has mounted of it, run by that user; nothing for most images.
std::vector<Mount> object_storage_mounts(const std::string& lab, const PlatformSpec& platform,
                                         const std::string& image, const std::string& user);

}  // namespace drdrill::live
