#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/reader.hpp"
#include "sim/base/value_builders.hpp"
#include "sim/kube/manifest.hpp"

/// The pieces of read_manifest and to_value, by file. Not for other folders.
namespace drdrill::kube::parts {

// Reading.
Labels read_labels(Reader& r, std::string_view key);
/// A labelSelector: matchLabels and matchExpressions.
Selector read_selector(Reader& r);
std::optional<Selector> read_selector(Reader& r, std::string_view key);
std::vector<Requirement> read_requirements(Reader& r, std::string_view key);
std::optional<IntOrPercent> read_int_or_percent(Reader& r, std::string_view key);
/// A number or a string, as text: ports, quantities.
std::string read_scalar(Reader& r, std::string_view key);
std::int64_t read_milli(Reader& r, std::string_view key);
std::int64_t read_bytes(Reader& r, std::string_view key);
int read_int(Reader& r, std::string_view key, int fallback);
PodTemplate read_pod_template(Reader& r);  ///< of an object with metadata and spec
Meta read_meta(Reader& r, std::string_view ns);

/// The object of a kind that is modelled; nothing when it is not.
std::optional<Object> read_kind(const std::string& kind, Reader& r, Meta meta);
std::optional<Object> read_policy_kind(const std::string& kind, Reader& r, Meta meta);

// Writing.
void set_text(Value& object, std::string_view key,
              const std::string& text);                                      ///< unless it is empty
void set_labels(Value& object, std::string_view key, const Labels& labels);  ///< unless it is empty
Value strings_value(const std::vector<std::string>& strings);
Value labels_value(const Labels& labels);
Value selector_value(const Selector& selector);
Value scalar_value(const std::string& text);  ///< a number when it is one
Value pod_template_value(const PodTemplate& t);
Value pod_spec_value(const PodTemplate& t);
Value meta_value(const Meta& meta);
Value policy_kind_value(const Cluster& cluster, const Object& object);

}  // namespace drdrill::kube::parts
