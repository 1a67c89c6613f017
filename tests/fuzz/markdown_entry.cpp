#include <cstddef>
#include <cstdint>

#include "tests/fuzz/procedures_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  drdrill::test::read_any_document({reinterpret_cast<const char*>(data), size});
  return 0;
}
