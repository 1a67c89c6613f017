#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/problem.hpp"
#include "sim/base/value.hpp"

/// YAML (and JSON, which is a subset) as positioned values. Safe on hostile input: what is too
/// large, too deep or multiplies itself through aliases is a Problem, in time linear in its size.
namespace drdrill::kube {

struct YamlLimits {
  std::size_t bytes = std::size_t{4} << 20;  ///< yaml-cpp reads some 4 MB/s
  int depth = 100;
  std::size_t nodes = 500'000;                      ///< of a document, aliases expanded
  std::size_t aliases = 10'000;                     ///< and as many anchors
  std::size_t value_bytes = std::size_t{2} << 20;   ///< of one scalar, or until a flow has an end
  std::size_t alias_bytes = std::size_t{16} << 20;  ///< of text that aliases and anchors copy
};

/// Exactly one document. Plain scalars are typed as kubectl's library does ("yes" and "on" are
/// booleans); keys must be scalars, and unique. An empty document is null.
std::optional<Value> parse_yaml(std::string_view text, std::string file, Problems& problems,
                                const YamlLimits& limits = {});

/// All documents; empty ones are left out. What was read before the first error is returned.
std::vector<Value> parse_yaml_documents(std::string_view text, const std::string& file,
                                        Problems& problems, const YamlLimits& limits = {});

/// Hands over one document after the other, and of a document with `items` (a List) each of these
/// before the rest, so that no more than one object is ever held, until `take` returns false. False
/// after a problem; what came before it was handed over.
bool stream_yaml(std::string_view text, const std::string& file, Problems& problems,
                 const std::function<bool(Value)>& take, const YamlLimits& limits = {});

/// Is the text a string when it stands in YAML without quotes?
bool plain_is_string(std::string_view text);

/// Block style, as `kubectl -o yaml` prints; ends with a newline.
std::string to_yaml(const Value& value);
/// Indented by four, as `kubectl -o json` prints; ends with a newline.
std::string to_json(const Value& value);

}  // namespace drdrill::kube
