#include <cstddef>
#include <cstdint>

#include "tests/fuzz/shell_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  drdrill::test::check_any_file({reinterpret_cast<const char*>(data), size});
  return 0;
}
