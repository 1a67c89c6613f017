#include "sim/base/ensure.hpp"

#include <string_view>

namespace drdrill {

void fail_ensure(const char* condition, const char* file, int line, const std::string& detail) {
  std::string_view path(file);
  if (auto slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
  throw Bug(std::string(path) + ":" + std::to_string(line) + ": " + condition +
            " does not hold: " + detail);
}

}  // namespace drdrill
