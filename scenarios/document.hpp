#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/problem.hpp"
#include "sim/base/value.hpp"

/// JSON text to a Value whose every key and value knows its line and column. Safe on hostile input:
/// size, depth and the number of values are bounded before memory is spent on them.
namespace drdrill {

struct JsonLimits {
  std::size_t bytes = std::size_t{32} << 20;
  std::size_t depth = 100;
  std::size_t values = 1'000'000;
};

/// RFC 8259, UTF-8; a byte order mark is skipped. Nothing when the text is no JSON or passes a
/// limit; a duplicate key or a number that fits neither 64 bits nor a double is a problem, and the
/// rest is read. Columns count bytes, from 1.
std::optional<Value> parse_json(std::string_view text, const std::string& file, Problems& problems,
                                const JsonLimits& limits = {});

/// Hands over the root; of one with `items` (a List of Kubernetes) each object of these before the
/// rest, so that no more than one is ever held, until `take` returns false. Numbers keep how they
/// were written, as those of YAML do. False after a problem; what came before it was handed over.
bool stream_json(std::string_view text, const std::string& file, Problems& problems,
                 const std::function<bool(Value)>& take, const JsonLimits& limits = {});

/// Reads a file and parses it. Nothing when it cannot be read; the Problem says why.
std::optional<Value> load_document(const std::string& path, Problems& problems,
                                   const JsonLimits& limits = {});

}  // namespace drdrill
