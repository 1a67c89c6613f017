#include "tests/fuzz/kubernetes_fuzz.hpp"

#include "scenarios/document.hpp"
#include "scenarios/import/kubernetes.hpp"
#include "sim/base/ensure.hpp"

namespace drdrill::test {

void import_anything(std::string_view input) {
  ImportRequest request;
  request.paths = {"-"};
  request.standard_input = input;
  try {
    const ImportedPlatform imported = import_kubernetes(request);
    Problems problems;
    JsonLimits limits;
    limits.bytes = std::size_t{1} << 30;
    const auto read = parse_json(platform_text(imported.platform), "-", problems, limits);
    ENSURE(read.has_value(), "what was imported is no JSON");
  } catch (const InputError& error) {
    ENSURE(!error.problems().empty(), "refused without a reason");
  }
}

}  // namespace drdrill::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  drdrill::test::import_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}
