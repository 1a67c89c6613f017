#pragma once

#include <string>
#include <string_view>

/// Which programs well-known container images hold.
namespace drdrill::kube {

enum class ImageHas { yes, no, assumed };

/// `program` is a name or an absolute path. Unknown images are assumed to hold everything; of a
/// known one, what its table says and what its base (Alpine's busybox, Debian's essential
/// packages) brings.
ImageHas image_has(std::string_view image, std::string_view program);

}  // namespace drdrill::kube
