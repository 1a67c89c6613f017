#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/setting.hpp"
#include "sim/base/parameter.hpp"
#include "sim/base/reader.hpp"

/// What the readers of all file kinds share. Internal to the loaders.
namespace drdrill {

/// A file, read and with its settings applied.
struct Document {
  std::string file;
  Value root;
  std::vector<Setting> applied;
};

/// Nothing when the file cannot be read or is no object; the Problem says why.
std::optional<Document> open_document(const std::string& path, std::span<const Setting> settings,
                                      Problems& problems);

/// `path` as written in `file`: relative to that file's folder.
std::string beside(const std::string& file, const std::string& path);

/// The line of a value. Without a file when the value came from the command line.
SourcePlace place_of(const Reader& reader);

/// Views of names, as suggestions want them.
std::vector<std::string_view> views(const std::vector<std::string>& names);

/// The ids of all components, by ComponentId, and of all probes, by ProbeKind.
std::vector<std::string_view> component_names();
std::vector<std::string_view> probe_names();

/// Reports a name that stands among `seen` already; else adds it.
void claim_name(Reader& reader, std::string_view key, const std::string& name,
                std::vector<std::string>& seen);

/// Required and not empty.
std::string read_name(Reader& reader, std::string_view key);

/// The names that `name(value)` gives to the `count` values of an enumeration from 0 on.
template <class Enum>
std::vector<std::string_view> enum_names(std::size_t count, std::string_view (*name)(Enum)) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(name(static_cast<Enum>(i)));
  return names;
}

}  // namespace drdrill
