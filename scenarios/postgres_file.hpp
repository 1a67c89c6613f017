#pragma once

#include <string>

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// What a platform file says of PostgreSQL. Internal to the loaders.
namespace drdrill {

/// The shards' names, before workloads are read that belong to them.
void name_shards(const Reader& root, PlatformSpec& platform);
void read_postgres(Reader& root, PlatformSpec& platform);

/// A Service of a cluster (the first one's): of its home namespace, or else of another one;
/// nothing, and a problem, when it is not there.
const kube::Service* read_service(Reader& reader, const PlatformSpec& platform, std::string& name,
                                  std::size_t cluster = 0);

}  // namespace drdrill
