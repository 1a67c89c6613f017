#include "sim/kube/manifest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/kube/manifest_parts.hpp"
#include "sim/kube/quantity.hpp"
#include "sim/kube/resources.hpp"

namespace drdrill::kube {
namespace parts {

constexpr int most_seconds = 1'000'000'000;

int read_int(Reader& r, std::string_view key, int fallback) {
  return static_cast<int>(r.integer(key, 0, most_seconds, fallback));
}

Labels read_labels(Reader& r, std::string_view key) {
  Labels out;
  r.each_member(key, [&](const std::string& name, Reader& value) {
    if (value.value().kind != Value::Kind::string)
      value.problem("expected a string, found " + std::string(kind_name(value.value().kind)) +
                    "; quote it");
    else
      set_label(out, name, value.value().text);
  });
  return out;
}

std::vector<Requirement> read_requirements(Reader& r, std::string_view key) {
  static constexpr std::array<std::string_view, 6> ops{"In",           "NotIn", "Exists",
                                                       "DoesNotExist", "Gt",    "Lt"};
  std::vector<Requirement> out;
  r.each(key, [&](Reader& e) {
    Requirement requirement;
    requirement.key = e.string("key");
    requirement.op = static_cast<Requirement::Op>(e.one_of("operator", ops));
    requirement.values = e.strings("values");
    out.push_back(std::move(requirement));
  });
  return out;
}

Selector read_selector(Reader& r) {
  Selector out = selector_of(read_labels(r, "matchLabels"));
  for (Requirement& requirement : read_requirements(r, "matchExpressions"))
    out.requirements.push_back(std::move(requirement));
  return out;
}

std::optional<Selector> read_selector(Reader& r, std::string_view key) {
  auto member = r.object(key);
  if (!member) return std::nullopt;
  return read_selector(*member);
}

std::string read_scalar(Reader& r, std::string_view key) {
  const auto member = r.member(key);
  if (!member) return {};
  const Value& value = member->value();
  const bool scalar = value.kind == Value::Kind::string || value.kind == Value::Kind::integer ||
                      value.kind == Value::Kind::number;
  if (!scalar) {
    member->problem("expected a number or a string, found " + std::string(kind_name(value.kind)));
    return {};
  }
  if (value.text.empty() && value.kind == Value::Kind::integer)
    return std::to_string(value.integer);
  return value.text;
}

std::optional<IntOrPercent> read_int_or_percent(Reader& r, std::string_view key) {
  const std::string text = read_scalar(r, key);
  if (text.empty()) return std::nullopt;
  const auto out = parse_int_or_percent(text);
  if (!out) r.problem(key, "expected a count or a percentage");
  return out;
}

std::int64_t read_milli(Reader& r, std::string_view key) {
  const std::string text = read_scalar(r, key);
  if (text.empty()) return 0;
  if (const auto out = parse_milli(text)) return *out;
  r.problem(key, "no quantity; write \"500m\" or \"2\"");
  return 0;
}

std::int64_t read_bytes(Reader& r, std::string_view key) {
  const std::string text = read_scalar(r, key);
  if (text.empty()) return 0;
  if (const auto out = parse_bytes(text)) return *out;
  r.problem(key, "no quantity; write \"512Mi\" or \"64Gi\"");
  return 0;
}

Meta read_meta(Reader& r, std::string_view ns) {
  Meta out;
  out.at = r.at();
  auto meta = r.object("metadata", true);
  if (!meta) return out;
  out.name = meta->string("name");
  if (!ns.empty()) out.ns = meta->string("namespace", std::string(ns));
  out.labels = read_labels(*meta, "labels");
  out.annotations = read_labels(*meta, "annotations");
  return out;
}

}  // namespace parts

namespace {

OtherObject keep_as_written(const Value& document, std::string api_version, std::string kind,
                            Meta meta) {
  return {std::move(api_version), std::move(kind), std::move(meta), document};
}

void read_one(Reader& r, std::vector<Object>& out, std::string_view default_namespace) {
  if (!r.is_object()) return;
  const std::string api_version = r.string("apiVersion");
  const std::string kind = r.string("kind");
  if (kind.empty()) return;
  const Resource* resource = find_kind(kind);
  const bool spread = !resource || resource->namespaced;
  const std::size_t before = r.problems().count();
  Meta meta = parts::read_meta(r, spread ? default_namespace : std::string_view());
  if (meta.name.empty() || r.problems().count() != before) return;
  std::optional<Object> object;
  const bool served = !resource || resource->serves(api_version);
  if (served) object = parts::read_kind(kind, r, meta);
  if (!object && served) object = parts::read_policy_kind(kind, r, meta);
  if (!object) object = keep_as_written(r.value(), api_version, kind, std::move(meta));
  out.push_back(std::move(*object));
}

}  // namespace

void read_manifest(const Value& document, const std::string& file, Problems& problems,
                   std::vector<Object>& out, std::string_view default_namespace) {
  Reader r(document, file, problems);
  const Value* kind = document.find("kind");
  if (!kind || !kind->text.ends_with("List") || !document.find("items"))
    return read_one(r, out, default_namespace);
  r.each("items", [&](Reader& item) { read_one(item, out, default_namespace); });
}

const Meta& meta_of(const Object& object) {
  return std::visit([](const auto& o) -> const Meta& { return o.meta; }, object);
}

}  // namespace drdrill::kube
