#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Names of container images, and which programs well-known ones hold.
namespace drdrill::kube {

enum class ImageHas { yes, no, assumed };

/// `program` is a name or an absolute path. Unknown images are assumed to hold everything; of a
/// known one, what its table says and what its base (Alpine's busybox, Debian's essential
/// packages) brings.
ImageHas image_has(std::string_view image, std::string_view program);

/// "docker.io/library/postgres:15-alpine@sha256:…" is "postgres", "15-alpine". No tag: empty.
std::string image_repository(std::string_view image);
std::string image_tag(std::string_view image);
/// The major version of PostgreSQL that the image runs, by its tag: "postgres:15-alpine",
/// "pgvector/pgvector:pg16", "timescale/timescaledb:latest-pg15". Nothing: it is no such image, or
/// its tag does not say.
std::optional<int> postgres_major(std::string_view image);
/// Is it one of the well-known public images? Which tags those have is not known here.
bool is_public_image(std::string_view image);

}  // namespace drdrill::kube
