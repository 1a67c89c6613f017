#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace drdrill::test {

/// Imports the text as manifests. It may be refused with reasons; whatever is made of it must read
/// back as JSON.
void import_anything(std::string_view input);

}  // namespace drdrill::test

/// libFuzzer's way in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
