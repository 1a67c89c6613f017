#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Kubernetes' resource quantities: "500m", "1.5", "64Gi", "2e3".
namespace drdrill::kube {

/// In thousandths; parts of them are rounded up. Nothing when it is no quantity, negative, or more
/// than 9e15 thousandths.
std::optional<std::int64_t> parse_milli(std::string_view text);
/// In whole units (bytes), rounded up.
std::optional<std::int64_t> parse_bytes(std::string_view text);

std::string milli_text(std::int64_t milli);  ///< "500m", "2"
std::string bytes_text(std::int64_t bytes);  ///< "64Gi", "1500M", "17"

}  // namespace drdrill::kube
