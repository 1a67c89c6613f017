#pragma once

#include <string>
#include <string_view>

#include "sim/base/value.hpp"

/// kubectl's -o jsonpath templates: text, fields, indexes, slices, wildcards, recursive descent,
/// unions, simple filters, and range … end. Known oddities are kept: an unclosed range prints what
/// follows it once more for the whole object.
namespace drdrill::kube {

struct JsonPathResult {
  bool ok = true;
  std::string text;  ///< the output, or the error in kubectl's words
};

JsonPathResult evaluate_jsonpath(std::string_view path_template, const Value& root);

}  // namespace drdrill::kube
